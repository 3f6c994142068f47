"""A run of half a second: 140 digits, one linear layer, 16 steps."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from imbalearn_torch.cli import app

TINY_PLUGIN = Path(__file__).with_name("tiny_plugin.py")
TINY = {
    "backbone": "linear",
    "imbalance": "step:ratio=3,n_max=20",
    "optimizer": "sgd:lr=0.05",
    "epochs": 2,
    "threads": 1,
    "precision": "fp32",
}
TINY_WORDS = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
TINY_WORDS += ["--plugin", str(TINY_PLUGIN)]


def tiny_run(folder: Path) -> Path:
    """Train it in a folder, by the command."""
    done = CliRunner().invoke(app, ["run", *TINY_WORDS, "--out", str(folder), "--quiet"])
    assert done.exit_code == 0, done.output
    return folder

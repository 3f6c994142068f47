from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from imbalearn_torch.cli import app

QUICK = ("--epochs", "1", "--threads", "1", "--precision", "fp32")


def imbalearn(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_title_command_in_a_fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = imbalearn("run", "--sampler", "balanced", "--mix", "mixup", "--loss", "ce", *QUICK)
    assert done.exit_code == 0, done.output
    assert "macro-F1" in done.stdout
    assert "epoch 1/1" in done.stderr
    [folder] = (tmp_path / "runs").iterdir()
    assert folder.name.endswith("-balanced-mixup-ce")
    assert f"folder: runs/{folder.name}" in done.stdout
    assert (folder / "report.html").is_file()


def test_json_is_the_only_thing_on_stdout(tmp_path: Path) -> None:
    done = imbalearn("run", *QUICK, "--json", "--out", str(tmp_path / "run"))
    assert json.loads(done.stdout)["metrics"]["test"]["macro_f1"] >= 0
    assert "epoch 1/1" in done.stderr


def test_quiet_says_nothing(tmp_path: Path) -> None:
    done = imbalearn("run", *QUICK, "--quiet", "--out", str(tmp_path / "run"))
    assert (done.exit_code, done.output) == (0, "")
    again = imbalearn("resume", str(tmp_path / "run"))
    assert again.exit_code == 0
    assert "is finished" in again.stderr


def test_dry_run_trains_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = imbalearn("run", "--sampler", "balanced", "--loss", "balanced-softmax", "--prior", "train", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "imbalearn-torch/balanced-softmax" in done.stdout
    assert "log-odds" in done.stdout
    data = json.loads(imbalearn("run", "--sampler", "balanced", "--dry-run", "--json").stdout)["data"]
    assert data["drawn_distribution"] == pytest.approx([0.1] * 10)
    assert not list(tmp_path.iterdir())


def test_config_file_with_options_on_top(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('schema_version = 1\nloss = "focal:gamma=3"\nepochs = 1\nseed = 5\n', encoding="utf-8")
    described = json.loads(imbalearn("run", "--config", str(file), "--seed", "6", "--dry-run", "--json").stdout)
    assert described["config"]["loss"] == "imbalearn-torch/focal:gamma=3.0"
    assert described["config"]["seed"] == 6


def test_all_problems_are_reported_at_once_without_a_traceback(tmp_path: Path) -> None:
    done = imbalearn(
        "run", "--loss", "focall", "--sampler", "balanced:strat=.5", "--epochs", "x", "--out", str(tmp_path / "run")
    )
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("error: ") for line in lines)
    assert "Traceback" not in done.output
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--loss", "focal:gamma=x"), "option 'gamma' of loss 'focal' expects float, got 'x'"),
        (("--loss", "focal:gamma=-1"), "gamma"),
        (("--batch-size", "5000"), "expects at most the"),
        (("--data", "./missing"), "missing"),
        (("--config", "none.toml"), "none.toml cannot be read"),
        (("--plugin", "none.py"), "none.py"),
    ],
)
def test_bad_input_exits_with_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = imbalearn("run", *QUICK, "--out", str(tmp_path / "run"), *arguments)
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert not list(tmp_path.iterdir())


def test_non_finite_loss_exits_with_3(tmp_path: Path) -> None:
    done = imbalearn(
        "run", *QUICK, "--optimizer", "sgd", "--lr", "1e30", "--schedule", "constant", "--out", str(tmp_path / "run")
    )
    assert done.exit_code == 3, done.output
    assert "is not finite in epoch 1, step 2" in done.stderr
    assert "is not finite" in (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")


def test_component_help_needs_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = imbalearn("run", "--loss", "focal:help", "--optimizer", "muon:help")
    assert done.exit_code == 0
    assert "gamma" in done.stdout
    assert "rest_lr" in done.stdout
    assert not list(tmp_path.iterdir())


def test_plugin_file(tmp_path: Path) -> None:
    plugin = tmp_path / "my_own_loss.py"
    plugin.write_text(
        "from imbalearn_torch import Component, hookimpl\n"
        "@hookimpl\n"
        "def imbalearn_losses():\n"
        "    yield Component(name='my-loss', factory='my_own_loss:make')\n"
        "def make(*, reduction, temperature: float = 0.5):\n"
        "    import torch\n"
        "    class Sharpened(torch.nn.Module):\n"
        "        def forward(self, logits, targets):\n"
        "            return torch.nn.functional.cross_entropy(logits / temperature, targets, reduction=reduction)\n"
        "    return Sharpened()\n",
        encoding="utf-8",
    )
    out = tmp_path / "run"
    done = imbalearn("run", *QUICK, "--plugin", str(plugin), "--loss", "my-loss:temperature=2", "--out", str(out))
    assert done.exit_code == 0, done.output
    config = json.loads((out / "result.json").read_text(encoding="utf-8"))["config"]
    assert config["loss"] == "local/my-loss:temperature=2.0"


def test_options_on_top_of_a_saved_config_win(tmp_path: Path) -> None:
    first = tmp_path / "first"
    assert (
        imbalearn("run", *QUICK, "--lr", "0.02", "--label-smoothing", "0.1", "--quiet", "--out", str(first)).exit_code
        == 0
    )
    saved = ("run", "--config", str(first / "config.toml"), "--dry-run", "--json")
    config = json.loads(imbalearn(*saved, "--lr", "0.5", "--label-smoothing", "0.2").stdout)["config"]
    assert (config["lr"], config["loss"]) == (0.5, "imbalearn-torch/ce:smoothing=0.2")
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(20 if name == "cat" else 10):
            pixels = np.full((16, 16, 3), number, dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    described = json.loads(imbalearn(*saved, "--data", f"folder:path={tmp_path / 'photos'}").stdout)
    # A user's images are never thinned, whatever the profile of the data set before; 20 % are the test part.
    assert described["config"]["imbalance"] == "none"
    assert sum(described["data"]["train_counts"]) + sum(described["data"]["val_counts"]) == 24

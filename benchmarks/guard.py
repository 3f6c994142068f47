"""Figures that noise does not move: what a step calls and allocates, what is imported, how much memory a run takes.

`python -m benchmarks guard` writes them to `results/guard.json`; `python -m benchmarks guard --check`, and every
`python -m benchmarks --quick`, compares with what is committed there and fails where one got worse. What torch does of
its own accord changes with its version, so figures of another version are not compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.first_step import first_step
from benchmarks.harness import RESULTS
from benchmarks.loss_speed import CountedArrays, loss_arrays
from benchmarks.memory import peak_of_run
from imbalearn_torch import Dataset, RunConfig, Samples, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import open_session
from imbalearn_torch.experiments.train import trainer_of

__all__ = ["FILE", "measure", "worse"]

FILE = RESULTS / "guard.json"
_STEPS = {
    "plain": {"sampler": "instance", "mix": "none"},
    "balanced mixup": {"sampler": "balanced", "mix": "mixup"},
    "balanced softmax, cutmix": {"loss": "balanced-softmax", "mix": "cutmix"},
}
_HELP = """
import sys
from imbalearn_torch.cli import main
sys.argv[1:] = ["--help"]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
_DIGITS = ("--epochs", "1", "--threads", "1", "--precision", "fp32")
_SLACK = 1.1  # of the resident set alone
_ROUNDING = 25  # MB


def measure(quick: bool) -> dict[str, Any]:
    """Everything that is guarded; `quick` or not is the same."""
    del quick
    threads = torch.get_num_threads()
    steps = {name: _step(**options) for name, options in _STEPS.items()}
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        run, _ = peak_of_run(Path(folder, "run"), "--data", "digits", *_DIGITS)
    shown = subprocess.run([sys.executable, "-c", _HELP], check=True, text=True, capture_output=True)
    return {
        "torch": torch.__version__.partition("+")[0],
        "calls a step": {name: each.calls for name, each in steps.items()},
        "tensors allocated a step": {name: each.count for name, each in steps.items()},
        "arrays of a loss": {entry.name: loss_arrays(entry.name) for entry in registry(plugins=False).entries("loss")},
        "packages imported by --help": _packages(shown.stderr.split()),
        "packages imported before the first step": _packages(first_step("--data", "digits")["modules"]),
        "megabytes of a run": -(-run["peak"] // 2**20 // _ROUNDING) * _ROUNDING,
    }


def worse(now: dict[str, Any], committed: dict[str, Any]) -> list[str]:
    """One sentence for each figure that got worse; fewer or the same is fine.

    Args:
        now: As `measure` gives it.
        committed: As it stands in `results/guard.json`.
    """
    sentences = []
    for figure in ("calls a step", "tensors allocated a step", "arrays of a loss"):
        for name, value in now[figure].items():
            before = committed[figure].get(name)
            if before is not None and value > before:
                sentences.append(f"{figure} ({name}): {value}, which were {before}")
    for figure in ("packages imported by --help", "packages imported before the first step"):
        added = sorted({*now[figure]} - {*committed[figure]})
        if added:
            sentences.append(f"{figure}: {', '.join(added)}, which it did not import")
    figure = "megabytes of a run"
    if now[figure] > _SLACK * committed[figure]:
        sentences.append(f"{figure}: {now[figure]}, which were {committed[figure]}")
    return sentences


def check(now: dict[str, Any]) -> list[str] | None:
    """`worse` than the committed file; None: that is of another version of torch.

    Raises:
        SystemExit: There is none.
    """
    if not FILE.is_file():
        raise SystemExit(f"guard: there is no {FILE.name} to compare with; write it by: python -m benchmarks guard")
    committed = json.loads(FILE.read_text(encoding="utf-8"))
    return worse(now, committed) if now["torch"] == committed["torch"] else None


def _packages(modules: list[str]) -> list[str]:
    """Whose modules these are, without the standard library and compiled helpers."""
    names = {module.partition(".")[0] for module in modules}
    return sorted(name for name in names - sys.stdlib_module_names if not name.startswith("_"))


def _step(**options: Any) -> CountedArrays:
    """The second step of a run, the first of which makes what lasts."""
    draw = torch.Generator().manual_seed(0)
    part = Samples(torch.randint(0, 256, (64, 3, 16, 16), generator=draw, dtype=torch.uint8), torch.arange(64) % 4)
    data = Dataset(train=part, test=part, classes=tuple("0123"))
    common = {"augment": "crop:pad=2+flip+cutout:size=4", "batch_size": 16, "epochs": 1, "val_fraction": 0}
    config = RunConfig(data=data, backbone="small-cnn", precision="fp32", threads=1, **common, **options)
    known = registry()
    session = open_session(resolve_run(config, known), known)
    trainer = trainer_of(session)
    counted: list[CountedArrays] = []
    whole = trainer.engine.step

    def step(epoch: int, number: int, *rest: Any) -> Any:
        with CountedArrays(0) as counts:
            made = whole(epoch, number, *rest)
        counted.append(counts)
        return made

    trainer.engine.step = step  # pyright: ignore[reportAttributeAccessIssue]
    trainer.train()
    return counted[1]

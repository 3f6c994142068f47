"""The guard fails when a figure gets worse, and only then."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import guard
from benchmarks.guard import worse
from benchmarks.loss_speed import CountedArrays, loss_arrays

FIGURES: dict[str, Any] = {
    "torch": "2.14.1",
    "calls a step": {"plain": 400},
    "tensors allocated a step": {"plain": 200},
    "arrays of a loss": {"ce": 3},
    "packages imported by --help": ["click"],
    "packages imported before the first step": ["click", "torch"],
    "megabytes of a run": 800,
}


def changed(figure: str, value: Any) -> dict[str, Any]:
    return {**copy.deepcopy(FIGURES), figure: value}


@pytest.mark.parametrize(
    ("figure", "value", "sentence"),
    [
        ("calls a step", {"plain": 401}, "calls a step (plain): 401, which were 400"),
        ("tensors allocated a step", {"plain": 201}, "tensors allocated a step (plain): 201, which were 200"),
        ("arrays of a loss", {"ce": 4}, "arrays of a loss (ce): 4, which were 3"),
        (
            "packages imported by --help",
            ["click", "rich"],
            "packages imported by --help: rich, which it did not import",
        ),
        (
            "packages imported before the first step",
            ["click", "timm", "sklearn", "torch"],
            "packages imported before the first step: sklearn, timm, which it did not import",
        ),
        ("megabytes of a run", 900, "megabytes of a run: 900, which were 800"),
    ],
)
def test_what_got_worse_is_said(figure: str, value: Any, sentence: str) -> None:
    assert worse(changed(figure, value), FIGURES) == [sentence]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("calls a step", {"plain": 399, "new": 10_000}),
        ("packages imported by --help", []),
        ("megabytes of a run", 880),  # ten percent
    ],
)
def test_what_is_better_equal_or_new_passes(figure: str, value: Any) -> None:
    assert worse(FIGURES, FIGURES) == []
    assert worse(changed(figure, value), FIGURES) == []


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed file, and a measurement that gives the same figures at once."""
    file = tmp_path / "guard.json"
    file.write_text(json.dumps(FIGURES))
    monkeypatch.setattr(guard, "FILE", file)
    monkeypatch.setattr(guard, "measure", lambda quick: copy.deepcopy(FIGURES))
    monkeypatch.setattr(command, "header", dict)
    monkeypatch.setattr(command, "QUICK", ("guard",))
    return file


@pytest.mark.parametrize("arguments", [["guard", "--check"], ["--quick"]])
def test_the_command_passes_and_fails(arguments: list[str], committed: Path) -> None:
    done = CliRunner().invoke(command.main, arguments)
    assert (done.exit_code, "no figure is worse" in done.output) == (0, True)
    committed.write_text(json.dumps(changed("calls a step", {"plain": 350})))
    done = CliRunner().invoke(command.main, arguments)
    assert (done.exit_code, done.stderr) == (1, done.stderr)
    assert "guard: worse: calls a step (plain): 400, which were 350" in done.stderr


def test_figures_of_another_torch_are_not_compared(committed: Path) -> None:
    committed.write_text(json.dumps({**FIGURES, "torch": "2.9.1", "calls a step": {"plain": 1}}))
    done = CliRunner().invoke(command.main, ["guard", "--check"])
    assert (done.exit_code, "not compared" in done.output) == (0, True)


def test_without_a_committed_file_there_is_a_sentence(committed: Path) -> None:
    committed.unlink()
    done = CliRunner().invoke(command.main, ["guard", "--check"])
    assert (done.exit_code, "python -m benchmarks guard" in str(done.exception)) == (1, True)


def test_calls_and_new_tensors_are_counted() -> None:
    one = torch.ones(3)
    with CountedArrays(0) as counted:
        one.add_(1)  # a call, no new memory
        (one + one).view(3, 1)  # two calls, one new tensor
    assert (counted.calls, counted.count) == (3, 1)


def test_a_step_is_counted_the_same_twice() -> None:
    first, second = (guard._step(sampler="instance", mix="none") for _ in range(2))
    assert (first.calls, first.count) == (second.calls, second.count)
    assert first.calls > first.count > 0


def test_a_loss_that_copies_its_logits_has_more_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loss_arrays("ce") == 3  # log-softmax, the gradients of loss and logits
    monkeypatch.setattr(
        "imbalearn_builtins.losses.ce.CrossEntropyLoss.forward",
        lambda self, logits, targets: torch.nn.functional.cross_entropy(logits + 1, targets),
    )
    assert loss_arrays("ce") > 3

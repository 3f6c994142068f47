"""NaN, infinity, overflow and too little memory: stopped before the step, and said with what it takes to repeat it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tiny_runs import TINY_PLUGIN

from imbalearn_torch.training.checkpoint import latest_checkpoint
from imbalearn_torch.training.memory_limit import lacks_memory

# Losses that give NaN, or whose gradient does, when an image of class 9 is met after `from_step` steps of forward.
FAULTY = '''
from imbalearn_torch import Component, hookimpl

@hookimpl
def imbalearn_losses():
    yield Component(name="faulty", factory="faulty:make")

@hookimpl
def imbalearn_backbones():
    yield Component(name="greedy", factory="faulty:greedy")

def make(*, reduction, what: str = "loss", epoch: int = 1):
    import torch

    class Faulty(torch.nn.Module):
        now = 0

        def set_epoch(self, number):
            self.now = number

        def forward(self, logits, targets):
            values = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
            if self.now < epoch:
                return values
            if what == "loss":
                return values / 0
            return (values - values.detach()).sqrt()  # 0, with an infinite slope

    return Faulty()

def greedy(*, num_classes, input_shape, most: int = 40):
    """Needs memory that grows with the batch; more than `most` images at once have none."""
    import resource
    from math import prod
    import torch

    class Greedy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(prod(input_shape), num_classes)
            size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + 2**30 + 2**28, resource.RLIM_INFINITY))

        def forward(self, images):
            room = torch.empty(len(images), 2**30 // most // 4)  # RLIMIT_AS refuses it
            return self.linear(images.flatten(1)) + 0 * room[:, :1].detach().zero_()

    return Greedy()
'''


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    file = tmp_path / "faulty.py"
    file.write_text(FAULTY, encoding="utf-8")
    return file


@pytest.fixture
def run(imbalearn, command, plugin: Path, tmp_path: Path):
    return lambda *words: imbalearn(*command, "--plugin", plugin, "--out", tmp_path / "run", *words)


@pytest.mark.parametrize("kind", ["loss", "gradient"])
def test_a_figure_that_is_not_finite_is_recorded_before_the_step(
    imbalearn, run, plugin: Path, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "run"
    ended = run("--sampler", "balanced", "--loss", f"faulty:what={kind}")
    assert ended.code == 3, ended.output
    assert "is not finite in epoch 2, step 1, learning rate" in ended.output
    assert f"are in {folder / 'failure.json'}" in ended.output
    text = (folder / "failure.json").read_text(encoding="utf-8")
    record = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (record["schema_version"], record["kind"]) == (1, kind)
    assert (record["epoch"], record["step"], record["seed"]) == (1, 0, 0)
    assert 0 < record["learning_rate"] < 0.1
    assert len(record["batch_indices"]) == len(record["data_indices"]) == 14
    assert record["components"]["sampler"].startswith("imbalearn-torch/balanced:")
    assert record["components"]["loss"].startswith("local/faulty:")
    assert {"mix", "weights", "backbone", "optimizer"} <= record["components"].keys()
    found = latest_checkpoint(folder / "checkpoints")
    assert found is not None
    weights, state, problems = found
    assert (problems, state["progress"]["total_steps"]) == ([], 8)
    assert all(tensor.isfinite().all() for tensor in weights.values())
    before = sorted(each.name for each in (folder / "checkpoints").iterdir())
    # It says what happened, goes on, meets the same step and changes nothing.
    again = imbalearn("resume", folder, "--plugin", plugin, "--plugin", TINY_PLUGIN)
    assert again.code == 3, again.output
    assert "this run has failed before (the loss" in again.output
    assert (folder / "failure.json").read_text(encoding="utf-8") == text
    assert sorted(each.name for each in (folder / "checkpoints").iterdir()) == before


def test_a_validation_that_is_not_finite_stops_the_run(run, tmp_path: Path) -> None:
    # One step an epoch, whose weights of 1e37 are finite, and whose logits are not.
    steep = ("--optimizer", "sgd:lr=1e38", "--schedule", "constant", "--ema", "0")
    ended = run("--loss", "ce", "--batch-size", "100", *steep)
    assert ended.code == 3, ended.output
    assert "the validation loss (nan) is not finite after epoch 1" in ended.output
    assert json.loads((tmp_path / "run" / "failure.json").read_text(encoding="utf-8"))["kind"] == "validation"


def test_a_batch_that_does_not_fit_is_said_with_one_that_does(run, tmp_path: Path) -> None:
    ended = run("--backbone", "greedy:most=40", "--batch-size", "60")
    assert ended.code == 2, ended.output
    assert "out of memory in epoch 1, step 1, with 60 images a batch: " in ended.output
    assert "30 fit when tried just now, so --batch-size 30 would likely do" in ended.output
    assert "Traceback" not in ended.output
    assert not (tmp_path / "run").exists()  # nothing was trained: the corrected command may use it


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError("Unable to allocate 37 GiB for an array"), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (OSError(28, "No space left on device"), False),
    ],
)
def test_what_counts_as_too_little_memory(error: BaseException, expected: bool) -> None:
    assert lacks_memory(error) == expected


def test_torch_says_it_in_those_words() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert lacks_memory(caught.value)

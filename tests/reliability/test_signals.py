"""SIGINT and SIGTERM: a checkpoint, the command to go on, exit 130 or 143; the second one stops at once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from processes import Moment

from imbalearn_torch.experiments.signals import StopRequest

# A backbone that sends its process a signal in its second validation of two batches, the first time it gets there.
VALIDATING = """
import os, signal
from pathlib import Path
from imbalearn_torch import Component, hookimpl

@hookimpl
def imbalearn_backbones():
    yield Component(name="signalling", factory="signalling:make")

def make(*, num_classes, input_shape, marker: Path):
    from math import prod
    from torch import nn
    network, seen = nn.Sequential(nn.Flatten(), nn.Linear(prod(input_shape), num_classes)), []

    def send(module, arguments):
        if not module.training and len(arguments[0]) > 2:
            seen.append(1)
            if len(seen) == 3 and marker.exists():
                marker.unlink()
                os.kill(os.getpid(), signal.SIGTERM)

    network.register_forward_pre_hook(send)
    return network
"""


@pytest.mark.parametrize(
    ("moment", "code", "said"),
    [
        # the file of the data is opened; metrics.jsonl is begun; a save in the middle; the last files
        (Moment("digits.csv", 1, signal.SIGTERM), 143, "before the first step"),
        (Moment(".partial-metrics.jsonl", 1, signal.SIGINT), 130, "in epoch 1 after 0 steps"),
        (Moment(".partial-00000004", 1, signal.SIGINT), 130, "in epoch 1 after 5 steps"),
        (Moment(".partial-report.html", 1, signal.SIGTERM), 143, "before the results were written"),
    ],
    ids=["data loading", "before the first step", "in a save", "while results are written"],
)
def test_a_signal_stops_the_run_and_names_the_command(  # noqa: PLR0917 - fixtures
    imbalearn, command, resumed, whole, same, tmp_path: Path, *, moment: Moment, code: int, said: str
) -> None:
    folder = tmp_path / "run"
    ended = imbalearn(*command, "--out", folder, moment=moment)
    assert ended.code == code, ended.output
    assert "stopped by a signal" in ended.output
    assert said in ended.output
    assert f"go on with: imbalearn resume {folder} --plugin " in ended.output
    assert "Traceback" not in ended.output
    assert not (folder / "manifest.json").exists()
    trained = moment.path not in {"digits.csv", ".partial-metrics.jsonl"}
    assert (folder / "checkpoints").exists() == trained
    if trained:  # the others have nothing to go on from
        assert resumed(folder).code == 0
        same(folder, whole)


def test_a_signal_in_a_validation_leaves_a_checkpoint(imbalearn, same, tmp_path: Path) -> None:
    plugin, marker = tmp_path / "signalling.py", tmp_path / "marker"
    plugin.write_text(VALIDATING, encoding="utf-8")
    words = [
        "--imbalance",
        "step:ratio=3,n_max=60",
        "--val-fraction",
        "0.4",
        "--batch-size",
        "30",
        "--epochs",
        "2",
        "--precision",
        "fp32",
        "--threads",
        "1",
    ]
    words += ["--backbone", f"signalling:marker={marker}", "--plugin", plugin, "--quiet"]
    whole, folder = tmp_path / "whole", tmp_path / "run"
    assert imbalearn("run", *words, "--out", whole).code == 0
    marker.touch()
    ended = imbalearn("run", *words, "--out", folder)
    assert ended.code == 143, ended.output
    assert "stopped by a signal in epoch 2 after 8 steps" in ended.output
    assert imbalearn("resume", folder, "--plugin", plugin).code == 0
    same(folder, whole)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_second_signal_stops_at_once(imbalearn, command, tmp_path: Path, number: int, code: int) -> None:
    folder = tmp_path / "run"
    ended = imbalearn(*command, "--out", folder, moment=Moment(".partial-00000004", 1, number, times=2))
    assert ended.code == code, ended.output
    assert "stopping after this step; once more to stop now" in ended.output
    assert "Traceback" not in ended.output
    # In the middle of the save: the one before is there, and nothing half written has become a checkpoint.
    assert max(each.name for each in (folder / "checkpoints").glob("0*")) == "00000003"


def test_a_signal_before_anything_can_be_lost_is_answered_at_once() -> None:
    request = StopRequest(at_once=True)
    with pytest.raises(KeyboardInterrupt):
        request.handle(signal.SIGTERM, None)
    assert request() == signal.SIGTERM
    with pytest.raises(SystemExit) as caught:
        request.handle(signal.SIGTERM, None)
    assert caught.value.code == 143

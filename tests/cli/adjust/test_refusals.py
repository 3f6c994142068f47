"""`imbalearn adjust`: what is left out or refused, and with which exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from adjusted_runs import PLAIN, compared, flags, imbalearn, replace_predictions

import imbalearn_torch as ibt
from imbalearn_torch.experiments.adjust_run import adjust_run


def test_data_that_are_gone_leave_what_needs_only_logits(finished: Path, copied: Path, tmp_path: Path) -> None:
    config = (copied / "config.toml").read_text(encoding="utf-8")
    (copied / "config.toml").write_text(config.replace("images.npz", "elsewhere.npz"), encoding="utf-8")
    done = compared(copied)
    assert [row["name"] for row in done["rows"]] == ["before", *PLAIN]
    assert [each["name"] for each in done["skipped"]] == ["crt", "lws", "tau-norm", "ncm"]
    assert all("elsewhere.npz" in each["reason"] for each in done["skipped"])
    asked = imbalearn("adjust", copied, *flags("crt", "ncm"))
    assert (asked.exit_code, asked.stderr.count("elsewhere.npz")) == (2, 1)


def test_without_validation_data_those_that_tune_are_refused(unheld: Path, data: str, tmp_path: Path) -> None:
    done = compared(unheld)
    assert done["best"] is None
    assert [row["name"] for row in done["rows"][1:]] == ["crt", "lws", "ncm", "logit-adjustment", "prior-shift"]
    assert [each["name"] for each in done["skipped"]] == ["tau-norm", "temperature", "thresholds"]
    assert all(row["metrics"]["val"] is None for row in done["rows"])
    assert "no validation data, so none can be called best" in imbalearn("adjust", unheld, *flags("ncm")).stdout
    asked = imbalearn("adjust", unheld, *flags("temperature", "tau-norm", "ncm"))
    assert asked.exit_code == 2
    assert asked.stderr.count("Expected validation images to tune") == 2
    for name in ("tau-norm", "thresholds"):  # by the run too, before its first step
        options = ("--data", data, "--val-fraction", "0", "--adjust", name, "--out", tmp_path / name)
        refused = imbalearn("run", *options)
        assert (refused.exit_code, (tmp_path / name).exists()) == (2, False)
        assert "Expected validation images to tune" in refused.stderr


class NoProtocol(torch.nn.Sequential):
    """A backbone that gives logits and nothing else."""

    def __init__(self) -> None:
        super().__init__(torch.nn.Flatten(), torch.nn.Linear(64, 4))


def test_a_backbone_without_features_is_told(data: str, settings: dict[str, Any], tmp_path: Path) -> None:
    config = ibt.RunConfig(data=data, val_fraction=0.3, backbone=NoProtocol(), **settings | {"epochs": 1})
    folder = ibt.run(config, out=tmp_path / "own").folder
    done = adjust_run(folder, config=config)
    assert [row["name"] for row in done["rows"]] == ["before", "lws", *PLAIN]
    assert [each["name"] for each in done["skipped"]] == ["crt", "tau-norm", "ncm"]
    assert all("the backbone NoProtocol has no forward_features" in each["reason"] for each in done["skipped"])
    with pytest.raises(ibt.errors.ConfigError, match="the backbone NoProtocol has no forward_features"):
        adjust_run(folder, ["ncm"], config=config)
    asked = imbalearn("adjust", folder, *flags("lws"))  # no file can name the backbone
    assert (asked.exit_code, "objects made in Python" in asked.stderr) == (2, True)


def test_a_folder_that_is_no_finished_run(finished: Path, copied: Path, tmp_path: Path) -> None:
    (copied / "manifest.json").unlink()
    (tmp_path / "empty").mkdir()
    for folder, message in [
        (tmp_path / "nowhere", "is no folder"),
        (finished / "config.toml", "is no folder"),
        (tmp_path / "empty", "holds no run: there is no config.toml in it"),
        (copied, "is not finished; go on with `imbalearn resume"),
    ]:
        done = imbalearn("adjust", folder)
        assert (done.exit_code, done.stdout) == (2, "")
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1


DAMAGED = pytest.mark.parametrize(
    ("name", "adjuster"),
    [("predictions.npz", "temperature"), ("model.safetensors", "ncm"), ("result.json", "temperature")],
)


@DAMAGED
def test_damaged_files_exit_with_4(copied: Path, name: str, adjuster: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[-10] ^= 1
    (copied / name).write_bytes(content)
    done = imbalearn("adjust", copied, *flags(adjuster))
    assert done.exit_code == 4
    where = f"error: {copied / name} is not what the run wrote; its digest in manifest.json is another one"
    assert done.stderr.splitlines() == [where]


@DAMAGED
def test_missing_files_exit_with_4(copied: Path, name: str, adjuster: str) -> None:
    (copied / name).unlink()
    done = imbalearn("adjust", copied, *flags(adjuster))
    assert done.exit_code == 4
    assert done.stderr.splitlines() == [f"error: {copied / name} cannot be read: No such file or directory"]


@pytest.mark.parametrize("content", ["[]", "{}", '{"sha256": ["model.safetensors"]}', "{", ""])
def test_a_manifest_that_is_none_exits_with_4(copied: Path, content: str) -> None:
    (copied / "manifest.json").write_text(content, encoding="utf-8")
    done = imbalearn("adjust", copied, *flags("temperature"))
    assert done.exit_code == 4
    assert done.stderr.startswith(f"error: {copied / 'manifest.json'} cannot be read: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_network_that_no_longer_says_what_it_said(copied: Path) -> None:
    with np.load(copied / "predictions.npz") as file:
        arrays = dict(file)
    arrays["test_logits"] = arrays["test_logits"] + 1
    replace_predictions(copied, arrays)
    done = imbalearn("adjust", copied, *flags("ncm"))
    assert done.exit_code == 4
    assert "no longer gives the logits that were stored (they differ by up to 1)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (flags("crtt"), "no adjuster named 'crtt'; did you mean 'crt'?"),
        (flags("tau-norm:tua=1"), "'tua'"),
        (flags("prior-shift:prior=[1,2]"), "adjuster 'prior-shift': Expected `prior` to be 4 numbers, one a class"),
        (flags("thresholds:costs=[0,1,5,0]"), "Expected `costs` to be 4 x 4 = 16 finite numbers"),
        (["--chain"], "--chain needs to be told what to chain"),
    ],
)
def test_what_cannot_be_used_exits_with_2(finished: Path, arguments: list[str], message: str) -> None:
    done = imbalearn("adjust", finished, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_all_unknown_names_are_reported_together(finished: Path) -> None:
    done = imbalearn("adjust", finished, *flags("crtt", "temprature"))
    assert [line.startswith("error: no adjuster named") for line in done.stderr.splitlines()] == [True, True]


PLUGIN = """
from imbalearn_torch import Component, hookimpl

@hookimpl
def imbalearn_adjusters():
    yield Component(name="halved", factory="halving:Halved")

class Halved:
    needs = frozenset()

    def __init__(self, *, by: float = 2.0):
        self.by = by

    def fit(self, val, *, train, head):
        print("fitting")
        return {"by": self.by}

    def __call__(self, logits, features):
        return logits / self.by
"""


def test_a_plugin_file(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "halving.py").write_text(PLUGIN, encoding="utf-8")
    plugin = ("--plugin", tmp_path / "halving.py")
    (_, row) = compared(finished, *plugin, *flags("halved:by=4"))["rows"]
    assert (row["name"], row["chosen"]) == ("local/halved:by=4", [{"by": 4.0}])
    assert "local/halved" not in [each["name"] for each in compared(finished, *plugin)["rows"]]
    saving = imbalearn("adjust", finished, *plugin, *flags("halved"), "--save")
    assert (saving.exit_code, (finished / "adjusted").exists()) == (2, False)
    assert "adjuster Halved cannot be saved: it has no state_dict and no load_state_dict" in saving.stderr

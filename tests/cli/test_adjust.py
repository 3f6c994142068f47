"""`imbalearn adjust` on finished runs of a few small images."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.torch import load_file

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.adjust import applied
from imbalearn_torch.cli import app
from imbalearn_torch.experiments.adjust_run import adjust_run
from imbalearn_torch.experiments.adjusted_folder import load_adjusted
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.metrics.scores import score

SETTINGS: dict[str, Any] = {"epochs": 2, "threads": 1, "precision": "fp32", "optimizer": "sgd", "lr": 0.05}
CHAIN = ("crt:steps=40", "temperature")
BUILT_IN = ["crt", "lws", "tau-norm", "ncm", "logit-adjustment", "temperature", "prior-shift", "thresholds"]
PLAIN = ["logit-adjustment", "temperature", "prior-shift", "thresholds"]  # need nothing beside logits


def images(file: Path) -> str:
    source = np.random.Generator(np.random.PCG64(0))

    def part(counts: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        targets = np.repeat(np.arange(4), counts)
        noise = source.integers(0, 96, (len(targets), 1, 8, 8))
        return (noise + 48 * targets[:, None, None, None]).astype(np.uint8), targets

    (x, y), (x_test, y_test) = part((60, 30, 15, 8)), part((6,) * 4)
    np.savez(file, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    return f'npz:path="{file}"'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    return images(tmp_path_factory.mktemp("data") / "images.npz")


@pytest.fixture(scope="module")
def finished(data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was adjusted by a chain of two."""
    config = ibt.RunConfig(data=data, val_fraction=0.3, adjust=CHAIN, **SETTINGS)
    return ibt.run(config, out=tmp_path_factory.mktemp("runs") / "finished").folder


@pytest.fixture(scope="module")
def unheld(data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a cosine head and without validation data."""
    config = ibt.RunConfig(data=data, val_fraction=0, loss="ldam", **SETTINGS | {"epochs": 1})
    return ibt.run(config, out=tmp_path_factory.mktemp("runs") / "unheld").folder


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copied"))


def imbalearn(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def compared(*arguments: str | Path) -> dict[str, Any]:
    done = imbalearn("adjust", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout, parse_constant=pytest.fail)


def flags(*adjusters: str) -> list[str]:
    return [word for each in adjusters for word in ("--adjust", each)]


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_every_adjuster_that_the_run_allows(finished: Path) -> None:
    done = compared(finished)
    assert [row["name"] for row in done["rows"]] == ["before", *BUILT_IN]
    assert done["skipped"] == []
    before, metrics = done["rows"][0]["metrics"], read_json(finished / "result.json")["metrics"]
    assert before["test"] == metrics["test_unadjusted"]
    assert all(row["config"][0].startswith(f"imbalearn-torch/{row['name']}") for row in done["rows"][1:])


def test_the_best_is_said_from_validation(finished: Path) -> None:
    done = compared(finished)
    values = {row["name"]: row["metrics"]["val_held_out"]["macro_f1"] for row in done["rows"]}
    assert done["best"] == max(values, key=values.__getitem__)
    for row in done["rows"]:
        tuned = row["name"] in {"tau-norm", "temperature", "thresholds"}
        assert tuned or row["metrics"]["val_held_out"] == row["metrics"]["val"]


def test_the_test_set_decides_nothing(copied: Path) -> None:
    before = compared(copied, *flags(*PLAIN))
    with np.load(copied / "predictions.npz") as file:
        arrays = dict(file)
    arrays["test_targets"] = arrays["test_targets"][::-1].copy()
    replace_predictions(copied, arrays)
    after = compared(copied, *flags(*PLAIN))
    assert after["best"] == before["best"]
    for old, new in zip(before["rows"], after["rows"], strict=True):
        assert (new["chosen"], new["metrics"]["val"]) == (old["chosen"], old["metrics"]["val"])
        assert new["metrics"]["test"] != old["metrics"]["test"]


def replace_predictions(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(folder / "predictions.npz", **arrays)
    manifest = read_json(folder / "manifest.json")
    manifest["sha256"]["predictions.npz"] = hashlib.sha256((folder / "predictions.npz").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_it_is_what_the_run_itself_would_have_said(finished: Path) -> None:
    (_, row) = compared(finished, *flags(*CHAIN), "--chain")["rows"]
    result = read_json(finished / "result.json")
    assert row["name"] == "crt:steps=40 + temperature"
    assert row["chosen"] == result["adjusted"]
    assert row["metrics"]["test"] == result["metrics"]["test"]
    assert row["metrics"]["val"] == result["metrics"]["val"]


def test_logits_are_enough_for_those_that_need_no_more(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FinishedRun, "_open", lambda _: pytest.fail("the data were opened"))
    assert [row["name"] for row in compared(finished, *flags(*PLAIN))["rows"]] == ["before", *PLAIN]


def test_data_that_are_gone_leave_what_needs_only_logits(finished: Path, copied: Path, tmp_path: Path) -> None:
    config = (copied / "config.toml").read_text(encoding="utf-8")
    (copied / "config.toml").write_text(config.replace("images.npz", "elsewhere.npz"), encoding="utf-8")
    done = compared(copied)
    assert [row["name"] for row in done["rows"]] == ["before", *PLAIN]
    assert [each["name"] for each in done["skipped"]] == ["crt", "lws", "tau-norm", "ncm"]
    assert all("elsewhere.npz" in each["reason"] for each in done["skipped"])
    asked = imbalearn("adjust", copied, *flags("crt", "ncm"))
    assert (asked.exit_code, asked.stderr.count("elsewhere.npz")) == (2, 1)


def test_the_carried_prior_is_the_recorded_one(finished: Path, copied: Path) -> None:
    carried = read_json(finished / "result.json")["data"]["carried_prior"]
    (_, row) = compared(finished, *flags("logit-adjustment"))["rows"]
    with np.load(finished / "predictions.npz") as file:
        logits, targets = (torch.from_numpy(file[f"test_{name}"]) for name in ("logits", "targets"))
    counts = torch.tensor(read_json(finished / "result.json")["data"]["train_counts"])
    wanted = score(logits - torch.tensor(carried).log(), targets, train_counts=counts)
    assert row["metrics"]["test"]["per_class"] == wanted["per_class"]
    assert row["metrics"]["test"]["log_loss"] == pytest.approx(wanted["log_loss"], abs=1e-6)
    # A run of before it was recorded is asked about its last epoch.
    result = read_json(copied / "result.json")
    del result["data"]["carried_prior"]
    (copied / "result.json").write_text(json.dumps(result), encoding="utf-8")
    assert FinishedRun(copied, ibt.registry()).class_prior.tolist() == pytest.approx(carried, abs=1e-12)


def test_saved_beside_files_that_stay(copied: Path) -> None:
    digests = {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()}
    arguments = (copied, *flags("crt:steps=5", "ncm", "thresholds:metric=gmean"), "--save")
    rows = compared(*arguments)["rows"][1:]
    folders = [copied / "adjusted" / name for name in ("crt_steps=5", "ncm", "thresholds_metric=gmean")]
    assert [row["saved"] for row in rows] == list(map(str, folders))
    assert {file: file.read_bytes() for file in digests} == digests
    for name, digest in read_json(copied / "manifest.json")["sha256"].items():
        assert hashlib.sha256((copied / name).read_bytes()).hexdigest() == digest
    kept = {file: file.read_bytes() for folder in folders for file in folder.iterdir()}
    assert {file.name for file in kept} == {"adjuster.safetensors", "adjusted.json"}
    compared(*arguments)
    assert {file: file.read_bytes() for file in kept} == kept
    assert {file for folder in folders for file in folder.iterdir()} == set(kept)


def test_what_was_saved_predicts_again(copied: Path) -> None:
    (_, row) = compared(copied, *flags(*CHAIN), "--chain", "--save")["rows"]
    folder = Path(row["saved"])
    assert folder.name == "crt_steps=40+temperature"
    run = FinishedRun(copied, ibt.registry())
    _, test, _, _ = run.outputs(frozenset({"features"}))
    logits = applied(load_adjusted(folder, ibt.registry()), test)
    assert score(logits, test.targets, train_counts=run.group_counts) == row["metrics"]["test"]
    record = read_json(folder / "adjusted.json")
    assert record["schema_version"] == 1
    assert record["metrics"] == row["metrics"]
    assert load_file(folder / "adjuster.safetensors").keys() == {"0.weight", "0.bias", "1.temperature"}


def test_what_was_saved_belongs_to_its_model(copied: Path) -> None:
    (_, row) = compared(copied, *flags("temperature"), "--save")["rows"]
    folder = Path(row["saved"])
    model = (copied / "model.safetensors").read_bytes()
    (copied / "model.safetensors").write_bytes(model[:-1])
    with pytest.raises(ibt.errors.CheckpointError, match="belongs to another model"):
        load_adjusted(folder, ibt.registry())
    (copied / "model.safetensors").write_bytes(model)
    (folder / "adjuster.safetensors").write_bytes(b"")
    with pytest.raises(ibt.errors.CheckpointError, match=r"adjuster.safetensors is not what was saved"):
        load_adjusted(folder, ibt.registry())


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


def test_a_cosine_head_is_one_head_for_all(unheld: Path) -> None:
    run = FinishedRun(unheld, ibt.registry())
    _, test, train, head = run.outputs(frozenset({"features", "head", "train"}))
    assert train is not None
    assert head is not None
    assert head.bias is None
    for part in (test, train):
        assert part.features is not None
        torch.testing.assert_close(head(part.features), part.logits, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(part.features.norm(dim=1), torch.ones(len(part.targets)), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(head.weight.norm(dim=1), torch.full((4,), 30.0), rtol=1e-5, atol=1e-5)
    before, after = compared(unheld, *flags("tau-norm:tau=1"))["rows"]
    for figure in ("accuracy", "macro_f1", "mcc"):
        assert after["metrics"]["test"][figure] == before["metrics"]["test"][figure]


class NoProtocol(torch.nn.Sequential):
    """A backbone that gives logits and nothing else."""

    def __init__(self) -> None:
        super().__init__(torch.nn.Flatten(), torch.nn.Linear(64, 4))


def test_a_backbone_without_features_leaves_what_needs_none(data: str, tmp_path: Path) -> None:
    config = ibt.RunConfig(data=data, val_fraction=0.3, backbone=NoProtocol(), **SETTINGS | {"epochs": 1})
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


@pytest.mark.parametrize(("name", "adjuster"), [("predictions.npz", "temperature"), ("model.safetensors", "ncm")])
def test_damaged_files_exit_with_4(copied: Path, name: str, adjuster: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[-10] ^= 1
    (copied / name).write_bytes(content)
    done = imbalearn("adjust", copied, *flags(adjuster))
    assert done.exit_code == 4
    assert f"{name} is not what the run wrote" in done.stderr


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


def test_twice_the_same_is_one_row_but_two_links(finished: Path) -> None:
    half = "logit-adjustment:tau=0.5"
    assert [row["name"] for row in compared(finished, *flags(half, half))["rows"]] == ["before", half]
    (_, row) = compared(finished, *flags(half, half), "--chain")["rows"]
    assert (row["name"], row["chosen"]) == (f"{half} + {half}", [{"tau": 0.5}, {"tau": 0.5}])


def test_what_is_wrong_with_a_row_is_warned_of(finished: Path, copied: Path) -> None:
    result = read_json(copied / "result.json")
    counts = np.array(result["data"]["train_counts"])
    result["data"]["carried_prior"] = (counts**0.5 / (counts**0.5).sum()).tolist()  # as after sampling by square roots
    (copied / "result.json").write_text(json.dumps(result), encoding="utf-8")
    (_, once, twice) = compared(copied, *flags("logit-adjustment", "logit-adjustment:tau=2"))["rows"]
    assert once["warnings"] == []
    (warning,) = twice["warnings"]
    error = 0.5 * np.log(counts.max() / counts.min())
    assert warning.startswith("the run and adjuster 1 (LogitAdjustment) correct the imbalance more than once")
    assert f"by {error:.2f} in log-odds" in warning
    (chained,) = compared(finished, *flags("temperature", "ncm"), "--chain")["rows"][1:]
    assert chained["warnings"] == [
        "adjuster NearestClassMean starts over from the features: what Temperature did is lost; put it first"
    ]


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


def test_the_table_for_a_person(finished: Path) -> None:
    done = imbalearn("adjust", finished)
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.splitlines())) <= 80
    for name in ("before", *BUILT_IN, "best on validation data: "):
        assert name in done.stdout
    assert "medium" in done.stdout
    assert "few" in done.stdout


def test_help_of_a_component_needs_no_run() -> None:
    done = imbalearn("adjust", "nowhere", *flags("thresholds:help"))
    assert done.exit_code == 0
    assert "costs" in done.stdout

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sklearn.metrics import balanced_accuracy_score, f1_score

import imbalearn_torch as ibt
from imbalearn_torch.errors import ConfigError, DataError, RunFolderError
from imbalearn_torch.experiments.run import RunResult

FILES = {
    "config.toml",
    "result.json",
    "metrics.jsonl",
    "predictions.npz",
    "model.safetensors",
    "per_class.csv",
    "confusion.csv",
    "checkpoints",
    "manifest.json",
    "curves.svg",
    "per_class.svg",
    "confusion.svg",
    "report.html",
    "log.txt",
    "subset.json",
    "mistakes.npz",
}


def read_json(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def timeless_metrics(folder: Path) -> list[dict]:
    """The lines of metrics.jsonl without the keys that may differ between equal runs."""
    rows = map(json.loads, (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        {key: value for key, value in row.items() if "seconds" not in key and "per_second" not in key} for row in rows
    ]


def test_folder_holds_every_file_of_the_contract(finished: RunResult) -> None:
    assert {each.name for each in finished.folder.iterdir()} == FILES


def test_manifest_has_the_digest_of_each_file(finished: RunResult) -> None:
    digests = read_json(finished.folder / "manifest.json")["sha256"]
    assert FILES - {"checkpoints", "manifest.json", "log.txt"} <= set(digests)
    for name, digest in digests.items():
        assert hashlib.sha256((finished.folder / name).read_bytes()).hexdigest() == digest, name


def test_result_names_components_in_full_with_all_options(finished: RunResult) -> None:
    config = read_json(finished.folder / "result.json")["config"]
    assert config["loss"] == "imbalearn-torch/ce:smoothing=0.0"
    assert config["mix"].startswith("imbalearn-torch/mixup:alpha=1.0")
    assert config["adjust"] == ["imbalearn-torch/logit-adjustment:tau=0.5"]
    assert config["imbalance"] == "step:ratio=10.0,head=1,n_max=none"
    assert (config["batch_size"], config["precision"], config["threads"]) == (28, "fp32", 1)


def test_subset_is_a_hashed_manifest(finished: RunResult) -> None:
    subset = read_json(finished.folder / "subset.json")
    data = finished.result["data"]
    assert len(set(subset["indices"])) == sum(data["train_counts"]) + sum(data["val_counts"])
    digest = hashlib.sha256(np.array(subset["indices"], dtype="<i8").tobytes()).hexdigest()
    assert subset["sha256"] == digest


def test_counts_add_up(finished: RunResult) -> None:
    data = finished.result["data"]
    # 1,797 digits, 20 % cut as the test part; class 0 keeps n_max, the others a tenth, a tenth of each for validation.
    assert sum(data["test_counts"]) == 359
    assert data["train_counts"][0] == pytest.approx(9 * data["val_counts"][0], abs=9)
    assert all(9 <= count <= 14 for count in data["train_counts"][1:])
    steps = sum(data["train_counts"]) // 28
    assert sum(data["drawn_counts"]) == 2 * steps * 28
    distinct = data["distinct_counts"]
    most = map(min, data["train_counts"], data["drawn_counts"])
    assert all(0 < seen <= bound for seen, bound in zip(distinct, most, strict=True))
    # A balanced sampler: no class is drawn four times as often as another in 480 draws.
    assert max(data["drawn_counts"]) < 4 * min(data["drawn_counts"])


def test_figures_follow_from_the_stored_logits(finished: RunResult) -> None:
    stored = np.load(finished.folder / "predictions.npz", allow_pickle=False)
    # The last two since this run has adjusted its logits.
    parts = {"val_logits", "val_targets", "test_logits", "test_targets"}
    assert set(stored) == {*parts, "test_predictions", "test_confidence"}
    adjusted = float((stored["test_predictions"] == stored["test_targets"]).mean())
    assert finished.metrics["test"]["accuracy"] == pytest.approx(adjusted)
    metrics = finished.metrics["test_unadjusted"]
    guessed = stored["test_logits"].argmax(axis=1)
    assert metrics["accuracy"] == pytest.approx(float((guessed == stored["test_targets"]).mean()))
    assert metrics["macro_f1"] == pytest.approx(f1_score(stored["test_targets"], guessed, average="macro"))
    assert metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(stored["test_targets"], guessed))


def test_adjustment_uses_the_prior_that_the_predictor_carries(finished: RunResult) -> None:
    # A balanced sampler with ce carries the uniform prior: subtracting it changes no decision.
    carried = finished.result["data"]["carried_prior"]
    assert carried == pytest.approx([0.1] * 10)
    assert finished.metrics["test"]["accuracy"] == finished.metrics["test_unadjusted"]["accuracy"]
    assert finished.result["adjusted"] == [{"tau": 0.5}]


def test_metrics_lines_are_strict_json_in_order(finished: RunResult) -> None:
    lines = (finished.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [row["epoch"] for row in rows] == [0, 1]
    assert all(math.isfinite(row["train_loss"]) and row["lr"] > 0 for row in rows)


def test_equal_runs_give_equal_bytes(finished: RunResult, small: dict, tmp_path: Path) -> None:
    config = ibt.RunConfig(**small, sampler="balanced", mix="mixup", adjust=("logit-adjustment:tau=0.5",))
    again = ibt.run(config, out=tmp_path / "again")
    for name in (
        "model.safetensors",
        "predictions.npz",
        "per_class.csv",
        "confusion.csv",
        "config.toml",
        "confusion.svg",
        "mistakes.npz",
    ):
        assert (again.folder / name).read_bytes() == (finished.folder / name).read_bytes(), name
    assert timeless_metrics(again.folder) == timeless_metrics(finished.folder)


def test_choice_of_loss_and_mix_never_moves_the_initial_weights(small: dict, tmp_path: Path) -> None:
    untrained = small | {"epochs": 0}
    first = ibt.run(ibt.RunConfig(**untrained), out=tmp_path / "a")
    second = ibt.run(ibt.RunConfig(**untrained, loss="focal", mix="cutmix", sampler="balanced"), out=tmp_path / "b")
    weights = [load_file(each.folder / "model.safetensors") for each in (first, second)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert first.result["timing"]["images_per_second"] is None


def test_weights_load_as_pretrained(finished: RunResult, small: dict, tmp_path: Path) -> None:
    loaded = small | {"epochs": 0, "backbone": f"resnet20:pretrained={finished.folder / 'model.safetensors'}"}
    again = ibt.run(ibt.RunConfig(**loaded), out=tmp_path / "loaded")
    assert again.metrics["test"]["accuracy"] == finished.metrics["test_unadjusted"]["accuracy"]


def test_saved_config_repeats_the_run(finished: RunResult, tmp_path: Path) -> None:
    from imbalearn_torch.experiments.config import RunConfig, config_from_toml

    again = ibt.run(RunConfig(**config_from_toml(finished.folder / "config.toml")), out=tmp_path / "again")
    assert again.metrics == finished.metrics


def test_without_validation(small: dict, tmp_path: Path) -> None:
    done = ibt.run(ibt.RunConfig(**small | {"epochs": 1}, val_fraction=0), out=tmp_path / "run")
    assert done.metrics["val"] is None
    assert sum(done.result["data"]["val_counts"]) == 0
    row = json.loads((done.folder / "metrics.jsonl").read_text(encoding="utf-8"))
    assert "val_loss" not in row


def test_selection_on_the_test_set_is_marked(small: dict, tmp_path: Path) -> None:
    done = ibt.run(ibt.RunConfig(**small, select="test"), out=tmp_path / "run")
    assert done.result["selected_on_test"] is True
    assert any("selected on test data" in warning for warning in done.result["warnings"])


def test_early_stopping_by_patience(small: dict, tmp_path: Path) -> None:
    config = ibt.RunConfig(
        **small | {"epochs": 6}, optimizer="sgd", lr=1e-9, ema=0, select="best", patience=1, monitor="macro-f1"
    )
    done = ibt.run(config, out=tmp_path / "run")
    lines = (done.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 6


def test_adjusters_are_told_the_prior_of_the_last_epoch_trained(small: dict, tmp_path: Path) -> None:
    # Stopped after two of six epochs, the deferred weights have never been used: the training prior is carried.
    config = ibt.RunConfig(
        **small | {"epochs": 6}, optimizer="sgd", lr=1e-9, ema=0, patience=1, weights="inverse:start=0.9"
    )
    result = ibt.run(config, out=tmp_path / "run").result
    counts = result["data"]["train_counts"]
    assert result["data"]["carried_prior"] == pytest.approx([count / sum(counts) for count in counts])


def test_tied_weights_are_saved(small: dict, tmp_path: Path) -> None:
    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Linear(64, 64)
            self.second = torch.nn.Linear(64, 64)
            self.second.weight = self.first.weight
            self.head = torch.nn.Linear(64, 10)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.head(self.second(self.first(images.flatten(1)).relu()).relu())

    done = ibt.run(ibt.RunConfig(**small | {"backbone": Tied()}), out=tmp_path / "run")
    weights = load_file(done.folder / "model.safetensors")
    assert torch.equal(weights["first.weight"], weights["second.weight"])


def test_partner_of_a_mix_follows_the_length_of_the_epoch(small: dict, tmp_path: Path) -> None:
    class WithBalancedPartner:
        partner = "balanced"

        def __call__(self, a: ibt.Batch, b: ibt.Batch, generator: torch.Generator) -> ibt.Mixed:
            half = torch.full((len(a.targets),), 0.5)
            return ibt.Mixed((a.images + b.images) / 2, a.targets, b.targets, half)

    config = ibt.RunConfig(**small | {"epochs": 1}, mix=WithBalancedPartner(), sampler="instance:epoch_size=1000")
    result = ibt.run(config, out=tmp_path / "run").result
    steps = 1000 // result["config"]["batch_size"]
    assert sum(result["data"]["drawn_counts"]) == 2 * steps * result["config"]["batch_size"]


def test_double_correction_is_recorded_with_its_size(small: dict, tmp_path: Path) -> None:
    config = ibt.RunConfig(**small | {"epochs": 0}, sampler="balanced", loss="balanced-softmax", prior="train")
    done = ibt.run(config, out=tmp_path / "run")
    counts = done.result["data"]["train_counts"]
    expected = math.log(max(counts) / min(counts))
    assert any(f"by {expected:.2f} in log-odds" in warning for warning in done.result["warnings"])
    told = ibt.run(config.model_copy(update={"prior": "drawn"}), out=tmp_path / "told")
    assert not any("log-odds" in warning for warning in told.result["warnings"])


def test_own_objects_run_and_are_recorded_by_class(small: dict, tmp_path: Path) -> None:
    class Sharpened(torch.nn.Module):
        def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.cross_entropy(2 * logits, targets, reduction="none")

    sampler = torch.utils.data.RandomSampler(range(100), replacement=True, num_samples=64)
    done = ibt.run(ibt.RunConfig(**small | {"epochs": 1}, loss=Sharpened(), sampler=sampler), out=tmp_path / "run")
    assert done.result["config"]["loss"].startswith("object ")
    assert done.result["config"]["loss"].endswith("Sharpened")


def test_scalar_loss_is_refused_before_it_does_harm(small: dict, tmp_path: Path) -> None:
    with pytest.raises(ibt.errors.ComponentError, match="one value a sample"):
        ibt.run(ibt.RunConfig(**small, loss=torch.nn.CrossEntropyLoss()), out=tmp_path / "run")


def test_new_samples_by_fit_resample(small: dict, tmp_path: Path) -> None:
    class Twice:
        def fit_resample(self, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            rare = targets != 0
            # Noise from torch's default generator: seeded, so that equal runs make equal samples.
            noisy = (inputs[rare].float() + torch.rand(inputs[rare].shape)).to(torch.uint8)
            return torch.cat([inputs, noisy]), torch.cat([targets, targets[rare]])

    done = ibt.run(ibt.RunConfig(**small | {"epochs": 1}, sampler=Twice()), out=tmp_path / "run")
    plain = ibt.run(ibt.RunConfig(**small | {"epochs": 0}), out=tmp_path / "plain").result["data"]["train_counts"]
    assert done.result["data"]["train_counts"] == [plain[0], *(2 * count for count in plain[1:])]
    assert sum(done.result["data"]["drawn_counts"]) <= sum(plain)
    again = ibt.run(ibt.RunConfig(**small | {"epochs": 1}, sampler=Twice()), out=tmp_path / "again")
    assert (again.folder / "predictions.npz").read_bytes() == (done.folder / "predictions.npz").read_bytes()


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"batch_size": 9999}, ConfigError, "expects at most the 23[0-9] images of an epoch, got 9999"),
        ({"loss": "focal:gamma=-1"}, ConfigError, "gamma"),
        ({"imbalance": "step:ratio=0.1"}, ConfigError, "ratio"),
        ({"imbalance": "counts:values=[1,2]"}, ConfigError, "counts"),
        ({"augment": "crop:pad=9"}, ConfigError, "pad"),
        ({"device": "nonsense"}, ConfigError, "option 'device'"),
        ({"optimizer": "sgd:momentum=-1"}, ConfigError, "momentum"),
    ],
)
def test_impossible_values_are_sentences_and_leave_no_folder(
    small: dict, tmp_path: Path, values: dict, error: type[Exception], message: str
) -> None:
    with pytest.raises((error, DataError, ibt.errors.OptionError), match=message):
        ibt.run(ibt.RunConfig(**small | values), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_folder_in_use_is_refused(finished: RunResult, small: dict) -> None:
    before = (finished.folder / "result.json").read_bytes()
    with pytest.raises(RunFolderError, match="holds a run"):
        ibt.run(ibt.RunConfig(**small), out=finished.folder)
    assert (finished.folder / "result.json").read_bytes() == before

from __future__ import annotations

from pathlib import Path

import pytest

from imbalearn_torch import RunConfig, registry
from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.resolve import ResolvedRun, resolve_run


def resolved(**values: object) -> ResolvedRun:
    return resolve_run(RunConfig(**values), registry())  # pyright: ignore[reportArgumentType]


def test_every_component_is_spelled_in_full() -> None:
    config = resolved(loss="focal", sampler="balanced", optimizer="sgd:lr=0.2", augment="flip").config
    assert config.loss == "imbalearn-torch/focal:gamma=2.0"
    assert config.sampler.startswith("imbalearn-torch/balanced:start=0.0")
    assert config.optimizer == "sgd:lr=0.2,momentum=0.9,weight_decay=0.0005,nesterov=true,head_lr=none"
    assert (config.lr, config.weight_decay, config.augment) == (0.2, 0.0005, "flip")


def test_resolving_twice_changes_nothing() -> None:
    once = resolved(loss="ce", label_smoothing=0.1, lr=0.5, adjust=("logit-adjustment",)).config
    assert resolve_run(once, registry()).config == once


def test_label_smoothing_is_the_option_of_the_loss() -> None:
    assert resolved(label_smoothing=0.1).config.loss == "imbalearn-torch/ce:smoothing=0.1"
    with pytest.raises(ConfigError, match=r"losses with the option 'smoothing', which loss 'focal' has not"):
        resolved(loss="focal", label_smoothing=0.1)
    with pytest.raises(ConfigError, match="label smoothing is given twice"):
        resolved(loss="ce:smoothing=0.2", label_smoothing=0.1)


def test_rates_are_options_of_the_optimizer() -> None:
    assert resolved(optimizer="adamw", lr=0.01, weight_decay=0.1).config.optimizer.startswith(
        "adamw:lr=0.01,weight_decay=0.1"
    )
    with pytest.raises(ConfigError, match=r"the lr is given twice: --lr 0.5 and lr=0.2"):
        resolved(optimizer="sgd:lr=0.2", lr=0.5)


def test_subset_seed_follows_the_seed() -> None:
    assert resolved(seed=4).config.subset_seed == 4
    assert resolved(seed=4, subset_seed=1).config.subset_seed == 1


def test_path_is_recognised_and_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "1.png").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert f"path={tmp_path / 'photos'}" in resolved(data="./photos").config.data
    assert f"path={tmp_path / 'photos'}" in resolved(data="folder:path=photos").config.data


def test_all_problems_of_all_components_come_together() -> None:
    with pytest.raises(ConfigError) as caught:
        resolved(
            loss="focall",
            sampler="balanced:strat=1",
            data="folder:path=/no/such",
            augment="flup",
            patience=2,
            val_fraction=0,
        )
    problems = caught.value.problems
    assert len(problems) == 5
    for part in (
        "'focal'",
        "did you mean 'start'",
        "no such file or folder: /no/such",
        "'flip'",
        "--patience needs a validation part",
    ):
        assert any(part in problem for problem in problems), part


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"select": "best", "val_fraction": 0}, "--select best needs a validation part"),
        ({"monitor": "loss"}, "--monitor loss does nothing"),
    ],
)
def test_combinations(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolved(**values)


def test_what_was_asked_leaves_out_what_follows() -> None:
    run = resolved(lr=0.5, label_smoothing=0.1, seed=4)
    asked = run.asked
    assert asked.optimizer.startswith("muon:lr=0.03")
    assert (asked.lr, asked.label_smoothing, asked.subset_seed) == (0.5, 0.1, None)
    assert (asked.imbalance, asked.augment, asked.batch_size) == (None, None, None)
    # Other options on top of it win, and nothing that followed from the old ones stays.
    on_top = resolve_run(asked.model_copy(update={"optimizer": "sgd", "lr": None, "seed": 1}), registry()).config
    assert (on_top.lr, on_top.subset_seed) == (0.1, 1)

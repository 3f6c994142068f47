"""One run on two and three processes gives what one process gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from ranks import on_ranks
from sklearn.metrics import accuracy_score, f1_score
from small_worlds import CLASSES, Learnt, config, opened, trained

import imbalearn_torch as ibt
from imbalearn_torch.errors import ConfigError, OptionError
from imbalearn_torch.experiments.observer import Observer
from imbalearn_torch.training import mixing
from imbalearn_torch.training.mixing import Mixer
from imbalearn_torch.training.predict import predict
from imbalearn_torch.training.runtime import Runtime


class Cyclic:
    """A mix whose labels and shares follow from the labels alone, so that the number of processes cannot matter."""

    def __call__(self, a: Any, b: Any, generator: torch.Generator) -> Any:
        return ibt.Mixed(a.images, a.targets, (a.targets + 1) % CLASSES, a.targets / CLASSES)


METHODS: dict[str, dict[str, Any]] = {
    "balanced sampler, class weights, frozen layers, average": {
        "sampler": "balanced",
        "weights": "inverse",
        "freeze_early": 0.5,
        "ema": 0.2,
        "clip": 1.0,
    },
    "counting loss, Muon, uneven shares": {"loss": "seesaw", "optimizer": "muon:lr=0.01", "batch_size": 13},
    "cosine head, best weights, patience": {"loss": "ldam", "select": "best", "patience": 1},
    "learned loss": {"loss": Learnt()},
    "mix, class weights": {"mix": Cyclic(), "weights": "inverse"},
}


@pytest.mark.parametrize("method", METHODS)
def test_two_and_three_processes_give_the_weights_of_one(method: str) -> None:
    weights, rows, loss = trained(**METHODS[method])
    for world_size in (2, 3):
        several = on_ranks(world_size, lambda _: trained(**METHODS[method]))
        for name, tensor in weights.items():
            assert all(torch.equal(found[0][name], several[0][0][name]) for found in several), name
            assert torch.allclose(tensor, several[0][0][name], rtol=0, atol=1e-10), name
        for name, tensor in loss.items():
            assert all(torch.equal(found[2][name], several[0][2][name]) for found in several), name
            assert torch.allclose(tensor, several[0][2][name], rtol=0, atol=1e-10), name
        for here, there in zip(rows, several[0][1], strict=True):
            assert here == pytest.approx(there, rel=1e-6, abs=1e-9)
    if method == "learned loss":
        assert all(tensor.sub(float(name == "temperature")).abs().max() > 1e-4 for name, tensor in loss.items())


def test_the_shares_of_all_processes_are_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[list[int]] = []
    plans: list[list[int]] = []
    whole = Mixer._batch

    def batch(self: Mixer, epoch: int, step: int, number: int, indices: torch.Tensor) -> Any:
        made = whole(self, epoch, step, number, indices)
        plans.append(indices.tolist())
        shares.append(made.targets.tolist())
        return made

    def work(_: int) -> Any:
        trained(augment="none", batch_size=11, mix="balanced-mixup", epochs=1)
        return shares, plans

    monkeypatch.setattr(Mixer, "_batch", batch)
    found = on_ranks(3, work)
    plans = found[0][1]
    assert len(plans) == 2 * 3  # two columns, three steps
    assert all(each[1] == plans for each in found)
    targets = config().data.train.targets
    for number, plan in enumerate(plans):
        assert [label for each, _ in found for label in each[number]] == targets[plan].tolist()
        assert [len(each[number]) for each, _ in found] == [3, 4, 4]


@pytest.mark.parametrize(("validation", "world_size"), [(7, 2), (2, 3)])
def test_figures_of_odd_sized_parts_are_scikit_learns(validation: int, world_size: int) -> None:
    def work(_: int) -> Any:
        with Runtime.of_process().running(lambda: None):
            session, trainer = opened(validation=validation, norm="batch")
            trainer.train()
            part = session.data.validation()
            outputs = predict(trainer.predictor, session.loader(*part), precision=session.precision)
            return trainer.progress.history[-1], outputs.logits, outputs.targets

    (row, logits, targets), *others = on_ranks(world_size, work)
    assert all(torch.equal(logits, each[1]) for each in others)  # also batch norm's statistics are the same
    predicted = logits.argmax(dim=1)
    labels = targets.unique()
    assert row["val_accuracy"] == pytest.approx(accuracy_score(targets, predicted))
    macro = f1_score(targets, predicted, average="macro", labels=labels, zero_division=0)
    assert row["val_macro_f1"] == pytest.approx(macro)
    assert row["val_loss"] == pytest.approx(float(torch.nn.functional.cross_entropy(logits.double(), targets)))


@pytest.mark.parametrize("mix", ["balanced-mixup", "manifold-mixup"])
def test_a_mix_draws_for_each_process(mix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[Any] = []
    whole = mixing.mix_batches

    def mixed(*given: Any) -> Any:
        made = whole(*given)
        shares.append(made.lam.tolist())
        return made

    def work(_: int) -> Any:
        shares.clear()
        return trained(mix=mix, weights="inverse")[1], shares

    monkeypatch.setattr(mixing, "mix_batches", mixed)
    (rows, first), (others, second) = on_ranks(2, work)
    assert len(first) == len(second) == 2 * 4
    assert all(here != there for here, there in zip(first, second, strict=True))
    assert [row["train_loss"] for row in rows] == [row["train_loss"] for row in others]


class Counted(Observer):
    def __init__(self) -> None:
        self.rows = 0

    def on_epoch(self, row: dict[str, Any]) -> None:
        self.rows += 1


def test_rank_0_writes_and_everybody_is_told(tmp_path: Path) -> None:
    def work(_: int) -> Any:
        watcher = Counted()
        done = ibt.run(config(norm="batch", adjust="logit-adjustment"), out=tmp_path / "run", observer=watcher)
        return watcher.rows, done.result["metrics"]["test"]["accuracy"], done.result["command"]

    first, second = on_ranks(2, work)
    assert (first[0], second[0]) == (2, 0)
    assert first[1:] == second[1:]
    assert first[2].startswith("torchrun --nproc-per-node 2 -m imbalearn_torch run --config ")
    log = (tmp_path / "run" / "log.txt").read_text(encoding="utf-8")
    assert log.count("epoch 1/2") == 1


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"batch_size": 1}, ConfigError, "at least one image for each of the 2, got 1"),
        ({"sync_batchnorm": True}, OptionError, "an accelerator each, got device 'cpu'"),
    ],
)
def test_what_does_not_fit_the_processes_is_refused(options: dict[str, Any], kind: type, message: str) -> None:
    def work(_: int) -> None:
        with pytest.raises(kind, match=message):
            trained(**options)

    on_ranks(2, work)

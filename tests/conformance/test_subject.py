"""With what a component is built, and what is done where that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from strangers import good
from subjects import outcome_of, outcomes_of, subject_of
from torch import Tensor, nn

from imbalearn_torch import Component, Dataset
from imbalearn_torch.conformance import Subject
from imbalearn_torch.conformance.datasets import CHECKS
from imbalearn_torch.errors import DataError
from imbalearn_torch.plugin.registry import Entry

BUILDS = "it-builds"
NAMES = {check.name for check in CHECKS}


class TwoClasses(nn.Module):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__()
        if num_classes != 2:
            raise ValueError("two classes only")

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        margin = logits[:, 1] - logits[:, 0]
        return nn.functional.binary_cross_entropy_with_logits(margin, targets.to(margin.dtype), reduction="none")


def test_a_method_for_two_classes_is_tried_with_two() -> None:
    subject = subject_of("loss", TwoClasses)
    assert subject.fitted().counts == (40, 12)
    assert {name: each.message for name, each in outcomes_of(subject).items() if each.status == "failed"} == {}


def test_a_factory_that_can_never_build_says_why_at_first() -> None:
    def picky(*, num_classes: int) -> nn.Module:
        raise ValueError(f"not {num_classes} classes")

    outcome = outcome_of(subject_of("loss", picky), BUILDS)
    assert outcome.message == "loss 'local/broken': not 5 classes"


def test_the_context_of_a_subject() -> None:
    subject = Subject(Entry("sampler", Component(name="x", factory="m:x"), "local", ""))
    assert subject.label == "sampler:x"
    assert torch.bincount(subject.targets, minlength=5).tolist() == [40, 12, 5, 1, 0] == list(subject.counts)
    assert subject.targets.tolist() != sorted(subject.targets.tolist())
    assert set(subject.context()) == {"targets", "num_classes", "epochs"}


def absent() -> Dataset:
    raise DataError("put them into the folder")


def unopened() -> Dataset:
    return Path("/nowhere/table.csv").read_text()  # type: ignore[return-value]


def mistaken() -> Dataset:
    return undefined  # type: ignore[name-defined] # noqa: F821


def like_torchvision(*, root: Path, download: bool = True) -> Dataset:
    if not download:
        raise RuntimeError("Dataset not found or corrupted. You can use download=True to download it")
    raise AssertionError("it would download")


def with_download(*, root: Path, seed: int, download: bool | None = None, size: int = 8) -> Dataset:
    assert download is False, "it would download"
    return good()


def must_say_download(*, download: bool) -> Dataset:
    assert not download, "it would download"
    return good()


@pytest.mark.parametrize(
    ("factory", "reason"),
    [
        (absent, "its data are not here: dataset 'local/broken': put them into the folder"),
        (unopened, "No such file or directory: '/nowhere/table.csv'; where files are missing, a data set raises"),
        (like_torchvision, "RuntimeError: Dataset not found or corrupted."),
    ],
)  # fmt: skip
def test_data_that_are_not_here_are_skipped(factory: Any, reason: str, tmp_path: Path) -> None:
    outcomes = outcomes_of(subject_of("dataset", factory, folder=tmp_path))
    assert outcomes["it-builds"].status == "skipped"
    assert reason in outcomes["it-builds"].message
    assert {outcomes[name].status for name in NAMES} == {"skipped"}


def test_a_mistake_is_no_missing_file(tmp_path: Path) -> None:
    outcome = outcome_of(subject_of("dataset", mistaken, folder=tmp_path), "it-builds")
    assert outcome.status == "failed"
    assert outcome.message == "dataset 'local/broken' could not be built: NameError: name 'undefined' is not defined"


@pytest.mark.parametrize("factory", [with_download, must_say_download])
def test_nothing_is_downloaded_unless_the_options_say_so(factory: Any, tmp_path: Path) -> None:
    outcomes = outcomes_of(subject_of("dataset", factory, folder=tmp_path))
    assert {each.status for name, each in outcomes.items() if name in {*NAMES, "it-builds"}} <= {"passed", "skipped"}
    assert outcomes["it-builds"].status == "passed"
    asked = outcome_of(subject_of("dataset", factory, options="download=true", folder=tmp_path), "it-builds")
    assert (asked.status, "could not be built: AssertionError: it would download" in asked.message) == ("failed", True)


def test_download_may_be_something_else() -> None:
    def named_download(*, download: str = "fast") -> Dataset:
        assert download == "fast"
        return good()

    assert outcome_of(subject_of("dataset", named_download), "it-builds").status == "passed"


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_the_suite_never_downloads_cifar(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import cifar

    monkeypatch.setattr(cifar, "download_and_extract_archive", None)  # called, it would be a TypeError
    outcome = outcome_of(
        subject_of("dataset", f"imbalearn_builtins.datasets.cifar:{name}", folder=tmp_path), "it-builds"
    )
    assert outcome.status == "skipped"
    assert "`download` is false" in outcome.message

"""Which adjusters tune: those that refuse an empty validation part."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.trial import fit_without_validation, tunes
from imbalearn_torch.errors import ComponentError, OptionError
from imbalearn_torch.types import Outputs

CONTEXT: dict[str, Any] = {"class_counts": torch.tensor([90, 9, 1]), "num_classes": 3}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("logit-adjustment", False),
        ("prior-shift", False),
        ("ncm", False),
        ("lws:steps=2", False),
        ("crt:steps=2", False),
        ("tau-norm:tau=0.5", False),
        ("tau-norm", True),
        ("temperature", True),
        ("thresholds", True),
    ],
)
def test_built_ins(text: str, answer: bool) -> None:
    assert tunes(ibt.build("adjuster", text, **CONTEXT), 3) == answer


class Recording:
    """Keeps what it is shown, and does something with it."""

    def __init__(self, needs: set[str], does: Any = lambda *_: None) -> None:
        self.needs, self._does = frozenset(needs), does
        self.shown: list[tuple[Outputs, Outputs | None, nn.Linear | None]] = []

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
        self.shown.append((val, train, head))
        self._does(val, train, head)
        return {}

    def __call__(self, logits: torch.Tensor, features: torch.Tensor | None) -> torch.Tensor:
        return logits


@pytest.mark.parametrize("needs", [set(), {"features"}, {"train"}, {"head"}, {"features", "train", "head"}])
def test_it_is_shown_what_it_needs_and_no_validation_image(needs: set[str]) -> None:
    adjuster = Recording(needs)
    fit_without_validation(adjuster, 4)
    ((val, train, head),) = adjuster.shown
    assert (val.logits.shape, val.targets.numel()) == ((0, 4), 0)
    assert (val.features is not None) == ("features" in needs)
    assert (train is not None) == ("train" in needs)
    assert (head is not None) == ("head" in needs)
    if train is not None:
        assert torch.bincount(train.targets).tolist() == [2, 2, 2, 2]
        assert (train.features is not None) == ("features" in needs)
    if train is not None and train.features is not None and head is not None:
        assert torch.allclose(head(train.features), train.logits)


def failing(error: Exception) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail


def test_a_refusal_is_passed_on() -> None:
    for error in (ValueError("no images"), OptionError("no images")):
        with pytest.raises(OptionError, match="no images"):
            fit_without_validation(Recording({"features"}, failing(error)), 3)


def test_a_failure_on_made_up_data_says_nothing() -> None:
    adjuster = Recording({"features"}, failing(RuntimeError("my features have 512 numbers")))
    fit_without_validation(adjuster, 3)
    assert not tunes(adjuster, 3)


def test_a_failure_without_such_data_is_one() -> None:
    with pytest.raises(ComponentError, match="RuntimeError: boom"):
        fit_without_validation(Recording(set(), failing(RuntimeError("boom"))), 3)


def test_the_default_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit_without_validation(Recording({"train"}, lambda *_: torch.rand(7)), 3)
    assert torch.equal(torch.rand(3), expected)

"""Adjusters after a run that has corrected the imbalance already: too much, or nothing left to do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from imbalearn_builtins.adjusters.logit_adjustment import LogitAdjustment
from imbalearn_builtins.adjusters.prior_shift import PriorShift
from imbalearn_torch.adjustment.adjust import Adjusted, adjust
from imbalearn_torch.adjustment.corrections import corrections_after
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.types import Outputs

COUNTS = torch.tensor([100, 10, 1])
NATURAL = normalised_prior(COUNTS)
UNIFORM = torch.full((3,), 1 / 3, dtype=torch.float64)
NONE = Outputs(torch.zeros(0, 3), None, torch.zeros(0, dtype=torch.int64))
LEARNED = Outputs(torch.zeros(3, 3), None, torch.arange(3))


class Balancing:
    """Learns on the training part with every class counting alike, whatever prior it is told."""

    needs = frozenset({"train"})
    corrects_prior = 1.0

    def fit(self, val: Outputs, *, train: Outputs | None, head: Any) -> dict[str, Any]:
        return {}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        return logits


def removing(tau: float = 1.0) -> Callable[[Tensor], Any]:
    return lambda prior: LogitAdjustment(class_prior=prior, tau=tau)


def after(left: Tensor, *builders: Callable[[Tensor], Any]) -> Adjusted:
    """The adjusters on a predictor that still carries `left`."""
    return adjust(builders, validation=NONE, test=NONE, train=LEARNED, head=None, class_prior=left, seed=0)


def removed_by_the_loss(left: Tensor) -> dict[str, Tensor]:
    return {"the sampler": torch.zeros(3), "the loss": (left / NATURAL).log()}


def test_a_second_removal_is_told_that_nothing_is_left() -> None:
    # Ren 2020 then Menon 2021 on raw counts: by log(100 / 1) too much; here it changes nothing, and says so.
    twice, (sentence,) = corrections_after(COUNTS, removed_by_the_loss(UNIFORM), after(UNIFORM, removing()))
    assert twice is None
    assert sentence.startswith("adjuster 1 (LogitAdjustment) has nothing left to correct after the loss, and is told")
    assert f"by {math.log(100):.2f} in log-odds" in sentence


def test_the_size_is_that_of_its_tau() -> None:
    _, (sentence,) = corrections_after(COUNTS, removed_by_the_loss(UNIFORM), after(UNIFORM, removing(0.5)))
    assert f"by {math.log(100) / 2:.2f} in log-odds" in sentence


def test_the_first_adjuster_may_be_what_leaves_nothing() -> None:
    _, (sentence,) = corrections_after(COUNTS, {"the loss": torch.zeros(3)}, after(NATURAL, removing(), removing()))
    assert "adjuster 2 (LogitAdjustment) has nothing left to correct after adjuster 1 (LogitAdjustment)," in sentence


@pytest.mark.parametrize(
    ("left", "builders"),
    [
        (NATURAL, [removing()]),  # the only correction
        (normalised_prior(NATURAL**0.5), [removing()]),  # the other half
        (UNIFORM, [removing(0.0)]),  # removes nothing
        (UNIFORM, [lambda prior: Balancing()]),  # learns, and may learn something
        (UNIFORM, []),
        (NATURAL, [lambda prior: PriorShift(class_prior=prior, prior=(0.2, 0.3, 0.5))]),
    ],
)
def test_no_more_than_one_correction_is_no_matter(left: Tensor, builders: list[Any]) -> None:
    assert corrections_after(COUNTS, removed_by_the_loss(left), after(left, *builders)) == (None, [])


def test_balanced_data_have_nothing_to_correct() -> None:
    counts = torch.tensor([7, 7, 7])
    assert corrections_after(counts, {"the loss": torch.zeros(3)}, after(UNIFORM, removing())) == (None, [])


def test_too_much_of_what_was_left_is_a_double_correction() -> None:
    left = normalised_prior(NATURAL**0.5)
    twice, idle = corrections_after(COUNTS, removed_by_the_loss(left), after(left, removing(2.0)))
    assert idle == []
    assert twice is not None
    assert twice.between == ("the loss", "adjuster 1 (LogitAdjustment)")
    assert twice.log_odds == pytest.approx(math.log(100) / 2, abs=1e-9)

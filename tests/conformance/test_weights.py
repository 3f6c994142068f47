"""Each check of class weights fails on a scheme broken on purpose, and none on sound ones."""

from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
import torch
from subjects import outcome_of, outcomes_of_the_object, subject_of
from torch import Tensor

from imbalearn_torch.conformance.weights import CHECKS

_CALLS = count()


def inverse(class_counts):
    return lambda epoch: torch.where(class_counts > 0, 1 / class_counts, 0)


def no_callable(class_counts):
    return torch.ones(len(class_counts))


def a_list(class_counts):
    return lambda epoch: [1.0] * len(class_counts)


def present_classes_only(class_counts):
    return lambda epoch: 1 / class_counts[class_counts > 0]


def float64(class_counts):
    return lambda epoch: (1 / class_counts.double().clamp_min(1)).double()


def infinite_for_absent(class_counts):
    return lambda epoch: 1 / class_counts


def negative_late(class_counts, epochs):
    return lambda epoch: torch.ones(len(class_counts)) * (1 if epoch < epochs - 1 else -1)


def progress_by_zero(class_counts, epochs):
    return lambda epoch: torch.full((len(class_counts),), epoch / (epochs - 1))


def nan_for_equal_counts(class_counts):
    spread = class_counts.max() - class_counts.min()
    return lambda epoch: (class_counts.max() - class_counts) / spread


def effective_in_float32(class_counts):
    """1 - beta^n, which is 0 in float32 where beta is too near to 1 and n = 1."""
    return lambda epoch: torch.where(
        class_counts > 0, 1 / (1 - torch.tensor(1 - 1e-7) ** (class_counts / 7).float()), 0
    )


def counts_its_calls(class_counts):
    calls = count(1)
    return lambda epoch: torch.full((len(class_counts),), float(next(calls)))


def differs_from_build_to_build(class_counts):
    value = float(next(_CALLS))
    return lambda epoch: torch.full((len(class_counts),), value)


def draws_in_the_factory(class_counts):
    noise = torch.rand(len(class_counts))
    return lambda epoch: noise


def draws_from_numpy(class_counts):
    return lambda epoch: torch.ones(len(class_counts)) * float(np.random.rand() > 2 or 1)  # noqa: NPY002


def clamps_in_place(class_counts):
    class_counts.clamp_(min=1)
    return inverse(class_counts)


def power(class_counts: Tensor, *, gamma: float = 1.0, start: float = 0.0, epochs: int = 1):
    """n^-gamma from `start` on; the present classes weigh 1 before it and with gamma = 0."""
    values = torch.where(class_counts > 0, class_counts.clamp_min(1.0).float() ** -gamma, 0.0)
    return lambda epoch: values if epoch >= round(start * epochs) else (class_counts > 0).float()


def binary(class_counts):
    if len(class_counts) != 2 or not class_counts.all():
        raise ValueError("knows two classes with images")
    return lambda epoch: class_counts.flip(0) / class_counts.sum()


BROKEN: list[tuple[Callable, str, str]] = [
    (no_callable, "one-float32-weight-a-class", "expected a callable"),
    (a_list, "one-float32-weight-a-class", "got list"),
    (present_classes_only, "one-float32-weight-a-class", "expected float32 weights [5] in epoch 0"),
    (float64, "one-float32-weight-a-class", "torch.float64 [5]"),
    (infinite_for_absent, "weights-are-finite", "inf]"),
    (negative_late, "weights-are-finite", "in epoch 3 of 4"),
    (progress_by_zero, "one-epoch-is-enough", "ZeroDivisionError"),
    (nan_for_equal_counts, "any-counts-will-do", "for the counts [7, 7, 7, 7, 7]"),
    (effective_in_float32, "any-counts-will-do", "inf"),
    (counts_its_calls, "the-same-epoch-gives-the-same-weights", "whenever epoch 0 is asked for"),
    (differs_from_build_to_build, "the-same-epoch-gives-the-same-weights", "whenever epoch"),
    (draws_in_the_factory, "the-same-epoch-gives-the-same-weights", "expected the factory to draw nothing"),
    (draws_from_numpy, "the-same-epoch-gives-the-same-weights", "numpy's global generator"),
    (clamps_in_place, "context-is-left-alone", "leave `class_counts` alone, but [40, 12, 5, 1, 0] became"),
]
CLAIMS = [
    ("gamma=0.5", "expected one weight > 0 for all present classes with 'gamma=0.5'"),
    ("gamma", "'gamma' is refused: Expected key=value"),
    ("tau=0", "no option 'tau'"),
    (" ", "is refused"),
    ("help", "is refused"),
]
GOOD = [inverse, power, binary]


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN)
def test_a_broken_scheme_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("weights", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize(("claim", "fragment"), CLAIMS)
def test_a_wrong_claim_of_neutrality_fails(claim: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("weights", power, neutral=claim), "neutral-options-weigh-all-alike")
    assert outcome.status == "failed"
    assert fragment in outcome.message


def test_every_check_has_a_broken_scheme() -> None:
    tried = {check for _, check, _ in BROKEN} | {"neutral-options-weigh-all-alike"}
    assert {check.name for check in CHECKS} == tried


@pytest.mark.parametrize("factory", GOOD)
def test_a_sound_scheme_fails_nothing(factory: Callable) -> None:
    statuses = {
        name: outcome.status for name, outcome in outcomes_of_the_object(subject_of("weights", factory)).items()
    }
    assert [name for name, status in statuses.items() if status == "skipped"] == ["neutral-options-weigh-all-alike"]
    assert "failed" not in statuses.values()


@pytest.mark.parametrize("options", ["", "gamma=2", "gamma=2,start=0.5", " start=0.5 , gamma=2"])
def test_a_true_claim_holds_in_the_place_of_the_given_option(options: str) -> None:
    subject = subject_of("weights", power, options=options, neutral="gamma=0")
    assert outcome_of(subject, "neutral-options-weigh-all-alike").status == "passed"

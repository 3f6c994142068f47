import math

import pytest
import torch

from imbalearn_builtins.adjusters.logit_adjustment import LogitAdjustment
from imbalearn_builtins.adjusters.prior_shift import PriorShift
from imbalearn_torch import Outputs, build, errors
from imbalearn_torch.adjustment.adjust import adjust

LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
PRIOR = torch.tensor([0.9, 0.09, 0.01], dtype=torch.float64)
TARGET = (0.2, 0.3, 0.5)


def test_bayes_rule_for_another_prior() -> None:
    likelihood = LOGITS.exp()
    posterior, wanted = likelihood * PRIOR, likelihood * torch.tensor(TARGET, dtype=torch.float64)
    shifted = PriorShift(class_prior=PRIOR, prior=TARGET)(posterior.log())
    torch.testing.assert_close(shifted.softmax(1), wanted / wanted.sum(1, keepdim=True), rtol=0, atol=1e-9)


def test_by_the_formula() -> None:
    shifted = PriorShift(class_prior=PRIOR, prior=TARGET)(LOGITS)
    torch.testing.assert_close(
        shifted, LOGITS + (torch.tensor(TARGET, dtype=torch.float64) / PRIOR).log(), rtol=0, atol=1e-9
    )


def test_uniform_is_logit_adjustment_up_to_a_constant() -> None:
    shifted = PriorShift(class_prior=PRIOR)(LOGITS)
    adjusted = LogitAdjustment(class_prior=PRIOR, tau=1.0)(LOGITS)
    torch.testing.assert_close(shifted, adjusted - math.log(3), rtol=0, atol=1e-9)


def test_there_and_back() -> None:
    texts = ("prior-shift:prior=[1,2,7]", "prior-shift:prior=[0.9,0.09,0.01]")
    builders = [lambda prior, text=text: build("adjuster", text, class_prior=prior) for text in texts]
    part = Outputs(LOGITS, None, torch.zeros(6, dtype=torch.int64))
    done = adjust(builders, validation=part, test=part, train=None, head=None, class_prior=PRIOR, seed=0)
    torch.testing.assert_close(done.test, LOGITS, rtol=0, atol=1e-9)
    torch.testing.assert_close(done.priors[1], torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64), rtol=0, atol=1e-12)


def test_the_target_is_in_any_unit() -> None:
    assert PriorShift(class_prior=PRIOR, prior=(2, 3, 5)).carries.tolist() == pytest.approx(TARGET)
    assert torch.equal(
        PriorShift(class_prior=PRIOR, prior=(200, 300, 500))(LOGITS),
        PriorShift(class_prior=PRIOR, prior=(2, 3, 5))(LOGITS),
    )


def test_to_the_prior_that_is_there_changes_nothing() -> None:
    shifted = PriorShift(class_prior=PRIOR, prior=(0.9, 0.09, 0.01))(LOGITS)
    torch.testing.assert_close(shifted, LOGITS, rtol=0, atol=1e-9)


def test_a_class_that_is_not_expected_is_never_predicted() -> None:
    shifted = PriorShift(class_prior=PRIOR, prior=(0, 1, 1))(LOGITS.float() + torch.tensor([80.0, 0, 0]))
    assert shifted.isfinite().all()
    assert shifted.softmax(1)[:, 0].tolist() == [0.0] * 6


def test_a_class_absent_from_training_counts_as_the_rarest() -> None:
    shifted = PriorShift(class_prior=torch.tensor([90, 10, 0]))(LOGITS)
    torch.testing.assert_close(shifted[:, 2] - LOGITS[:, 2], shifted[:, 1] - LOGITS[:, 1], rtol=0, atol=1e-9)


def test_the_protocol_of_adjusters() -> None:
    adjuster = build("adjuster", "prior-shift:prior=[1,1,2]", class_counts=torch.tensor([90, 9, 1]), num_classes=3)
    empty = Outputs(torch.zeros(0, 3), None, torch.zeros(0, dtype=torch.int64))
    assert adjuster.fit(empty, train=None, head=None) == {"prior": [0.25, 0.25, 0.5]}
    assert (adjuster.needs, adjuster.corrects_prior) == (frozenset(), 1.0)
    fresh = build("adjuster", "prior-shift", class_prior=PRIOR)
    fresh.load_state_dict(adjuster.state_dict())
    assert torch.equal(fresh(LOGITS), adjuster(LOGITS))
    assert torch.equal(fresh.carries, adjuster.carries)


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        ((1.0, 2.0), "Expected `prior` to be 3 numbers, one a class, but got 2"),
        ((1.0, -2.0, 1.0), "finite numbers >= 0 of which one is > 0"),
        ((1.0, math.inf, 1.0), "finite numbers >= 0 of which one is > 0"),
        ((1.0, math.nan, 1.0), "finite numbers >= 0 of which one is > 0"),
        ((0.0, 0.0, 0.0), "finite numbers >= 0 of which one is > 0"),
    ],
)
def test_what_is_no_distribution_is_refused(prior: tuple[float, ...], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        PriorShift(class_prior=PRIOR, prior=prior)

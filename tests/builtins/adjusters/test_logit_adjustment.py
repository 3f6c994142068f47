import math

import pytest
import torch

from imbalearn_builtins.adjusters.logit_adjustment import LogitAdjustment
from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
from imbalearn_torch import Outputs, build, errors

LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
PRIOR = torch.tensor([0.9, 0.09, 0.01], dtype=torch.float64)


def test_by_hand() -> None:
    # (1, 1) - 2 log (3/4, 1/4) up to the constant that log 4 adds
    adjusted = LogitAdjustment(class_prior=torch.tensor([0.75, 0.25]), tau=2.0)(
        torch.ones(1, 2, dtype=torch.float64), None
    )
    assert adjusted.tolist()[0] == pytest.approx([1 + 2 * math.log(4 / 3), 1 + 2 * math.log(4)], abs=1e-9)


def test_bayes_rule_for_a_uniform_prior() -> None:
    # a predictor p(y|x) ~ p(x|y) pi_y, divided by pi_y, is the likelihood p(x|y)
    likelihood = LOGITS.exp()
    posterior = likelihood * PRIOR
    adjusted = LogitAdjustment(class_prior=PRIOR)(posterior.log(), None)
    torch.testing.assert_close(adjusted.softmax(1), likelihood / likelihood.sum(1, keepdim=True), rtol=0, atol=1e-9)


@pytest.mark.parametrize("tau", [0.5, 1.0])
def test_the_loss_of_the_same_name_undoes_it(tau: float) -> None:
    targets = torch.tensor([0, 1, 2, 2, 0, 1])
    adjusted = LogitAdjustment(class_prior=PRIOR, tau=tau)(LOGITS, None)
    value = LogitAdjustedLoss(class_prior=PRIOR, tau=tau)(adjusted, targets)
    torch.testing.assert_close(value, torch.nn.functional.cross_entropy(LOGITS, targets), rtol=0, atol=1e-9)


def test_tau_0_changes_nothing() -> None:
    assert torch.equal(LogitAdjustment(class_prior=PRIOR, tau=0.0)(LOGITS, None), LOGITS)


def test_absent_classes_are_finite() -> None:
    adjusted = LogitAdjustment(class_prior=torch.tensor([90, 10, 0]))(LOGITS, None)
    assert adjusted.isfinite().all()
    torch.testing.assert_close(adjusted[:, 2] - LOGITS[:, 2], adjusted[:, 1] - LOGITS[:, 1], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("dtype", "result"),
    [(torch.float16, torch.float32), (torch.float32, torch.float32), (torch.float64, torch.float64)],
)
def test_the_dtype_of_the_result(dtype: torch.dtype, result: torch.dtype) -> None:
    assert LogitAdjustment(class_prior=PRIOR)(LOGITS.to(dtype), None).dtype == result


def test_the_protocol_of_adjusters() -> None:
    adjust = build("adjuster", "logit-adjustment:tau=0.5", class_counts=torch.tensor([90, 9, 1]), num_classes=3)
    before = adjust(LOGITS, None)
    val = Outputs(logits=LOGITS.float(), features=None, targets=torch.zeros(6, dtype=torch.int64))
    assert adjust.needs == frozenset()
    assert adjust.corrects_prior == 0.5
    assert adjust.fit(val, train=None, head=None) == {"tau": 0.5}
    assert torch.equal(adjust(LOGITS, None), before)
    torch.testing.assert_close(before, LogitAdjustment(class_prior=PRIOR, tau=0.5)(LOGITS, None), rtol=0, atol=1e-9)


def test_saved_and_loaded() -> None:
    saved, loaded = LogitAdjustment(class_prior=PRIOR, tau=0.3), LogitAdjustment(class_prior=PRIOR.flip(0))
    loaded.load_state_dict(saved.state_dict())
    assert loaded.tau == loaded.corrects_prior == 0.3
    assert torch.equal(loaded(LOGITS, None), saved(LOGITS, None))


@pytest.mark.parametrize("tau", [-1.0, math.inf, math.nan])
def test_tau_outside_its_range_is_refused(tau: float) -> None:
    with pytest.raises(errors.OptionError, match="Expected `tau` to be >= 0 and finite, but got"):
        LogitAdjustment(class_prior=PRIOR, tau=tau)

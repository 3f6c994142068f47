import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.balanced_softmax import BalancedSoftmaxLoss
from imbalearn_builtins.losses.logit_adjusted import LogitAdjustedLoss
from imbalearn_builtins.losses.prior_shift import log_prior
from imbalearn_torch import errors

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 0, 1])
COUNTS = torch.tensor([60, 30, 9, 1])
LOSSES = pytest.mark.parametrize("loss_class", [BalancedSoftmaxLoss, LogitAdjustedLoss])
Loss = BalancedSoftmaxLoss | LogitAdjustedLoss


def test_an_absent_class_counts_as_the_rarest_present_one() -> None:
    # (6, 3, 0, 1) becomes (6, 3, 1, 1) / 11
    by_hand = (torch.tensor([6, 3, 1, 1], dtype=torch.float64) / 11).log()
    torch.testing.assert_close(log_prior(torch.tensor([6, 3, 0, 1])), by_hand, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mass", [[[1.0, 2.0]], [1.0, -1.0], [1.0, float("nan")], [1.0, float("inf")]])
def test_what_is_no_prior_is_refused(mass: list) -> None:
    with pytest.raises(errors.DataError, match="Expected one finite number >= 0 for each class"):
        log_prior(torch.tensor(mass))


@LOSSES
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_class_without_images_is_finite(loss_class: type[Loss], smoothing: float) -> None:
    logits = LOGITS.clone().requires_grad_()
    values = loss_class(class_counts=torch.tensor([60, 30, 9, 0]), reduction="none", smoothing=smoothing)(
        logits, TARGETS
    )
    values.sum().backward()
    assert values.isfinite().all()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@LOSSES
def test_equal_counts_are_cross_entropy(loss_class: type[Loss]) -> None:
    values = loss_class(class_counts=torch.full((4,), 25), reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


@LOSSES
def test_the_prior_goes_before_the_counts(loss_class: type[Loss]) -> None:
    uniform = torch.full((4,), 0.25, dtype=torch.float64)
    values = loss_class(class_counts=COUNTS, class_prior=uniform, reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


@LOSSES
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_it_is_torchs_cross_entropy_of_shifted_logits(loss_class: type[Loss], reduction: str, smoothing: float) -> None:
    ours, theirs = LOGITS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
    value = loss_class(class_counts=COUNTS, reduction=reduction, smoothing=smoothing)(ours, TARGETS)
    shifted = theirs + COUNTS.double().log()
    expected = F.cross_entropy(shifted, TARGETS, reduction=reduction, label_smoothing=smoothing)
    torch.testing.assert_close(value, expected, rtol=0, atol=1e-9)
    value.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=1e-9)


def test_the_order_of_the_logits_in_memory_does_not_matter() -> None:
    loss = BalancedSoftmaxLoss(class_counts=COUNTS, reduction="none")
    column_major = LOGITS.T.contiguous().T
    expanded = LOGITS[:1].expand(6, 4)
    assert torch.equal(loss(column_major, TARGETS), loss(LOGITS, TARGETS))
    assert torch.equal(loss(expanded, TARGETS), loss(expanded.clone(), TARGETS))


def test_the_logits_themselves_are_not_written_to() -> None:
    logits = LOGITS.clone()
    BalancedSoftmaxLoss(class_counts=COUNTS)(logits, TARGETS)
    assert torch.equal(logits, LOGITS)


@LOSSES
def test_set_prior_replaces_the_prior_in_place(loss_class: type[Loss]) -> None:
    loss = loss_class(class_counts=COUNTS, reduction="none").float()
    buffer, prior = loss.log_prior, torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
    for _ in range(2):  # a second call changes nothing
        loss.set_prior(prior)
        assert loss.log_prior is buffer
        assert buffer.dtype == torch.float32
        expected = loss_class(class_prior=prior, reduction="none")(LOGITS, TARGETS)
        torch.testing.assert_close(loss(LOGITS, TARGETS), expected, rtol=0, atol=1e-6)


@LOSSES
def test_set_prior_survives_saving(loss_class: type[Loss]) -> None:
    saved, loaded = loss_class(class_counts=COUNTS), loss_class(class_counts=COUNTS.flip(0))
    loaded.load_state_dict(saved.state_dict())
    assert torch.equal(loaded(LOGITS, TARGETS), saved(LOGITS, TARGETS))


@LOSSES
def test_set_prior_refuses_another_number_of_classes(loss_class: type[Loss]) -> None:
    with pytest.raises(errors.DataError, match="Expected a prior of 4 classes, but got 1"):
        loss_class(class_counts=COUNTS).set_prior(torch.ones(1))


@LOSSES
def test_neither_counts_nor_prior_is_an_error(loss_class: type[Loss]) -> None:
    with pytest.raises(errors.OptionError, match="Expected `class_prior` or `class_counts`, but got neither"):
        loss_class()

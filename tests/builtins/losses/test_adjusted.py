import pytest
import torch
import torch.nn.functional as F

from benchmarks.loss_speed import CountedArrays
from imbalearn_builtins.losses.adjusted import adjusted_log_softmax
from imbalearn_torch import build

SOURCE = torch.Generator().manual_seed(6)
LOGITS = torch.randn(6, 4, generator=SOURCE, dtype=torch.float64)
OFFSETS = torch.randn(6, 4, generator=SOURCE, dtype=torch.float64)
GRADIENT = torch.randn(6, 4, generator=SOURCE, dtype=torch.float64)
BY_CLASS = torch.tensor([1.0, 0.5, 0.25, 2.0], dtype=torch.float64)


@pytest.mark.parametrize("slope", [None, 30.0, BY_CLASS], ids=["1", "number", "by class"])
def test_it_is_torchs_log_softmax_with_both_derivatives(slope: torch.Tensor | float | None) -> None:
    factor = 1.0 if slope is None else slope
    ours, theirs = LOGITS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
    values = [
        adjusted_log_softmax(ours, lambda z: factor * z + OFFSETS, slope),
        F.log_softmax(factor * theirs + OFFSETS, dim=1),
    ]
    torch.testing.assert_close(*values, rtol=0, atol=1e-9)
    first = [
        torch.autograd.grad(value, logits, GRADIENT, create_graph=True)[0]
        for value, logits in zip(values, (ours, theirs), strict=True)
    ]
    torch.testing.assert_close(*first, rtol=0, atol=1e-9)
    second = [
        torch.autograd.grad(gradient.square().sum(), logits)[0]
        for gradient, logits in zip(first, (ours, theirs), strict=True)
    ]
    torch.testing.assert_close(*second, rtol=0, atol=1e-9)


def test_only_the_adjusted_array_is_overwritten() -> None:
    logits, adjusted = LOGITS.clone(), []

    def adjust(z: torch.Tensor) -> torch.Tensor:
        adjusted.append(z + OFFSETS)
        return adjusted[0]

    result = adjusted_log_softmax(logits, adjust)
    assert torch.equal(logits, LOGITS)
    assert result.data_ptr() == adjusted[0].data_ptr()


@pytest.mark.parametrize("name", ["balanced-softmax", "logit-adjusted", "ldam", "vs", "cdt"])
def test_losses_made_of_it_need_no_more_arrays_than_cross_entropy(name: str) -> None:
    logits, targets = LOGITS.clone().requires_grad_(), torch.tensor([0, 1, 2, 3, 0, 1])
    loss = build("loss", name, class_counts=torch.tensor([9, 5, 2, 1]), num_classes=4)
    counted = []
    for criterion in (loss, F.cross_entropy):
        with CountedArrays(LOGITS.untyped_storage().nbytes()) as arrays:
            criterion(logits, targets).backward()
        counted.append(arrays.count)
    assert counted == [3, 3]

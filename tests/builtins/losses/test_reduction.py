import pytest
import torch

from imbalearn_builtins.losses.reduction import (
    REDUCTIONS,
    check_labels,
    check_reduction,
    check_smoothing,
    reduce,
    widen,
)
from imbalearn_torch import errors

VALUES = torch.tensor([1.0, 2.0, 6.0])


def test_reductions_by_hand() -> None:
    assert reduce(VALUES, "none") is VALUES
    assert reduce(VALUES, "mean").item() == 3.0
    assert reduce(VALUES, "sum").item() == 9.0


@pytest.mark.parametrize("reduction", ["Mean", "", "batchmean"])
def test_other_reductions_are_refused(reduction: str) -> None:
    with pytest.raises(errors.OptionError, match="none, mean, sum"):
        reduce(VALUES, reduction)


def test_checks_return_what_they_accept() -> None:
    assert [check_reduction(reduction) for reduction in REDUCTIONS] == ["none", "mean", "sum"]
    assert [check_smoothing(smoothing) for smoothing in (0.0, 0.25, 1.0)] == [0.0, 0.25, 1.0]


def test_labels_are_not_probabilities() -> None:
    labels = torch.tensor([1, 0])
    assert check_labels(labels) is labels
    with pytest.raises(errors.DataError, match=r"Expected labels int64 \[B\], but got torch.float32 \[3, 2\]; for"):
        check_labels(torch.full((3, 2), 0.5))


@pytest.mark.parametrize("smoothing", [-1e-9, 1.0001, float("nan")])
def test_smoothing_outside_its_range_is_refused(smoothing: float) -> None:
    with pytest.raises(errors.OptionError, match="smoothing"):
        check_smoothing(smoothing)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [(torch.float16, torch.float32), (torch.bfloat16, torch.float32), (torch.float64, torch.float64)],
)
def test_widening(narrow: torch.dtype, wide: torch.dtype) -> None:
    assert widen(VALUES.to(narrow)).dtype == wide


def test_float32_is_not_copied() -> None:
    assert widen(VALUES) is VALUES

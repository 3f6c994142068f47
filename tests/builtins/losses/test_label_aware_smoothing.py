import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.label_aware_smoothing import LabelAwareSmoothingLoss
from imbalearn_torch import build, errors

COUNTS = [301, 201, 101, 1]
LOGITS = 2 * torch.randn(6, 4, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 0, 1])


def shares(counts: list[int], head: float, tail: float) -> list[float]:
    """e_c of the paper, for counts that are not all equal."""
    low, high = min(counts), max(counts)
    return [tail + (head - tail) * math.sin(math.pi / 2 * (n - low) / (high - low)) for n in counts]


def by_loops(head: float, tail: float) -> list[float]:
    values, smoothing = [], shares(COUNTS, head, tail)
    for row, label in zip(LOGITS.tolist(), TARGETS.tolist(), strict=True):
        log_total = math.log(sum(map(math.exp, row)))
        minus_log_p = [log_total - z for z in row]
        share = smoothing[label]
        values.append((1 - share) * minus_log_p[label] + share * sum(minus_log_p) / 4)
    return values


def test_the_schedule_by_hand() -> None:
    # sin 90°, 60°, 30°, 0° of an excess of 3, 2, 1 and 0 thirds
    loss = LabelAwareSmoothingLoss(class_counts=torch.tensor(COUNTS), head=0.4, tail=0.1)
    assert loss.smoothing.dtype == torch.float64
    assert loss.smoothing.tolist() == pytest.approx([0.4, 0.1 + 0.3 * math.sqrt(3) / 2, 0.25, 0.1], abs=1e-12)


def test_the_scale_of_the_counts_does_not_matter() -> None:
    # the formula is of degree 0 in n: shares of the training data are as good as counts
    counts = torch.tensor(COUNTS, dtype=torch.float64)
    ours, theirs = (LabelAwareSmoothingLoss(class_counts=each).smoothing for each in (counts / counts.sum(), counts))
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("head", "tail"), [(0.3, 0.0), (0.4, 0.1), (1.0, 1.0), (0.0, 0.2)])
def test_the_formula_of_the_paper(head: float, tail: float) -> None:
    loss = LabelAwareSmoothingLoss(class_counts=torch.tensor(COUNTS), head=head, tail=tail, reduction="none")
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_loops(head, tail), abs=1e-9)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_one_smoothing_for_all_is_label_smoothing(smoothing: float) -> None:
    ours, theirs = LOGITS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
    value = LabelAwareSmoothingLoss(class_counts=torch.tensor(COUNTS), head=smoothing, tail=smoothing)(ours, TARGETS)
    expected = F.cross_entropy(theirs, TARGETS, label_smoothing=smoothing)
    torch.testing.assert_close(value, expected, rtol=0, atol=1e-9)
    value.backward()
    expected.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=1e-9)


def test_the_gradient_is_that_of_soft_targets() -> None:
    share = torch.tensor(shares(COUNTS, 0.3, 0.0), dtype=torch.float64)[TARGETS, None]
    soft = (1 - share) * F.one_hot(TARGETS, 4) + share / 4
    logits = LOGITS.clone().requires_grad_()
    LabelAwareSmoothingLoss(class_counts=torch.tensor(COUNTS), reduction="sum")(logits, TARGETS).backward()
    torch.testing.assert_close(logits.grad, LOGITS.softmax(dim=1) - soft, rtol=0, atol=1e-9)


@pytest.mark.parametrize("counts", [[5, 5, 5, 5], [0, 0, 0, 0], [1, 1, 1, 1]])
def test_equal_counts_have_the_smoothing_of_the_tail(counts: list[int]) -> None:
    loss = LabelAwareSmoothingLoss(class_counts=torch.tensor(counts), head=0.3, tail=0.1)
    assert loss.smoothing.tolist() == [0.1] * 4


def test_a_class_without_images_is_the_tail() -> None:
    # n_min = 0: the excesses are 3, 1 and 0 thirds
    loss = LabelAwareSmoothingLoss(class_counts=torch.tensor([300, 100, 0, 0]), head=0.3, tail=0.1)
    assert loss.smoothing.tolist() == pytest.approx([0.3, 0.2, 0.1, 0.1], abs=1e-12)
    assert loss(LOGITS, TARGETS).isfinite()


@pytest.mark.parametrize("options", ["head=1.5", "head=-0.1", "tail=2.0", "tail=-1.0"])
def test_options_outside_their_range_are_refused(options: str) -> None:
    name, value = options.split("=")
    message = rf"^loss 'label-aware-smoothing': Expected `{name}` to be in \[0, 1\], but got {value}$"
    with pytest.raises(errors.OptionError, match=message):
        build("loss", f"label-aware-smoothing:{options}", class_counts=torch.tensor(COUNTS))


def test_through_the_registry() -> None:
    loss = build("loss", "label-aware-smoothing", class_counts=torch.tensor(COUNTS), reduction="none")
    assert (loss.head, loss.tail) == (0.3, 0.0)
    assert loss(LOGITS, TARGETS).tolist() == pytest.approx(by_loops(0.3, 0.0), abs=1e-9)

import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.ce import CrossEntropyLoss, cross_entropy

LOGITS = torch.randn(7, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 4, 0, 2])


def test_uniform_logits_cost_log_k() -> None:
    assert CrossEntropyLoss()(torch.zeros(2, 5), torch.tensor([1, 4])).item() == pytest.approx(math.log(5), rel=1e-6)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_it_is_torchs(reduction: str, smoothing: float) -> None:
    expected = F.cross_entropy(LOGITS, TARGETS, reduction=reduction, label_smoothing=smoothing)
    loss = CrossEntropyLoss(reduction=reduction, smoothing=smoothing)
    assert torch.equal(loss(LOGITS, TARGETS), expected)
    assert torch.equal(cross_entropy(LOGITS, TARGETS, reduction, smoothing), expected)


def test_smoothing_by_hand() -> None:
    # p = (3/4, 1/4): (1 - 0.2) log(4/3) + 0.2 / 2 (log(4/3) + log 4)
    logits = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64)
    by_hand = 0.9 * math.log(4 / 3) + 0.1 * math.log(4)
    assert CrossEntropyLoss(smoothing=0.2)(logits, torch.tensor([0])).item() == pytest.approx(by_hand, abs=1e-12)


def test_the_pair_form_is_cross_entropy_of_soft_targets() -> None:
    lam, other = torch.linspace(0, 1, 7, dtype=torch.float64), TARGETS.flip(0)
    soft = lam[:, None] * F.one_hot(TARGETS, 5) + (1 - lam[:, None]) * F.one_hot(other, 5)
    loss = CrossEntropyLoss(reduction="none")
    pair = lam * loss(LOGITS, TARGETS) + (1 - lam) * loss(LOGITS, other)
    torch.testing.assert_close(pair, F.cross_entropy(LOGITS, soft, reduction="none"), rtol=0, atol=1e-9)

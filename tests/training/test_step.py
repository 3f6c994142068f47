"""The reduction of a batch: a loop by hand and torch's own cross-entropy."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.training.step import LossStep, removed_share, wants_features
from imbalearn_torch.types import Mixed

SOURCE = torch.Generator().manual_seed(0)
LOGITS = torch.randn(12, 4, dtype=torch.float64, generator=SOURCE)
A, B = torch.randint(0, 4, (2, 12), generator=SOURCE)
LAM = torch.rand(12, generator=SOURCE)
WEIGHTS = torch.tensor([0.3, 2.0, 1.0, 0.0], dtype=torch.float64)


def mixed(lam: Tensor = LAM) -> Mixed:
    return Mixed(torch.empty(12, 0), A, B, lam)


def reduced(lam: Tensor = LAM, paired: bool = True, weights: Tensor | None = None, logits: Tensor = LOGITS) -> Tensor:
    step = LossStep(nn.CrossEntropyLoss(reduction="none"), "loss 'ce'")
    total, norm = step(logits, None, mixed(lam), paired, weights)
    return total / norm


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_weighted_mean_over_both_labels_of_each_pair(weights: Tensor | None) -> None:
    total = norm = 0.0
    probability = LOGITS.softmax(dim=1)
    each_weight = torch.ones(4) if weights is None else weights
    for row in range(12):
        share = float(LAM[row])
        for label, lam in ((int(A[row]), share), (int(B[row]), 1 - share)):
            total += lam * float(each_weight[label]) * -float(probability[row, label].log())
            norm += lam * float(each_weight[label])
    assert float(reduced(weights=weights)) == pytest.approx(total / norm, rel=1e-12)


def test_a_whole_share_equals_hard_labels() -> None:
    assert float(reduced(torch.ones(12))) == pytest.approx(float(F.cross_entropy(LOGITS, A)), abs=1e-14)
    assert float(reduced(torch.zeros(12))) == pytest.approx(float(F.cross_entropy(LOGITS, B)), abs=1e-14)
    assert float(reduced(paired=False)) == pytest.approx(float(F.cross_entropy(LOGITS, A)), abs=1e-14)


def test_shares_between_equal_cross_entropy_on_soft_targets() -> None:
    # Shares near 0 too: 1 - lam must not be rounded to float32 on the way.
    lam = torch.cat([LAM[:6], torch.tensor([1e-3, 1e-5, 0.0137, 0.021, 1e-8, 0.3])])
    soft = F.one_hot(A, 4) * lam.double()[:, None] + F.one_hot(B, 4) * (1 - lam.double())[:, None]
    assert float(reduced(lam)) == pytest.approx(float(F.cross_entropy(LOGITS, soft)), rel=1e-12)


def test_class_weights_equal_torchs() -> None:
    expected = float(F.cross_entropy(LOGITS, A, weight=WEIGHTS))
    assert float(reduced(paired=False, weights=WEIGHTS)) == pytest.approx(expected, rel=1e-12)
    assert float(reduced(torch.ones(12), weights=WEIGHTS)) == pytest.approx(expected, rel=1e-12)


def test_the_scale_of_class_weights_does_not_matter() -> None:
    # Mistake 10 of public implementations: dividing by N under a mix makes the learning rate depend on it.
    assert float(reduced(weights=1000 * WEIGHTS)) == pytest.approx(float(reduced(weights=WEIGHTS)), rel=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("paired", [True, False])
def test_a_batch_without_weight_has_loss_and_gradient_zero(dtype: torch.dtype, paired: bool) -> None:
    logits = LOGITS.clone().to(dtype).requires_grad_()
    loss = reduced(paired=paired, weights=torch.zeros(4, dtype=dtype), logits=logits)
    loss.backward()
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_the_gradient_is_that_of_the_ratio() -> None:
    logits = LOGITS.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: reduced(weights=WEIGHTS, logits=z), (logits,))


class Answer(nn.Module):
    def __init__(self, answer) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, logits: Tensor, targets: Tensor):
        return self.answer(F.cross_entropy(logits, targets, reduction="none"))


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (Tensor.mean, r"a tensor of shape \[\]"),
        (lambda each: each[:, None], r"a tensor of shape \[12, 1\]"),
        (lambda each: each.tolist(), "list"),
    ],
)
def test_anything_but_one_value_a_sample_is_refused(answer, came: str) -> None:
    step = LossStep(Answer(answer), "loss 'mine'")
    with pytest.raises(
        ComponentError, match=rf"loss 'mine' to give one value a sample, \[12\], with reduction='none', but got {came}"
    ):
        step(LOGITS, None, mixed(), False, None)


class FeatureLoss(nn.Module):
    def forward(self, logits: Tensor, targets: Tensor, *, features: Tensor) -> Tensor:
        return features.sum(dim=1) + 0 * logits[:, 0]


def test_features_go_to_losses_that_name_them() -> None:
    features = torch.randn(12, 7, dtype=torch.float64, generator=SOURCE)
    total, norm = LossStep(FeatureLoss(), "loss")(LOGITS, features, mixed(), False, None)
    assert float(total / norm) == pytest.approx(float(features.sum(dim=1).mean()), rel=1e-12)
    assert wants_features(FeatureLoss())
    assert not wants_features(nn.CrossEntropyLoss())


def test_the_loss_is_called_once_or_twice() -> None:
    calls: list[Tensor] = []
    step = LossStep(Answer(lambda each: calls.append(each) or each), "loss")
    step(LOGITS, None, mixed(), False, None)
    assert len(calls) == 1
    step(LOGITS, None, mixed(), True, None)
    assert len(calls) == 3


@pytest.mark.parametrize(("claim", "share"), [(True, 1.0), (False, 0.0), (0.3, 0.3), (2, 2.0)])
def test_corrects_prior_is_a_bool_or_a_share(claim: float, share: float) -> None:
    loss = FeatureLoss()
    assert removed_share(loss) == 0
    loss.corrects_prior = claim  # pyright: ignore[reportArgumentType]
    assert removed_share(loss) == share

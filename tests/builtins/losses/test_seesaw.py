import math

import pytest
import torch
import torch.nn.functional as F

from imbalearn_builtins.losses.seesaw import SeesawLoss
from imbalearn_torch import build, errors

LOGITS = 3 * torch.randn(7, 4, generator=torch.Generator().manual_seed(11), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 3, 0, 2])
OBSERVED = [40, 9, 3, 0]


def observant(**options: float) -> SeesawLoss:
    loss = SeesawLoss(num_classes=4, reduction="none", **options)  # pyright: ignore[reportArgumentType]
    loss.observe(torch.repeat_interleave(torch.arange(4), torch.tensor(OBSERVED)))
    return loss


def by_the_paper(p: float, q: float, eps: float) -> tuple[list[float], list[list[float]]]:
    """Values and gradients, sample by sample; the factors are constants for the gradient."""
    counts = [max(1, count) for count in OBSERVED]
    values, gradients = [], []
    for row, y in zip(LOGITS.tolist(), TARGETS.tolist(), strict=True):
        scores = [math.exp(logit) / sum(map(math.exp, row)) for logit in row]
        weights = []
        for k in range(4):
            mitigation = min(1, counts[k] / counts[y]) ** p
            compensation = max(1, scores[k] / max(scores[y], eps)) ** q
            weights.append(math.exp(row[k]) * (1 if k == y else mitigation * compensation))
        shares = [weight / sum(weights) for weight in weights]
        values.append(-math.log(shares[y]))
        gradients.append([share - (k == y) for k, share in enumerate(shares)])
    return values, gradients


@pytest.mark.parametrize(("p", "q", "eps"), [(0.8, 2.0, 0.01), (0.0, 1.0, 0.3), (1.5, 0.0, 0.01), (1.0, 0.5, 1.0)])
def test_values_and_gradients_of_the_paper(p: float, q: float, eps: float) -> None:
    logits = LOGITS.clone().requires_grad_()
    values = observant(p=p, q=q, eps=eps)(logits, TARGETS)
    values.sum().backward()
    by_hand, gradients = by_the_paper(p, q, eps)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_the_oracle_meets_every_branch() -> None:
    scores = LOGITS.softmax(dim=1)
    own = scores.gather(1, TARGETS[:, None])
    assert (own < 0.01).any()
    assert (own > 0.01).any()
    assert (scores > own).any()
    assert (scores < own).any()


def test_mitigation_by_hand() -> None:
    # z = 0: p is equal, C = 1; N = (3, 1): the rare class counts a third as a negative, the frequent one in full
    loss = SeesawLoss(num_classes=2, reduction="none", p=1.0)
    loss.observe(torch.tensor([0, 1, 0, 0]))
    values = loss(torch.zeros(2, 2, dtype=torch.float64), torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(4 / 3), math.log(2)], abs=1e-12)


def test_compensation_by_hand() -> None:
    # p = (3/4, 1/4), q = 2: for label 1 the other class counts 9 times, and 3 = (3/4) / (1/4)
    logits = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64).expand(2, 2)
    values = SeesawLoss(num_classes=2, reduction="none")(logits, torch.arange(2))
    assert values.tolist() == pytest.approx([math.log(4 / 3), math.log(1 + 3 * 9)], abs=1e-12)


def test_eps_bounds_the_compensation() -> None:
    # p = (3/4, 1/4), but p_1 counts as 1/2: (3/2)^2 times 3
    logits = torch.tensor([[math.log(3), 0.0]], dtype=torch.float64)
    value = SeesawLoss(num_classes=2, eps=0.5)(logits, torch.tensor([1]))
    assert value.item() == pytest.approx(math.log(1 + 3 * 2.25), abs=1e-12)


def test_equal_counts_and_q_0_are_cross_entropy() -> None:
    loss = SeesawLoss(num_classes=4, reduction="none", q=0.0)
    expected = F.cross_entropy(LOGITS, TARGETS, reduction="none")
    torch.testing.assert_close(loss(LOGITS, TARGETS), expected, rtol=0, atol=1e-9)  # nothing observed
    loss.observe(torch.arange(4).repeat(25))
    torch.testing.assert_close(loss(LOGITS, TARGETS), expected, rtol=0, atol=1e-9)


def test_p_0_and_q_0_are_cross_entropy() -> None:
    expected = F.cross_entropy(LOGITS, TARGETS, reduction="none")
    torch.testing.assert_close(observant(p=0.0, q=0.0)(LOGITS, TARGETS), expected, rtol=0, atol=1e-9)


def test_observing_adds_up_and_forward_does_not_count() -> None:
    loss = SeesawLoss(num_classes=4)
    loss.observe(torch.tensor([0, 0, 3]))
    loss.observe(torch.tensor([0, 2]))
    loss(LOGITS, TARGETS)
    assert loss.observed.tolist() == [3, 0, 1, 1]
    assert loss.double().observed.dtype == torch.int64


def test_counts_survive_saving() -> None:
    saved, loaded = observant(), SeesawLoss(num_classes=4, reduction="none")
    assert not torch.equal(loaded(LOGITS, TARGETS), saved(LOGITS, TARGETS))
    loaded.load_state_dict(saved.state_dict())
    assert torch.equal(loaded(LOGITS, TARGETS), saved(LOGITS, TARGETS))


def test_through_the_registry() -> None:
    loss = build("loss", "seesaw", class_counts=torch.tensor([9, 9, 9, 9]), num_classes=4)
    assert (loss.p, loss.q, loss.eps, loss.detached) == (0.8, 2.0, 0.01, True)
    assert not hasattr(loss, "corrects_prior")
    for option in ("p", "q"):
        with pytest.raises(errors.OptionError, match=f"loss 'seesaw': Expected `{option}` to be >= 0 and finite, but"):
            build("loss", f"seesaw:{option}=-1", num_classes=4)


@pytest.mark.parametrize("eps", ["0", "-0.1", "1.1"])
def test_eps_outside_0_to_1_is_refused(eps: str) -> None:
    with pytest.raises(errors.OptionError, match=r"loss 'seesaw': Expected `eps` to be in \(0, 1\], but got"):
        build("loss", f"seesaw:eps={eps}", num_classes=4)

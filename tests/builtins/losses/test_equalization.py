import math

import pytest
import torch
import torch.nn.functional as F
from scipy.stats import binomtest
from torch import Tensor

from imbalearn_builtins.losses.equalization import EqualizationLoss
from imbalearn_torch import build, errors

COUNTS = torch.tensor([900, 90, 8, 2, 0])  # f = .9, .09, .008, .002, 0
LOGITS = 2 * torch.randn(6, 5, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
TARGETS = torch.tensor([0, 1, 2, 3, 4, 0])


def by_loops(rare: set[int], logits: Tensor = LOGITS, targets: Tensor = TARGETS) -> list[float]:
    """The formula of the paper with beta = 1."""
    values = []
    for row, label in zip(logits.tolist(), targets.tolist(), strict=True):
        total = sum(math.exp(z) for k, z in enumerate(row) if k == label or k not in rare)
        values.append(-math.log(math.exp(row[label]) / total))
    return values


def left_out(loss: EqualizationLoss, samples: int) -> Tensor:
    """Which classes had no share in the softmax of which sample, bool `[samples, K]`; the label is class 0."""
    logits = torch.zeros(samples, 5, requires_grad=True)
    loss(logits, torch.zeros(samples, dtype=torch.int64)).sum().backward()
    assert logits.grad is not None
    return logits.grad == 0


@pytest.mark.parametrize(("lam", "rare"), [(0.0, set()), (0.005, {3, 4}), (0.05, {2, 3, 4}), (1.0, {0, 1, 2, 3, 4})])
def test_the_formula_of_the_paper(lam: float, rare: set[int]) -> None:
    values = EqualizationLoss(class_counts=COUNTS, gamma=1.0, lam=lam, reduction="none")(LOGITS, TARGETS)
    assert values.tolist() == pytest.approx(by_loops(rare), abs=1e-9)


def test_a_class_exactly_as_frequent_as_lam_is_not_rare() -> None:
    # T(f) = 1 where f < lam: 8 of 1000 is .008
    values = EqualizationLoss(class_counts=COUNTS, gamma=1.0, lam=0.008, reduction="none").float()(LOGITS, TARGETS)
    assert values.tolist() == pytest.approx(by_loops({3, 4}), abs=1e-9)


@pytest.mark.parametrize(("counts", "lam"), [([93, 7], 0.07), ([86, 14], 0.14), ([72, 28], 0.28)])
def test_rounding_makes_no_class_rare(counts: list[int], lam: float) -> None:
    # .07 * 100 is 7.000000000000001, but 7 / 100 is .07
    loss = EqualizationLoss(class_counts=torch.tensor(counts), gamma=1.0, lam=lam)
    assert not loss.threshold.any()
    assert EqualizationLoss(class_counts=torch.tensor(counts), gamma=1.0, lam=lam + 1e-9).threshold.count_nonzero() == 1


def test_with_gamma_0_nothing_is_left_out() -> None:
    values = EqualizationLoss(class_counts=COUNTS, gamma=0.0, lam=1.0, reduction="none")(LOGITS, TARGETS)
    torch.testing.assert_close(values, F.cross_entropy(LOGITS, TARGETS, reduction="none"), rtol=0, atol=1e-9)


def test_equal_counts_keep_the_term() -> None:
    # Of 1000 equal classes each has f = .001 < .005: with beta = 1 the label is alone, and the loss is 0
    loss = EqualizationLoss(class_counts=torch.full((1000,), 7), gamma=1.0)
    assert loss(torch.randn(4, 1000), torch.arange(4)).item() == 0.0


def test_a_class_left_out_has_no_gradient_and_no_say() -> None:
    loss = EqualizationLoss(class_counts=COUNTS, gamma=1.0)
    logits = LOGITS[:2].clone().requires_grad_()
    value = loss(logits, TARGETS[:2])
    value.backward()
    assert logits.grad is not None
    assert torch.equal(logits.grad == 0, torch.tensor([[False] * 3 + [True] * 2] * 2))
    louder = LOGITS[:2].clone()
    louder[:, 3:] = 1e4
    assert loss(louder, TARGETS[:2]).item() == value.item()


@pytest.mark.parametrize("gamma", [0.1, 0.9])
def test_rare_classes_are_left_out_with_probability_gamma(gamma: float) -> None:
    torch.manual_seed(0)
    drawn = left_out(EqualizationLoss(class_counts=COUNTS, gamma=gamma, reduction="none"), 20_000)
    assert not drawn[:, :3].any()
    for rare in (3, 4):
        assert binomtest(int(drawn[:, rare].sum()), 20_000, gamma).pvalue > 1e-3


def test_draws_are_independent_from_sample_to_sample_and_class_to_class() -> None:
    torch.manual_seed(1)
    drawn = left_out(EqualizationLoss(class_counts=COUNTS, gamma=0.5, reduction="none"), 20_000)[:, 3:]
    both, follows = (drawn[:, 0] & drawn[:, 1]).sum(), (drawn[1:, 0] & drawn[:-1, 0]).sum()
    assert binomtest(int(both), 20_000, 0.25).pvalue > 1e-3
    assert abs(int(follows) - 5_000) < 5 * math.sqrt(20_000 * 5 / 16)  # neighbours overlap: variance 5/16 each


def test_torchs_default_generator_decides_anew_in_each_call() -> None:
    loss = EqualizationLoss(class_counts=COUNTS, gamma=0.5, reduction="none")
    logits, targets = LOGITS.repeat(20, 1), TARGETS.repeat(20)
    torch.manual_seed(5)
    first, second = loss(logits, targets), loss(logits, targets)
    torch.manual_seed(5)
    assert torch.equal(loss(logits, targets), first)
    assert not torch.equal(first, second)


def test_the_mean_over_draws_is_that_of_the_formula() -> None:
    # One rare class, z = 0, K = 3: log 3 with probability 1 - gamma, log 2 with gamma
    loss = EqualizationLoss(class_counts=torch.tensor([500, 499, 1]), gamma=0.75, reduction="none")
    torch.manual_seed(0)
    values = loss(torch.zeros(40_000, 3), torch.zeros(40_000, dtype=torch.int64))
    assert sorted(set(values.tolist())) == pytest.approx([math.log(2), math.log(3)], abs=1e-6)
    expected = 0.25 * math.log(3) + 0.75 * math.log(2)
    deviation = math.log(1.5) * math.sqrt(0.25 * 0.75 / 40_000)
    assert values.double().mean().item() == pytest.approx(expected, abs=4 * deviation)


@pytest.mark.parametrize("gamma", [0.5, 1.0])
def test_first_and_second_derivatives_are_those_of_finite_differences(gamma: float) -> None:
    loss = EqualizationLoss(class_counts=COUNTS, gamma=gamma, lam=0.05, reduction="none")

    def seeded(logits: Tensor) -> Tensor:
        torch.manual_seed(2)
        return loss(logits, TARGETS)

    logits = LOGITS.clone().requires_grad_()
    assert torch.autograd.gradcheck(seeded, logits)
    assert torch.autograd.gradgradcheck(seeded, logits)


def test_no_images_at_all_is_finite() -> None:
    loss = EqualizationLoss(class_counts=torch.zeros(5, dtype=torch.int64))
    assert loss(LOGITS, TARGETS).isfinite()


@pytest.mark.parametrize("options", ["gamma=1.1", "gamma=-0.1", "lam=-1", "lam=2"])
def test_options_outside_their_range_are_refused(options: str) -> None:
    name, value = options.split("=")
    message = rf"^loss 'equalization': Expected `{name}` to be in \[0, 1\], but got {value}"
    with pytest.raises(errors.OptionError, match=message):
        build("loss", f"equalization:{options}", class_counts=COUNTS)


def test_through_the_registry() -> None:
    loss = build("loss", "equalization", class_counts=COUNTS, num_classes=5)
    assert (loss.gamma, loss.lam) == (0.9, 0.005)
    with pytest.raises(errors.OptionError, match="needs the context `class_counts`"):
        build("loss", "equalization")

import math

import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from imbalearn_builtins.losses.gcl import GCLLoss
from imbalearn_torch import build, errors

COSINES = torch.randn(7, 4, generator=torch.Generator().manual_seed(12), dtype=torch.float64).tanh()
TARGETS = torch.tensor([0, 1, 2, 3, 3, 0, 2])
COUNTS = [500, 70, 11, 2]


def drawn_noise(size: int, classes: int = 2) -> torch.Tensor:
    """The noise |e| of the last and only rare class, `[size]`, read off the losses."""
    loss = GCLLoss(class_counts=torch.tensor([100] * (classes - 1) + [1]), reduction="none", s=3.0, noise=0.5)
    values = loss(torch.zeros(size, classes, dtype=torch.float64), torch.zeros(size, dtype=torch.int64))
    # For cosines 0 and label 0 a loss is log(K - 1 + e^(-3 0.5 |e|)).
    return -(values.expm1() - (classes - 2)).log() / 1.5


def by_the_paper(s: float, m: float) -> tuple[list[float], list[list[float]]]:
    """Values and gradients without noise, sample by sample."""
    values, gradients = [], []
    for cosines, y in zip(COSINES.tolist(), TARGETS.tolist(), strict=True):
        powers = [math.exp(s * (cosine - m * (k == y))) for k, cosine in enumerate(cosines)]
        shares = [power / sum(powers) for power in powers]
        values.append(-math.log(shares[y]))
        gradients.append([s * (share - (k == y)) for k, share in enumerate(shares)])
    return values, gradients


@pytest.mark.parametrize(("s", "m"), [(30.0, 0.0), (4.0, 0.3)])
def test_values_and_gradients_of_the_paper_without_noise(s: float, m: float) -> None:
    cosines = COSINES.clone().requires_grad_()
    loss = GCLLoss(class_counts=torch.tensor(COUNTS), reduction="none", s=s, m=m, noise=0.0)
    values = loss(cosines, TARGETS)
    values.sum().backward()
    by_hand, gradients = by_the_paper(s, m)
    assert values.tolist() == pytest.approx(by_hand, abs=1e-9)
    assert cosines.grad is not None
    torch.testing.assert_close(cosines.grad, torch.tensor(gradients, dtype=torch.float64), rtol=0, atol=1e-9)


def test_rarity_by_hand() -> None:
    # log2 of 16, 4, 1 is 4, 2, 0: differences from the largest 0, 2, 4, over 4
    assert GCLLoss(class_counts=torch.tensor([16, 4, 1])).rarity.tolist() == pytest.approx([0, 0.5, 1], abs=1e-12)
    assert GCLLoss(class_counts=torch.tensor([16, 4, 0])).rarity.tolist() == pytest.approx([0, 1, 1], abs=1e-12)
    assert GCLLoss(class_counts=torch.tensor([5, 5])).rarity.tolist() == [0, 0]
    assert GCLLoss(class_counts=torch.tensor([0, 0])).rarity.tolist() == [0, 0]


def test_equal_counts_keep_only_the_margin() -> None:
    loss = GCLLoss(class_counts=torch.full((4,), 8), reduction="none", s=4.0, m=0.3)
    assert loss(COSINES, TARGETS).tolist() == pytest.approx(by_the_paper(4.0, 0.3)[0], abs=1e-9)


def test_the_noise_is_half_a_gaussian_of_deviation_a_third_cut_at_1() -> None:
    torch.manual_seed(0)
    noise = drawn_noise(200_000)
    outside = 2 * stats.norm.sf(3)  # 0.27 % lie beyond three deviations
    cut = noise > 1 - 1e-9
    assert cut.double().mean().item() == pytest.approx(outside, abs=4 * math.sqrt(outside / 200_000))
    assert noise.max().item() == pytest.approx(1, abs=1e-9)
    # Kolmogorov's test of the rest against the cut distribution, 0.001 being the chance to fail
    inside = stats.truncnorm(0, 3, scale=1 / 3)
    assert stats.kstest(noise[~cut].numpy(), inside.cdf).pvalue > 0.001


def test_the_noise_of_one_entry_says_nothing_of_the_next() -> None:
    torch.manual_seed(1)
    noise = drawn_noise(100_000)
    for distance in (1, 2, 3, 4):
        related = torch.corrcoef(torch.stack([noise[:-distance], noise[distance:]]))[0, 1]
        assert abs(related.item()) < 4 / math.sqrt(100_000)


def test_noise_is_in_proportion_to_rarity() -> None:
    # the same draws for counts (16, 4, 1) and (16, 1, 1): the second class has half the noise
    cosines, targets = torch.zeros(50, 3, dtype=torch.float64), torch.zeros(50, dtype=torch.int64)
    lowered = []
    for counts in ([16, 4, 1], [16, 1, 1]):
        loss = GCLLoss(class_counts=torch.tensor(counts), reduction="none", s=1.0)
        columns = []
        for label in range(3):  # the gap between the losses of two labels is that between their logits
            torch.manual_seed(2)
            columns.append(loss(cosines, targets + label))
        lowered.append((columns[1] - columns[0], columns[2] - columns[0]))
    torch.testing.assert_close(2 * lowered[0][0], lowered[1][0], rtol=0, atol=1e-9)
    torch.testing.assert_close(lowered[0][1], lowered[1][1], rtol=0, atol=1e-9)
    assert (lowered[0][0] > 0).all()


def test_gradients_with_noise_are_those_of_finite_differences() -> None:
    loss = GCLLoss(class_counts=torch.tensor(COUNTS), reduction="none", s=5.0, m=0.1)

    def seeded(cosines: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(3)
        return loss(cosines, TARGETS)

    assert torch.autograd.gradcheck(seeded, COSINES.clone().requires_grad_())


def test_torchs_default_generator_is_drawn_from_and_only_for_noise() -> None:
    loss = GCLLoss(class_counts=torch.tensor(COUNTS), reduction="none")
    torch.manual_seed(4)
    first, second = loss(COSINES, TARGETS), loss(COSINES, TARGETS)
    torch.manual_seed(4)
    assert torch.equal(first, loss(COSINES, TARGETS))
    assert not torch.equal(first, second)
    before = torch.get_rng_state()
    GCLLoss(class_counts=torch.tensor(COUNTS), noise=0.0)(COSINES, TARGETS)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_any_number_of_entries_is_drawn(classes: int) -> None:
    torch.manual_seed(5)
    for size in (1, 2, 3):
        assert drawn_noise(size, classes).isfinite().all()


def test_without_noise_and_margin_it_is_cross_entropy_of_scaled_cosines() -> None:
    value = GCLLoss(class_counts=torch.tensor(COUNTS), s=16.0, noise=0.0)(COSINES, TARGETS)
    torch.testing.assert_close(value, F.cross_entropy(16 * COSINES, TARGETS), rtol=0, atol=1e-9)


def test_what_the_engine_reads() -> None:
    loss = build("loss", "gcl", class_counts=torch.tensor(COUNTS), num_classes=4)
    assert (loss.head, loss.scale, loss.m, loss.noise) == ("cosine", 30.0, 0.0, 0.5)
    assert not hasattr(loss, "corrects_prior")
    assert set(loss.state_dict()) == {"rarity"}


@pytest.mark.parametrize(("option", "value"), [("s", 0), ("m", -0.1), ("noise", -0.1)])
def test_options_outside_their_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(errors.OptionError, match=f"loss 'gcl': Expected `{option}` to be >.* but got {value}"):
        build("loss", f"gcl:{option}={value}", class_counts=torch.tensor(COUNTS))

import math

import pytest
import torch

from imbalearn_builtins.mixing.mamix import MAMix
from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_torch import Batch, build, errors

COUNTS = torch.tensor([5000, 700, 0, 50, 1])
PRESENT = torch.tensor([0, 1, 3, 4])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pair(size: int) -> tuple[Batch, Batch]:
    source = generator(9)

    def drawn() -> Batch:
        labels = PRESENT[torch.randint(4, (size,), generator=source)]
        return Batch(torch.randn(size, 3, 4, 4, generator=source, dtype=torch.float64), labels)

    return drawn(), drawn()


@pytest.mark.parametrize("power", [-0.25, -1.0, 0.5])
def test_the_formula_of_the_paper(power: float) -> None:
    a, b = pair(400)
    ours = MAMix(class_counts=COUNTS, power=power)(a, b, generator(1))
    theirs = Mixup()(a, b, generator(1))
    assert torch.equal(ours.images, theirs.images)
    for lam, mu, i, j in zip(ours.lam, theirs.lam, a.targets, b.targets, strict=True):
        ours_i, ours_j = (COUNTS[label].item() ** power for label in (i, j))
        rest, m = 1 - mu.item(), ours_i / (ours_i + ours_j)
        expected = 1 - rest / (2 * m) if rest < m else (1 - rest) / (2 * (1 - m))
        assert lam.item() == pytest.approx(expected, abs=1e-6)


def test_by_hand() -> None:
    # n = 16 and 1: 16^-0.25 = 1/2, m = (1/2) / (3/2) = 1/3 for the frequent class, 2/3 for the rare one
    mix = MAMix(class_counts=torch.tensor([16, 1]))
    shares, ratio = torch.tensor([0.0, 1 / 3, 2 / 3, 5 / 6, 1.0]), torch.full((5,), 16.0)
    assert mix.label_share(shares, ratio).tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=1e-6)
    assert mix.label_share(1 - shares, 1 / ratio).tolist() == pytest.approx([1, 0.75, 0.5, 0.25, 0], abs=1e-6)


@pytest.mark.parametrize(("counts", "power"), [(COUNTS, 0.0), (torch.full((5,), 30), -0.25)])
def test_without_a_margin_it_is_mixup(counts: torch.Tensor, power: float) -> None:
    a, b = pair(300)
    ours = MAMix(class_counts=counts, power=power)(a, b, generator(2))
    mixup = Mixup()(a, b, generator(2))
    assert torch.equal(ours.images, mixup.images)
    torch.testing.assert_close(ours.lam, mixup.lam, rtol=0, atol=1e-7)


def test_the_rare_class_gains_and_the_order_of_a_pair_does_not_matter() -> None:
    mix, shares = MAMix(class_counts=COUNTS), torch.linspace(0, 1, 101)
    ratio = torch.full((101,), 5000 / 50)
    frequent, rare = mix.label_share(shares, ratio), mix.label_share(1 - shares, 1 / ratio)
    torch.testing.assert_close(frequent, 1 - rare, rtol=0, atol=1e-6)
    assert bool((frequent.diff() > 0).all())
    assert bool((frequent[1:-1] < shares[1:-1]).all())
    assert (frequent[0].item(), frequent[-1].item()) == (0, 1)


@pytest.mark.parametrize("power", [-1e3, -8.0, 8.0, 1e3])
@pytest.mark.parametrize("counts", [[100_000_000, 1], [1, 100_000_000], [0, 7], [0, 0], [5, 5]])
def test_extreme_counts_and_powers_give_shares(power: float, counts: list[int]) -> None:
    mix = MAMix(class_counts=torch.tensor(counts), power=power)
    shares = torch.tensor([0.0, 1e-40, 1e-10, 0.5, 1 - 2**-24, 1.0])
    images = torch.zeros(6, 1)
    a, b = Batch(images, torch.zeros(6, dtype=torch.int64)), Batch(images, torch.ones(6, dtype=torch.int64))
    mix.share = lambda size, generator: shares
    lam = mix(a, b, generator()).lam
    assert bool(((lam >= 0) & (lam <= 1)).all())  # nan is neither


@pytest.mark.parametrize("power", [math.inf, math.nan])
def test_what_is_no_power(power: float) -> None:
    with pytest.raises(errors.OptionError, match=f"`power` to be finite, but got {power}"):
        MAMix(class_counts=COUNTS, power=power)


def test_build() -> None:
    mix = build("mix", "mamix:power=-0.5,alpha=0.3,stop=0.8", epochs=10, num_classes=5, class_counts=COUNTS)
    assert (mix.power, mix.alpha, mix.end, mix.partner) == (-0.5, 0.3, 8, "batch")

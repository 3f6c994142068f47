import itertools
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from imbalearn_builtins.losses.ce import CrossEntropyLoss
from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_builtins.mixing.remix import Remix
from imbalearn_torch import Batch, build, errors
from imbalearn_torch.training.step import LossStep

COUNTS = torch.tensor([300, 100, 99, 0, 1])
PRESENT = torch.tensor([0, 1, 2, 4])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pair(size: int, seed: int = 0) -> tuple[Batch, Batch]:
    source = generator(seed)

    def drawn() -> Batch:
        return Batch(
            torch.randn(size, 3, generator=source, dtype=torch.float64),
            PRESENT[torch.randint(4, (size,), generator=source)],
        )

    return drawn(), drawn()


def label_shares(mixed_by_mixup: Tensor, a: Tensor, b: Tensor, kappa: float, tau: float) -> Tensor:
    """The rule of the paper, pair by pair."""
    shares = []
    for lam, i, j in zip(mixed_by_mixup.tolist(), a.tolist(), b.tolist(), strict=True):
        ratio = COUNTS[i].item() / COUNTS[j].item()
        if ratio >= kappa and lam < tau:
            shares.append(0.0)
        elif ratio <= 1 / kappa and 1 - lam < tau:
            shares.append(1.0)
        else:
            shares.append(lam)
    return torch.tensor(shares)


@pytest.mark.parametrize(("kappa", "tau"), [(3.0, 0.5), (1.0, 0.5), (3.1, 1.0), (100.0, 0.3), (1000.0, 0.9)])
def test_the_rule_of_the_paper(kappa: float, tau: float) -> None:
    a, b = pair(500)
    ours = Remix(class_counts=COUNTS, kappa=kappa, tau=tau)(a, b, generator(1))
    theirs = Mixup()(a, b, generator(1))
    assert torch.equal(ours.lam, label_shares(theirs.lam, a.targets, b.targets, kappa, tau))
    assert torch.equal(ours.images, theirs.images)
    assert torch.equal(ours.targets_a, a.targets)
    assert torch.equal(ours.targets_b, b.targets)
    if kappa < 1000:
        assert {0.0, 1.0} < set(ours.lam.tolist())


def test_by_hand() -> None:
    # 300 : 100 is kappa itself, 99 is a little more, 100 : 99 is too little
    mix = Remix(class_counts=COUNTS)
    pairs = torch.tensor([[0, 1], [1, 0], [0, 2], [1, 2], [4, 0], [0, 0]])
    ratio = COUNTS[pairs[:, 0]].float() / COUNTS[pairs[:, 1]].float()
    assert mix.label_share(torch.full((6,), 0.4), ratio).tolist() == pytest.approx([0, 0.4, 0, 0.4, 0.4, 0.4])
    assert mix.label_share(torch.full((6,), 0.6), ratio).tolist() == pytest.approx([0.6, 1, 0.6, 0.6, 1, 0.6])
    assert mix.label_share(torch.full((6,), 0.5), ratio).tolist() == [0.5] * 6  # tau itself is not below tau


def test_tau_0_is_mixup() -> None:
    a, b = pair(300)
    ours, mixup = (mix(a, b, generator(2)) for mix in (Remix(class_counts=COUNTS, tau=0.0, kappa=1.0), Mixup()))
    assert all(torch.equal(*each) for each in zip(ours, mixup, strict=True))


def test_kappa_of_decimal_ratios() -> None:
    # 1.1 * 100 > 110 in floating point, yet 110 / 100 is 1.1.
    counts = torch.tensor([110, 100])
    mix, ratio = Remix(class_counts=counts, kappa=1.1), torch.tensor([110 / 100, 100 / 110])
    assert mix.label_share(torch.tensor([0.2, 0.8]), ratio).tolist() == [0.0, 1.0]


def test_the_loss_does_not_collapse_to_that_of_mixup() -> None:
    """A label weight for each pair, times a loss that is already averaged, is the mean weight: near mixup's."""
    a, b = pair(64)
    mixed = Remix(class_counts=COUNTS)(a, b, generator(3))
    source = generator(4)
    logits = torch.randn(64, 5, generator=source, dtype=torch.float64)
    by_hand = 0.0
    for row, i, j, lam in zip(logits, mixed.targets_a, mixed.targets_b, mixed.lam.double(), strict=True):
        log_p = row - row.exp().sum().log()
        by_hand -= float(lam * log_p[i] + (1 - lam) * log_p[j]) / 64
    total, norm = LossStep(CrossEntropyLoss(reduction="none"), "ce")(logits, None, mixed, True, None)
    assert float(total / norm) == pytest.approx(by_hand, abs=1e-9)
    means = [F.cross_entropy(logits, targets) for targets in (mixed.targets_a, mixed.targets_b)]
    collapsed = mixed.lam.double().mean() * means[0] + (1 - mixed.lam.double().mean()) * means[1]
    assert abs(float(collapsed) - by_hand) > 1e-3


@pytest.mark.parametrize("targets", list(itertools.product([0, 3], repeat=2)))
def test_labels_of_absent_classes_are_finite(targets: tuple[int, int]) -> None:
    a, b = (Batch(torch.zeros(50, 2), torch.full((50,), target)) for target in targets)
    lam = Remix(class_counts=COUNTS)(a, b, generator()).lam
    assert bool(((lam >= 0) & (lam <= 1)).all())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kappa": 0.5}, "`kappa` to be >= 1, but got 0.5"),
        ({"kappa": float("nan")}, "`kappa` to be >= 1, but got nan"),
        ({"tau": -0.1}, r"`tau` to be in \[0, 1\], but got -0.1"),
        ({"tau": 1.1}, r"`tau` to be in \[0, 1\], but got 1.1"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        Remix(class_counts=COUNTS, **options)


def test_build() -> None:
    mix = build("mix", "remix:kappa=2,tau=0.25,alpha=0.5,stop=0.8", epochs=10, num_classes=5, class_counts=COUNTS)
    assert (mix.kappa, mix.tau, mix.alpha, mix.end, mix.partner) == (2.0, 0.25, 0.5, 8, "batch")
    with pytest.raises(errors.ImbalearnError, match="class_counts"):
        build("mix", "remix", epochs=10, num_classes=5)

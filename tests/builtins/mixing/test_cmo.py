import pytest
import torch

from imbalearn_builtins.mixing.cmo import CMOMix
from imbalearn_builtins.mixing.cutmix import CutMix
from imbalearn_torch import Batch, build, errors
from imbalearn_torch.data.plan import Planner


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pair() -> tuple[Batch, Batch]:
    images = torch.randn(2, 30, 3, 8, 8, generator=generator(7))
    return Batch(images[0], torch.zeros(30, dtype=torch.int64)), Batch(images[1], torch.ones(30, dtype=torch.int64))


def test_off_in_the_first_and_the_last_3_of_200_epochs() -> None:
    mix, (a, b) = CMOMix(epochs=200, prob=1.0), pair()
    mixed = []
    for epoch in range(200):
        mix.set_epoch(epoch)
        result = mix(a, b, generator(epoch))
        if result.images is a.images:
            assert result.lam.tolist() == [1.0] * 30
        else:
            mixed.append(epoch)
    assert mixed == list(range(3, 197))


@pytest.mark.parametrize(("epochs", "begin", "end"), [(1, 0, 1), (15, 0, 15), (100, 2, 98), (400, 6, 394)])
def test_the_ends_are_fractions_of_training(epochs: int, begin: int, end: int) -> None:
    # round(1.5) = 2 and round(98.5) = 98: halves go to the even number
    mix = CMOMix(epochs=epochs)
    assert (mix.begin, mix.end) == (begin, end)


def test_boxes_are_those_of_cutmix() -> None:
    mix = CMOMix(epochs=10, alpha=0.7, prob=0.6)
    mix.set_epoch(5)
    ours, theirs = mix(*pair(), generator(3)), CutMix(alpha=0.7, prob=0.6)(*pair(), generator(3))
    assert all(torch.equal(*each) for each in zip(ours, theirs, strict=True))


def test_the_box_is_of_the_balanced_image() -> None:
    a, b = pair()
    mix = CMOMix(epochs=10, prob=1.0)
    mix.set_epoch(5)
    mixed = mix(a, b, generator(4))
    for image, below, above, lam in zip(mixed.images, a.images, b.images, mixed.lam, strict=True):
        pasted = (image == above).all(0)
        assert bool(((image == below).all(0) | pasted).all())
        assert lam.item() == pytest.approx(1 - int(pasted.sum()) / 64, abs=1e-6)


def test_the_partner_draws_images_by_1_over_the_count_of_their_class() -> None:
    targets = torch.repeat_interleave(torch.arange(3), torch.tensor([90, 9, 1]))
    partner = build("sampler", CMOMix(epochs=1).partner, targets=targets, num_classes=3, epochs=1)
    weights = 1 / torch.bincount(targets).double()[targets]
    expected = torch.zeros(3, dtype=torch.float64).index_add_(0, targets, weights / weights.sum())
    distribution = Planner(partner, seed=0, num_items=100).class_distribution(0, targets, 3)
    torch.testing.assert_close(distribution, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("option", ["start", "stop"])
@pytest.mark.parametrize("fraction", [-0.1, 1.5, float("nan")])
def test_fractions_outside_of_training_are_refused(option: str, fraction: float) -> None:
    with pytest.raises(errors.OptionError, match=rf"`{option}` to be in \[0, 1\], but got {fraction}"):
        CMOMix(epochs=10, **{option: fraction})


def test_a_start_behind_the_stop_is_refused() -> None:
    with pytest.raises(errors.OptionError, match=r"`start` to be < `stop`, but got start=0\.9 and stop=0\.1"):
        CMOMix(epochs=10, start=0.9, stop=0.1)
    assert CMOMix(epochs=10, stop=0).end == 0  # never


def test_build() -> None:
    mix = build("mix", "cmo:alpha=0.5,prob=0.25,start=0.2,stop=0.9", epochs=10, num_classes=3)
    assert (mix.alpha, mix.prob, mix.begin, mix.end, mix.partner) == (0.5, 0.25, 2, 9, "balanced")
    with pytest.raises(errors.ImbalearnError, match="epochs"):
        build("mix", "cmo", num_classes=3)

import pytest
import torch

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.sqrt import SqrtSampler
from imbalearn_builtins.samplers.weighted import WeightedSampler
from imbalearn_torch import build, errors

TARGETS = torch.repeat_interleave(torch.arange(3), torch.tensor([9, 4, 1]))


def test_weights_are_of_classes_not_of_images() -> None:
    assert WeightedSampler(targets=TARGETS, weights=(1, 1, 2)).class_distribution(0).tolist() == [0.25, 0.25, 0.5]


def test_the_weight_of_an_absent_class_is_shared_by_the_others() -> None:
    sampler = WeightedSampler(targets=TARGETS, num_classes=4, weights=(1, 2, 1, 7))
    assert sampler.class_distribution(0).tolist() == [0.25, 0.5, 0.25, 0.0]


@pytest.mark.parametrize(("weights", "same"), [((5, 5, 5), BalancedSampler), ((3, 2, 1), SqrtSampler)])
def test_the_weights_of_another_sampler_draw_its_plans(weights: tuple[float, ...], same: type) -> None:
    ours, theirs = WeightedSampler(targets=TARGETS, weights=weights), same(targets=TARGETS)
    torch.testing.assert_close(ours.class_distribution(0), theirs.class_distribution(0), rtol=0, atol=1e-12)
    plans = [sampler.plan(0, torch.Generator().manual_seed(3)) for sampler in (ours, theirs)]
    assert torch.equal(*plans)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ((1, 2), "3 numbers, one a class, but got 2"),
        ((1, -1, 1), "finite and >= 0, but got -1"),
        ((1, float("nan"), 1), "finite and >= 0, but got nan"),
        ((1, float("inf"), 1), "finite and >= 0, but got inf"),
        ((0, 0, 0), "> 0 for a class that has images, but got"),
    ],
)
def test_what_are_no_weights(weights: tuple[float, ...], message: str) -> None:
    with pytest.raises(errors.OptionError, match=f"`weights` to be {message}"):
        WeightedSampler(targets=TARGETS, num_classes=3, weights=weights)


def test_weight_only_for_an_absent_class_is_refused() -> None:
    with pytest.raises(errors.OptionError, match="for a class that has images"):
        WeightedSampler(targets=[0, 0], num_classes=2, weights=(0, 1))


def test_build() -> None:
    sampler = build("sampler", "weighted:weights=[0,1,3]", targets=TARGETS, num_classes=3, epochs=2)
    assert sampler.class_distribution(0).tolist() == [0.0, 0.25, 0.75]
    with pytest.raises(errors.OptionError, match="weights"):
        build("sampler", "weighted", targets=TARGETS, num_classes=3, epochs=2)

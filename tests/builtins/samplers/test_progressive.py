import pytest
import torch
from scipy.stats import chisquare

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.samplers.progressive import ProgressiveSampler
from imbalearn_torch import build, errors

TARGETS = torch.repeat_interleave(torch.arange(4), torch.tensor([70, 0, 20, 10]))
NATURAL = InstanceSampler(targets=TARGETS).class_distribution(0)
EVEN = BalancedSampler(targets=TARGETS).class_distribution(0)


@pytest.mark.parametrize("epochs", [1, 2, 10, 400])
def test_the_mixture_of_the_paper(epochs: int) -> None:
    sampler = ProgressiveSampler(targets=TARGETS, epochs=epochs)
    for epoch in range(epochs):
        share = epoch / epochs
        expected = (1 - share) * NATURAL + share * EVEN
        torch.testing.assert_close(sampler.class_distribution(epoch), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("start", [0.25, 0.5, 0.8])
def test_under_deferral_both_times_count_from_the_first_deferred_epoch(start: float) -> None:
    # With the base of the whole training the first deferred epoch would already be halfway to balanced.
    deferred = ProgressiveSampler(targets=TARGETS, epochs=20, start=start)
    first = round(start * 20)
    whole = ProgressiveSampler(targets=TARGETS, epochs=20 - first)
    for epoch in range(first):
        assert torch.equal(deferred.class_distribution(epoch), NATURAL)
    for epoch in range(first, 20):
        assert torch.equal(deferred.class_distribution(epoch), whole.class_distribution(epoch - first))


def test_past_the_end_it_stays_balanced() -> None:
    for start in (0.0, 0.5, 1.0):
        sampler = ProgressiveSampler(targets=TARGETS, epochs=4, start=start)
        for epoch in (5, 100):
            torch.testing.assert_close(sampler.class_distribution(epoch), EVEN, rtol=0, atol=1e-12)


@pytest.mark.parametrize("epoch", [0, 5, 9])
def test_classes_are_drawn_as_stated(epoch: int) -> None:
    sampler = ProgressiveSampler(targets=TARGETS, epochs=10, epoch_size=100_000)
    drawn = torch.bincount(TARGETS[sampler.plan(epoch, torch.Generator().manual_seed(epoch))], minlength=4)
    assert drawn[1] == 0
    expected = sampler.class_distribution(epoch) * 100_000
    assert chisquare(drawn[[0, 2, 3]].numpy(), expected[[0, 2, 3]].numpy()).pvalue > 1e-3


def test_it_needs_the_length_of_training() -> None:
    with pytest.raises(errors.ImbalearnError, match="epochs"):
        build("sampler", "progressive", targets=TARGETS, num_classes=4)
    assert build("sampler", "progressive:start=0.5", targets=TARGETS, num_classes=4, epochs=6).first_epoch == 3

from fractions import Fraction

import pytest
import torch

from imbalearn_builtins.samplers.balanced import BalancedSampler
from imbalearn_builtins.samplers.effective_number import EffectiveNumberSampler
from imbalearn_builtins.samplers.instance import InstanceSampler
from imbalearn_builtins.weights.effective import EffectiveWeights
from imbalearn_torch import build, errors

COUNTS = torch.tensor([5000, 300, 0, 10, 1])
TARGETS = torch.repeat_interleave(torch.arange(5), COUNTS)


@pytest.mark.parametrize("beta", [0.5, 0.99, 0.9999])
def test_image_weights_in_exact_arithmetic(beta: float) -> None:
    b = Fraction(beta)
    weights = [(1 - b) / (1 - b**count) for count in (5000, 300, 10, 1)]  # of one image
    masses = [count * weight for count, weight in zip((5000, 300, 10, 1), weights, strict=True)]
    expected = torch.tensor([float(mass / sum(masses)) for mass in masses], dtype=torch.float64)
    ours = EffectiveNumberSampler(targets=TARGETS, beta=beta).class_distribution(0)
    torch.testing.assert_close(ours[[0, 1, 3, 4]], expected, rtol=0, atol=1e-12)
    assert ours[2] == 0


def test_beta_0_has_the_instance_distribution() -> None:
    ours, instance = EffectiveNumberSampler(targets=TARGETS, beta=0.0), InstanceSampler(targets=TARGETS)
    assert torch.equal(ours.class_distribution(0), instance.class_distribution(0))


def test_beta_towards_1_is_balanced() -> None:
    # E_n = n (1 - (n - 1) (1 - beta) / 2 + ...): at n = 5000 and 1 - beta = 1e-12 the two differ by 2.5e-9
    ours, balanced = EffectiveNumberSampler(targets=TARGETS, beta=1 - 1e-12), BalancedSampler(targets=TARGETS)
    torch.testing.assert_close(ours.class_distribution(0), balanced.class_distribution(0), rtol=0, atol=1e-8)


def test_it_draws_what_the_weights_of_that_name_weigh() -> None:
    weighed = COUNTS.double() * EffectiveWeights(class_counts=COUNTS, beta=0.999)(0).double()
    ours = EffectiveNumberSampler(targets=TARGETS, beta=0.999).class_distribution(0)
    torch.testing.assert_close(ours, weighed / weighed.sum(), rtol=1e-6, atol=0)


@pytest.mark.parametrize("beta", [1.0, -0.1, float("nan")])
def test_beta_outside_its_range_is_refused(beta: float) -> None:
    with pytest.raises(errors.OptionError, match=rf"`beta` to be in \[0, 1\), but got {beta}"):
        EffectiveNumberSampler(targets=TARGETS, beta=beta)


def test_build() -> None:
    sampler = build("sampler", "effective-number:beta=0.9,start=0.5", targets=TARGETS, num_classes=5, epochs=4)
    ours = EffectiveNumberSampler(targets=TARGETS, beta=0.9).class_distribution(0)
    assert torch.equal(sampler.class_distribution(2), ours)

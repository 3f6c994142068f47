"""Class priors with absent classes."""

from __future__ import annotations

import pytest
import torch

from imbalearn_torch.priors import normalised_prior


@pytest.mark.parametrize(
    ("mass", "expected"),
    [
        ([3, 1], [0.75, 0.25]),
        ([3, 0, 1], [0.6, 0.2, 0.2]),  # the absent class counts as the rarest present one: 3, 1, 1
        ([0, 0, 5], [1 / 3, 1 / 3, 1 / 3]),
        ([0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]),
        ([0.5, 0.5], [0.5, 0.5]),
        ([7], [1.0]),
    ],
)
def test_values_by_hand(mass: list[float], expected: list[float]) -> None:
    prior = normalised_prior(torch.tensor(mass))
    assert prior.dtype == torch.float64
    assert torch.allclose(prior, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-15)


def test_it_is_a_fixed_point_of_itself() -> None:
    once = normalised_prior(torch.tensor([500, 0, 30, 5]))
    assert torch.allclose(normalised_prior(once), once, rtol=0, atol=1e-15)


def test_precision_is_float64_from_the_start() -> None:
    # 2^24 + 1 images have no float32: the quotient below would be exactly 1/2 + 0.
    mass = torch.tensor([2**24 + 1, 2**24 - 1])
    assert float(normalised_prior(mass)[0]) == (2**24 + 1) / 2**25


def test_the_argument_is_left_alone_and_carries_no_gradient() -> None:
    mass = torch.tensor([2.0, 0.0, 1.0], requires_grad=True)
    assert not normalised_prior(mass).requires_grad
    assert mass.tolist() == [2.0, 0.0, 1.0]

from fractions import Fraction

import pytest
import torch

from imbalearn_builtins.weights.effective import EffectiveWeights
from imbalearn_builtins.weights.inverse import InverseWeights
from imbalearn_builtins.weights.none import NoWeights
from imbalearn_torch import build, errors

COUNTS = torch.tensor([5000, 300, 10, 0, 1])


@pytest.mark.parametrize("beta", [0.5, 0.99, 0.9999])
def test_the_formula_in_exact_arithmetic(beta: float) -> None:
    b = Fraction(beta)
    inverse = [(1 - b) / (1 - b**n) for n in (300, 10, 1)]
    by_hand = [float(3 * value / sum(inverse)) for value in inverse]
    assert EffectiveWeights(class_counts=torch.tensor([300, 10, 1]), beta=beta)(0).tolist() == pytest.approx(
        by_hand, rel=1e-6
    )


def test_beta_0_is_no_weighting() -> None:
    ours, none = EffectiveWeights(class_counts=COUNTS, beta=0.0)(0), NoWeights(class_counts=COUNTS)(0)
    torch.testing.assert_close(ours, none, rtol=0, atol=1e-9)


def test_beta_towards_1_is_the_inverse_count() -> None:
    # E_n = n (1 - (n - 1) (1 - beta) / 2 + ...): at n = 5000 and 1 - beta = 1e-12 the two differ by 2.5e-9
    ours, inverse = EffectiveWeights(class_counts=COUNTS, beta=1 - 1e-12)(0), InverseWeights(class_counts=COUNTS)(0)
    torch.testing.assert_close(ours, inverse, rtol=1e-6, atol=0)


def test_deferred_reweighting_through_the_registry() -> None:
    weights = build("weights", "effective:beta=0.9999,start=0.8", class_counts=COUNTS, epochs=200)
    deferred, at_once = [weights(epoch) for epoch in (0, 159)], [weights(epoch) for epoch in (160, 199)]
    assert all(torch.equal(now, NoWeights(class_counts=COUNTS)(0)) for now in deferred)
    assert all(torch.equal(now, EffectiveWeights(class_counts=COUNTS)(0)) for now in at_once)


@pytest.mark.parametrize("beta", ["1.5", "1", "-0.1"])
def test_beta_outside_its_range_is_refused(beta: str) -> None:
    with pytest.raises(errors.OptionError, match=r"weights 'effective': Expected `beta` to be in \[0, 1\), but got"):
        build("weights", f"effective:beta={beta}", class_counts=COUNTS)

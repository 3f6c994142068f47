from typing import Any

import pytest
import torch
from scipy.optimize import minimize
from torch.nn.functional import cross_entropy

from imbalearn_builtins.adjusters.lws import LearnableWeightScaling
from imbalearn_torch import Outputs, build, errors

EMPTY = Outputs(torch.zeros(0, 3), None, torch.zeros(0, dtype=torch.int64))


def part(counts: tuple[int, ...], seed: int, scale: float = 1.0) -> Outputs:
    """Logits that favour class 0, by their size rather than by a bias."""
    source = torch.Generator().manual_seed(seed)
    targets = torch.repeat_interleave(torch.arange(3), torch.tensor(counts))
    logits = torch.randn(len(targets), 3, generator=source).abs()
    logits[torch.arange(len(targets)), targets] += 2
    return Outputs(scale * logits * torch.tensor([2.0, 1.0, 0.7]), None, targets)


TRAIN, TEST = part((300, 60, 20), 1), part((100, 100, 100), 2)


def fitted(train: Outputs = TRAIN, **options: Any) -> LearnableWeightScaling:
    torch.manual_seed(0)
    adjust = LearnableWeightScaling(**options)
    adjust.fit(EMPTY, train=train)
    return adjust


def test_the_scales_that_scipy_finds() -> None:
    weight = torch.bincount(TRAIN.targets).double().reciprocal()

    def loss(scales: Any) -> float:
        scaled = TRAIN.logits.double() * torch.from_numpy(scales)
        return float(cross_entropy(scaled, TRAIN.targets, weight=weight))

    found = minimize(loss, [1.0, 1.0, 1.0])
    adjust = fitted(epochs=500, lr=10.0)
    assert adjust.scales is not None
    assert loss(adjust.scales.double().numpy()) == pytest.approx(found.fun, abs=2e-3)
    assert adjust.scales.tolist() == pytest.approx(found.x.tolist(), rel=0.1)


def test_every_class_is_scaled_alone() -> None:
    adjust = fitted(steps=50)
    assert adjust.scales is not None
    torch.testing.assert_close(adjust(TEST.logits), TEST.logits * adjust.scales)


def test_rare_classes_gain() -> None:
    adjust = fitted()
    before, after = (
        [float((logits.argmax(1) == TEST.targets)[TEST.targets == label].float().mean()) for label in range(3)]
        for logits in (TEST.logits, adjust(TEST.logits))
    )
    assert after[2] > before[2] + 0.1
    assert sum(after) > sum(before)


def test_the_size_of_the_logits_does_not_matter_to_the_steps() -> None:
    # The first step is along the gradient in units of the logits' size.
    small, large = (fitted(part((300, 60, 20), 1, scale=scale), steps=1).scales for scale in (1e-3, 1e-4))
    assert small is not None
    assert large is not None
    torch.testing.assert_close((small - 1) * 1e-3, (large - 1) * 1e-4, rtol=1e-2, atol=1e-8)


def test_the_protocol_of_adjusters() -> None:
    adjust = build("adjuster", "lws:steps=3")
    assert (adjust.needs, adjust.corrects_prior) == (frozenset({"train"}), 1.0)
    chosen = adjust.fit(EMPTY, train=TRAIN, head=None)
    assert chosen["steps"] == 3
    assert len(chosen["scales"]) == 3


def test_saved_and_loaded() -> None:
    adjust, fresh = fitted(steps=5), build("adjuster", "lws")
    with pytest.raises(errors.OptionError, match="Expected lws to be fitted, but got none"):
        fresh(TEST.logits)
    fresh.load_state_dict(adjust.state_dict())
    assert torch.equal(fresh(TEST.logits), adjust(TEST.logits))


def test_logits_of_zero_stay() -> None:
    train = Outputs(torch.zeros(20, 3), None, torch.arange(20) % 3)
    assert fitted(train, steps=5)(train.logits).eq(0).all()


@pytest.mark.parametrize("option", ["epochs=0", "steps=0", "batch_size=0", "lr=0"])
def test_options_outside_their_range_are_refused(option: str) -> None:
    with pytest.raises(errors.OptionError, match=f"Expected `{option.partition('=')[0]}` to be"):
        build("adjuster", f"lws:{option}")

import math

import pytest
import torch
from scipy.optimize import minimize_scalar
from torch.nn.functional import cross_entropy

from imbalearn_builtins.adjusters.temperature import Temperature
from imbalearn_torch import Outputs, build, errors


def outputs(size: int = 300, classes: int = 5, sharpness: float = 4.0, seed: int = 0) -> Outputs:
    """Logits that are right more often than not, and `sharpness` times too confident."""
    source = torch.Generator().manual_seed(seed)
    targets = torch.randint(0, classes, (size,), generator=source)
    logits = torch.randn(size, classes, generator=source)
    logits[torch.arange(size), targets] += 1
    return Outputs(sharpness * logits, None, targets)


@pytest.mark.parametrize("sharpness", [0.02, 0.3, 1.0, 4.0, 50.0])
def test_the_minimum_that_scipy_finds(sharpness: float) -> None:
    val = outputs(sharpness=sharpness)
    adjust = Temperature()
    chosen = adjust.fit(val)

    def loss(log_temperature: float) -> float:
        return float(cross_entropy(val.logits.double() / math.exp(log_temperature), val.targets))

    found = minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-10})
    assert adjust.temperature == pytest.approx(math.exp(found.x), rel=1e-6)
    assert chosen["nll"] == pytest.approx(found.fun, abs=1e-12)
    assert chosen["nll_before"] == pytest.approx(loss(0.0), abs=1e-12)
    assert chosen["temperature"] == adjust.temperature


def test_the_scale_of_the_logits_is_undone() -> None:
    once, twice = Temperature(), Temperature()
    once.fit(outputs(sharpness=1.0))
    twice.fit(outputs(sharpness=7.0))
    assert twice.temperature == pytest.approx(7 * once.temperature, rel=1e-5)


def test_the_derivative_is_zero_there() -> None:
    val = outputs()
    adjust = Temperature()
    adjust.fit(val)
    temperature = torch.tensor(adjust.temperature, dtype=torch.float64, requires_grad=True)
    cross_entropy(val.logits.double() / temperature, val.targets).backward()
    assert temperature.grad is not None
    assert temperature.grad.item() == pytest.approx(0.0, abs=1e-12)


def test_predictions_stay() -> None:
    val = outputs()
    adjust = Temperature()
    adjust.fit(val)
    assert torch.equal(adjust(val.logits).argmax(1), val.logits.argmax(1))
    assert not hasattr(adjust, "corrects_prior")


def test_a_validation_part_without_errors_has_no_minimum() -> None:
    val = outputs()
    right = Outputs(val.logits, None, val.logits.argmax(1))
    assert Temperature().fit(right)["temperature"] == 1.0


def test_worse_than_chance_is_as_hot_as_it_gets() -> None:
    val = outputs()
    adjust = Temperature()
    adjust.fit(Outputs(val.logits, None, val.logits.argmin(1)))
    assert adjust.temperature == pytest.approx(1000.0, rel=1e-3)


def test_classes_without_validation_images() -> None:
    val = outputs()
    adjust = Temperature()
    adjust.fit(Outputs(val.logits, None, val.targets % 2))
    assert math.isfinite(adjust.temperature)


def test_without_validation_images_it_refuses() -> None:
    with pytest.raises(errors.OptionError, match="Expected validation images to tune the temperature on, but got none"):
        Temperature().fit(outputs(size=0))


def test_saved_and_loaded() -> None:
    adjust, fresh = build("adjuster", "temperature"), build("adjuster", "temperature")
    adjust.fit(outputs())
    fresh.load_state_dict(adjust.state_dict())
    assert fresh.temperature == adjust.temperature != 1.0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(dtype: torch.dtype) -> None:
    assert Temperature()(torch.ones(2, 3, dtype=dtype)).dtype == torch.float32

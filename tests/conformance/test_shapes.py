"""Good backbones of strangers pass, whatever inputs they are made for."""

from __future__ import annotations

from typing import Any

import pytest
from strangers import Net
from subjects import outcome_of, outcomes_of, subject_of
from torch import nn

from imbalearn_torch.conformance.backbones import CHECKS

NAMES = {check.name for check in CHECKS}


def plain(*, num_classes: int) -> nn.Module:
    """Without the protocol, on images of one size; dropout does not matter in eval mode."""
    return nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(3 * 32 * 32, num_classes))


def for_tables(*, num_classes: int, input_shape: tuple[int, ...]) -> nn.Module:
    if len(input_shape) != 1:
        raise ValueError("for tables")
    return nn.Linear(input_shape[0], num_classes)


def for_grey_digits(*, num_classes: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, num_classes))


def for_large_images(*, num_classes: int, width: int = 4) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, width, 64, stride=32), nn.ReLU(), nn.Flatten(), nn.Linear(width * 36, num_classes)
    )


def for_two_classes(*, num_classes: int) -> nn.Module:
    if num_classes != 2:
        raise ValueError("two classes only")
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2))


class FrozenBody(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        self.body.requires_grad_(False)


class StagesLikeTimm(Net):
    @property
    def stages(self) -> Any:
        return self.body


GOOD = (Net, plain, for_tables, for_grey_digits, for_large_images, for_two_classes, FrozenBody, StagesLikeTimm)


@pytest.mark.parametrize("factory", GOOD)
def test_good_strangers_pass(factory: Any) -> None:
    outcomes = outcomes_of(subject_of("backbone", factory))
    assert {name: each.message for name, each in outcomes.items() if each.status == "failed"} == {}
    assert outcomes["it-trains"].status == "passed"
    with_protocol = issubclass(factory, Net) if isinstance(factory, type) else False
    for name in NAMES:
        about_protocol = any(word in name for word in ("timm", "classifier", "stages"))
        assert outcomes[name].status == ("skipped" if about_protocol and not with_protocol else "passed")


def wrapped_timm(*, num_classes: int, in_channels: int) -> nn.Module:
    import timm

    return timm.create_model("test_convnext", num_classes=num_classes, in_chans=in_channels)


def test_a_wrapped_timm_model_passes_all() -> None:
    assert {each.message for each in outcomes_of(subject_of("backbone", wrapped_timm)).values()} == {""}


def test_one_that_takes_none_of_the_inputs_says_why() -> None:
    def huge(*, num_classes: int) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 1, 300), nn.Flatten(), nn.Linear(1, num_classes))

    outcomes = outcomes_of(subject_of("backbone", huge))
    assert outcomes["it-builds"].status == "failed"
    assert "for 3x32x32: RuntimeError: Calculated padded input size" in outcomes["it-builds"].message
    assert "for 1x8x8: RuntimeError: " in outcomes["it-builds"].message
    assert {outcomes[name].status for name in NAMES} == {"skipped"}


def test_one_that_fails_alike_for_all_inputs_says_it_once() -> None:
    def failing(*, num_classes: int) -> nn.Module:
        raise RuntimeError("no luck")

    outcome = outcome_of(subject_of("backbone", failing), "it-builds")
    assert outcome.message == "backbone 'local/broken' could not be built: RuntimeError: no luck"

"""Validation images as adjusted by what was tuned on others."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.adjust import adjust
from imbalearn_torch.adjustment.held_out import held_out_logits
from imbalearn_torch.types import Outputs

CLASSES = 3


def part(counts: tuple[int, ...], seed: int = 0) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    targets = torch.repeat_interleave(torch.arange(CLASSES), torch.tensor(counts))
    logits = torch.randn(len(targets), CLASSES, generator=source)
    return Outputs(logits, torch.arange(len(targets))[:, None] * 1.0, targets)


class Memory:
    """Says of an image whether it was among those it was fitted on."""

    needs = frozenset({"features"})

    def __init__(self, seen: list[Tensor]) -> None:
        self._seen = seen

    def fit(self, val: Outputs, **_: Any) -> dict[str, Any]:
        assert val.features is not None
        self._known = val.features[:, 0]
        self._seen.append(val.targets)
        return {}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        assert features is not None
        return torch.isin(features, self._known).float().expand_as(logits)


def held_out(validation: Outputs, seen: list[Tensor]) -> Tensor:
    return held_out_logits(
        [lambda _: Memory(seen)], validation=validation, train=None, head=None, class_prior=torch.ones(3) / 3, seed=0
    )


def test_no_image_is_adjusted_by_what_was_fitted_on_it() -> None:
    seen: list[Tensor] = []
    validation = part((20, 7, 5))
    assert held_out(validation, seen).eq(0).all()
    assert len(seen) == 5
    # Each class is spread evenly over the folds.
    left_out = torch.stack([torch.tensor([20, 7, 5]) - torch.bincount(targets) for targets in seen])
    assert left_out.sum(0).tolist() == [20, 7, 5]
    assert (left_out.amax(0) - left_out.amin(0)).max() <= 1


def test_a_single_image_is_adjusted_by_what_was_fitted_on_it() -> None:
    assert held_out(part((1, 0, 0)), []).eq(1).all()


def test_what_does_not_tune_says_what_it_always_says() -> None:
    validation, prior = part((20, 7, 5)), torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
    builders = [lambda prior: ibt.build("adjuster", "logit-adjustment", class_prior=prior)]
    settings: dict[str, Any] = {"train": None, "head": None, "class_prior": prior, "seed": 0}
    direct = adjust(builders, validation=validation, test=validation, **settings).validation
    torch.testing.assert_close(held_out_logits(builders, validation=validation, **settings), direct)


def test_thresholds_on_noise_gain_nothing_where_they_have_not_looked() -> None:
    validation, prior = part((60, 30, 10), seed=3), torch.ones(3, dtype=torch.float64) / 3
    builders = [lambda prior: ibt.build("adjuster", "thresholds:metric=balanced-accuracy", class_prior=prior)]
    settings: dict[str, Any] = {"train": None, "head": None, "class_prior": prior, "seed": 0}
    fitted = adjust(builders, validation=validation, test=validation, **settings)

    def recall(logits: Tensor) -> float:
        hits = (logits.argmax(1) == validation.targets).double()
        return float(torch.stack([hits[validation.targets == label].mean() for label in range(CLASSES)]).mean())

    # Logits that know nothing have recall 1/3; on the images they were tuned on thresholds make more of them.
    assert recall(fitted.validation) > 0.4
    assert abs(recall(held_out_logits(builders, validation=validation, **settings)) - 1 / 3) < 0.12

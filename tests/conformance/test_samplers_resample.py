"""Each check of new samples fails on a method broken on purpose, and none on sound ones."""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest
import torch
from subjects import outcome_of, outcomes_of_the_object, subject_of
from torch import Tensor

from imbalearn_torch import errors
from imbalearn_torch.conformance.samplers import CHECKS


class Resampling:
    """A method from a function of inputs and targets."""

    def __init__(self, resample: Callable[[Tensor, Tensor], Any]) -> None:
        self.fit_resample = resample


class Repeating:
    """Every sample twice, and a plan of the new ones: 58 become 116."""

    def __init__(self, beyond: int = 0) -> None:
        self.beyond, self.size = beyond, 0

    def fit_resample(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        self.size = 2 * len(targets)
        return inputs.repeat_interleave(2, 0), targets.repeat_interleave(2)

    def plan(self, epoch: int, generator: torch.Generator) -> Tensor:
        return torch.arange(self.size + self.beyond)


def resampling(resample: Callable[[Tensor, Tensor], Any]) -> Callable:
    def factory(num_classes):
        return Resampling(resample)

    return factory


def interpolated(inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """As SMOTE does: points between two neighbours of the smaller classes, which need at least two images each."""
    if inputs.dim() != 2:
        raise errors.DataError("Expected a table")
    counts = torch.bincount(targets)
    new, labels = [inputs], [targets]
    for label in counts.nonzero().squeeze(1):
        rows, missing = inputs[targets == label], int(counts.max() - counts[label])
        if len(rows) < 2:
            raise errors.DataError(f"Expected two images of class {label}")
        first = torch.randint(len(rows), (missing,))
        second = (first + torch.randint(1, len(rows), (missing,))) % len(rows)
        new.append(rows[first].lerp(rows[second], torch.rand(missing, 1)))
        labels.append(label.expand(missing))
    return torch.cat(new), torch.cat(labels)


def of_ten_classes(inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Fails without a sentence, having five classes and not ten."""
    kept = torch.bincount(targets).float().multinomial(10)
    return inputs[torch.isin(targets, kept)], targets[torch.isin(targets, kept)]


def noisy(noise: Callable[[Tensor], Tensor]) -> Callable:
    return resampling(lambda inputs, targets: ((inputs + noise(inputs)).to(inputs.dtype), targets))


NEW_SAMPLES = [check.name for check in CHECKS if "new-samples" in check.name]
SHAPE, LABELS, SAME = "new-samples-keep-shape-and-type", "new-samples-are-labelled", "same-seed-same-new-samples"
_CALLS = count()
BROKEN: list[tuple[Callable, str, str]] = [
    (resampling(lambda x, y: [x, y]), SHAPE, "(inputs, targets), but got list"),
    (resampling(lambda x, y: (x.numpy(), y)), SHAPE, "got ndarray"),
    (resampling(lambda x, y: (x.float(), y)), SHAPE, "torch.uint8 [M, 1, 4, 4] on the CPU"),
    (resampling(lambda x, y: (x.flatten(1), y)), SHAPE, "got torch.uint8 [58, 16]"),
    (resampling(lambda x, y: (x[:0], y[:0])), SHAPE, "at least one sample"),
    (resampling(of_ten_classes), SHAPE, "it raised RuntimeError: cannot sample"),
    (resampling(lambda x, y: (x, y.tolist())), LABELS, "got list"),
    (resampling(lambda x, y: (x.repeat_interleave(2, 0), y)), LABELS, "each of 116 samples"),
    (resampling(lambda x, y: (x, y + 2)), LABELS, "labels in 0..4, but got [5"),
    (resampling(lambda x, y: (x, y + 0.5)), LABELS, "but got [0.5"),
    (noisy(lambda x: torch.from_numpy(np.random.rand(*x.shape))), SAME, "numpy's global"),  # noqa: NPY002
    (noisy(lambda x: torch.full(x.shape, float(next(_CALLS)))), SAME, "a second call made others"),
]
GOOD: dict[str, Callable] = {
    "nothing": resampling(lambda x, y: (x, y)),
    "smote": resampling(interpolated),
    "under": resampling(lambda x, y: (x[y == y[0]], y[y == y[0]])),
    "noise": noisy(lambda x: torch.rand(x.shape) * 9),
    "narrow labels": resampling(lambda x, y: (x, y.to(torch.uint8))),
    "a plan of its own": lambda num_classes: Repeating(),
}


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN)
def test_a_broken_method_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("sampler", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


def test_every_check_of_new_samples_has_a_broken_method() -> None:
    assert {check for _, check, _ in BROKEN} == set(NEW_SAMPLES)


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_method_fails_nothing(name: str) -> None:
    outcomes = outcomes_of_the_object(subject_of("sampler", GOOD[name]))
    assert [each for each in outcomes.values() if each.status == "failed"] == []
    assert {outcomes[check].status for check in NEW_SAMPLES} == {"passed"}


def test_without_a_plan_of_its_own_there_is_no_plan_to_check() -> None:
    outcome = outcome_of(subject_of("sampler", GOOD["smote"]), "plans-are-indices")
    assert outcome.status == "skipped"
    assert "drawn as `instance` draws" in outcome.message


def test_its_own_plan_is_one_of_the_new_samples() -> None:
    outcomes = outcomes_of_the_object(subject_of("sampler", GOOD["a plan of its own"]))
    assert outcomes["plans-are-indices"].status == "passed"
    wrong = outcome_of(subject_of("sampler", lambda num_classes: Repeating(beyond=1)), "plans-are-indices")
    assert (wrong.status, "indices in 0..115, but got 116" in wrong.message) == ("failed", True)


def test_a_method_that_refuses_everything_is_skipped() -> None:
    def refuse(inputs: Tensor, targets: Tensor) -> None:
        raise errors.DataError("not these")

    for check in NEW_SAMPLES:
        outcome = outcome_of(subject_of("sampler", resampling(refuse)), check)
        assert (outcome.status, outcome.message) == ("skipped", "it refuses images and tables alike")

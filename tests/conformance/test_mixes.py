"""Each check of mixes fails on a mix broken on purpose, and none on sound ones."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import torch
from subjects import outcome_of, outcomes_of_the_object, subject_of

from imbalearn_torch import Batch, Mixed, errors, sample_beta, sample_boxes
from imbalearn_torch.conformance import Subject
from imbalearn_torch.conformance.mixes import CHECKS


class Mix:
    """A mix from a function of both batches and the generator."""

    def __init__(self, mix: Callable[[Batch, Batch, torch.Generator], Any], **attributes: Any) -> None:
        self.mix = mix
        vars(self).update(attributes)

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Any:
        return self.mix(a, b, generator)


class OnEpoch(Mix):
    """Told of the epoch, or only how often it has been told."""

    def __init__(self, mix: Callable, counting: bool) -> None:
        super().__init__(mix)
        self.epoch, self.counting = 0, counting

    def set_epoch(self, epoch: int) -> None:
        self.epoch = self.epoch + 1 if self.counting else epoch

    def __call__(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        return self.mix(a, b, generator) if self.epoch % 2 else alone(a, b, generator)


def mixing(mix: Callable[[Batch, Batch, torch.Generator], Any], **attributes: Any) -> Callable:
    def factory(num_classes):
        return Mix(mix, **attributes)

    return factory


def alone(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return Mixed(a.images, a.targets, b.targets, torch.ones(len(a.targets)))


def blended(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    lam = sample_beta(1.0, 1.0, len(a.targets), generator)
    share = lam.to(a.images.dtype).view(-1, *[1] * (a.images.dim() - 1))
    return Mixed(share * a.images + (1 - share) * b.images, a.targets, b.targets, lam)


def changed(function: Callable[[Mixed], dict[str, Any]]) -> Callable:
    """A factory of `blended` with some fields replaced."""

    def mix(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        mixed = blended(a, b, generator)
        return mixed._replace(**function(mixed))

    return mixing(mix)


def pasted_into_the_batch(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    """CutMix as many write it, without a copy, and for images alone."""
    _, _, height, width = a.images.shape
    boxes, area = sample_boxes(torch.full((len(a.targets),), 0.5), height, width, generator)
    for image, other, (top, bottom, left, right) in zip(a.images, b.images, boxes.tolist(), strict=True):
        image[:, top:bottom, left:right] = other[:, top:bottom, left:right]
    return Mixed(a.images, a.targets, b.targets, 1 - area)


def pasted(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return pasted_into_the_batch(Batch(a.images.clone(), a.targets), b, generator)


def tables_only(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    if a.images.dim() != 2:
        raise errors.OptionError("Expected a table")
    return blended(a, b, generator)


def nothing_at_all(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    raise errors.OptionError("not today")


def relabelled_in_place(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    mixed = blended(a, Batch(b.images, b.targets.clone()), generator)
    b.targets.copy_(a.targets)
    return mixed


def scaled_by_batch(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    mixed = blended(a, b, generator)
    low, high = mixed.images.aminmax(dim=0)
    return mixed._replace(images=(mixed.images - low) / (high - low))


def for_images(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return blended(Batch(a.images.flip(3), a.targets), b, generator)


def squeezed(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    mixed = blended(a, b, generator)
    return mixed._replace(targets_b=mixed.targets_b.squeeze(), lam=mixed.lam.squeeze())


def from_torch(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return blended(a, b, torch.default_generator)


def from_python(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return blended(a, b, generator)._replace(lam=torch.full((len(a.targets),), random.random()))


def drawn_in_the_factory(num_classes):
    table = torch.rand(num_classes)
    return Mix(lambda a, b, generator: blended(a, b, generator)._replace(lam=table[a.targets]))


def by_calls(num_classes):
    calls = count(2)
    return Mix(
        lambda a, b, generator: alone(a, b, generator)._replace(lam=torch.full((len(a.targets),), 1 / next(calls)))
    )


def by_progress(epochs):
    share = 1 / (epochs - 1)
    return Mix(lambda a, b, generator: alone(a, b, generator)._replace(lam=torch.full((len(a.targets),), share)))


def counts_up(class_counts):
    class_counts += 1
    return Mix(alone)


def detached(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
    return blended(Batch(a.images.detach(), a.targets), Batch(b.images.detach(), b.targets), generator)


def sometimes(*, prob: float = 0.5, keep_label: bool = False):
    """Mixes a sample with probability `prob`; `keep_label`: it mixes all, but says that it does not."""

    def mix(a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        mixed = blended(a, b, generator)
        mixed_too = torch.rand(len(a.targets), generator=generator) < prob
        wide = mixed_too.view(-1, *[1] * (a.images.dim() - 1))
        images = mixed.images if keep_label else torch.where(wide, mixed.images, a.images)
        lam = torch.where(mixed_too, mixed.lam, 1.0)
        return Mixed(images, a.targets, torch.where(mixed_too, b.targets, a.targets), lam)

    return Mix(mix)


BROKEN: list[tuple[Callable, str, str]] = [
    (lambda num_classes: 3, "shapes-and-types-are-kept", "expected a callable (a, b, generator) -> Mixed, but got int"),
    (mixing(nothing_at_all), "shapes-and-types-are-kept", "it refuses both: not today"),
    (mixing(lambda a, b, g: (a.images, a.targets)), "shapes-and-types-are-kept", "but got (Tensor, Tensor)"),
    (mixing(lambda a, b, g: (*alone(a, b, g)[:3], 0.5)), "shapes-and-types-are-kept", "Tensor, Tensor, float)"),
    (changed(lambda m: {"images": m.images.float()}), "shapes-and-types-are-kept", "expected images torch.float64"),
    (changed(lambda m: {"images": m.images[:, :1]}), "shapes-and-types-are-kept", "but got torch.float32 [8, 1, 8, 8]"),
    (changed(lambda m: {"targets_b": m.targets_b.float()}), "shapes-and-types-are-kept", "`targets_b` int64 [8]"),
    (changed(lambda m: {"targets_a": m.targets_a[:, None]}), "shapes-and-types-are-kept", "`targets_a` int64 [8]"),
    (
        changed(lambda m: {"lam": m.lam[:1]}),
        "lam-is-a-share-of-each-sample",
        "one for each sample, but got torch.float32",
    ),
    (changed(lambda m: {"lam": m.lam.double()}), "lam-is-a-share-of-each-sample", "got torch.float64 [8]"),
    (changed(lambda m: {"lam": m.lam + 0.5}), "lam-is-a-share-of-each-sample", "expected `lam` in [0, 1]"),
    (changed(lambda m: {"lam": m.lam * float("nan")}), "lam-is-a-share-of-each-sample", "but got [nan"),
    (changed(lambda m: {"targets_b": m.targets_b + 5}), "labels-are-of-the-two-batches", "labels of the two batches"),
    (changed(lambda m: {"images": m.images / 0}), "images-are-finite", "but 1536 of 1536 numbers are not"),
    (mixing(pasted_into_the_batch), "nothing-is-changed-in-place", "it changed a.images"),
    (mixing(relabelled_in_place), "nothing-is-changed-in-place", "it changed b.targets"),
    (mixing(squeezed), "a-batch-of-one-is-mixed", "but got [[1, 3, 8, 8], [1], [], []]"),
    (mixing(scaled_by_batch), "a-batch-of-one-is-mixed", "expected finite images, but 192 of 192"),
    (mixing(from_torch), "same-generator-same-mix", "but `images` differs"),
    (by_calls, "same-generator-same-mix", "but `lam` differs"),
    (mixing(from_torch), "only-the-generator-is-drawn-from", "moved torch's default generator"),
    (mixing(from_python), "only-the-generator-is-drawn-from", "moved Python's global generator"),
    (drawn_in_the_factory, "only-the-generator-is-drawn-from", "expected the factory to draw nothing"),
    (lambda epochs: OnEpoch(blended, counting=True), "set-epoch-may-be-repeated", "is another after two calls"),
    (by_progress, "one-epoch-is-enough", "ZeroDivisionError"),
    (mixing(alone, partner=3), "partner-names-a-sampler", "or a sampler spec, but got 3"),
    (mixing(alone, partner="balanced:gamma=1"), "partner-names-a-sampler", "no option 'gamma'"),
    (mixing(alone, partner="balanced:epoch_size=0"), "partner-names-a-sampler", "`epoch_size` to be >= 1"),
    (
        mixing(detached, hidden=True),
        "hidden-activations-carry-gradients",
        "activations [16, 4, 4] to keep their gradient",
    ),
    (mixing(for_images, hidden=True), "hidden-activations-carry-gradients", "it raised IndexError"),
    (counts_up, "context-is-left-alone", "to leave `class_counts` alone"),
]
CLAIMS = [
    ("prob=0.9", "expected the images of the first batch with 'prob=0.9'"),
    ("prob=0,keep_label=true", "expected the images of the first batch"),
    ("prob=high", "'prob=high' is refused"),
]
GOOD: dict[str, Callable] = {
    "alone": mixing(alone),
    "blended": mixing(blended),
    "sometimes": sometimes,
    "images only": mixing(pasted),
    "tables only": mixing(tables_only),
    "every other epoch": lambda epochs: OnEpoch(blended, counting=False),
    "a partner": mixing(blended, partner="balanced:replacement=false"),
    "hidden": mixing(blended, hidden=True),
    "a plain tuple": mixing(lambda a, b, generator: tuple(blended(a, b, generator))),
}


def names(rows: list[tuple[Callable, str, str]]) -> list[str]:
    return [f"{check}-{number}" for number, (_, check, _) in enumerate(rows)]


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN, ids=names(BROKEN))
def test_a_broken_mix_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("mix", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize(("claim", "fragment"), CLAIMS)
def test_a_wrong_claim_of_neutrality_fails(claim: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("mix", sometimes, neutral=claim), "neutral-options-mix-nothing")
    assert outcome.status == "failed"
    assert fragment in outcome.message


def test_labels_of_others_are_no_neutral_mix() -> None:
    def swapped(*, share: float = 1.0):
        return Mix(lambda a, b, generator: Mixed(a.images, b.targets, a.targets, torch.full((len(a.targets),), share)))

    assert outcome_of(subject_of("mix", swapped, neutral="share=0"), "neutral-options-mix-nothing").status == "passed"
    outcome = outcome_of(subject_of("mix", swapped, neutral="share=0.5"), "neutral-options-mix-nothing")
    assert "expected the labels of the first batch with 'share=0.5'" in outcome.message


def test_a_true_claim_holds() -> None:
    assert outcome_of(subject_of("mix", sometimes, neutral="prob=0"), "neutral-options-mix-nothing").status == "passed"


def test_every_check_has_a_broken_mix() -> None:
    assert {check.name for check in CHECKS} == {check for _, check, _ in BROKEN} | {"neutral-options-mix-nothing"}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_mix_fails_nothing(name: str) -> None:
    outcomes = outcomes_of_the_object(subject_of("mix", GOOD[name]))
    assert [each for each in outcomes.values() if each.status == "failed"] == []
    assert outcomes["shapes-and-types-are-kept"].status == "passed"


def test_a_partner_unknown_here_may_stand_in_the_same_file() -> None:
    subject = subject_of("mix", mixing(alone, partner="my-own-sampler"))
    assert outcome_of(subject, "partner-names-a-sampler").status == "skipped"
    installed: Subject = replace(subject, entry=replace(subject.entry, distribution="my-plugin"))
    outcome = outcome_of(installed, "partner-names-a-sampler")
    assert outcome.status == "failed"
    assert "expected `partner` to name a sampler, but: no sampler named 'my-own-sampler'" in outcome.message

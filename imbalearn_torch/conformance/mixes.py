"""Mixes: two batches made into one, as a function of the epoch and the generator alone."""

from __future__ import annotations

from typing import Any

import torch

from imbalearn_torch.conformance.check import Check, ConformanceError, Skip, checks, require
from imbalearn_torch.conformance.guards import (
    context_is_left_alone,
    generators_left_alone,
    require_build_without_draws,
    same,
)
from imbalearn_torch.conformance.mixed import mixed_of, pair, shapes_of, tell, trials
from imbalearn_torch.conformance.neutral import neutral_subject
from imbalearn_torch.conformance.subject import EPOCHS, Subject
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.errors import ImbalearnError, UnknownComponentError
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.discovery import LOCAL
from imbalearn_torch.types import Mixed

__all__ = ["CHECKS"]

_TYPES = (torch.float32, torch.float64)


def shapes_and_types_are_kept(subject: Subject) -> None:
    """Images keep shape, type and device, float64 too; labels are int64 [B]."""
    for dtype in _TYPES:
        for a, _, mixed in trials(subject, dtype=dtype):
            images = mixed.images
            require(
                images.shape == a.images.shape and images.dtype == dtype and images.device == a.images.device,
                f"expected images {dtype} {list(a.images.shape)} on the CPU, but got {images.dtype} "
                f"{list(images.shape)} on {images.device}",
            )
            for name, labels in (("targets_a", mixed.targets_a), ("targets_b", mixed.targets_b)):
                require(
                    labels.shape == a.targets.shape and labels.dtype == torch.int64,
                    f"expected `{name}` int64 {list(a.targets.shape)}, but got {labels.dtype} {list(labels.shape)}",
                )


def lam_is_a_share_of_each_sample(subject: Subject) -> None:
    """`lam` is float32 [B] in [0, 1]."""
    for a, _, mixed in trials(subject):
        lam = mixed.lam
        require(
            lam.shape == a.targets.shape and lam.dtype == torch.float32,
            f"expected `lam` float32 {list(a.targets.shape)}, one for each sample, but got {lam.dtype} "
            f"{list(lam.shape)}",
        )
        require(bool(((lam >= 0) & (lam <= 1)).all()), f"expected `lam` in [0, 1], but got {lam.tolist()}")


def labels_are_of_the_two_batches(subject: Subject) -> None:
    """Every label of the result occurs in one of the two batches."""
    for a, b, mixed in trials(subject):
        known = torch.cat([a.targets, b.targets])
        for labels in (mixed.targets_a, mixed.targets_b):
            require(
                bool(torch.isin(labels, known).all()),
                f"expected labels of the two batches, {sorted(set(known.tolist()))}, but got {labels.tolist()}",
            )


def images_are_finite(subject: Subject) -> None:
    """Finite images give finite images."""
    for _, _, mixed in trials(subject):
        _require_finite(mixed)


def _require_finite(mixed: Mixed) -> None:
    wrong = int((~mixed.images.isfinite()).sum())
    require(not wrong, f"expected finite images, but {wrong} of {mixed.images.numel()} numbers are not")


def nothing_is_changed_in_place(subject: Subject) -> None:
    """Images and labels of both batches are as they were."""
    for shape in shapes_of(subject):
        mix = subject.build()
        for epoch in range(EPOCHS):
            tell(mix, epoch)
            (a, b), before = pair(subject, mix, shape), pair(subject, mix, shape)
            mixed_of(mix, a, b, epoch)
            for given, kept, name in zip((*a, *b), (*before[0], *before[1]), _FIELDS, strict=True):
                require(same(given, kept), f"expected the mix to leave its arguments alone, but it changed {name}")


_FIELDS = ("a.images", "a.targets", "b.images", "b.targets")


def a_batch_of_one_is_mixed(subject: Subject) -> None:
    """A batch of one image is mixed like any other."""
    for a, _, mixed in trials(subject, size=1):
        came = [list(each.shape) for each in mixed]
        wanted = [list(a.images.shape), [1], [1], [1]]
        require(came == wanted, f"expected the shapes {wanted} for a batch of one, but got {came}")
        _require_finite(mixed)


def same_generator_same_mix(subject: Subject) -> None:
    """The result is one of options, epoch, batches and generator, whatever was mixed before."""
    first = list(trials(subject))
    for (_, _, one), (_, _, two) in zip(first, trials(subject, in_reverse=True), strict=True):
        for name, each, other in zip(one._fields, one, two, strict=True):
            require(same(each, other), f"expected equal generators to give the same mix, but `{name}` differs")


def only_the_generator_is_drawn_from(subject: Subject) -> None:
    """Factory and mix move no global generator."""
    require_build_without_draws(subject)
    with generators_left_alone("the mix"):
        for _ in trials(subject):
            pass


def set_epoch_may_be_repeated(subject: Subject) -> None:
    """Calling `set_epoch` twice for one epoch changes nothing."""
    if not hasattr(subject.build(), "set_epoch"):
        raise Skip("it has no set_epoch")
    for (_, _, once), (_, _, twice) in zip(trials(subject), trials(subject, told=2), strict=True):
        for name, each, other in zip(once._fields, once, twice, strict=True):
            require(same(each, other), f"expected set_epoch to be repeatable, but `{name}` is another after two calls")


def one_epoch_is_enough(subject: Subject) -> None:
    """In a training of one epoch, too, it mixes."""
    mix = subject.build(epochs=1)
    tell(mix, 0)
    for shape in shapes_of(subject):
        mixed_of(mix, *pair(subject, mix, shape), 0)


def partner_names_a_sampler(subject: Subject) -> None:
    """Attribute `partner`, where there is one, is "batch" or a sampler spec that can be built and drawn."""
    partner = getattr(subject.build(), "partner", "batch")
    require(isinstance(partner, str), f"expected `partner` to be 'batch' or a sampler spec, but got {partner!r}")
    if partner == "batch":
        return
    context: dict[str, Any] = {"num_classes": len(subject.counts), "epochs": EPOCHS}
    try:
        sampler = resolve("sampler", partner).build(targets=subject.targets, **context)
        Planner(sampler, seed=0, num_items=subject.targets.numel(), stream="partner").epoch_plan(0)
    except UnknownComponentError as error:
        if subject.entry.distribution == LOCAL:
            raise Skip(f"{partner!r} may be a sampler of the same file: {error}") from error
        raise ConformanceError(f"expected `partner` to name a sampler, but: {error}") from error
    except ImbalearnError as error:
        raise ConformanceError(f"expected `partner` to be a sampler that can be drawn, but: {error}") from error


def hidden_activations_carry_gradients(subject: Subject) -> None:
    """A mix with `hidden = True` mixes activations of any shape and passes their gradient on."""
    mix = subject.build()
    if not getattr(mix, "hidden", False):
        raise Skip("it mixes images, not hidden activations")
    tell(mix, 0)
    for shape in shapes_of(subject):
        a, b = pair(subject, mix, shape)
        # Not leaves: these would refuse a change in place.
        a, b = (each._replace(images=each.images.requires_grad_() * 1) for each in (a, b))
        mixed = mixed_of(mix, a, b, seed=0)
        require(mixed.images.requires_grad, f"expected activations {list(shape)} to keep their gradient, but it is cut")


def neutral_options_mix_nothing(subject: Subject) -> None:
    """Under the options that it claims to be neutral, images are those of the first batch, and so are the labels."""
    neutral = neutral_subject(subject)
    claim = neutral.entry.component.neutral
    for a, _, mixed in trials(neutral):
        require(
            mixed.images.shape == a.images.shape and torch.allclose(mixed.images, a.images, rtol=1e-6, atol=1e-6),
            f"expected the images of the first batch with {claim!r}, but they were changed",
        )
        lam = mixed.lam.double()
        wrong = torch.where(mixed.targets_a == a.targets, 0, lam) + torch.where(
            mixed.targets_b == a.targets, 0, 1 - lam
        )
        require(
            bool((wrong <= 1e-6).all()),
            f"expected the labels of the first batch with {claim!r}, but other labels have the shares {wrong.tolist()}",
        )


CHECKS: tuple[Check, ...] = checks(
    shapes_and_types_are_kept,
    lam_is_a_share_of_each_sample,
    labels_are_of_the_two_batches,
    images_are_finite,
    nothing_is_changed_in_place,
    a_batch_of_one_is_mixed,
    same_generator_same_mix,
    only_the_generator_is_drawn_from,
    set_epoch_may_be_repeated,
    one_epoch_is_enough,
    partner_names_a_sampler,
    hidden_activations_carry_gradients,
    context_is_left_alone,
    neutral_options_mix_nothing,
)

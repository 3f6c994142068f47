"""Samplers: plans of indices that follow from the epoch and the generator alone."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Check, Skip, checks, require
from imbalearn_torch.conformance.guards import (
    context_is_left_alone,
    generators_left_alone,
    require_build_without_draws,
    same,
)
from imbalearn_torch.conformance.planned import Planned
from imbalearn_torch.conformance.samplers_drawn import (
    class_distribution_is_what_is_drawn,
    class_distribution_sums_to_one,
    neutral_options_draw_as_instance,
)
from imbalearn_torch.conformance.samplers_resample import (
    new_samples_are_labelled,
    new_samples_keep_shape_and_type,
    same_seed_same_new_samples,
)
from imbalearn_torch.conformance.subject import EPOCHS, Subject

__all__ = ["CHECKS"]

_OTHER_SEEDS = range(1, 9)


def plans_are_indices(subject: Subject) -> None:
    """The plan of every epoch is an int64 tensor [M], M >= 1, on the CPU, of indices in 0..N-1; also with T = 1."""
    planned = Planned.of(subject)
    for epoch in range(EPOCHS):
        planned.plan(epoch)
    Planned.of(subject, epochs=1).plan(0)


def two_images_are_enough(subject: Subject) -> None:
    """Two images of two classes give a plan of at least one index."""
    Planned.of(subject, targets=torch.tensor([1, 0])).plan(0)


def absent_and_single_image_classes_do_no_harm(subject: Subject) -> None:
    """Training parts with absent classes and classes of one image, wherever these stand, can be planned."""
    classes = len(subject.counts)
    single = torch.tensor([0] * 9 + [classes - 1])
    for targets in (single, single.flip(0), (classes - 1) - single):
        planned = Planned.of(subject, targets=targets)
        for epoch in range(EPOCHS):
            planned.plan(epoch)


def same_seed_same_plan(subject: Subject) -> None:
    """Two samplers built alike plan the same from equal generators, in every epoch."""
    first, second = Planned.of(subject), Planned.of(subject)
    for epoch in range(EPOCHS):
        _require_same(first.plan(epoch), second.plan(epoch), epoch, "from two samplers built alike")


def another_seed_another_plan(subject: Subject) -> None:
    """Another seed gives another plan, where the sampler draws at all."""
    if subject.targets.numel() < 50:
        raise Skip("too few images to tell chance from fault")
    planned = Planned.of(subject)
    first = _plans(planned)
    for seed in _OTHER_SEEDS:
        if any(not same(plan, first[epoch]) for epoch, plan in _plans(planned, seed).items()):
            return
    if not any(planned.draws(epoch) for epoch in range(EPOCHS)):
        raise Skip("it draws nothing")
    require(False, f"expected another plan for another seed, but {len(_OTHER_SEEDS) + 1} seeds gave the same in turn")


def plans_go_on_with_the_generator(subject: Subject) -> None:
    """A second plan from the same generator is another one: so the engine continues an epoch that is too short."""
    planned = Planned.of(subject)
    if planned.targets.numel() < 50:
        raise Skip("too few images to tell chance from fault")
    planned.require_own_plan()
    first, second = _plans(planned), _plans(planned, _OTHER_SEEDS[0])
    drawn = [epoch for epoch in range(EPOCHS) if not same(first[epoch], second[epoch])]
    if not drawn:
        raise Skip("it draws nothing")
    for epoch in drawn:
        one, two = planned.two_plans(epoch)
        if not same(one, two):
            return
    require(
        False,
        "expected `plan` to draw from the generator, so that a second call goes on, but it gave the same plan again; "
        "it may take only the generator's seed",
    )


def planning_changes_no_state(subject: Subject) -> None:
    """A plan does not depend on what was planned before, only on the epoch and the generator."""
    planned = Planned.of(subject)
    first = _plans(planned)
    for epoch in (*reversed(range(EPOCHS)), 0):
        _require_same(first[epoch], planned.plan(epoch), epoch, "after other plans were made")


def set_epoch_may_be_repeated(subject: Subject) -> None:
    """Calling `set_epoch` twice for one epoch changes nothing."""
    once, twice = Planned.of(subject), Planned.of(subject)
    if not hasattr(once.sampler, "set_epoch"):
        raise Skip("it has no set_epoch")
    for epoch in range(EPOCHS):
        twice.sampler.set_epoch(epoch)
        twice.sampler.set_epoch(epoch)
        _require_same(once.plan(epoch), twice.plan(epoch), epoch, "after set_epoch was called several times")


def only_the_generator_is_drawn_from(subject: Subject) -> None:
    """Factory and plans move no global generator; a torch Sampler without `plan` may use torch's."""
    require_build_without_draws(subject)
    planned = Planned.of(subject)
    with generators_left_alone("a plan", torch_too=planned.has_plan):
        _plans(planned)


def _plans(planned: Planned, seed: int = 0) -> dict[int, Tensor]:
    return {epoch: planned.plan(epoch, seed) for epoch in range(EPOCHS)}


def _require_same(first: Tensor, second: Tensor, epoch: int, when: str) -> None:
    require(
        same(first, second),
        f"expected the same plan of epoch {epoch} from equal generators, but {when} {first.tolist()[:8]}... became "
        f"{second.tolist()[:8]}...",
    )


CHECKS: tuple[Check, ...] = checks(
    plans_are_indices,
    two_images_are_enough,
    absent_and_single_image_classes_do_no_harm,
    same_seed_same_plan,
    another_seed_another_plan,
    plans_go_on_with_the_generator,
    planning_changes_no_state,
    set_epoch_may_be_repeated,
    only_the_generator_is_drawn_from,
    context_is_left_alone,
    class_distribution_sums_to_one,
    class_distribution_is_what_is_drawn,
    new_samples_keep_shape_and_type,
    new_samples_are_labelled,
    same_seed_same_new_samples,
    neutral_options_draw_as_instance,
)

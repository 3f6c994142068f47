"""Each check of plans fails on a sampler broken on purpose, and none on sound ones."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from subjects import outcome_of, outcomes_of_the_object, subject_of
from torch import Tensor
from torch.utils.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

from imbalearn_torch.conformance.samplers import CHECKS


class Planning:
    """A sampler from a function of epoch and generator."""

    def __init__(self, plan: Callable[[int, torch.Generator], Any], **attributes: Any) -> None:
        self.plan = plan
        vars(self).update(attributes)


class FromNumpy(Sampler):
    def __init__(self, size: int) -> None:
        self.size = size

    def __iter__(self):
        return iter(np.random.permutation(self.size).tolist())  # noqa: NPY002

    def __len__(self) -> int:
        return self.size


class OneFurther:
    """Each plan is that of the last call, turned by one; each `set_epoch` turns it too."""

    def __init__(self, targets, by_call: bool = False, by_epoch: bool = False) -> None:
        self.size, self.calls, self.epochs = len(targets), 0, 0
        self.by_call, self.by_epoch = by_call, by_epoch

    def set_epoch(self, epoch: int) -> None:
        self.epochs += self.by_epoch

    def plan(self, epoch: int, generator: torch.Generator) -> Tensor:
        self.calls += self.by_call
        return torch.arange(self.size).roll(self.calls + self.epochs)


def permuted(size: int, generator: torch.Generator) -> Tensor:
    return torch.randperm(size, generator=generator)


def sized(plan: Callable[[int, int, torch.Generator], Any]) -> Callable:
    """A factory from a function of N, epoch and generator."""

    def factory(targets):
        return Planning(lambda epoch, generator: plan(len(targets), epoch, generator))

    factory.__qualname__ = getattr(plan, "__name__", "plan")
    return factory


def no_sampler(targets):
    return object()


def batches(targets):
    return BatchSampler(SequentialSampler(targets), 4, drop_last=False)


def wrong_epoch_size(targets):
    return Planning(lambda epoch, generator: torch.arange(len(targets)), epoch_size=0.5)


def by_progress(targets, epochs):
    return Planning(lambda epoch, generator: torch.arange(len(targets)).roll(round(epoch / (epochs - 1))))


def without_rare_classes(targets):
    kept = (torch.bincount(targets)[targets] > 1).nonzero().squeeze(1)
    return Planning(lambda epoch, generator: kept[permuted(len(kept), generator)])


def counts_up_to_the_largest_label(targets, num_classes):
    mass = torch.bincount(targets)[: num_classes - 1] * torch.ones(num_classes - 1)
    return Planning(lambda epoch, generator: torch.multinomial(mass[targets], len(targets), True, generator=generator))


def draws_in_the_factory(targets):
    order = torch.randperm(len(targets))
    return Planning(lambda epoch, generator: order)


def sorts_in_place(targets):
    targets.copy_(targets.sort().values)
    return Planning(lambda epoch, generator: torch.arange(len(targets)))


def distribution(value: Any) -> Callable:
    def factory(targets, num_classes):
        def plan(epoch: int, generator: torch.Generator) -> Tensor:
            return permuted(len(targets), generator)

        counts = torch.bincount(targets, minlength=num_classes)
        return Planning(plan, class_distribution=lambda epoch: value(counts, epoch))

    factory.__qualname__ = f"distribution_{value.__name__}"
    return factory


def counts_themselves(counts, epoch):
    return counts


def without_absent_classes(counts, epoch):
    return counts[counts > 0] / counts.sum()


def balanced(counts, epoch):
    return (counts > 0) / (counts > 0).sum()


def instance_at_first(counts, epoch):
    return counts / counts.sum() if epoch == 0 else balanced(counts, epoch)


def class_after_class(targets, num_classes):
    """As many images of each class as the largest has: cut to N, a plan in this order shows the first class alone."""
    counts = torch.bincount(targets, minlength=num_classes)
    images = [(targets == label).nonzero().squeeze(1) for label in range(num_classes) if counts[label]]
    every = torch.cat([each[torch.arange(int(counts.max())) % len(each)] for each in images])
    return Planning(lambda epoch, generator: every, class_distribution=lambda epoch: balanced(counts, epoch))


def one_seed_fits_all(size: int, _: int, generator: torch.Generator) -> Tensor:
    torch.rand(3, generator=generator)
    return torch.arange(size)


def only_the_seed(size: int, _: int, generator: torch.Generator) -> Tensor:
    return permuted(size, torch.Generator().manual_seed(generator.initial_seed()))


def shuffled_by_python(size: int, _: int, generator: torch.Generator) -> Tensor:
    order = list(range(size))
    random.shuffle(order)
    return torch.tensor(order)


def power(targets, num_classes, *, q: float = 0.0, stated: bool = True):
    """Class frequencies ~ n^q: the class first, then one of its images."""
    counts = torch.bincount(targets, minlength=num_classes).double()
    mass = torch.where(counts > 0, counts**q, 0.0)
    each = (mass / counts.clamp_min(1))[targets]

    def plan(epoch: int, generator: torch.Generator) -> Tensor:
        return torch.multinomial(each, len(targets), True, generator=generator)

    return Planning(plan, **({"class_distribution": lambda epoch: mass / mass.sum()} if stated else {}))


BROKEN: list[tuple[Callable, str, str]] = [
    (no_sampler, "plans-are-indices", "or a torch Sampler, but got object"),
    (batches, "plans-are-indices", "one index at a time"),
    (wrong_epoch_size, "plans-are-indices", "`epoch_size` of the sampler Planning to be an int >= 1, but got 0.5"),
    (by_progress, "plans-are-indices", "ZeroDivisionError"),
    (sized(lambda n, e, g: torch.arange(1, n + 1)), "plans-are-indices", "indices in 0..57, but got 58"),
    (sized(lambda n, e, g: -torch.arange(n)), "plans-are-indices", "but got -57"),
    (sized(lambda n, e, g: torch.arange(n).int()), "plans-are-indices", "got torch.int32 [58]"),
    (sized(lambda n, e, g: torch.arange(n)[:, None]), "plans-are-indices", "got torch.int64 [58, 1]"),
    (sized(lambda n, e, g: list(range(n))), "plans-are-indices", "got list"),
    (sized(lambda n, e, g: torch.arange(n if e < 3 else 0)), "plans-are-indices", "at least one index"),
    (without_rare_classes, "two-images-are-enough", "at least one index, but got none"),
    (counts_up_to_the_largest_label, "absent-and-single-image-classes-do-no-harm", "IndexError"),
    (sized(lambda n, e, g: torch.randperm(n)), "same-seed-same-plan", "from two samplers built alike"),
    (sized(one_seed_fits_all), "another-seed-another-plan", "9 seeds gave the same"),
    (sized(only_the_seed), "plans-go-on-with-the-generator", "it gave the same plan again"),
    (lambda targets: OneFurther(targets, by_call=True), "planning-changes-no-state", "after other plans were made"),
    (lambda targets: FromNumpy(len(targets)), "planning-changes-no-state", "after other plans were made"),
    (lambda targets: OneFurther(targets, by_epoch=True), "set-epoch-may-be-repeated", "set_epoch was called several"),
    (sized(lambda n, e, g: torch.randperm(n)), "only-the-generator-is-drawn-from", "moved torch's default generator"),
    (sized(shuffled_by_python), "only-the-generator-is-drawn-from", "moved Python's global generator"),
    (lambda targets: FromNumpy(len(targets)), "only-the-generator-is-drawn-from", "moved numpy's global generator"),
    (draws_in_the_factory, "only-the-generator-is-drawn-from", "expected the factory to draw nothing"),
    (sorts_in_place, "context-is-left-alone", "expected the factory to leave `targets` alone"),
    (distribution(counts_themselves), "class-distribution-sums-to-one", "but got sum 58"),
    (distribution(without_absent_classes), "class-distribution-sums-to-one", "5 numbers >= 0 with the sum 1"),
    (distribution(balanced), "class-distribution-is-what-is-drawn", "0.250 of the time, but 12 plans of 1160 draws"),
    (distribution(instance_at_first), "class-distribution-is-what-is-drawn", "expected classes in epoch 3"),
    (class_after_class, "class-distribution-is-what-is-drawn", "gave 0.690 (all: [0.6897, 0.3103, 0.0, 0.0, 0.0])"),
]
CLAIMS = [
    ("q=0.9", "expected class_distribution of epoch 0 to be the share of the images"),
    ("stated=false,q=0.5", "to be drawn by their share of the images with 'stated=false,q=0.5'"),
    ("q", "'q' is refused: Expected key=value"),
    ("gamma=0", "no option 'gamma'"),
]
GOOD: dict[str, Callable] = {
    "power": power,
    "in order": sized(lambda n, e, g: torch.arange(n)),
    "one index a plan": sized(lambda n, e, g: torch.randint(n, (1,), generator=g)),
    "another length each epoch": sized(lambda n, e, g: permuted(n, g).repeat(e + 1)[: n // 2 * (e + 1)]),
    "random late": sized(lambda n, e, g: permuted(n, g) if e > 1 else torch.arange(n)),
    "one class a plan": lambda targets: Planning(
        lambda e, g: (targets == targets[torch.randint(len(targets), (1,), generator=g)]).nonzero().squeeze(1)
    ),
    "random rounding": sized(
        lambda n, e, g: torch.arange(n).repeat_interleave(1 + (torch.rand(n, generator=g) < 0.02).long())
    ),
    "short epochs": lambda targets: Planning(lambda e, g: permuted(len(targets), g), epoch_size=9),
    "distribution": distribution(lambda counts, epoch: (counts / counts.sum()).tolist()),
    "subset": lambda targets: SubsetRandomSampler(range(len(targets))),
    "sequential": lambda targets: SequentialSampler(range(len(targets))),
    "own generator": lambda targets: RandomSampler(targets, generator=torch.Generator().manual_seed(3)),
    "endless": lambda targets: RandomSampler(targets, replacement=True, num_samples=10**9),
    "distributed": lambda targets: DistributedSampler(targets, num_replicas=1, rank=0),
    "weighted": lambda targets: WeightedRandomSampler(1 / torch.bincount(targets)[targets], len(targets)),
}


def names(rows: list[tuple[Callable, str, str]]) -> list[str]:
    return [f"{check}-{number}" for number, (_, check, _) in enumerate(rows)]


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN, ids=names(BROKEN))
def test_a_broken_sampler_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("sampler", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize(("claim", "fragment"), CLAIMS)
def test_a_wrong_claim_of_neutrality_fails(claim: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("sampler", power, neutral=claim), "neutral-options-draw-as-instance")
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize("options", ["", "q=0.5", "stated=false"])
def test_a_true_claim_holds(options: str) -> None:
    subject = subject_of("sampler", power, options=options, neutral="q=1")
    assert outcome_of(subject, "neutral-options-draw-as-instance").status == "passed"


def test_every_check_of_plans_has_a_broken_sampler() -> None:
    tried = {check for _, check, _ in BROKEN} | {"neutral-options-draw-as-instance"}
    assert {check.name for check in CHECKS if "new-samples" not in check.name} == tried


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_sampler_fails_nothing(name: str) -> None:
    outcomes = outcomes_of_the_object(subject_of("sampler", GOOD[name]))
    assert [each for each in outcomes.values() if each.status == "failed"] == []
    assert outcomes["plans-are-indices"].status == "passed"


@pytest.mark.parametrize("name", ["in order", "sequential", "distributed"])
def test_what_draws_nothing_need_not_answer_to_another_seed(name: str) -> None:
    outcome = outcome_of(subject_of("sampler", GOOD[name]), "another-seed-another-plan")
    assert (outcome.status, outcome.message) == ("skipped", "it draws nothing")


def test_options_that_fit_one_training_part_alone_are_no_fault() -> None:
    def weighted(targets, *, weights: tuple[float, ...]):
        if not any(weights[label] for label in targets.tolist()):
            raise ValueError("no class with images has a weight")
        return power(targets, len(weights))

    outcomes = outcomes_of_the_object(subject_of("sampler", weighted, options="weights=[0,0,1,1,0]"))
    assert [each for each in outcomes.values() if each.status == "failed"] == []
    assert "no class with images has a weight" in outcomes["two-images-are-enough"].message

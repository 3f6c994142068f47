"""Each check of the protocol of losses fails on a loss broken on purpose, and no check at all on sound ones."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from broken_on_purpose import Loss, cross_entropy, loss_of, probability
from subjects import outcome_of, outcomes_of_the_object, subject_of
from torch import Tensor, nn

from imbalearn_torch.conformance.losses import CHECKS


def weighted(class_counts, reduction):
    """torch's own: "mean" divides by the weights of the labels."""
    return nn.CrossEntropyLoss(1 / class_counts.clamp_min(1).float(), reduction=reduction)


class CastWeighted(nn.CrossEntropyLoss):
    def __init__(self, class_counts, reduction):
        super().__init__(1 / class_counts.clamp_min(1).double(), reduction=reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        return F.cross_entropy(input, target, self.weight.to(input.dtype), reduction=self.reduction)


def reducing(reduce: Callable[[Tensor], dict[str, Tensor]]) -> Callable:
    def factory(reduction):
        def values(_, logits, targets):
            each = cross_entropy(logits, targets)
            return {"none": each, "mean": each.mean(), "sum": each.sum(), **reduce(each)}[reduction]

        return Loss(values)

    return factory


def clamps_in_place(class_counts):
    class_counts.clamp_(min=1)
    return Loss(lambda loss, logits, targets: cross_entropy(logits, targets))


def by_progress(epochs):
    share = 1 / (epochs - 1)
    return Loss(lambda loss, logits, targets: share * cross_entropy(logits, targets))


def shifted_in_place(logits, targets):
    logits -= logits.amax(1, keepdim=True)
    return cross_entropy(logits, targets)


def noise_of_numpy(logits, targets):
    return cross_entropy(logits + np.random.rand(), targets)  # noqa: NPY002


def ranked(logits, targets):
    each = cross_entropy(logits, targets)
    return each / torch.arange(1, len(each) + 1)


def attributes(**given: object) -> Callable:
    return loss_of(cross_entropy, **given)


ONE, READ, ORDER = "one-loss-a-sample", "attributes-are-what-the-engine-reads", "the-order-of-the-batch-does-not-matter"
BROKEN: list[tuple[Callable, str, str]] = [
    (lambda num_classes: cross_entropy, ONE, "expected an nn.Module, but got function"),
    (loss_of(F.cross_entropy), ONE, "expected one loss a sample, [7], with reduction 'none', but got torch.float32 []"),
    (loss_of(lambda z, y: -z.log_softmax(1)), ONE, "but got torch.float32 [7, 5]"),
    (loss_of(lambda z, y: cross_entropy(z, y).squeeze()), ONE, "[1], with reduction 'none', but got torch.float32 []"),
    (loss_of(lambda z, y: cross_entropy(z, y).tolist()), ONE, "expected a tensor of losses, but got list"),
    (loss_of(lambda z, y: (z.argmax(1) != y).long()), ONE, "but got torch.int64 [7]"),
    (by_progress, ONE, "ZeroDivisionError"),
    (attributes(corrects_prior="yes"), READ, "`corrects_prior` to be a bool or a number, but got 'yes'"),
    (attributes(corrects_prior=float("nan")), READ, "but got nan"),
    (attributes(detached=0), READ, "expected `detached` to be a bool, but got 0"),
    (attributes(head="cosine"), READ, "expected a number `scale` > 0 beside head = 'cosine', but got None"),
    (attributes(head="cosine", scale=-30), READ, "but got -30"),
    (loss_of(ranked), ORDER, "of the samples in another order, but got"),
    (reducing(lambda each: {"sum": each}), "reductions-agree", "expected scalars for the reductions 'sum' and 'mean'"),
    (reducing(lambda each: {"sum": each.mean()}), "reductions-agree", "expected the reduction 'sum' to be"),
    (reducing(lambda each: {"mean": each.max()}), "reductions-agree", "expected the reduction 'mean' to be ["),
    (loss_of(shifted_in_place), "nothing-is-changed-in-place", "but it changed logits"),
    (loss_of(lambda z, y: cross_entropy(z, y * 0 + y.clamp_(max=1))), "nothing-is-changed-in-place", "changed targets"),
    (loss_of(noise_of_numpy), "only-torch-is-drawn-from", "moved numpy's global generator"),
    (clamps_in_place, "context-is-left-alone", "leave `class_counts` alone, but [40, 12, 5, 1, 0] became"),
]


class BatchTerm(nn.Module):
    """A term of the whole batch, added in full to every sample; the reduction is by hand."""

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        each = cross_entropy(logits, targets) + logits.logsumexp(1).var(unbiased=False)
        return {"none": each, "mean": each.mean(), "sum": each.sum()}[self.reduction]


class Margin(nn.Module):
    """Cosines with a margin, as LDAM has it."""

    head = "cosine"

    def __init__(self, *, class_counts: Tensor, s: float = 30.0) -> None:
        super().__init__()
        self.scale = s
        self.register_buffer("margins", 0.5 / class_counts.double().clamp_min(1) ** 0.25)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        margins = self.margins.to(logits.dtype)[targets]
        shift = torch.zeros_like(logits).scatter_(1, targets[:, None], margins[:, None])
        return cross_entropy(self.scale * (logits - shift), targets)


class Centres(nn.Module):
    """Distances from learnt centres of features of one width."""

    def __init__(self, *, num_classes: int, width: int = 64) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(num_classes, width))
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, logits: Tensor, targets: Tensor, *, features: Tensor) -> Tensor:
        distance = (features - self.centres.to(features.dtype)[targets]).square().mean(1)
        return self.scale.to(logits.dtype) * cross_entropy(logits, targets) + distance.to(logits.dtype)


class Counting(nn.Module):
    """Weights by what has been seen, a prior by epoch, and dropped logits: everything that is allowed."""

    def __init__(self, *, num_classes: int, class_prior: Tensor, epochs: int) -> None:
        super().__init__()
        self.drop, self.start, self.epoch = nn.Dropout(0.2), round(0.5 * epochs), 0
        self.register_buffer("seen", torch.zeros(num_classes, dtype=torch.int64))
        self.register_buffer("log_prior", class_prior.log())

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def set_prior(self, class_prior: Tensor) -> None:
        self.log_prior = class_prior.log().to(self.log_prior)

    def observe(self, targets: Tensor) -> None:
        self.seen += torch.zeros_like(self.seen).index_add_(0, targets, torch.ones_like(targets))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        weights = 1 / (1 + self.seen[targets])
        shift = self.log_prior.to(logits.dtype) if self.epoch >= self.start else 0
        return weights.to(logits.dtype) * cross_entropy(self.drop(logits) + shift, targets)


def plain(class_counts, reduction):
    loss = nn.CrossEntropyLoss(reduction=reduction)
    loss.counts, loss.name = class_counts.tolist(), "plain"
    return loss


def moved_by_itself(class_counts):
    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        return cross_entropy(logits + loss.shift.to(logits), targets)

    return Loss(values, shift=class_counts.double().clamp_min(1).log())


def binary(num_classes, class_counts):
    if num_classes != 2:
        raise ValueError("Expected two classes")

    def values(loss: Loss, logits: Tensor, targets: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            logits[:, 1] - logits[:, 0], targets.to(logits.dtype), reduction="none", pos_weight=loss.ratio.to(logits)
        )

    counts = class_counts.double().clamp_min(1)
    return Loss(values, {"ratio": counts[0] / counts[1]})


def none_or_sum_only(reduction):
    if reduction == "mean":
        raise ValueError("no mean")
    return nn.CrossEntropyLoss(reduction=reduction)


GOOD: dict[str, Callable] = {
    "torch's own": plain,
    "class-weighted": CastWeighted,
    "class-weighted in float32": weighted,
    "whole batch": BatchTerm,
    "cosine": Margin,
    "features": Centres,
    "counting": Counting,
    "detached": loss_of(lambda z, y: probability(z, y).detach() * cross_entropy(z, y), detached=True),
    "data-dependent": loss_of(lambda z, y: cross_entropy(z, y) * len(y.unique())),
    "moves its own tensor": moved_by_itself,
    "no mean": none_or_sum_only,
    "binary": binary,
}


@pytest.mark.parametrize(("factory", "check", "fragment"), BROKEN)
def test_a_broken_loss_fails_the_check_of_its_fault(factory: Callable, check: str, fragment: str) -> None:
    outcome = outcome_of(subject_of("loss", factory), check)
    assert outcome.status == "failed"
    assert fragment in outcome.message


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_loss_fails_nothing(name: str) -> None:
    outcomes = outcomes_of_the_object(subject_of("loss", GOOD[name]))
    assert [each for each in outcomes.values() if each.status == "failed"] == []
    assert outcomes[ONE].status == "passed"


@pytest.mark.parametrize(
    ("name", "check", "reason"),
    [
        ("counting", ORDER, "two calls differ: it draws"),
        ("binary", "reductions-agree", "its factory takes no reduction"),
        ("no mean", "reductions-agree", "it refuses the reduction 'mean'"),
        ("class-weighted in float32", "half-precision-gives-finite-losses", "it takes no torch.float16 logits"),
        ("detached", "gradients-are-those-of-the-losses", "part of it carries no gradient"),
        ("binary", "set-epoch-and-set-prior-may-be-repeated", "neither set_epoch nor set_prior"),
    ],
)
def test_what_does_not_concern_a_loss_is_skipped(name: str, check: str, reason: str) -> None:
    outcome = outcome_of(subject_of("loss", GOOD[name]), check)
    assert outcome.status == "skipped"
    assert reason in outcome.message


def test_every_check_stands_in_a_table() -> None:
    here = {check for _, check, _ in BROKEN}
    elsewhere = {check.name for check in CHECKS if check.run.__module__.rpartition(".")[2] != "losses"}
    assert {check.name for check in CHECKS} - elsewhere <= here

"""Each check fails on a backbone broken on purpose."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from strangers import Net
from subjects import outcome_of, subject_of
from torch import Tensor, nn

from imbalearn_torch.conformance.backbones import CHECKS

NAMES = {check.name for check in CHECKS}


class Callable:
    def __init__(self, *, num_classes: int) -> None:
        self.num_classes = num_classes

    def __call__(self, x: Tensor) -> Tensor:
        return torch.zeros(len(x), self.num_classes)


class OneClassMore(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes + 1)


class Pair(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x), x


class Infinite(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x) / 0


class Predicts(Net):
    def forward(self, x: Tensor) -> Any:
        return nn.functional.one_hot(super().forward(x).argmax(dim=1), self.head.out_features)


class Squeezes(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x).squeeze(0)


class Auxiliary(Net):
    def forward(self, x: Tensor) -> Any:
        logits = super().forward(x)
        return (logits, logits) if self.training else logits


class Frozen(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        self.requires_grad_(False)


class Detached(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x).detach()


class Unused(Net):
    def forward(self, x: Tensor) -> Any:
        return torch.zeros(len(x), self.head.out_features, requires_grad=True)


class RootOfZero(Net):
    def forward(self, x: Tensor) -> Any:
        logits = super().forward(x)
        return logits + (logits - logits).sqrt()


class DropsInEval(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(nn.functional.dropout(x, training=True))


class BatchStatistics(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x - x.mean(dim=0))


class NormOfTheBatch(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        self.body[1] = nn.BatchNorm2d(6, track_running_stats=False)


class OtherSeed(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        generator = torch.Generator()
        generator.seed()
        nn.init.normal_(self.head.weight, generator=generator)


class DrawsFromNumpy(Net):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        self.head.weight.data.mul_(float(np.random.rand()))  # noqa: NPY002


class SeedsPython(Net):
    def forward(self, x: Tensor) -> Any:
        random.seed(len(x) if self.training else None)
        return super().forward(x)


class KeepsATensor(Net):
    """What is no buffer is not in the state."""

    def __init__(self, *, num_classes: int) -> None:
        super().__init__(num_classes=num_classes)
        self.scale = torch.rand(num_classes)

    def forward(self, x: Tensor) -> Any:
        return super().forward(x) * self.scale


class MovesInTraining(Net):
    """Running statistics of its own that are no buffer."""

    seen = 0.0

    def forward(self, x: Tensor) -> Any:
        self.seen += self.training
        return super().forward(x) * (1 + self.seen)


class OwnNames(Net):
    """Its state has names of its own."""

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        return {f"net.{name}": value for name, value in super().state_dict(*args, **kwargs).items()}


class FeaturesOnly(nn.Module):
    def __init__(self, *, num_classes: int) -> None:
        super().__init__()
        self.body, self.last = nn.Flatten(), nn.Linear(3072, num_classes)

    def forward_features(self, x: Tensor) -> Tensor:
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.body(x))


class DeepHead(Net):
    def get_classifier(self) -> Any:
        return nn.Sequential(self.head)


class IgnoresPreLogits(Net):
    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        return self.head(x.mean(dim=(2, 3)))


class ActivatesAfterwards(Net):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x).tanh()


class KeepsItsClasses(Net):
    def reset_classifier(self, num_classes: int) -> None:
        pass


class StrangeStages(Net):
    @property
    def stages(self) -> Any:
        return (nn.Identity(),)


class NamedStages(Net):
    @property
    def stages(self) -> Any:
        return ("body",)


class ListedStages(Net):
    @property
    def stages(self) -> Any:
        return [self.body]


BROKEN = [
    (Callable, "it-is-a-module", "expected an nn.Module, but got Callable"),
    (OneClassMore, "it-gives-logits", "expected logits [B, K] = [4, 5], but got [4, 6]"),
    (Pair, "it-gives-logits", "[4, 5], but got tuple"),
    (Infinite, "it-gives-logits", "expected finite logits"),
    (Predicts, "it-gives-logits", "a float type, but got torch.int64"),
    (Squeezes, "a-batch-of-one-is-fine", "[1, 5], but got [5]"),
    (Auxiliary, "it-trains", "[4, 5], but got tuple"),
    (Frozen, "it-trains", "none that require a gradient"),
    (Detached, "it-trains", "they carry no gradient"),
    (Unused, "it-trains", "a gradient for at least one parameter"),
    (RootOfZero, "it-trains", "finite gradients, but that of 'body.0.weight' is not"),
    (DropsInEval, "eval-mode-is-deterministic", "the same logits twice in eval mode"),
    (BatchStatistics, "rows-do-not-depend-on-each-other", "not to depend on the rest of the batch"),
    (NormOfTheBatch, "rows-do-not-depend-on-each-other", "not to depend on the rest of the batch"),
    (OtherSeed, "same-seed-same-weights", "with the same seed, but head.weight differ"),
    (DrawsFromNumpy, "same-seed-same-weights", "head.weight differ"),
    (DrawsFromNumpy, "it-draws-from-torch-alone", "expected building it to draw"),
    (SeedsPython, "it-draws-from-torch-alone", "expected `forward` to draw"),
    (KeepsATensor, "the-state-makes-a-round-trip", "the build whose state was loaded, but they differ"),
    (MovesInTraining, "the-state-makes-a-round-trip", "the build whose state was loaded, but they differ"),
    (OwnNames, "the-state-makes-a-round-trip", "to take the state of another build, but it raised Error(s) in loading"),
    (FeaturesOnly, "the-protocol-of-timm-is-whole", "forward_head, get_classifier, reset_classifier beside"),
    (DeepHead, "the-protocol-of-timm-is-whole", "an nn.Linear, but got Sequential"),
    (IgnoresPreLogits, "the-protocol-of-timm-is-whole", "features [4, 6], but got [4, 5]"),
    (ActivatesAfterwards, "the-protocol-of-timm-is-whole", "expected forward(x) == get_classifier()"),
    (KeepsItsClasses, "reset-classifier-changes-the-number-of-classes", "[4, 7], but got [4, 5]"),
    (StrangeStages, "stages-are-modules-of-its-own", "inside the backbone, but these are not: ['Identity']"),
    (NamedStages, "stages-are-modules-of-its-own", "but these are not: ['str']"),
    (ListedStages, "stages-are-modules-of-its-own", "to be a tuple of modules, but got ["),
]


@pytest.mark.parametrize(
    ("factory", "check", "message"), BROKEN, ids=[f"{case[0].__name__}-{case[1]}" for case in BROKEN]
)
def test_broken_on_purpose(factory: Any, check: str, message: str) -> None:
    outcome = outcome_of(subject_of("backbone", factory), check)
    assert outcome.status == "failed"
    assert message in outcome.message


def test_every_check_has_a_backbone_that_breaks_it() -> None:
    assert {check for _, check, _ in BROKEN} == NAMES

"""Each check fails on an adjuster broken on purpose, and none on good ones by strangers."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from strangers import Means, Shift, Temperature
from subjects import outcome_of, outcomes_of, subject_of
from torch import Tensor, nn

from imbalearn_torch import Outputs, errors
from imbalearn_torch.conformance.adjusters import CHECKS

NAMES = {check.name for check in CHECKS}


class NewHead:
    """Trains a head from torch's default generators."""

    needs = frozenset({"features", "train"})

    def __init__(self, *, num_classes: int) -> None:
        self.num_classes = num_classes

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
        assert train is not None and train.features is not None
        self.head = nn.Linear(train.features.shape[1], self.num_classes)
        optimizer = torch.optim.SGD(self.head.parameters(), lr=0.1)
        for _ in range(5):
            rows = torch.randint(0, len(train.targets), (16,))
            optimizer.zero_grad()
            nn.functional.cross_entropy(self.head(train.features[rows]), train.targets[rows]).backward()
            optimizer.step()
        return {"norm": self.head.weight.norm()}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        return self.head(features)


@pytest.mark.parametrize("factory", [Shift, Temperature, Means, NewHead])
def test_good_strangers_pass(factory: Any) -> None:
    outcomes = outcomes_of(subject_of("adjuster", factory, neutral="tau=0" if factory is Shift else ""))
    assert {name: each.message for name, each in outcomes.items() if each.status == "failed"} == {}
    skipped = {name for name, each in outcomes.items() if each.status == "skipped"}
    expected = {
        Shift: set(),
        Temperature: {"what-it-corrects-is-a-share", "its-neutral-options-change-nothing"},
        Means: NAMES & {name for name in NAMES if "state" in name or "share" in name or "neutral" in name},
        NewHead: NAMES & {name for name in NAMES if "state" in name or "share" in name or "neutral" in name},
    }
    assert skipped == expected[factory]


def test_one_for_two_classes_passes() -> None:
    class Threshold(Shift):
        def __init__(self, *, num_classes: int, class_prior: Tensor) -> None:
            if num_classes != 2:
                raise errors.OptionError("two classes only")
            super().__init__(class_prior=class_prior)

    assert {each.status for name, each in outcomes_of(subject_of("adjuster", Threshold)).items() if name in NAMES} == {
        "passed",
        "skipped",
    }


class NeedsTest(Shift):
    needs = frozenset({"features", "test"})


class NeedsAWord(Shift):
    needs = "features"


class NotCallable:
    def fit(self, val: Outputs, *, train: Any, head: Any) -> dict[str, Any]:
        return {}


class NoFit:
    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        return logits


class EveryClassMustBeThere(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        if len(val.targets):
            torch.stack([val.logits[val.targets == label].max(dim=0).values for label in range(val.logits.shape[1])])
        return {}


class ReturnsANumber(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        return self.tau


class WithoutKeywords(Shift):
    def fit(self, val: Outputs) -> Any:  # type: ignore[override]
        return {}


class MeanOfEachClass(Shift):
    """A class without validation rows makes a NaN."""

    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        classes = val.logits.shape[1]
        self.offset = torch.stack([val.logits[val.targets == label, label].mean() for label in range(classes)])
        return {}

    def __call__(self, logits: Tensor, features: Any) -> Any:
        return logits - self.offset


class Labels(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        return logits.argmax(dim=1)


class OneHot(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        return nn.functional.one_hot(logits.argmax(dim=1), logits.shape[1])


class AsNumpy(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        return logits.numpy()


class InPlace(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        return logits.sub_(self.prior.log())


class NormalisesFeatures(Means):
    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        assert features is not None
        return super().__call__(logits, features.div_(features.norm(dim=1, keepdim=True)))


class Centred(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        return logits - logits.mean(dim=0)


class Unseeded(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        generator = torch.Generator()
        generator.seed()
        self.tau = float(torch.rand((), generator=generator))
        return {}


class Numpy(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        np.random.seed(0)  # noqa: NPY002
        return {}


class Noise(Shift):
    def __call__(self, logits: Tensor, features: Any) -> Any:
        random.random()
        return logits


class ForgetsTau(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        self.tau = 0.5
        return {}

    def state_dict(self) -> Any:
        return {"prior": self.prior}

    def load_state_dict(self, state: Any) -> None:
        self.prior = state["prior"]


class CannotLoad(Shift):
    load_state_dict = None  # type: ignore[assignment]


class OtherKeys(Shift):
    def load_state_dict(self, state: Any) -> None:
        self.tau = state["temperature"]


class Empty(Shift):
    """Fails where nothing is held out."""

    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        return {"best": val.logits.max()}


class EmptyMean(Shift):
    def fit(self, val: Outputs, *, train: Any, head: Any) -> Any:
        self.tau = val.logits.mean()
        return {}


class CorrectsAWord(Shift):
    def __init__(self, *, class_prior: Tensor) -> None:
        super().__init__(class_prior=class_prior)
        self.corrects_prior = "tau"


class CorrectsNan(Shift):
    def __init__(self, *, class_prior: Tensor) -> None:
        super().__init__(class_prior=class_prior)
        self.corrects_prior = float("nan")


SHAPE, STAYS, STATE = "logits-keep-their-shape", "what-it-is-given-stays", "the-state-makes-a-round-trip"
FITS, EMPTY, SHARE = "it-can-be-fitted", "an-empty-validation-part-is-used-or-refused", "what-it-corrects-is-a-share"
NEEDS, DRAWS, NEUTRAL = "it-says-what-it-needs", "it-draws-from-torch-alone", "its-neutral-options-change-nothing"
BROKEN = [
    (NeedsTest, NEEDS, "to be a set of ['features', 'head', 'train'], but got frozenset({"),
    (NeedsAWord, NEEDS, "to be a set of ['features', 'head', 'train'], but got 'features'"),
    (NotCallable, FITS, "expected an object with fit and __call__, but NotCallable lacks ['__call__']"),
    (NoFit, FITS, "expected an object with fit and __call__, but NoFit lacks ['fit']"),
    (EveryClassMustBeThere, FITS, "adjuster EveryClassMustBeThere failed: IndexError"),
    (ReturnsANumber, FITS, "Expected `fit` of adjuster ReturnsANumber to return a dict, but got float"),
    (WithoutKeywords, FITS, "got an unexpected keyword argument"),
    (MeanOfEachClass, SHAPE, "expected finite logits, but got [nan"),
    (Labels, SHAPE, "expected logits [N, K] = [15, 5], but got [15]"),
    (OneHot, SHAPE, "a float type, but got torch.int64"),
    (AsNumpy, SHAPE, "expected logits [N, K] = [15, 5], but got ndarray"),
    (InPlace, STAYS, "but it changed logits"),
    (NormalisesFeatures, STAYS, "but it changed features"),
    (Centred, "rows-do-not-depend-on-each-other", "expected the logits of a row not to depend on the other rows"),
    (Unseeded, "same-seed-same-fit", "expected the same logits from two equal fits"),
    (Numpy, DRAWS, "expected building and fitting it to draw"),
    (Noise, DRAWS, "expected a call to draw"),
    (ForgetsTau, STATE, "expected the logits of the one whose state was loaded, but they differ"),
    (OtherKeys, STATE, "to take the state of a fitted one, but 'temperature'"),
    (Empty, EMPTY, "to raise a ValueError, but it raised RuntimeError: max()"),
    (EmptyMean, EMPTY, "expected finite logits after a fit without validation rows, or a refusal"),
    (CorrectsAWord, SHARE, "to be a bool or a finite number, but got 'tau'"),
    (CorrectsNan, SHARE, "to be a bool or a finite number, but got nan"),
]


def test_a_state_that_is_only_saved_is_allowed() -> None:
    assert outcome_of(subject_of("adjuster", CannotLoad), STATE).status == "skipped"


@pytest.mark.parametrize(("factory", "check", "message"), BROKEN, ids=[case[0].__name__ for case in BROKEN])
def test_broken_on_purpose(factory: Any, check: str, message: str) -> None:
    outcome = outcome_of(subject_of("adjuster", factory), check)
    assert outcome.status == "failed"
    assert message in outcome.message


@pytest.mark.parametrize(
    ("options", "claim", "message"),
    [
        ("", "tau=0.5", "expected the options 'tau=0.5' to leave the probabilities as they are, but they differ"),
        ("tau=0", "tau=1", "expected the options 'tau=1' to leave"),  # the claim, not what is given
        ("", "gamma=0", "expected `neutral` of the record to be options it can be built with, but 'gamma=0'"),
    ],
)
def test_a_claim_that_is_not_true(options: str, claim: str, message: str) -> None:
    outcome = outcome_of(subject_of("adjuster", Shift, options=options, neutral=claim), NEUTRAL)
    assert outcome.status == "failed"
    assert message in outcome.message


def test_every_check_has_an_adjuster_that_breaks_it() -> None:
    assert {check for _, check, _ in BROKEN} | {NEUTRAL} == NAMES


@pytest.mark.parametrize(
    ("value", "status"),
    [(True, "passed"), (np.float64(0.5), "passed"), (torch.tensor(0.5), "passed"), (torch.ones(3), "failed")],
)
def test_what_counts_as_a_share(value: Any, status: str) -> None:
    class Corrects(Shift):
        def __init__(self, *, class_prior: Tensor) -> None:
            super().__init__(class_prior=class_prior)
            self.corrects_prior = value

    assert outcome_of(subject_of("adjuster", Corrects), SHARE).status == status

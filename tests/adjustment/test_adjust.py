"""A chain of adjusters: order, what each is told, and what each may see."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.adjust import Adjusted, adjust, needs_of
from imbalearn_torch.errors import ComponentError, OptionError
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.streams import generator
from imbalearn_torch.types import Outputs

PRIOR = normalised_prior(torch.tensor([70, 25, 5]))
HEAD = nn.Linear(2, 3)


def outputs(size: int, seed: int) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    return Outputs(
        torch.randn(size, 3, generator=source),
        torch.randn(size, 2, generator=source),
        torch.randint(0, 3, (size,), generator=source),
    )


VALIDATION, TEST, TRAIN = outputs(6, 1), outputs(8, 2), outputs(10, 3)


class Spy:
    """z -> factor z + shift, keeping everything it is given."""

    def __init__(
        self, prior: Tensor, *, factor: float = 1.0, shift: float = 0.0, needs=(), removes: float = 0.0
    ) -> None:
        self.prior, self.factor, self.shift = prior, factor, shift
        self.needs = frozenset(needs)
        self.corrects_prior = removes
        self.fits: list[tuple] = []
        self.calls: list[tuple] = []

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
        self.fits.append((val, train, head, torch.rand(3)))
        return {"factor": self.factor}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        self.calls.append((logits, features))
        return self.factor * logits + self.shift


class Chain:
    """Builders that keep the spies they make."""

    def __init__(self, *options: dict[str, Any]) -> None:
        self.made: list[Spy] = []
        self.builders = [self._builder(each) for each in options]

    def _builder(self, options: dict[str, Any]) -> Callable[[Tensor], Spy]:
        def make(prior: Tensor) -> Spy:
            self.made.append(Spy(prior, **options))
            return self.made[-1]

        return make

    def run(self, train: Outputs | None = TRAIN, seed: int = 0) -> Adjusted:
        return adjust(
            self.builders, validation=VALIDATION, test=TEST, train=train, head=HEAD, class_prior=PRIOR, seed=seed
        )


def test_without_adjusters_logits_stay() -> None:
    result = Chain().run()
    assert (result.test is TEST.logits, result.validation is VALIDATION.logits, result.chosen) == (True, True, ())


def test_from_left_to_right_each_on_what_the_one_before_has_left() -> None:
    chain = Chain({"factor": 2.0}, {"shift": 1.0, "needs": {"train"}})
    result = chain.run()
    for got, source in ((result.test, TEST), (result.validation, VALIDATION), (chain.made[1].fits[0][1].logits, TRAIN)):
        expected = 2 * source.logits + (
            0 if source is TRAIN else 1
        )  # doubled first: 2 (z + 1) would be the other order
        assert torch.allclose(got, expected, rtol=0, atol=1e-6)
    assert torch.equal(chain.made[1].fits[0][0].logits, 2 * VALIDATION.logits)
    assert result.chosen == ({"factor": 2.0}, {"factor": 1.0})


def test_each_is_told_the_prior_that_is_left() -> None:
    chain = Chain({"removes": 0.0}, {"removes": 0.25}, {"removes": True}, {})
    chain.run()
    told = [each.prior for each in chain.made]
    assert torch.equal(told[0], PRIOR)
    assert torch.equal(told[1], PRIOR)
    assert torch.allclose(told[2], normalised_prior(PRIOR**0.75), rtol=0, atol=1e-12)
    assert torch.allclose(told[3], torch.full((3,), 1 / 3, dtype=torch.float64), rtol=0, atol=1e-12)


def test_two_halves_of_logit_adjustment_make_a_whole() -> None:
    def builders(*shares: float) -> list[Callable[[Tensor], Any]]:
        texts = [f"logit-adjustment:tau={share}" for share in shares]
        return [lambda prior, text=text: ibt.build("adjuster", text, class_prior=prior) for text in texts]

    # The first leaves the square root of the prior; all of that is removed by the second.
    settings: dict[str, Any] = {"validation": VALIDATION, "test": TEST, "train": None, "head": None, "seed": 0}
    halves = adjust(builders(0.5, 1.0), class_prior=PRIOR, **settings)
    whole = adjust(builders(1.0), class_prior=PRIOR, **settings)
    difference = halves.test - whole.test
    assert torch.allclose(difference, difference[:, :1].expand(-1, 3), rtol=0, atol=1e-6)
    assert halves.chosen == ({"tau": 0.5}, {"tau": 1.0})


@pytest.mark.parametrize("needs", [set(), {"features"}, {"train"}, {"head"}, {"features", "train", "head"}])
def test_nothing_is_shown_that_is_not_needed(needs: set[str]) -> None:
    chain = Chain({"needs": needs})
    chain.run()
    (spy,) = chain.made
    ((val, train, head, _),) = spy.fits
    assert torch.equal(val.logits, VALIDATION.logits)
    assert torch.equal(val.targets, VALIDATION.targets)
    assert (val.features is VALIDATION.features) == ("features" in needs)
    assert (train is not None) == ("train" in needs)
    if train is not None:
        assert torch.equal(train.logits, TRAIN.logits)
        assert (train.features is TRAIN.features) == ("features" in needs)
    assert (head is HEAD) == ("head" in needs)
    for shown in (val, train):
        assert shown is None or shown.features is None or "features" in needs
    assert all((features is not None) == ("features" in needs) for _, features in spy.calls)


def test_features_pass_a_link_that_does_not_need_them() -> None:
    chain = Chain({}, {"needs": {"features"}})
    chain.run()
    assert chain.made[1].fits[0][0].features is VALIDATION.features
    assert chain.made[1].calls[1][1] is TEST.features


def test_the_test_part_is_never_fitted_on() -> None:
    chain = Chain({"needs": {"train"}}, {"needs": {"features"}})
    chain.run()
    sizes = {len(part.targets) for spy in chain.made for fit in spy.fits for part in fit[:2] if part is not None}
    assert len(TEST.targets) not in sizes


def test_default_generators_are_seeded_before_each_fit() -> None:
    chain = Chain({}, {})
    torch.rand(5)
    chain.run(seed=3)
    for number, spy in enumerate(chain.made):
        assert torch.equal(spy.fits[0][3], torch.rand(3, generator=generator(3, "fit", number)))


def test_an_adjuster_that_writes_into_its_argument_spoils_nothing() -> None:
    class Careless(Spy):
        def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
            val.logits.zero_()
            return {}

        def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
            return logits.add_(1)

    before = VALIDATION.logits.clone(), TEST.logits.clone()
    result = run_one(Careless(PRIOR))
    assert torch.equal(VALIDATION.logits, before[0])
    assert torch.equal(TEST.logits, before[1])
    assert torch.allclose(result.validation, before[0] + 1)


def run_one(adjuster: Any) -> Adjusted:
    return adjust(
        [lambda _: adjuster], validation=VALIDATION, test=TEST, train=None, head=None, class_prior=PRIOR, seed=0
    )


def test_effects_are_what_each_corrector_multiplies_the_prior_by() -> None:
    effects = Chain({}, {"removes": 0.25}, {"removes": True}).run().effects
    assert list(effects) == ["adjuster 2 (Spy)", "adjuster 3 (Spy)"]
    # Together they remove the whole prior, up to a constant.
    total = sum(effects.values(), start=torch.zeros(3, dtype=torch.float64)) + PRIOR.log()
    assert torch.allclose(total, total[:1].expand(3), rtol=0, atol=1e-12)


def test_what_was_chosen_is_strict_json() -> None:
    class Chosen(Spy):
        def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[Any, Any]:
            return {
                "tau": torch.tensor(0.5),
                1: (torch.ones(2), math.inf, None, True),
                "where": Path("x"),
                "n": {"m": 2},
            }

    (chosen,) = run_one(Chosen(PRIOR)).chosen
    assert json.loads(json.dumps(chosen, allow_nan=False)) == {
        "tau": 0.5,
        "1": [[1.0, 1.0], None, None, True],
        "where": "x",
        "n": {"m": 2},
    }


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (KeyError("lost"), ComponentError, "adjuster Failing failed: KeyError: 'lost'"),
        (ValueError("no rows"), OptionError, "adjuster Failing: no rows"),
    ],
)
def test_a_fit_that_fails_is_named(error: Exception, kind: type[Exception], message: str) -> None:
    class Failing(Spy):
        def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
            raise error

    with pytest.raises(kind) as caught:
        run_one(Failing(PRIOR))
    assert str(caught.value) == message


def test_an_adjuster_that_breaks_the_contract_is_named() -> None:
    class Short(Spy):
        def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
            return logits[:, :2]

    class Listed(Spy):
        def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> Any:
            return ["tau"]

    with pytest.raises(ComponentError, match=r"adjuster Short to give logits \[6, 3\], but got \[6, 2\]"):
        run_one(Short(PRIOR))
    with pytest.raises(ComponentError, match="`fit` of adjuster Listed to return a dict, but got list"):
        run_one(Listed(PRIOR))
    with pytest.raises(ComponentError, match="adjuster object to have `fit` and to be callable"):
        run_one(object())


def test_fit_may_return_nothing() -> None:
    class Silent(Spy):
        def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> Any:
            return None

    assert run_one(Silent(PRIOR)).chosen == ({},)


def test_an_empty_validation_part_is_passed_on() -> None:
    empty = Outputs(VALIDATION.logits[:0], None, VALIDATION.targets[:0])
    result = adjust([Spy], validation=empty, test=TEST, train=None, head=None, class_prior=PRIOR, seed=0)
    assert result.validation.shape == (0, 3)


def test_unknown_needs_are_refused() -> None:
    with pytest.raises(
        ComponentError, match=r"`needs` of Spy to be among \['features', 'head', 'train'\], but got \['head', 'test'\]"
    ):
        Chain({"needs": {"test", "head"}}).run()
    assert needs_of(object()) == frozenset()
    assert needs_of(Spy(PRIOR, needs=["head"])) == {"head"}

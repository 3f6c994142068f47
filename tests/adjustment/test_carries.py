"""What an adjuster may say beside the contract: what it carries, and that it starts over."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.adjustment.adjust import Adjusted, adjust, applied
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.types import Outputs

PRIOR = normalised_prior(torch.tensor([70, 25, 5]))


def outputs(size: int, seed: int) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    logits, features = (torch.randn(size, width, generator=source) for width in (3, 2))
    return Outputs(logits, features, torch.randint(0, 3, (size,), generator=source))


VALIDATION, TEST = outputs(6, 1), outputs(8, 2)


class Spy:
    """z -> z + shift, plus the sum of the features; keeps the prior it is told."""

    def __init__(self, prior: Tensor, *, shift: float = 0.0, needs: Any = (), removes: float = 0.0) -> None:
        self.prior, self.shift = prior, shift
        self.needs, self.corrects_prior = frozenset(needs), removes

    def fit(self, val: Outputs, **_: Any) -> dict[str, Any]:
        return {}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        return logits + self.shift + (0 if features is None else features.sum(1, keepdim=True))


def run(*builders: Any) -> Adjusted:
    return adjust(builders, validation=VALIDATION, test=TEST, train=None, head=None, class_prior=PRIOR, seed=0)


def test_what_the_predictor_carries_is_told_where_it_is_no_power_of_the_prior() -> None:
    class Shifting(Spy):
        carries = torch.tensor([1.0, 1.0, 2.0])

    told: list[Tensor] = []

    def after(prior: Tensor) -> Spy:
        told.append(prior)
        return Spy(prior)

    result = run(Shifting, after)
    assert told[0].tolist() == [0.25, 0.25, 0.5]
    assert [prior.tolist() for prior in result.priors] == [PRIOR.tolist(), [0.25, 0.25, 0.5]]
    assert result.effects == {}  # it does not say that it corrects


def test_one_that_starts_over_is_told_what_the_run_has_left() -> None:
    class Fresh(Spy):
        starts_over = True

    made: list[Spy] = []

    def fresh(prior: Tensor) -> Spy:
        made.append(Fresh(prior, needs={"features"}, removes=0.5))
        return made[-1]

    result = run(lambda prior: Spy(prior, removes=True), fresh, Spy)
    assert torch.equal(made[-1].prior, PRIOR)
    torch.testing.assert_close(result.priors[2], normalised_prior(PRIOR.sqrt()), rtol=0, atol=1e-12)
    assert list(result.effects) == ["adjuster 2 (Fresh)"]
    assert result.warnings == ("adjuster Fresh starts over from the features: what Spy did is lost; put it first",)
    assert run(fresh).warnings == ()


def test_fitted_adjusters_can_be_applied_again() -> None:
    result = run(lambda prior: Spy(prior, shift=1.0), lambda prior: Spy(prior, needs={"features"}))
    assert [each.shift for each in result.adjusters] == [1.0, 0.0]
    assert torch.equal(applied(result.adjusters, TEST), result.test)
    assert not torch.equal(result.test, TEST.logits)
    assert applied((), TEST) is TEST.logits

"""Run several adjusters from left to right, each told the prior that the ones before have left.

Beside the contract, an adjuster may have `carries`, the prior `[K]` that its predictor carries where that is no power
of the one before, and `starts_over`, which says that its logits are made from features, not from the logits it gets.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.data.stats import carried_prior
from imbalearn_torch.errors import ComponentError, ImbalearnError, OptionError
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.step import removed_share
from imbalearn_torch.types import Outputs

__all__ = ["NEEDS", "Adjusted", "adjust", "applied", "effect_name", "fit", "needs_of"]

NEEDS = frozenset({"features", "head", "train"})


@dataclass(frozen=True)
class Adjusted:
    """Logits after all adjusters.

    Args:
        test: `[N, K]`.
        validation: `[N, K]`.
        adjusters: As they have been fitted.
        priors: What each was told, float64 `[K]`.
        chosen: What each one's `fit` returned.
        effects: By adjuster that corrects the prior, the log of what it multiplies each class's prior by, `[K]`.
        warnings: Sentences for the user.
    """

    test: Tensor
    validation: Tensor
    adjusters: tuple[Any, ...]
    priors: tuple[Tensor, ...]
    chosen: tuple[dict[str, Any], ...]
    effects: dict[str, Tensor]
    warnings: tuple[str, ...]


def needs_of(adjuster: Any) -> frozenset[str]:
    """What an adjuster asks for beside logits.

    Raises:
        ComponentError: It asks for something that does not exist.
    """
    needs = frozenset(getattr(adjuster, "needs", ()))
    if needs - NEEDS:
        raise ComponentError(
            f"Expected `needs` of {type(adjuster).__name__} to be among {sorted(NEEDS)}, but got {sorted(needs)}"
        )
    return needs


def adjust(
    builders: Sequence[Callable[[Tensor], Any]],
    *,
    validation: Outputs,
    test: Outputs,
    train: Outputs | None,
    head: nn.Linear | None,
    class_prior: Tensor,
    seed: int,
) -> Adjusted:
    """Fit each adjuster on the validation part as the ones before have left it, and apply it to the test part.

    Args:
        builders: Each makes an adjuster from the prior that is left, float64 `[K]`.
        validation: May have no rows; adjusters that tune refuse that.
        test: Never used to fit.
        train: For adjusters that need it.
        head: For adjusters that need it.
        class_prior: What the predictor still carries.
        seed: Of the default generators during each `fit`.
    """
    made, chosen, effects, warnings, left = [], [], {}, [], class_prior
    for number, make in enumerate(builders):
        adjuster = make(left)
        if made and getattr(adjuster, "starts_over", False):
            warnings.append(_lost(adjuster, [each for each, _ in made]))
            left, effects = class_prior, {}
            adjuster = make(left)
        needs = needs_of(adjuster)
        seed_default_generators(seed, "fit", number)
        known = _shown(train, needs) if train is not None and "train" in needs else None
        chosen.append(fit(adjuster, _shown(validation, needs), train=known, head=head if "head" in needs else None))
        validation, test = _after(adjuster, validation, needs), _after(adjuster, test, needs)
        train = _after(adjuster, train, needs) if train is not None else None
        made.append((adjuster, left))
        removed = removed_share(adjuster)
        if removed:
            effects[effect_name(number + 1, adjuster)] = -removed * left.log()
        left = _left_by(adjuster, left)
    adjusters, priors = tuple(each for each, _ in made), tuple(prior for _, prior in made)
    return Adjusted(test.logits, validation.logits, adjusters, priors, tuple(chosen), effects, tuple(warnings))


def effect_name(number: int, adjuster: Any) -> str:
    """The key of an adjuster in `Adjusted.effects`; the first has the number 1."""
    return f"adjuster {number} ({type(adjuster).__name__})"


def applied(adjusters: Sequence[Any], outputs: Outputs) -> Tensor:
    """Logits `[N, K]` after fitted adjusters, from left to right.

    Args:
        adjusters: As `Adjusted` has them.
        outputs: With the features, where one needs them.
    """
    for adjuster in adjusters:
        outputs = _after(adjuster, outputs, needs_of(adjuster))
    return outputs.logits


def _left_by(adjuster: Any, prior: Tensor) -> Tensor:
    """The prior that the predictor carries after an adjuster: what it `carries`, or what it has not removed."""
    carries = getattr(adjuster, "carries", None)
    if carries is not None:
        return normalised_prior(carries)
    return carried_prior(prior, torch.ones_like(prior), prior, removed_share(adjuster))


def _lost(adjuster: Any, before: Sequence[Any]) -> str:
    names = " and ".join(type(each).__name__ for each in before)
    return f"adjuster {type(adjuster).__name__} starts over from the features: what {names} did is lost; put it first"


def fit(adjuster: Any, validation: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, Any]:
    """Fit one adjuster, and make what it chose fit for JSON.

    Raises:
        OptionError: It refuses the data, as one that tunes does where nothing is held out.
        ComponentError: It has no `fit`, or that fails or returns no dict.
    """
    who = f"adjuster {type(adjuster).__name__}"
    fitter = getattr(adjuster, "fit", None)
    if fitter is None or not callable(adjuster):
        raise ComponentError(f"Expected {who} to have `fit` and to be callable")
    with _named(who):
        fitted = fitter(validation, train=train, head=head)
    if not isinstance(fitted, dict | None):
        raise ComponentError(f"Expected `fit` of {who} to return a dict, but got {type(fitted).__name__}")
    return {str(name): _plain(value) for name, value in (fitted or {}).items()}


@contextlib.contextmanager
def _named(who: str) -> Iterator[None]:
    """Give a failure of somebody's adjuster a sentence that names it."""
    try:
        yield
    except ImbalearnError:
        raise
    except ValueError as error:
        raise OptionError(f"{who}: {error}") from error
    except Exception as error:
        raise ComponentError(f"{who} failed: {type(error).__name__}: {error}") from error


def _plain(value: Any) -> Any:
    """A value as strict JSON has it: lists for tensors and arrays, None for what is not finite."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _shown(outputs: Outputs, needs: frozenset[str]) -> Outputs:
    """What an adjuster may look at: its own copy of the logits, and features only where it needs them."""
    return outputs._replace(logits=outputs.logits.clone(), features=outputs.features if "features" in needs else None)


def _after(adjuster: Any, outputs: Outputs, needs: frozenset[str]) -> Outputs:
    shown = _shown(outputs, needs)
    with _named(f"adjuster {type(adjuster).__name__}"):
        logits = adjuster(shown.logits, shown.features)
    if not isinstance(logits, Tensor) or logits.shape != outputs.logits.shape:
        came = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ComponentError(
            f"Expected adjuster {type(adjuster).__name__} to give logits {list(outputs.logits.shape)}, but got {came}"
        )
    return outputs._replace(logits=logits)

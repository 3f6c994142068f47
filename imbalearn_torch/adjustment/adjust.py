"""Run several adjusters from left to right, each told the prior that the ones before have left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from imbalearn_torch.data.stats import carried_prior
from imbalearn_torch.errors import ComponentError
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.step import removed_share
from imbalearn_torch.types import Outputs

__all__ = ["NEEDS", "Adjusted", "adjust", "needs_of"]

NEEDS = frozenset({"features", "head", "train"})


@dataclass(frozen=True)
class Adjusted:
    """Logits after all adjusters.

    Args:
        test: `[N, K]`.
        validation: `[N, K]`.
        chosen: What each adjuster's `fit` returned.
        effects: By adjuster that corrects the prior, the log of what it multiplies each class's prior by, `[K]`.
    """

    test: Tensor
    validation: Tensor
    chosen: tuple[dict[str, Any], ...]
    effects: dict[str, Tensor]


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
    chosen, effects = [], {}
    for number, make in enumerate(builders):
        adjuster = make(class_prior)
        needs = needs_of(adjuster)
        seed_default_generators(seed, "fit", number)
        known = _shown(train, needs) if train is not None and "train" in needs else None
        fitted = adjuster.fit(_shown(validation, needs), train=known, head=head if "head" in needs else None)
        chosen.append(dict(fitted or {}))
        validation, test = _after(adjuster, validation, needs), _after(adjuster, test, needs)
        train = _after(adjuster, train, needs) if train is not None else None
        left = removed_share(adjuster)
        if left:
            effects[f"adjuster {number + 1} ({type(adjuster).__name__})"] = -left * class_prior.log()
            class_prior = carried_prior(class_prior, class_prior.new_ones(class_prior.shape), class_prior, left)
    return Adjusted(test.logits, validation.logits, tuple(chosen), effects)


def _shown(outputs: Outputs, needs: frozenset[str]) -> Outputs:
    """What an adjuster may look at: its own copy of the logits, and features only where it needs them."""
    return outputs._replace(logits=outputs.logits.clone(), features=outputs.features if "features" in needs else None)


def _after(adjuster: Any, outputs: Outputs, needs: frozenset[str]) -> Outputs:
    shown = _shown(outputs, needs)
    return outputs._replace(logits=adjuster(shown.logits, shown.features))

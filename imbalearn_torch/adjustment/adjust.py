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
    """

    test: Tensor
    validation: Tensor
    chosen: tuple[dict[str, Any], ...]


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
    chosen = []
    for number, make in enumerate(builders):
        adjuster = make(class_prior)
        needs = needs_of(adjuster)
        seed_default_generators(seed, "fit", number)
        seen = validation if "features" in needs else validation._replace(features=None)
        chosen.append(
            dict(
                adjuster.fit(seen, train=train if "train" in needs else None, head=head if "head" in needs else None)
                or {}
            )
        )
        validation = validation._replace(logits=adjuster(validation.logits, seen.features))
        test = test._replace(logits=adjuster(test.logits, test.features if "features" in needs else None))
        if train is not None:
            train = train._replace(logits=adjuster(train.logits, train.features if "features" in needs else None))
        left = removed_share(adjuster)
        if left:
            class_prior = carried_prior(class_prior, class_prior.new_ones(class_prior.shape), class_prior, left)
    return Adjusted(test.logits, validation.logits, tuple(chosen))

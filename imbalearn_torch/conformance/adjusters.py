"""What an adjuster has to keep."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.adjustment.adjust import NEEDS, fit, needs_of
from imbalearn_torch.conformance.check import Check, ConformanceError, Skip, checks, require
from imbalearn_torch.conformance.guards import generators_left_alone
from imbalearn_torch.conformance.neutral import neutral_subject
from imbalearn_torch.conformance.predictor import Predictor, predictor
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import ComponentError, ImbalearnError
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.types import Outputs

__all__ = ["CHECKS"]

_OF_LOGITS, _OF_PROBABILITIES = 1e-4, 1e-5  # tolerances


def it_says_what_it_needs(subject: Subject) -> None:
    """`needs`, where it has it, names some of features, head and train."""
    needs = getattr(subject.build(), "needs", ())
    require(
        isinstance(needs, (set, frozenset, tuple, list)) and set(needs) <= NEEDS,
        f"expected `needs` to be a set of {sorted(NEEDS)}, but got {needs!r:.200}",
    )


def it_can_be_fitted(subject: Subject) -> None:
    """`fit` takes validation outputs that lack classes, and returns a dict that JSON can hold."""
    adjuster, model = subject.build(), predictor(subject.counts)
    missing = [name for name in ("fit", "__call__") if not callable(getattr(adjuster, name, None))]
    require(not missing, f"expected an object with fit and __call__, but {type(adjuster).__name__} lacks {missing}")
    json.dumps(_fit(adjuster, model), allow_nan=False)


def logits_keep_their_shape(subject: Subject) -> None:
    """Logits [N, K] become finite float logits [N, K]."""
    adjuster, model = _fitted(subject)
    logits = _adjusted(adjuster, model.test)
    require(bool(logits.isfinite().all()), f"expected finite logits, but got {logits[~logits.isfinite()][:5].tolist()}")


def what_it_is_given_stays(subject: Subject) -> None:
    """A call does not change logits and features in place."""
    adjuster, model = _fitted(subject)
    given = _shown(adjuster, model.test)
    adjuster(given.logits, given.features)
    changed = [
        name
        for name in ("logits", "features")
        if getattr(given, name) is not None and not getattr(given, name).equal(getattr(model.test, name))
    ]
    require(not changed, f"expected a call to leave its arguments as they are, but it changed {' and '.join(changed)}")


def rows_do_not_depend_on_each_other(subject: Subject) -> None:
    """A row is adjusted alike whatever other rows are given."""
    adjuster, model = _fitted(subject)
    together = _adjusted(adjuster, model.test)
    rows = torch.arange(len(together) - 1, 0, -2)
    some = _adjusted(adjuster, _rows(model.test, rows))
    _require_close(some, together[rows], "the logits of a row not to depend on the other rows of a call")


def same_seed_same_fit(subject: Subject) -> None:
    """Built and fitted twice, with torch's default generators seeded alike, it does the same."""
    (first, model), (second, _) = _fitted(subject), _fitted(subject)
    _require_close(_adjusted(first, model.test), _adjusted(second, model.test), "the same logits from two equal fits")


def it_draws_from_torch_alone(subject: Subject) -> None:
    """Building, fitting and calling it leave numpy's and Python's global generators alone."""
    with generators_left_alone("building and fitting it", torch_too=False):
        adjuster, model = _fitted(subject)
    with generators_left_alone("a call", torch_too=False):
        _adjusted(adjuster, model.test)


def the_state_makes_a_round_trip(subject: Subject) -> None:
    """Where there is a `state_dict`: a fresh one that loads it gives the logits of the fitted one."""
    adjuster, model = _fitted(subject)
    if not hasattr(adjuster, "state_dict"):
        raise Skip("it has no state_dict, so it cannot be saved")
    fresh = subject.build()
    if not callable(getattr(fresh, "load_state_dict", None)):
        raise Skip("it has a state_dict to save, but no load_state_dict")
    try:
        fresh.load_state_dict(adjuster.state_dict())
    except Exception as error:
        raise ConformanceError(f"expected load_state_dict to take the state of a fitted one, but {error}") from error
    _require_close(
        _adjusted(fresh, model.test), _adjusted(adjuster, model.test), "the logits of the one whose state was loaded"
    )


def an_empty_validation_part_is_used_or_refused(subject: Subject) -> None:
    """Without validation rows `fit` works, or raises an error of imbalearn_torch.errors or a ValueError."""
    _fitted(subject)
    adjuster, model = subject.build(), predictor(subject.counts)
    try:
        _fit(adjuster, replace(model, val=_rows(model.val, torch.arange(0))))
    except ImbalearnError as error:
        # `fit` of the engine wraps what is neither an error of ours nor a ValueError.
        if isinstance(error, ComponentError) and error.__cause__ is not None:
            raise ConformanceError(
                "expected `fit` without validation rows to work or to raise a ValueError, but it raised "
                f"{type(error.__cause__).__name__}: {error.__cause__}"
            ) from error
        return
    logits = _adjusted(adjuster, model.test)
    require(bool(logits.isfinite().all()), "expected finite logits after a fit without validation rows, or a refusal")


def what_it_corrects_is_a_share(subject: Subject) -> None:
    """`corrects_prior`, where it has it, is a bool or a finite number: the share of the prior that it removes."""
    adjuster, _ = _fitted(subject)
    if not hasattr(adjuster, "corrects_prior"):
        raise Skip("it has no corrects_prior, which says that it removes nothing")
    share = adjuster.corrects_prior
    number = share.item() if isinstance(share, Tensor) and share.numel() == 1 else share
    require(
        isinstance(number, Real) and math.isfinite(number),
        f"expected `corrects_prior` to be a bool or a finite number, but got {share!r:.200}",
    )


def its_neutral_options_change_nothing(subject: Subject) -> None:
    """Where `neutral` is claimed: with these options the probabilities stay as they are."""
    adjuster, model = neutral_subject(subject).build(), predictor(subject.counts)
    _fit(adjuster, model)
    _require_close(
        _adjusted(adjuster, model.test).softmax(dim=1),
        model.test.logits.softmax(dim=1),
        f"the options {subject.entry.component.neutral!r} to leave the probabilities as they are",
        _OF_PROBABILITIES,
    )


def _fitted(subject: Subject) -> tuple[Any, Predictor]:
    adjuster, model = subject.build(), predictor(subject.counts)
    try:
        _fit(adjuster, model)
    except ImbalearnError as error:
        raise Skip(f"it-can-be-fitted failed: {error}") from error
    return adjuster, model


def _fit(adjuster: Any, model: Predictor) -> dict[str, Any]:
    """Fit as a run does, with what it needs."""
    seed_default_generators(0, "fit", 0)
    needs = needs_of(adjuster)
    train = _shown(adjuster, model.train) if "train" in needs else None
    return fit(adjuster, _shown(adjuster, model.val), train=train, head=model.head if "head" in needs else None)


def _shown(adjuster: Any, outputs: Outputs) -> Outputs:
    """A copy of what it may look at."""
    features = outputs.features.clone() if "features" in needs_of(adjuster) and outputs.features is not None else None
    return outputs._replace(logits=outputs.logits.clone(), features=features)


def _adjusted(adjuster: Any, outputs: Outputs) -> Tensor:
    shown = _shown(adjuster, outputs)
    logits = adjuster(shown.logits, shown.features)
    wanted = list(outputs.logits.shape)
    came = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
    require(came == wanted, f"expected logits [N, K] = {wanted}, but got {came}")
    require(logits.is_floating_point(), f"expected logits of a float type, but got {logits.dtype}")
    return logits.detach()


def _rows(outputs: Outputs, rows: Tensor) -> Outputs:
    features = outputs.features[rows] if outputs.features is not None else None
    return Outputs(outputs.logits[rows], features, outputs.targets[rows])


def _require_close(got: Tensor, wanted: Tensor, what: str, tolerance: float = _OF_LOGITS) -> None:
    scale = max(1.0, float(wanted.abs().max()))
    difference = float((got - wanted).abs().max()) / scale
    require(difference <= tolerance, f"expected {what}, but they differ by {difference:g}")


CHECKS: tuple[Check, ...] = checks(
    it_says_what_it_needs,
    it_can_be_fitted,
    logits_keep_their_shape,
    what_it_is_given_stays,
    rows_do_not_depend_on_each_other,
    same_seed_same_fit,
    the_state_makes_a_round_trip,
    an_empty_validation_part_is_used_or_refused,
    what_it_corrects_is_a_share,
    its_neutral_options_change_nothing,
    it_draws_from_torch_alone,
)

"""From a resolved configuration to everything a run is made of: data first, then every component, then the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

from imbalearn_torch.adjustment.adjust import needs_of
from imbalearn_torch.adjustment.trial import fit_without_validation
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.errors import ComponentError
from imbalearn_torch.experiments.backbone import build_backbone, check_backbone
from imbalearn_torch.experiments.building import built, checked_weights, is_builtin
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.experiments.problems import Problems
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.experiments.trial import trial_batch, try_backbone, try_mix
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.training.late_freeze import LateFreeze

__all__ = ["Components", "assemble"]


@dataclass(frozen=True, kw_only=True)
class Components:
    """The built components of a run.

    Args:
        sampler: Has `plan`, or is a torch Sampler.
        mix: None: images as they are.
        loss: On the CPU, buffers still float64.
        weights: `epoch -> [K]`; None: all 1.
        adjusters: Each makes an adjuster from the prior it is told, float64 `[K]`.
        needs: What the adjusters need beside logits.
        backbone: With its initial weights, on the CPU.
        late_freeze: Stops the training of its early layers; None: all are trained to the end.
        columns: The epoch plan: the sampler's column, and the partner's where the mix names a sampler.
        stats: Counts, drawn distribution and prior.
    """

    sampler: Any
    mix: Any
    loss: nn.Module
    weights: Callable[[int], Tensor] | None
    adjusters: tuple[Callable[[Tensor], Any], ...]
    needs: frozenset[str]
    backbone: nn.Module
    late_freeze: LateFreeze | None
    columns: tuple[Planner, ...]
    stats: ClassStats


def assemble(run: ResolvedRun, data: OpenData, registry: Registry) -> Components:
    """Build every component with its context, the network last.

    Raises:
        ConfigError: Everything that the components refuse, together.
    """
    config, parts, problems = run.config, run.components, Problems()
    classes, epochs = len(data.classes), max(1, config.epochs)
    sampler, length = _sampler(run, data, registry, problems)
    counts = torch.bincount(data.targets, minlength=classes)
    context = {"class_counts": counts, "epochs": epochs}
    mix = None
    if not is_builtin(parts["mix"], "none"):
        mix = problems.attempt(lambda: built(parts["mix"], num_classes=classes, **context))
    weights = None
    if not is_builtin(parts["weights"], "none"):
        made = problems.attempt(lambda: built(parts["weights"], **context))
        weights = (
            None if made is None else problems.attempt(lambda: checked_weights(made, str(config.weights), classes))
        )
    columns = None
    if sampler is not None:
        columns = problems.attempt(lambda: _columns(run, data, registry, sampler=sampler, length=length, mix=mix))
    stats = ClassStats(data.targets, classes, columns or (), config.prior)
    # Without a sampler the rest is still tried, to report its problems too.
    prior = normalised_prior(counts) if columns is None else problems.attempt(lambda: stats.prior(0))
    prior = normalised_prior(counts) if prior is None else prior
    loss = problems.attempt(lambda: _loss(run, {**context, "class_prior": prior, "num_classes": classes}))
    adjusters = tuple(partial(_make_adjuster, each, counts, classes) for each in run.adjusters)
    needs = problems.attempt(lambda: _needs(adjusters, prior, classes, tunable=data.selection.val is not None))
    backbone = problems.attempt(lambda: build_backbone(run, data))
    if backbone is not None and loss is not None:
        problems.attempt(lambda: check_backbone(backbone, loss, mix, needs or frozenset()))
    late_freeze = None
    if backbone is not None and config.freeze_early is not None:
        start = config.freeze_early
        late_freeze = problems.attempt(lambda: LateFreeze(backbone, start, epochs))
    whole = problems.attempt(lambda: trial_batch(data, 1))
    if whole is not None:
        problems.attempt(lambda: try_mix(mix, whole))
    if whole is not None and backbone is not None:
        problems.attempt(lambda: try_backbone(backbone, whole))
        problems.attempt(lambda: try_backbone(backbone, trial_batch(data, epochs)))
    problems.report()
    assert loss is not None and backbone is not None and columns is not None
    return Components(
        sampler=sampler,
        mix=mix,
        loss=loss,
        weights=weights,
        adjusters=adjusters,
        needs=needs,
        backbone=backbone,
        late_freeze=late_freeze,
        columns=columns,
        stats=stats,
    )


def _sampler(run: ResolvedRun, data: OpenData, registry: Registry, problems: Problems) -> tuple[Any, int | None]:
    """What draws the epochs, and the length of an epoch where the sampler does not say it."""
    epochs, classes = max(1, run.config.epochs), len(data.classes)
    sampler = problems.attempt(
        lambda: built(run.components["sampler"], targets=data.targets, num_classes=classes, epochs=epochs)
    )
    if not hasattr(sampler, "fit_resample"):
        return sampler, None
    # All methods take equal steps: new samples do not make the epoch longer.
    length = getattr(sampler, "epoch_size", data.targets.numel())
    return problems.attempt(lambda: data.resample(sampler, length, registry, epochs, run.config.seed)), length


def _columns(
    run: ResolvedRun, data: OpenData, registry: Registry, *, sampler: Any, length: int | None, mix: Any
) -> tuple[Planner, ...]:
    """The epoch plan: the sampler's column, and the partner's where the mix names a sampler."""
    config, items = run.config, data.targets.numel()
    first = Planner(sampler, num_items=items, seed=config.seed, stream="plan", epoch_size=length)
    partner = getattr(mix, "partner", "batch")
    if partner == "batch":
        return (first,)
    context = {"targets": data.targets, "num_classes": len(data.classes), "epochs": max(1, config.epochs)}
    other = resolve("sampler", partner, registry).build(**context)
    return first, Planner(other, num_items=items, seed=config.seed, stream="partner", epoch_size=first.epoch_size)


def _loss(run: ResolvedRun, context: dict[str, Any]) -> nn.Module:
    loss = built(run.components["loss"], **context, reduction="none")
    if not isinstance(loss, nn.Module):
        raise ComponentError(f"Expected loss {run.config.loss!r} to make an nn.Module, but got {type(loss).__name__}")
    if any(isinstance(each, UninitializedParameter) for each in loss.parameters()):
        raise ComponentError(
            f"loss {run.config.loss!r} has lazy parameters, whose shape is not known when training begins"
        )
    return loss


def _make_adjuster(adjuster: Any, counts: Tensor, classes: int, prior: Tensor) -> Any:
    return built(adjuster, class_counts=counts, class_prior=prior, num_classes=classes)


def _needs(
    adjusters: tuple[Callable[[Tensor], Any], ...], prior: Tensor, classes: int, *, tunable: bool
) -> frozenset[str]:
    """What the adjusters need; each is built once, and one that tunes is refused where nothing is held out."""
    first = [make(prior) for make in adjusters]
    needs = frozenset[str]().union(*(needs_of(each) for each in first))
    refusals = Problems()
    for adjuster in first if not tunable else ():
        refusals.attempt(partial(fit_without_validation, adjuster, classes))
    refusals.report()
    return needs

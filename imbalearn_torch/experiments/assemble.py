"""From a resolved configuration to everything a run is made of: data first, then every component, then the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.adjustment.adjust import needs_of
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.errors import ComponentError, ConfigError, ImbalearnError
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.build import Resolved, resolve
from imbalearn_torch.plugin.registry import BUILTIN, Registry
from imbalearn_torch.streams import seed_default_generators

__all__ = ["Components", "assemble", "build_backbone"]


@dataclass(frozen=True, kw_only=True)
class Components:
    """The built components of a run, without the network.

    Args:
        sampler: Has `plan`, or is a torch Sampler.
        mix: None: images as they are.
        loss: On the CPU, buffers still float64.
        weights: `epoch -> [K]`; None: all 1.
        adjusters: Each makes an adjuster from the prior it is told, float64 `[K]`.
        needs: What the adjusters need beside logits.
        columns: The epoch plan: the sampler's column, and the partner's where the mix names a sampler.
        stats: Counts, drawn distribution and prior.
    """

    sampler: Any
    mix: Any
    loss: nn.Module
    weights: Callable[[int], Tensor] | None
    adjusters: tuple[Callable[[Tensor], Any], ...]
    needs: frozenset[str]
    columns: tuple[Planner, ...]
    stats: ClassStats


class _Builder:
    """Builds component after component, keeping every problem."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ImbalearnError as error:
            self.problems += str(error).splitlines()
            return None

    def check(self) -> None:
        if self.problems:
            raise ConfigError(self.problems)


def _built(component: Any, **context: Any) -> Any:
    return component.build(**context) if isinstance(component, Resolved) else component


def _is_builtin(component: Any, name: str) -> bool:
    return isinstance(component, Resolved) and component.entry.full_name == f"{BUILTIN}/{name}"


def assemble(run: ResolvedRun, data: OpenData, registry: Registry) -> Components:
    """Build sampler, mix, loss, weights and adjusters with their context.

    Raises:
        ConfigError: Everything that the components refuse, together.
    """
    config, parts, build = run.config, run.components, _Builder()
    classes, epochs = len(data.classes), max(1, config.epochs)
    sampler = build(lambda: _built(parts["sampler"], targets=data.targets, num_classes=classes, epochs=epochs))
    length = None
    if hasattr(sampler, "fit_resample"):
        # All methods take equal steps: new samples do not make the epoch longer.
        length = getattr(sampler, "epoch_size", data.targets.numel())
        sampler = data.resample(sampler, length, registry, epochs, config.seed)
    counts = torch.bincount(data.targets, minlength=classes)
    mix = None
    if not _is_builtin(parts["mix"], "none"):
        mix = build(lambda: _built(parts["mix"], num_classes=classes, class_counts=counts, epochs=epochs))
    weights = None
    if not _is_builtin(parts["weights"], "none"):
        weights = build(lambda: _built(parts["weights"], class_counts=counts, epochs=epochs))
    build.check()
    columns = [Planner(sampler, num_items=len(data.targets), seed=config.seed, stream="plan", epoch_size=length)]
    partner = getattr(mix, "partner", "batch")
    if partner != "batch":
        other = build(
            lambda: resolve("sampler", partner, registry).build(
                targets=data.targets, num_classes=classes, epochs=epochs
            )
        )
        build.check()
        size = columns[0].epoch_size
        columns.append(Planner(other, num_items=len(data.targets), seed=config.seed, stream="partner", epoch_size=size))
    stats = ClassStats(data.targets, classes, tuple(columns), config.prior)
    prior = stats.prior(0)
    context = {"class_counts": stats.counts, "class_prior": prior, "num_classes": classes}
    loss = build(lambda: _built(parts["loss"], **context, epochs=epochs, reduction="none"))
    adjusters = tuple(partial(_make_adjuster, each, stats.counts, classes) for each in run.adjusters)
    first = [build(partial(make, prior)) for make in adjusters]
    needs = build(lambda: frozenset().union(*(needs_of(each) for each in first)))
    if loss is not None and not isinstance(loss, nn.Module):
        build.problems.append(f"Expected loss {config.loss!r} to make an nn.Module, but got {type(loss).__name__}")
    if getattr(mix, "hidden", False):
        build.problems.append("this version mixes images only; the mix asks for hidden activations (`hidden = True`)")
    build.check()
    assert loss is not None
    return Components(
        sampler=sampler,
        mix=mix,
        loss=loss,
        weights=weights,
        adjusters=adjusters,
        needs=needs,
        columns=tuple(columns),
        stats=stats,
    )


def _make_adjuster(adjuster: Any, counts: Tensor, classes: int, prior: Tensor) -> Any:
    return _built(adjuster, class_counts=counts, class_prior=prior, num_classes=classes)


def build_backbone(run: ResolvedRun, data: OpenData) -> nn.Module:
    """The network with its initial weights, which depend on the seed and the backbone alone.

    Raises:
        ComponentError: The backbone is no module.
    """
    shape = tuple(data.inputs.shape[1:])
    is_image = len(shape) == 3
    size = (shape[1] if shape[1] == shape[2] else shape[1:]) if is_image else None
    seed_default_generators(run.config.seed, "init")
    backbone = _built(
        run.components["backbone"],
        num_classes=len(data.classes),
        in_channels=shape[0] if is_image else None,
        image_size=size,
        input_shape=shape,
    )
    if not isinstance(backbone, nn.Module):
        raise ComponentError(
            f"Expected backbone {run.config.backbone!r} to be an nn.Module, but got {type(backbone).__name__}"
        )
    return backbone

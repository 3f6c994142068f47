"""Check a whole configuration before torch is imported or data are read: names, options, types, paths, combinations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imbalearn_torch.data.augment import AUGMENTATIONS
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.recognise import looks_like_path, recognise
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.problems import Problems
from imbalearn_torch.plugin.build import Resolved, resolve
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.plugin.table import Choice
from imbalearn_torch.training.optimizers import OPTIMIZERS
from imbalearn_torch.training.schedules import SCHEDULES

__all__ = ["KIND_OF_FIELD", "TABLE_OF_FIELD", "ResolvedRun", "resolve_run"]

# field of RunConfig -> kind of component
KIND_OF_FIELD = {
    "data": "dataset",
    "sampler": "sampler",
    "mix": "mix",
    "loss": "loss",
    "weights": "weights",
    "backbone": "backbone",
    "adjust": "adjuster",
}
# field of RunConfig -> closed table
TABLE_OF_FIELD = {"imbalance": PROFILES, "augment": AUGMENTATIONS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}


@dataclass(frozen=True)
class ResolvedRun:
    """A configuration whose every name is known and every option typed.

    Args:
        asked: What was asked for, components in their full spelling: `config.toml`. What follows from other options,
            such as the learning rate of the optimiser, is not in it, so that options given on top of it win.
        config: The same with everything that follows filled in: `config` of result.json.
        components: By field: `Resolved`, or the object given from Python. Without `adjust`.
        adjusters: In order.
        optimizer: A row of `OPTIMIZERS`.
        schedule: A row of `SCHEDULES`.
        warnings: Sentences for the user.
    """

    asked: RunConfig
    config: RunConfig
    components: dict[str, Any]
    adjusters: tuple[Any, ...]
    optimizer: Choice
    schedule: Choice
    warnings: tuple[str, ...]


class _Collector(Problems):
    """Looks components up; keeps problems and warnings."""

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self.registry = registry
        self.warnings: list[str] = []

    def component(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = self.attempt(lambda: resolve(KIND_OF_FIELD[name], value, self.registry))
        if found is None and name == "data" and not _absent(Path(value)):
            self.found[-1] += f"; for the path of that name write ./{value}"
        if found is not None and found.entry.component.deprecated:
            self.warnings.append(
                f"{found.entry.kind} {found.entry.label!r} is deprecated; use {found.entry.component.deprecated!r}"
            )
        return found


def resolve_run(config: RunConfig, registry: Registry) -> ResolvedRun:
    """Look everything up.

    Raises:
        ConfigError: All problems, one sentence each.
    """
    collector = _Collector(registry)
    values = {name: getattr(config, name) for name in KIND_OF_FIELD if name != "adjust"}
    if isinstance(values["data"], str) and looks_like_path(values["data"]):
        values["data"] = collector.attempt(lambda: recognise(Path(values["data"])))
    components = {name: collector.component(name, value) for name, value in values.items() if value is not None}
    components = {name: _with_absolute_paths(value, collector) for name, value in components.items()}
    components.setdefault("data", None)
    asked_loss = components["loss"]
    components["loss"] = _with_smoothing(asked_loss, config.label_smoothing, collector)
    adjusters = tuple(_with_absolute_paths(collector.component("adjust", value), collector) for value in config.adjust)
    asked_optimizer = collector.attempt(lambda: OPTIMIZERS.resolve(config.optimizer))
    optimizer = _with_rates(asked_optimizer, config, collector)
    schedule = collector.attempt(lambda: SCHEDULES.resolve(config.schedule))
    profile, chain = config.imbalance, config.augment
    asked_profile = collector.attempt(lambda: PROFILES.resolve(profile)) if profile else None
    imbalance = _with_absolute_paths(asked_profile, collector)
    augment = collector.attempt(lambda: AUGMENTATIONS.resolve_chain(chain)) if chain else None
    collector.found += _combinations(config)
    collector.report()
    spelled: dict[str, Any] = {name: _spelling(value) for name, value in components.items()}
    spelled |= {"adjust": tuple(_spelling(value) for value in adjusters), "schedule": str(schedule)}
    spelled |= {"imbalance": str(imbalance)} if imbalance is not None else {}
    spelled |= {"augment": "+".join(map(str, augment)) or "none"} if augment is not None else {}
    asked = config.model_copy(update={**spelled, "loss": _spelling(asked_loss), "optimizer": str(asked_optimizer)})
    follows = {
        "optimizer": str(optimizer),
        "lr": optimizer.options.get("lr"),
        "weight_decay": optimizer.options.get("weight_decay"),
        "subset_seed": config.seed if config.subset_seed is None else config.subset_seed,
    }
    resolved = config.model_copy(update=spelled | follows)
    return ResolvedRun(asked, resolved, components, adjusters, optimizer, schedule, tuple(collector.warnings))


def _spelling(value: Any) -> Any:
    return str(value) if isinstance(value, Resolved) else value


def _with_absolute_paths(component: Any, collector: _Collector) -> Any:
    """Paths that outlive a change of folder; those of a data set and of an imbalance profile must exist."""
    if isinstance(component, Resolved):
        kind, label = component.entry.kind, component.entry.label
    elif isinstance(component, Choice):
        kind, label = component.label, component.component.name
    else:
        return component
    options = dict(component.options)
    for name, value in options.items():
        if isinstance(value, Path):
            try:
                options[name] = value.expanduser().absolute()
            except RuntimeError as error:  # `~nobody`
                collector.found.append(f"option {name!r} of {kind} {label!r}: {str(value)!r} is no path: {error}")
                continue
            if kind in {"dataset", "imbalance"} and (reason := _absent(options[name])):
                collector.found.append(f"option {name!r} of {kind} {label!r}: {reason}: {value}")
    return replace(component, options=options)


def _absent(path: Path) -> str:
    """Why a path cannot be used; empty where it can."""
    try:
        return "" if path.exists() else "no such file or folder"
    except OSError as error:  # it may not be looked at, or no path can be so long
        return f"cannot be read ({error.strerror})"


def _with_smoothing(loss: Any, smoothing: float | None, collector: _Collector) -> Any:
    if smoothing is None or loss is None:
        return loss
    if not isinstance(loss, Resolved) or "smoothing" not in loss.options:
        label = loss.entry.label if isinstance(loss, Resolved) else type(loss).__name__
        collector.found.append(
            f"--label-smoothing is for losses with the option 'smoothing', which loss {label!r} has not"
        )
        return loss
    if loss.options["smoothing"] not in (0, smoothing):
        given = loss.options["smoothing"]
        collector.found.append(
            f"label smoothing is given twice: --label-smoothing {smoothing} and smoothing={given} of the loss"
        )
    return replace(loss, options={**loss.options, "smoothing": smoothing})


def _with_rates(optimizer: Choice | None, config: RunConfig, collector: _Collector) -> Any:
    """`--lr` and `--weight-decay` are short for the optimiser's options of these names."""
    if optimizer is None:
        return None
    options = dict(optimizer.options)
    defaults = {option.name: option.default for option in optimizer.signature.options}
    for name in ("lr", "weight_decay"):
        value = getattr(config, name)
        if value is None or name not in options:
            continue
        if options[name] not in (defaults[name], value):
            flag = name.replace("_", "-")
            collector.found.append(
                f"the {name} is given twice: --{flag} {value} and {name}={options[name]} of the optimizer"
            )
        options[name] = value
    return replace(optimizer, options=options)


def _combinations(config: RunConfig) -> list[str]:
    """Options that are sound one by one but not together."""
    problems = []
    watches = config.select == "best" or config.patience is not None
    if watches and config.val_fraction == 0 and config.select != "test":
        which = "--select best" if config.select == "best" else "--patience"
        problems.append(f"{which} needs a validation part, but --val-fraction is 0")
    if config.monitor == "loss" and not (watches or config.select == "test"):
        problems.append("--monitor loss does nothing without --select best or --patience")
    return problems

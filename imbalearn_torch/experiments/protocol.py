"""What makes a comparison fair: equal optimiser steps, and a say on everything else in which methods differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.errors import ConfigError, ImbalearnError
from imbalearn_torch.experiments.grid import Replicate
from imbalearn_torch.experiments.methods import Method
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.reporting.words import PROTOCOL

__all__ = ["check_steps", "measure_steps", "protocol_warnings"]

_ENOUGH = 3


def measure_steps(methods: Sequence[Method], known: Registry, recorded: Mapping[str, int]) -> dict[str, int]:
    """By digest of a method, the optimiser steps of one of its runs: its data are opened, its components built.

    Args:
        methods: To be compared.
        known: Where components are looked up.
        recorded: What is known from before.

    Raises:
        ConfigError: What does not fit together, in any of the methods.
    """
    steps: dict[str, int] = {}
    problems = []
    for method in methods:
        if method.digest in recorded:
            steps[method.digest] = recorded[method.digest]
            continue
        from imbalearn_torch.experiments.session import open_session

        try:
            session = open_session(method.resolved, known)
        except ImbalearnError as error:
            problems += [f"{method.name}: {line}" for line in str(error).splitlines()]
        else:
            steps[method.digest] = session.steps * session.config.epochs
    if problems:
        raise ConfigError(problems)
    return steps


def check_steps(methods: Sequence[Method], steps: Mapping[str, int], allow_unequal: bool) -> list[str]:
    """A warning where the methods take different numbers of optimiser steps.

    Raises:
        ConfigError: They do, and that is not allowed.
    """
    by_steps: dict[int, list[str]] = {}
    for method in methods:
        by_steps.setdefault(steps[method.digest], []).append(method.name)
    if len(by_steps) < 2:
        return []
    shown = "; ".join(f"{number:,} steps: {', '.join(names)}" for number, names in sorted(by_steps.items()))
    if not allow_unequal:
        raise ConfigError(
            [
                f"the methods take different numbers of optimiser steps ({shown}); "
                "give --epochs and --batch-size for all, or allow it with --allow-unequal-steps"
            ]
        )
    return [f"unequal optimiser steps: {shown}"]


def protocol_warnings(methods: Sequence[Method], replicates: Sequence[Replicate]) -> list[str]:
    """What weakens the comparison and is known before anything is trained."""
    warnings = []
    if len(methods) == 1:
        warnings.append(
            "only one method, so there is nothing to compare it with: repeat an option, as in --loss ce --loss focal"
        )
    if len(replicates) < _ENOUGH:
        what = "so no interval and no p-value" if len(replicates) == 1 else "so wide and unsure intervals"
        seeds = "one seed" if len(replicates) == 1 else f"{len(replicates)} seeds"
        warnings.append(f"only {seeds}, {what}; three at least are asked for by the protocol")
    warnings += filter(None, (_difference(field, methods) for field in PROTOCOL))
    if any(method.resolved.config.patience is not None for method in methods):
        warnings.append("--patience may stop the methods after different numbers of steps")
    return warnings


def _difference(field: str, methods: Sequence[Method]) -> str | None:
    """A warning where methods differ in a field that their names do not tell."""

    asked = [method.resolved.asked.saved() for method in methods]
    filled_in = [method.resolved.config.saved() for method in methods]

    def values(name: str, configs: Sequence[Mapping[str, Any]]) -> list[Any]:
        return list(dict.fromkeys(config.get(name) for config in configs))

    named = all(f"{field.replace('_', '-')}=" in method.name for method in methods)
    # Rates that nobody gave are those of the optimisers, which are named with them.
    follows = field in {"lr", "weight_decay"} and len(values("optimizer", asked)) > 1 and len(values(field, asked)) < 2
    # The optimiser as asked for: filled in, it holds the rates as well.
    differ = len(values(field, asked if field == "optimizer" else filled_in)) > 1
    if named or follows or not differ:
        return None
    shown = ", ".join("the default" if value is None else str(value) for value in values(field, filled_in))
    return f"the methods differ in {field.replace('_', ' ')} as well: {shown}"

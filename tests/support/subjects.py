"""Components made on the spot, as subjects of the conformance suite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from imbalearn_torch import Component
from imbalearn_torch.conformance import Outcome, Subject, checks_of, general, run_check
from imbalearn_torch.conformance.subject import LONG_TAIL
from imbalearn_torch.plugin.registry import Entry


def subject_of(
    kind: str,
    factory: str | Callable[..., Any],
    *,
    options: str = "",
    neutral: str = "",
    name: str = "broken",
    counts: tuple[int, ...] = LONG_TAIL,
    folder: Path = Path(),
) -> Subject:
    """A subject whose component is made by `factory`, as if a plugin file had offered it."""
    component = Component(name=name, factory=factory, neutral=neutral)
    return Subject(Entry(kind, component, "local", ""), options, counts, folder)


def outcome_of(subject: Subject, check_name: str) -> Outcome:
    """What comes of the check of that name."""
    (check,) = (check for check in checks_of(subject.entry.kind) if check.name == check_name)
    return run_check(check, subject)


def outcomes_of(subject: Subject) -> dict[str, Outcome]:
    """What comes of every check, by its name."""
    return {check.name: run_check(check, subject) for check in checks_of(subject.entry.kind)}


def outcomes_of_the_object(subject: Subject) -> dict[str, Outcome]:
    """What comes of the checks that build the component; the others want a factory that has a name."""
    general_checks = {check.name for check in general.CHECKS}
    return {name: each for name, each in outcomes_of(subject).items() if name not in general_checks}

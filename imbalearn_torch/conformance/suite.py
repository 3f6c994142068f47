"""All checks of a component, run one after the other, each in its own try."""

from __future__ import annotations

import importlib
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from imbalearn_torch.conformance import general
from imbalearn_torch.conformance.check import Check, ConformanceError, Skip
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import DataError, ImbalearnError, OptionError
from imbalearn_torch.plugin.discovery import cause_of
from imbalearn_torch.plugin.registry import Entry
from imbalearn_torch.plugin.spec import KINDS

__all__ = ["OptionTexts", "Outcome", "checks_of", "option_texts", "run_check", "run_suite"]

# What stands after `NAME:`, or several of it, or what gives it for an empty folder.
OptionTexts = str | Sequence[str] | Callable[[Path], str]

Status = Literal["passed", "failed", "skipped"]

_MODULES = {
    "sampler": "samplers",
    "mix": "mixes",
    "loss": "losses",
    "weights": "weights",
    "backbone": "backbones",
    "dataset": "datasets",
    "adjuster": "adjusters",
}


@dataclass(frozen=True)
class Outcome:
    """What came of one check.

    Args:
        component: KIND:NAME[:OPTIONS].
        check: The check's name.
        status: "passed", "failed" or "skipped".
        message: Why, where it did not pass.
    """

    component: str
    check: str
    status: Status
    message: str = ""


def checks_of(kind: str) -> tuple[Check, ...]:
    """The checks of a kind; the first ones need no object, `it-builds` is next, all others rely on it."""
    assert kind in KINDS
    module = importlib.import_module(f"imbalearn_torch.conformance.{_MODULES[kind]}")
    return (*general.CHECKS, general.BUILDS, *module.CHECKS)


def run_check(check: Check, subject: Subject) -> Outcome:
    """Run one check; whatever it raises becomes an outcome. Torch's default generators are left as they were."""
    status, message = _tried(check, subject)
    return Outcome(subject.label, check.name, status, " ".join(message.split()))


def _tried(check: Check, subject: Subject) -> tuple[Status, str]:
    try:
        # A warning is how a component speaks to the user of a run; it breaks no claim.
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
            needs_object = check not in general.CHECKS and check is not general.BUILDS
            check.run(_fitted(subject) if needs_object else subject)
    except Skip as reason:
        return "skipped", str(reason)
    except ConformanceError as error:
        return "failed", str(error)
    except (Exception, SystemExit) as error:
        if isinstance(error, DataError) and subject.entry.kind == "dataset":  # it reads files
            return "skipped", f"its data are not here: {error}"
        cause = cause_of(error)
        return "failed", cause if isinstance(error, ImbalearnError) else f"it raised {cause}"
    return "passed", ""


def _fitted(subject: Subject) -> Subject:
    """The subject as the checks of its kind get it.

    Raises:
        Skip: It cannot be built, which is for `it-builds` to report.
    """
    try:
        if not subject.missing:
            return subject.fitted()
    except ImbalearnError as error:
        raise Skip(f"{general.BUILDS.name} did not pass: {error}") from error
    raise Skip(f"{general.BUILDS.name} was skipped")


def option_texts(given: OptionTexts | None, folder: Path) -> tuple[str, ...]:
    """The texts of options that a component is tried with.

    Raises:
        OptionError: A callable has not returned a str.
    """
    if given is None:
        return ("",)
    text = given(folder) if callable(given) else given
    if callable(given) and not isinstance(text, str):
        raise OptionError(f"Expected the callable of `options` to return a str, but got {text!r:.200}")
    return (text,) if isinstance(text, str) else tuple(text)


def run_suite(entries: Iterable[Entry], options: Mapping[str, OptionTexts] | None = None) -> Iterator[Outcome]:
    """Every check of every component; of one that cannot be built, the checks that need the object are skipped.

    Args:
        entries: Such as `registry().entries()`.
        options: "KIND:NAME" -> texts of options to try it with; default: no options.
    """
    for entry in entries:
        with tempfile.TemporaryDirectory() as folder:
            for text in option_texts((options or {}).get(f"{entry.kind}:{entry.name}"), Path(folder)):
                yield from _run_all(Subject(entry, text, folder=Path(folder)))


def _run_all(subject: Subject) -> Iterator[Outcome]:
    unbuilt = ""
    for check in checks_of(subject.entry.kind):
        if unbuilt:
            yield Outcome(subject.label, check.name, "skipped", unbuilt)
            continue
        outcome = run_check(check, subject)
        if check is general.BUILDS and outcome.status != "passed":
            unbuilt = f"{general.BUILDS.name} {outcome.status}"
        yield outcome

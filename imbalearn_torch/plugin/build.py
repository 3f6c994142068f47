"""From an option string to an object: resolve without importing the component, then build it with its context."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.errors import ComponentError, ConfigError, ImbalearnError, OptionError
from imbalearn_torch.plugin.grammar import Spec, parse_spec
from imbalearn_torch.plugin.options import Signature, format_options, nearest, resolve_options
from imbalearn_torch.plugin.registry import Entry, Registry, registry
from imbalearn_torch.plugin.signature import import_factory
from imbalearn_torch.plugin.spec import CONTEXT
from imbalearn_torch.priors import normalised_prior

__all__ = ["Resolved", "build", "call_factory", "resolve", "typed_options"]


@dataclass(frozen=True)
class Resolved:
    """A component with all its options typed; `str()` is the full spelling, as results record it."""

    entry: Entry
    options: dict[str, Any]

    def __str__(self) -> str:
        text = format_options(self.entry.signature().options, self.options)
        return f"{self.entry.full_name}:{text}" if text else self.entry.full_name

    def build(self, **context: Any) -> Any:
        """Make the object; `context` as the kind's table has it.

        Raises:
            OptionError: The component refuses a value, or context is unknown or missing.
            ComponentError: The factory fails for another reason.
        """
        kind, component = self.entry.kind, self.entry.component
        for name in context:
            if name not in CONTEXT[kind]:
                raise OptionError(
                    f"{name!r} is no context of kind {kind!r}{nearest(name, CONTEXT[kind])}"
                    f" (context: {', '.join(CONTEXT[kind])})"
                )
        wanted = _wanted(self.entry, context)
        who = f"{kind} {self.entry.label!r}"
        return call_factory(who, component.factory, self.options, wanted)


def _wanted(entry: Entry, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the factory asks for, with the defaults of `class_prior` and `reduction`."""
    asked = entry.signature().context
    wanted = {name: context[name] for name in asked if name in context}
    source = "class_prior" if "class_prior" in context else "class_counts"
    if "class_prior" in asked and source in context:
        try:
            wanted["class_prior"] = normalised_prior(context[source])
        except AttributeError:
            raise OptionError(f"Expected context `{source}` to be a tensor [K], but got {context[source]!r}") from None
    if "reduction" in asked:
        wanted.setdefault("reduction", "mean")
    missing = [name for name, required in asked.items() if required and name not in wanted]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        raise OptionError(f"{entry.kind} {entry.label!r} needs the context {names}; pass it to build by keyword")
    return wanted


def call_factory(who: str, factory: Any, options: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    """Import a factory and call it, and give failures a sentence that names the component."""
    try:
        return import_factory(factory)(**context, **options)
    except ConfigError as error:
        raise ConfigError([f"{who}: {problem}" for problem in error.problems]) from error
    except ImbalearnError as error:
        error.args = (f"{who}: {error}",)
        raise
    except ValueError as error:
        raise OptionError(f"{who}: {error}") from error
    except (Exception, SystemExit) as error:
        raise ComponentError(f"{who} could not be built: {type(error).__name__}: {error}") from error


def resolve(kind: str, text: str, within: Registry | None = None) -> Resolved:
    """Look up a component and type its options, importing nothing of it.

    Args:
        kind: One of `KINDS`.
        text: `NAME[:key=value,...]`.
        within: The registry to look in; None: that of the process.

    Raises:
        UnknownComponentError: No such component.
        OptionError: Its options are wrong; one line a problem.
    """
    spec = parse_spec(text)
    entry = (within or registry()).find(kind, spec.name)
    who = f"{kind} {(entry.full_name if '/' in spec.name else entry.name)!r}"
    return Resolved(entry, typed_options(who, entry.signature(), spec))


def typed_options(who: str, signature: Signature, spec: Spec) -> dict[str, Any]:
    """The options of a parsed string, all typed.

    Raises:
        OptionError: One line a problem.
    """
    values, problems = resolve_options(who, signature.options, spec.options)
    if spec.help:
        offered = ", ".join(option.describe() for option in signature.options) or "none"
        problems = [f"options of {who}: {offered}; `NAME:help` prints them in the shell and builds nothing"]
    if problems:
        raise OptionError("\n".join(problems))
    return values


def build(kind: str, text: str, /, **context: Any) -> Any:
    """Make a component: `build("loss", "focal:gamma=2", class_counts=counts, num_classes=10)`.

    Args:
        kind: "sampler", "mix", "loss", "weights", "backbone", "dataset" or "adjuster".
        text: `NAME[:key=value,...]`.
        context: What the factory may ask for, by keyword; what it does not ask for is ignored. `class_prior` defaults
            to the normalised `class_counts`, `reduction` to "mean". Tensors are on the CPU.

    Raises:
        UnknownComponentError: No such component.
        OptionError: Wrong options, a name that is no context of the kind, or context that is needed and missing.

    >>> build("mix", "mixup:alpha=0.2").alpha
    0.2
    """
    resolved = resolve(kind, text)
    successor = resolved.entry.component.deprecated
    if successor is not None:
        warnings.warn(f"{kind} {resolved.entry.label!r} is deprecated; use {successor!r}", FutureWarning, stacklevel=2)
    return resolved.build(**context)

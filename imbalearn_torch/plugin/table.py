"""Closed tables: augmentations, optimisers, schedules and imbalance profiles use the option strings of components."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.errors import UnknownComponentError
from imbalearn_torch.plugin.build import call_factory, typed_options
from imbalearn_torch.plugin.grammar import parse_spec, split_outside
from imbalearn_torch.plugin.options import Signature, format_options, nearest, read_signature
from imbalearn_torch.plugin.spec import Component, canonical_name

__all__ = ["Choice", "Table"]


@dataclass(frozen=True)
class Choice:
    """One row of a table with its options typed; `str()` is its full spelling."""

    label: str
    component: Component
    signature: Signature
    options: dict[str, Any]

    def __str__(self) -> str:
        text = format_options(self.signature.options, self.options)
        return f"{self.component.name}:{text}" if text else self.component.name

    def build(self, **context: Any) -> Any:
        """Call the factory with the options and the context it asks for."""
        wanted = {name: context[name] for name in self.signature.context if name in context}
        who = f"{self.label} {self.component.name!r}"
        return call_factory(who, self.component.factory, self.options, wanted)


class Table:
    """A fixed list of components of one label.

    Args:
        label: For messages: "schedule".
        context: What a factory may ask for by naming a parameter.
        components: The rows.
    """

    def __init__(self, label: str, context: tuple[str, ...], components: Iterable[Component]) -> None:
        self.label = label
        self.components = tuple(components)
        self._context = context
        self._by_name = {name: each for each in self.components for name in (each.name, *each.aliases)}

    def signature(self, component: Component) -> Signature:
        """Options and context of one row."""
        return read_signature(self.label, component, self._context)

    def find(self, name: str) -> Component:
        """The row of that name.

        Raises:
            UnknownComponentError: There is none.
        """
        found = self._by_name.get(canonical_name(name))
        if found is None:
            names = [component.name for component in self.components]
            raise UnknownComponentError(
                f"no {self.label} named {name!r}{nearest(name, names)} (known: {', '.join(names)})"
            )
        return found

    def resolve(self, text: str) -> Choice:
        """Read one option string.

        Raises:
            UnknownComponentError: No such row.
            OptionError: Wrong options, one line a problem.
        """
        spec = parse_spec(text)
        component = self.find(spec.name)
        signature = self.signature(component)
        values = typed_options(f"{self.label} {component.name!r}", signature, spec)
        return Choice(self.label, component, signature, values)

    def resolve_chain(self, text: str) -> tuple[Choice, ...]:
        """Read several joined by `+`, as in `crop:pad=4+flip`; `none` is the empty chain."""
        if canonical_name(text) == "none":
            return ()
        return tuple(self.resolve(part) for part in split_outside(text, "+"))

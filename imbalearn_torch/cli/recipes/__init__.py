"""`imbalearn recipes`: a lazy group of its own, one file a command."""

from __future__ import annotations

from imbalearn_torch.cli.group import LazyGroup

__all__ = ["command"]

_HERE = "imbalearn_torch.cli.recipes"

command = LazyGroup(
    name="recipes",
    table={
        "list": (f"{_HERE}.list", "List published settings with the figures reported for them."),
        "show": (f"{_HERE}.show", "Show one: source, protocol, figures, options, the command."),
        "run": (f"{_HERE}.run", "Train once with one of them."),
        "verify": (f"{_HERE}.verify", "Run one, and compare its figure with the published one."),
    },
    help="Published settings: list, show, run and verify them.",
)

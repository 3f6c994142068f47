"""`imbalearn plugins`: a lazy group of its own, one file a command."""

from __future__ import annotations

from imbalearn_torch.cli.group import LazyGroup

__all__ = ["command"]

_HERE = "imbalearn_torch.cli.plugins"

command = LazyGroup(
    name="plugins",
    table={
        "list": (f"{_HERE}.list", "List every component, and every plugin that failed."),
        "show": (f"{_HERE}.show", "Show one component: reference, options, context, an example."),
        "check": (f"{_HERE}.check", "Check that plugins keep the contract."),
        "new": (f"{_HERE}.new", "Write a new plugin package to start from."),
    },
    help="List, show, check and begin plugins.",
)

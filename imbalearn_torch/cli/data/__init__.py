"""`imbalearn data`: a lazy group of its own, one file a command."""

from __future__ import annotations

from imbalearn_torch.cli.group import LazyGroup

__all__ = ["command"]

_HERE = "imbalearn_torch.cli.data"

command = LazyGroup(
    name="data",
    table={
        "show": (f"{_HERE}.show", "Show counts, ratio, Gini coefficient and a recommended recipe."),
        "check": (f"{_HERE}.check", "Look for unreadable, doubled and contradictory images."),
    },
    help="Show and check data before training on them.",
)

"""The legend above a figure, with names of any length."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from imbalearn_torch.reporting.labels import shorten

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["add_legend", "legend_height"]

_LONGEST = 60


def legend_height(names: Collection[str]) -> float:
    """Inches that a legend of these names takes."""
    return 0.18 * -(-len(names) // _columns(names))


def add_legend(figure: Figure, artists: Sequence[Artist], names: Sequence[str]) -> None:
    """Name what has been drawn, above it; nothing where there is nothing to name."""
    if names:
        shown = [_name(name) for name in names]
        figure.legend(artists, shown, loc="outside upper left", ncols=_columns(names))


def _columns(names: Collection[str]) -> int:
    longest = max((len(_name(name)) for name in names), default=0)
    return 3 if longest <= 18 else 2 if longest <= 30 else 1


def _name(name: str) -> str:
    # A legend leaves out what starts with an underscore, so a space of no width goes before it.
    return ("\N{ZERO WIDTH SPACE}" if name.startswith("_") else "") + shorten(name, _LONGEST)

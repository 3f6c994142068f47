"""How every figure looks, and how it becomes SVG: the same input gives the same bytes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import extra_width, printable_sentence, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BAR",
    "GRID",
    "INK",
    "VARIABLES",
    "figure_style",
    "line_style",
    "line_styles",
    "name_ticks",
    "new_figure",
    "reserve",
    "to_svg",
]

INK, PAPER, GRID, BAR, BLUE = "#20242b", "#ffffff", "#d9dce1", "#cdd2da", "#0072b2"
# What a page may replace by a variable of its own, for the dark; the other colours are bright enough.
VARIABLES = {INK: "ink", PAPER: "paper", GRID: "line", BAR: "bar", BLUE: "blue"}
# Okabe and Ito's palette for all kinds of colour vision, the palest last.
OKABE_ITO = (BLUE, "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442")
DASHES = ("solid", "dashed", "dotted", "dashdot")
# Narrow, so that the text stays readable where the figure is shrunk to a telephone's width.
WIDTH_INCHES = 5.2

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be searched, and the browser finds the glyphs of any script
    "svg.hashsalt": "imbalearn-torch",
    "text.parse_math": False,  # a dollar sign in a class name is a dollar sign
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.5,
    "legend.fontsize": 9.0,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.borderaxespad": 0.2,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Inside it figures are drawn and saved: our settings only, whatever a user's matplotlibrc says."""
    import matplotlib.style

    with warnings.catch_warnings(), matplotlib.style.context(["default", _STYLE]):
        warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)
        yield


def new_figure(height: float) -> Figure:
    """An empty figure of the common width.

    Args:
        height: Inches.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_INCHES, height), layout="constrained")


def to_svg(figure: Figure, sentence: str) -> str:
    """The figure as an SVG document whose `<title>` is its text alternative.

    Args:
        figure: Drawn inside `figure_style`, which must still be open.
        sentence: What the figure shows, for those who do not see it.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)
    buffer = StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": printable_sentence(sentence)}
    )
    return buffer.getvalue()


def line_style(index: int) -> dict[str, Any]:
    """Colour and dashes of the line of that index; no two of the first 28 are alike."""
    return {"color": OKABE_ITO[index % len(OKABE_ITO)], "linestyle": DASHES[index // len(OKABE_ITO) % len(DASHES)]}


def line_styles(names: Sequence[str], among: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The style of each line; in figures of one page a name has the same one, also where others are left out.

    Args:
        names: Of the lines.
        among: All names of the page; None: there are no others.
    """
    places = names if among is None else among
    return [line_style(places.index(name)) for name in names]


def name_ticks(axes: Axes, which: str, positions: range, names: list[str]) -> float:
    """Class names at positions of an axis.

    Args:
        axes: Where.
        which: "x", where names are turned, or "y".
        positions: Ticks.
        names: One name a tick, of any length.

    Returns:
        How many inches more the names need than the drawing library reserves for them.
    """
    shown = [shorten(name) for name in names]
    extra = extra_width(shown) * _STYLE["xtick.labelsize"] / 72
    if which == "y":
        axes.set_yticks(positions, shown)
        return extra
    upright = len(shown) > 12
    turned = {"rotation": 90, "va": "center"} if upright else {"rotation": 45, "va": "top"}
    axes.set_xticks(positions, shown, ha="right", rotation_mode="anchor", **turned)
    return extra if upright else extra * math.sqrt(0.5)


def reserve(figure: Figure, *, left: float = 0.0, bottom: float = 0.0) -> None:
    """Keep room at the edges of a figure, in inches, for text that is wider than it is measured."""
    width, height = figure.get_size_inches()
    rectangle = (left / width, bottom / height, 1 - left / width, 1 - bottom / height)
    figure.set_layout_engine("constrained", rect=rectangle)

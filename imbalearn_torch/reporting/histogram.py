"""The grey bars that stand behind a figure: training images of each class on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imbalearn_torch.reporting.style import BAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FLOOR", "log_histogram"]

FLOOR = 0.8  # where the bars begin: a class with one image still has one


def log_histogram(axes: Axes, counts: Sequence[int], highest: float = 0.0) -> None:
    """A bar for each class at 0, 1, 2, ...

    Args:
        axes: Where.
        counts: From left to right.
        highest: What else has to fit.
    """
    edges = [position - 0.5 for position in range(len(counts) + 1)]
    axes.set_yscale("log")
    axes.stairs([max(FLOOR, count) for count in counts], edges, baseline=FLOOR, fill=True, color=BAR)
    axes.set_ylim(FLOOR, 2 * max([10.0, highest, *counts]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.minorticks_off()
    axes.set_ylabel("training images (log)")

"""The confusion matrix as a picture, in frequency order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbalearn_torch.reporting.labels import by_frequency, counted, isolated, thinned
from imbalearn_torch.reporting.style import GRID, figure_style, name_ticks, new_figure, reserve, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confusion_svg"]


def confusion_svg(confusion: ArrayLike, train_counts: Sequence[int], classes: Sequence[str]) -> str:
    """What the images of each true class were predicted as, in per cent, rows and columns in frequency order.

    Args:
        confusion: Integers `[K, K]`, rows true.
        train_counts: `[K]`.
        classes: Their names, `[K]`.

    Returns:
        An SVG document. A class without test images has an empty row; up to 12 classes the cells hold numbers.
    """
    import matplotlib

    order = by_frequency([int(count) for count in train_counts])
    matrix = np.asarray(confusion, dtype=np.float64)[np.ix_(order, order)]
    support = matrix.sum(axis=1, keepdims=True)
    shares = np.full_like(matrix, np.nan)
    np.divide(100 * matrix, support, out=shares, where=support > 0)
    names = [classes[label] for label in order]
    with figure_style():
        figure = new_figure(4.5)
        axes = figure.subplots()
        colours = matplotlib.colormaps["viridis"].with_extremes(bad=GRID)
        # Not interpolated: the file holds one pixel a cell, and the browser enlarges it with sharp edges.
        image = axes.imshow(shares, cmap=colours, vmin=0, vmax=100, interpolation="none")
        figure.colorbar(
            image, ax=axes, shrink=0.7, aspect=30, pad=0.02, label="% of the true class", ticks=(0, 50, 100)
        )
        axes.set(xlabel="predicted class", ylabel="true class, the most frequent in training first")
        shown = thinned(len(names))
        ticks = [names[position] for position in shown]
        reserve(figure, left=name_ticks(axes, "y", shown, ticks), bottom=name_ticks(axes, "x", shown, ticks))
        if len(names) <= 12:
            _numbers(axes, shares)
        return to_svg(figure, _sentence(shares, names))


def _numbers(axes: Axes, shares: NDArray[np.float64]) -> None:
    size = 9 if len(shares) <= 10 else 8
    for (row, column), share in np.ndenumerate(shares):
        if not np.isnan(share):
            # Not the colours of the page: the cells keep theirs in the dark too.
            colour = "#101010" if share > 45 else "#fafafa"
            axes.text(column, row, f"{share:.0f}", ha="center", va="center", color=colour, fontsize=size)


def _sentence(shares: NDArray[np.float64], names: list[str]) -> str:
    mistakes = np.nan_to_num(shares)
    np.fill_diagonal(mistakes, 0)
    row, column = np.unravel_index(mistakes.argmax(), mistakes.shape)
    share = mistakes[row, column]
    said = f"the most frequent mistake is {isolated(names[row])} taken for {isolated(names[column])} ({share:.0f} %)"
    mistake = said if share else "there is no mistake"
    what = "each row is a true class and sums to 100 %, with recall on the diagonal"
    return f"Confusion matrix of {counted(len(names), 'class')} in order of training frequency: {what}; {mistake}."

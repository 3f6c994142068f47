"""The reliability diagram: how often a predictor is right when it says how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from imbalearn_torch.reporting.labels import counted, printable
from imbalearn_torch.reporting.legend import add_legend, legend_height
from imbalearn_torch.reporting.style import BAR, INK, figure_style, line_styles, new_figure, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imbalearn_torch.metrics.calibration import Reliability

__all__ = ["reliability_svg"]


def reliability_svg(predictors: Mapping[str, Reliability], among: Sequence[str] | None = None) -> str:
    """Accuracy over confidence, and below how many images have which confidence.

    Args:
        predictors: By name, their bins; at least one, with images in them.
        among: All names of the page, whose places decide the colours; None: there are no others.

    Returns:
        An SVG document.
    """
    with figure_style():
        figure = new_figure(3.9 + legend_height(predictors))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3.2, 1))
        above.plot([0, 100], [0, 100], color=INK, linewidth=0.8, linestyle=(0, (2, 3)))
        lines = []
        for style, bins in zip(line_styles(list(predictors), among), predictors.values(), strict=True):
            known = bins.counts > 0
            points = (100 * bins.confidence[known], 100 * bins.accuracy[known])
            lines += above.plot(*points, marker="o", markersize=3.5, clip_on=False, **style)
        first = next(iter(predictors.values()))
        _histogram(below, first, len(predictors))
        above.set(xlim=(0, 100), ylim=(0, 100), ylabel="accuracy (%)")
        above.grid()
        below.set_xlabel("confidence (%)")
        if len(predictors) > 1:
            add_legend(figure, lines, list(predictors))
        figure.align_ylabels([above, below])
        return to_svg(figure, _sentence(predictors))


def _histogram(axes: Axes, bins: Reliability, predictors: int) -> None:
    edges = np.linspace(0, 100, len(bins.counts) + 1)
    axes.stairs(bins.counts, edges, fill=True, color=BAR)
    axes.set_ylabel("images" if predictors == 1 else "images\n(first)")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="y", nbins=3, integer=True)


def _sentence(predictors: Mapping[str, Reliability]) -> str:
    first = next(iter(predictors.values()))
    said = []
    for name, bins in predictors.items():
        sure, right = (f"{share:.1f}\N{NO-BREAK SPACE}%" for share in _means(bins))
        about = f"{printable(name)}: " if len(predictors) > 1 else ""
        said.append(f"{about}mean confidence {sure}, accuracy {right}")
    what = f"Reliability over {counted(int(first.counts.sum()), 'test prediction')}"
    return f"{what}: {'; '.join(said)}; on the dotted diagonal a predictor is as often right as it is sure."


def _means(bins: Reliability) -> tuple[float, float]:
    """Confidence and accuracy of all images, in per cent."""
    total = bins.counts.sum()
    sums = [float((bins.counts * np.nan_to_num(each)).sum()) for each in (bins.confidence, bins.accuracy)]
    return 100 * sums[0] / total, 100 * sums[1] / total

"""The signature figure: recall of each class over a log histogram of the training counts, a line per method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.histogram import log_histogram
from imbalearn_torch.reporting.labels import by_frequency, counted, isolated, thinned
from imbalearn_torch.reporting.legend import add_legend, legend_height
from imbalearn_torch.reporting.style import figure_style, line_styles, name_ticks, new_figure, reserve, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["per_class_svg"]


def per_class_svg(
    methods: Mapping[str, Sequence[float | None]],
    train_counts: Sequence[int],
    classes: Sequence[str],
    among: Sequence[str] | None = None,
) -> str:
    """Recall of each class, from the most frequent class in training to the rarest.

    Args:
        methods: For each method's name the recall of each class in class order, `[K]`; None where it has no value,
            which leaves a gap in the line.
        train_counts: `[K]`.
        classes: Their names, `[K]`.
        among: All names of the page, whose places decide the colours; None: there are no others.

    Returns:
        An SVG document.
    """
    counts = [int(count) for count in train_counts]
    order, positions = by_frequency(counts), thinned(len(counts))
    with figure_style():
        figure = new_figure(3.4 + legend_height(methods))
        axes = figure.subplots()
        bars = axes.twinx()
        log_histogram(bars, [counts[label] for label in order])
        bars.spines["right"].set_visible(True)
        axes.set_zorder(1)  # the lines in front of the bars; the background of the axes is transparent
        lines = [
            _line(axes, [recalls[label] for label in order], style)
            for style, recalls in zip(line_styles(list(methods), among), methods.values(), strict=True)
        ]
        axes.set(ylim=(0, 100), xlim=(-0.5, len(order) - 0.5), ylabel="recall (%)")
        axes.set_xlabel("class, the most frequent in training first")
        axes.grid(axis="y")
        extra = name_ticks(axes, "x", positions, [classes[order[position]] for position in positions])
        reserve(figure, bottom=extra)
        add_legend(figure, lines, list(methods))
        return to_svg(figure, _sentence(counts, order, classes))


def _line(axes: Axes, recalls: list[float | None], style: dict[str, Any]) -> Line2D:
    """The line of one method; with many classes the line is a running mean, and dots are the single classes."""
    heights = [float("nan") if value is None else 100 * value for value in recalls]
    reach = _reach(len(heights))
    if not reach:
        return axes.plot(heights, marker="o", markersize=3.5, clip_on=False, **style)[0]
    axes.plot(heights, ".", markersize=2.5, alpha=0.6, clip_on=False, color=style["color"])
    return axes.plot([_mean_around(recalls, position, reach) for position in range(len(recalls))], **style)[0]


def _reach(classes: int) -> int:
    """How many neighbours at each side the running mean takes in."""
    return classes // 25 if classes > 40 else 0


def _mean_around(recalls: list[float | None], position: int, reach: int) -> float:
    near = [value for value in recalls[max(0, position - reach) : position + reach + 1] if value is not None]
    return 100 * sum(near) / len(near) if near else float("nan")


def _sentence(counts: list[int], order: list[int], classes: Sequence[str]) -> str:
    if not order:
        return "There are no classes."
    first, last = (f"{isolated(classes[label])} ({counted(counts[label], 'image')})" for label in (order[0], order[-1]))
    what = f"Recall of {counted(len(order), 'class')} ordered by training count, from {first} to {last}"
    reach = _reach(len(order))
    dots = f"dots are single classes, lines are means over {2 * reach + 1} of them, " if reach else ""
    return f"{what}; {dots}the grey bars are the training images."

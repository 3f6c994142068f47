"""The signature figure: recall of each class over a log histogram of the training counts, a line per method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import by_frequency, counted, printable, shorten, thinned
from imbalearn_torch.reporting.style import BAR, figure_style, line_style, name_ticks, new_figure, reserve, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["per_class_svg"]


def per_class_svg(
    methods: Mapping[str, Sequence[float | None]], train_counts: Sequence[int], classes: Sequence[str]
) -> str:
    """Recall of each class, from the most frequent class in training to the rarest.

    Args:
        methods: For each method's name the recall of each class in class order, `[K]`; None where it has no value,
            which leaves a gap in the line.
        train_counts: `[K]`.
        classes: Their names, `[K]`.

    Returns:
        An SVG document.
    """
    counts = [int(count) for count in train_counts]
    order, positions = by_frequency(counts), thinned(len(counts))
    rows = -(-len(methods) // _legend_columns(methods))
    with figure_style():
        figure = new_figure(3.4 + 0.18 * rows)
        axes = figure.subplots()
        _histogram(axes.twinx(), [counts[label] for label in order])
        axes.set_zorder(1)  # the lines in front of the bars; the background of the axes is transparent
        lines = [
            _line(axes, [recalls[label] for label in order], line_style(index))
            for index, recalls in enumerate(methods.values())
        ]
        axes.set(ylim=(0, 100), xlim=(-0.5, len(order) - 0.5), ylabel="recall (%)")
        axes.set_xlabel("class, the most frequent in training first")
        axes.grid(axis="y")
        extra = name_ticks(axes, "x", positions, [classes[order[position]] for position in positions])
        reserve(figure, bottom=extra)
        if methods:
            names = [_legend_name(name) for name in methods]
            figure.legend(lines, names, loc="outside upper left", ncols=_legend_columns(methods))
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


def _histogram(axes: Axes, counts: list[int]) -> None:
    """Grey bars on a logarithmic axis of their own, at the right."""
    floor = 0.8  # a class with one image still has a bar
    edges = [position - 0.5 for position in range(len(counts) + 1)]
    axes.set_yscale("log")
    axes.stairs([max(floor, count) for count in counts], edges, baseline=floor, fill=True, color=BAR)
    axes.set_ylim(floor, 2 * max([10, *counts]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.minorticks_off()
    axes.set_ylabel("training images (log)")
    axes.spines["right"].set_visible(True)


def _legend_columns(methods: Mapping[str, object]) -> int:
    longest = max((len(_legend_name(name)) for name in methods), default=0)
    return 3 if longest <= 18 else 2 if longest <= 30 else 1


def _legend_name(name: str) -> str:
    # A legend leaves out what starts with an underscore, so a space of no width goes before it.
    return ("\N{ZERO WIDTH SPACE}" if name.startswith("_") else "") + shorten(name, 60)


def _sentence(counts: list[int], order: list[int], classes: Sequence[str]) -> str:
    if not order:
        return "There are no classes."
    first, last = (
        f"{printable(classes[label])} ({counted(counts[label], 'image')})" for label in (order[0], order[-1])
    )
    what = f"Recall of {counted(len(order), 'class')} ordered by training count, from {first} to {last}"
    reach = _reach(len(order))
    dots = f"dots are single classes, lines are means over {2 * reach + 1} of them, " if reach else ""
    return f"{what}; {dots}the grey bars are the training images."

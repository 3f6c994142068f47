"""What a run was trained on: the training images, what was drawn of them, and how many different ones that were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imbalearn_torch.reporting.histogram import FLOOR, log_histogram
from imbalearn_torch.reporting.labels import by_frequency, counted, isolated, thinned
from imbalearn_torch.reporting.legend import add_legend, legend_height
from imbalearn_torch.reporting.style import (
    BAR,
    OKABE_ITO,
    figure_style,
    line_style,
    line_styles,
    name_ticks,
    new_figure,
    reserve,
    to_svg,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["data_svg"]

_SEEN = OKABE_ITO[5]


def data_svg(
    train_counts: Sequence[int],
    drawn: Mapping[str, Sequence[int]],
    classes: Sequence[str],
    distinct: Sequence[int] | None = None,
    among: Sequence[str] | None = None,
) -> str:
    """A log histogram of the training images with the drawn distribution on the same axis.

    Args:
        train_counts: `[K]`.
        drawn: By name, how often images of each class were drawn over a run, `[K]`. They are scaled to as many draws
            as there are training images, so that a line on the top of the bars is the distribution of the data.
        classes: Their names, `[K]`.
        distinct: How many different images of each class were drawn, `[K]`; None: not shown.
        among: All names of the page, whose places decide the colours; None: there are no others.

    Returns:
        An SVG document.
    """
    order = by_frequency([int(count) for count in train_counts])
    counts = [int(train_counts[label]) for label in order]
    scaled = {name: _scaled([row[label] for label in order], sum(counts)) for name, row in drawn.items() if sum(row)}
    names = ["training images", *(["different ones drawn"] if distinct else []), *scaled]
    with figure_style():
        figure = new_figure(3.0 + legend_height(names))
        axes = figure.subplots()
        log_histogram(axes, counts, max((max(row) for row in scaled.values()), default=0.0))
        artists = [_swatch(BAR)]
        if distinct:
            _inner_bars(axes, [distinct[label] for label in order])
            artists.append(_swatch(_SEEN))
        # One line alone has not the colour of the bars.
        styles = line_styles(list(scaled), among) if len(scaled) > 1 else [line_style(1)] * len(scaled)
        for style, row in zip(styles, scaled.values(), strict=True):
            # A class that was never drawn has no point: a logarithm has no 0.
            heights = [value or float("nan") for value in row]
            marker = "o" if len(row) <= 40 else ""
            artists += axes.plot(heights, marker=marker, markersize=3, **style)
        axes.set(xlim=(-0.5, len(order) - 0.5), xlabel="class, the most frequent in training first")
        axes.grid(axis="y")
        positions = thinned(len(order))
        reserve(figure, bottom=name_ticks(axes, "x", positions, [classes[order[each]] for each in positions]))
        add_legend(figure, artists, names)
        return to_svg(figure, _sentence(train_counts, drawn, classes, distinct, order))


def _scaled(row: Sequence[int], total: int) -> list[float]:
    return [total * count / sum(row) for count in row]


def _swatch(colour: str) -> Artist:
    from matplotlib.patches import Patch

    return Patch(color=colour)


def _inner_bars(axes: Axes, distinct: Sequence[int]) -> None:
    heights = [max(0.0, count - FLOOR) for count in distinct]
    axes.bar(range(len(heights)), heights, width=0.45, bottom=FLOOR, color=_SEEN, linewidth=0)


def _sentence(
    train_counts: Sequence[int],
    drawn: Mapping[str, Sequence[int]],
    classes: Sequence[str],
    distinct: Sequence[int] | None,
    order: list[int],
) -> str:
    if not order:
        return "There are no classes."
    total = sum(train_counts)
    ends = [f"{isolated(classes[label])} ({train_counts[label]:,})" for label in (order[0], order[-1])]
    said = f"{counted(total, 'training image')} of {counted(len(order), 'class')}, from {ends[0]} to {ends[1]}"
    what = "the line is" if len(drawn) == 1 else "the lines are"
    parts = [f"{what} the drawn distribution, scaled to {total:,} draws"] if drawn else []
    if distinct:
        parts.append(f"{sum(distinct):,} different images were drawn")
    if len(drawn) == 1:
        row = next(iter(drawn.values()))
        known = [label for label in (order[0], order[-1]) if train_counts[label]]
        often = [f"of “{isolated(classes[label])}” {row[label] / train_counts[label]:,.1f} times" for label in known]
        parts.append(f"over the whole run an image was drawn on average: one {', one '.join(often)}")
    return "; ".join([said, *parts]) + "."

"""Learning curves of several methods in one picture, with their learning rates below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import counted
from imbalearn_torch.reporting.legend import add_legend, legend_height
from imbalearn_torch.reporting.style import figure_style, line_style, new_figure, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["compared_curves_svg"]

History = Sequence[Mapping[str, Any]]
# key of metrics.jsonl -> label and height of its panel
_PANELS = {
    "train_loss": ("training loss", 1.7),
    "val_macro_f1": ("validation\nmacro-F1", 1.7),
    "lr": ("learning\nrate", 0.8),
}


def compared_curves_svg(methods: Mapping[str, Sequence[History]]) -> str:
    """Training loss, validation macro-F1 where there is a validation part, and learning rate, a line a method.

    Args:
        methods: By name, the rows of metrics.jsonl of each of its runs; the line is the mean over runs.

    Returns:
        An SVG document.
    """
    shown = [key for key in _PANELS if any(_mean_points(runs, key) for runs in methods.values())]
    with figure_style():
        if not shown:
            figure, sentence = new_figure(0.8), "No epoch was trained, so there are no learning curves."
            figure.text(0.5, 0.5, sentence, ha="center", va="center")
            return to_svg(figure, sentence)
        heights = [_PANELS[key][1] for key in shown]
        figure = new_figure(sum(heights) + 0.5 + legend_height(methods))
        grid = figure.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        lines: list[Line2D] = []
        for axes, key in zip(grid, shown, strict=True):
            lines = _draw(axes, methods, key)
            axes.set_ylabel(_PANELS[key][0])
        grid[-1].set_xlabel("epoch")
        grid[-1].set_ylim(bottom=0)
        grid[-1].xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        figure.align_ylabels(list(grid))
        add_legend(figure, lines, list(methods))
        return to_svg(figure, _sentence(methods, shown))


def _draw(axes: Axes, methods: Mapping[str, Sequence[History]], key: str) -> list[Line2D]:
    axes.grid(axis="y")
    lines = []
    for index, runs in enumerate(methods.values()):
        points = _mean_points(runs, key)
        marker = "o" if len(points) <= 30 else ""
        columns = zip(*points, strict=True) if points else ([], [])
        lines += axes.plot(*columns, marker=marker, markersize=2.5, **line_style(index))
    return lines


def _mean_points(runs: Sequence[History], key: str) -> list[tuple[int, float]]:
    """By epoch, the mean over the runs that have come so far."""
    values: dict[int, list[float]] = {}
    for history in runs:
        for row in history:
            if row.get(key) is not None:
                values.setdefault(row["epoch"], []).append(row[key])
    return [(epoch, sum(several) / len(several)) for epoch, several in sorted(values.items())]


def _sentence(methods: Mapping[str, Sequence[History]], shown: Sequence[str]) -> str:
    epochs = max(len(history) for runs in methods.values() for history in runs)
    several = any(len(runs) > 1 for runs in methods.values())
    mean = ", lines are means over seeds" if several else ""
    held = "" if "val_macro_f1" in shown else "; nothing was held out for validation"
    curves = f"Learning curves of {counted(len(methods), 'method')} over {counted(epochs, 'epoch')}"
    return f"{curves}{mean}; the strip at the bottom is the learning rate{held}."

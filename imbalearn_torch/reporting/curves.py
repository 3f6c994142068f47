"""The learning curves of one run, with the learning rate in a strip below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imbalearn_torch.reporting.labels import counted
from imbalearn_torch.reporting.style import INK, figure_style, line_style, new_figure, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curves_svg"]

History = Sequence[Mapping[str, Any]]

_LOSSES = {"train_loss": "training loss", "val_loss": "validation loss"}
_SCORES = {"val_macro_f1": "validation macro-F1", "val_accuracy": "validation accuracy"}


def curves_svg(history: History) -> str:
    """Losses, validation scores and learning rate over the epochs.

    Args:
        history: One row an epoch: `epoch`, `lr`, `train_loss`, and `val_loss`, `val_macro_f1`, `val_accuracy` where
            there is a validation part (None or missing where there is not). May be empty.

    Returns:
        An SVG document.
    """
    with figure_style():
        if not history:
            figure = new_figure(0.8)
            sentence = "No epoch was trained, so there are no learning curves."
            figure.text(0.5, 0.5, sentence, ha="center", va="center")
            return to_svg(figure, sentence)
        panels = [(_LOSSES, "loss", 2.0, 0), ({"lr": "learning rate"}, "learning\nrate", 0.8, None)]
        if any(_points(history, key) for key in _SCORES):
            panels.insert(1, (_SCORES, "score", 1.6, 2))
        heights = [panel[2] for panel in panels]
        figure = new_figure(sum(heights) + 0.5)
        grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (series, title, _, first_colour) in zip(grid, panels, strict=True):
            _draw(axes, history, series, first_colour)
            axes.set_ylabel(title)
        grid[-1].set_xlabel("epoch")
        grid[-1].set_ylim(bottom=0)
        grid[-1].xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        figure.align_ylabels(list(grid))
        return to_svg(figure, _sentence(history))


def _draw(axes: Axes, history: History, series: Mapping[str, str], first_colour: int | None) -> None:
    axes.grid(axis="y")
    for offset, (key, label) in enumerate(series.items()):
        points = _points(history, key)
        if points:
            style: dict[str, Any] = {"color": INK} if first_colour is None else line_style(first_colour + offset)
            marker = "o" if len(points) <= 30 else ""
            axes.plot(*zip(*points, strict=True), label=label, marker=marker, markersize=2.5, **style)
    if len(series) > 1:
        # Above the panel, where no curve can hide behind it.
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)


def _points(history: History, key: str) -> list[tuple[int, float]]:
    return [(row["epoch"], row[key]) for row in history if row.get(key) is not None]


def _sentence(history: History) -> str:
    losses = _points(history, "train_loss")
    parts = [f"the training loss went from {losses[0][1]:.3f} to {losses[-1][1]:.3f}"] if losses else []
    for key in ("val_loss", "val_macro_f1"):
        points = _points(history, key)
        if points:
            parts.append(f"the {(_LOSSES | _SCORES)[key]} ended at {points[-1][1]:.3f}")
    said = f": {', '.join(parts)}" if parts else ""
    return f"Learning curves over {counted(len(history), 'epoch')}{said}; the strip at the bottom is the learning rate."

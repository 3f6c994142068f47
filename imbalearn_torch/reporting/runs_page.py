"""One page for several runs: a leaderboard where there is one, and every figure with a line for each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.compared_curves import compared_curves_svg
from imbalearn_torch.reporting.data_figure import data_svg
from imbalearn_torch.reporting.inline import InlineFigure, inline_figure
from imbalearn_torch.reporting.labels import printable
from imbalearn_torch.reporting.means import mean_counts, mean_recalls, pooled
from imbalearn_torch.reporting.method_details import method_details
from imbalearn_torch.reporting.per_class import per_class_svg
from imbalearn_torch.reporting.record import FINAL, RunRecord
from imbalearn_torch.reporting.reliability import reliability_svg
from imbalearn_torch.reporting.runs_tables import (
    RESULTS_CAPTION,
    compared_class_table,
    compared_count_table,
    leaderboard,
    result_table,
    run_table,
)
from imbalearn_torch.reporting.runs_words import runs_verdict, runs_warnings
from imbalearn_torch.reporting.templating import render

__all__ = ["render_runs"]

Methods = Mapping[str, Sequence[RunRecord]]


def render_runs(
    methods: Methods,
    *,
    name: str,
    command: str | None = None,
    record: Mapping[str, Any] | None = None,
) -> str:
    """The page of several runs. The same input gives the same bytes.

    Args:
        methods: By name, the finished runs of each method, one a seed; the first one is the reference. A method
            without any is left out of the figures.
        name: Of the page.
        command: Makes these runs again.
        record: What leaderboard.json of a comparison holds: its rows with intervals and differences, and its warnings;
            None: the table shows means, and the page finds its own warnings.

    Returns:
        An HTML document with styles, script and figures inside.
    """
    finished = {each: runs for each, runs in methods.items() if runs}
    alike = _of_the_same_classes(finished)
    warnings = runs_warnings(finished, len(alike)) if record is None else list(record["warnings"])
    shown_table, caption = (result_table(finished), RESULTS_CAPTION) if record is None else leaderboard(record)
    return render(
        "runs.html.j2",
        kind="comparison",
        name=printable(name),
        verdict=runs_verdict(finished, record),
        warnings=warnings,
        command=command,
        results=shown_table,
        caption=caption,
        counts=compared_count_table(alike) if alike else None,
        classes=compared_class_table(alike) if alike else None,
        details=method_details(finished),
        runs=run_table(finished),
        seeds=max(map(len, finished.values()), default=0),
        figures=_figures(finished, alike),
    )


def _of_the_same_classes(methods: Methods) -> dict[str, Sequence[RunRecord]]:
    """The methods that can share an axis of classes with the first one."""
    classes = next(iter(methods.values()))[0].classes if methods else []
    return {name: runs for name, runs in methods.items() if all(run.classes == classes for run in runs)}


def _figures(finished: Methods, alike: Methods) -> dict[str, InlineFigure]:
    figures = {"curves": compared_curves_svg({name: [run.history for run in runs] for name, runs in finished.items()})}
    if alike:
        first = next(iter(alike.values()))[0]
        # The images as they came: a sampler of one of the methods may have made others.
        drawn = {name: mean_counts(runs, "drawn_counts") for name, runs in alike.items()}
        distinct = first.result["data"].get("distinct_counts") if len(alike) == 1 else None
        recalls = {name: mean_recalls(runs) for name, runs in alike.items()}
        figures["data"] = data_svg(first.train_counts, drawn, first.classes, distinct, list(finished))
        figures["per_class"] = per_class_svg(recalls, first.train_counts, first.classes, list(finished))
    known = {
        name: [run.calibration[FINAL] for run in runs if FINAL in run.calibration] for name, runs in finished.items()
    }
    calibration = {name: pooled(several) for name, several in known.items() if several}
    if calibration:
        figures["reliability"] = reliability_svg(calibration, list(finished))
    return {name: inline_figure(svg, name.replace("_", "-")) for name, svg in figures.items()}

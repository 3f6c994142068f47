"""What a page for several runs shows of each method by itself: its confusion matrix and its worst mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from imbalearn_torch.reporting.cells import PageTable
from imbalearn_torch.reporting.confusion_figure import confusion_svg
from imbalearn_torch.reporting.confusions import MOST_CLASSES
from imbalearn_torch.reporting.inline import InlineFigure, inline_figure
from imbalearn_torch.reporting.labels import counted, printable
from imbalearn_torch.reporting.page_tables import confusion_table
from imbalearn_torch.reporting.pictures import Picture, mistake_pictures
from imbalearn_torch.reporting.record import RunRecord

__all__ = ["MethodDetails", "method_details"]

_PICTURES = (24, 120)  # at most of one method, and of all: a picture takes up to 30 kB of the page
_FEWEST = 4


class MethodDetails(NamedTuple):
    """One method, closed until somebody opens it.

    Args:
        name: Of the method.
        commands: What makes its runs again, each once.
        of_what: Of which runs the confusion matrix is.
        figure: The matrix; None where there are too many classes.
        confusions: The most frequent mistakes, where there are.
        of_which: Of which run the pictures are.
        pictures: The worst mistakes; may be empty.
    """

    name: str
    commands: list[str]
    of_what: str
    figure: InlineFigure | None
    confusions: PageTable | None
    of_which: str
    pictures: list[Picture]


def method_details(methods: Mapping[str, Sequence[RunRecord]]) -> list[MethodDetails]:
    """A section for each method.

    Args:
        methods: By name, its finished runs, at least one each.
    """
    most, of_all = _PICTURES
    pictures = max(_FEWEST, min(most, of_all // max(1, len(methods))))
    return [_details(name, runs, number, pictures) for number, (name, runs) in enumerate(methods.items())]


def _details(name: str, runs: Sequence[RunRecord], number: int, pictures: int) -> MethodDetails:
    first = runs[0]
    alike = [run for run in runs if run.classes == first.classes]
    whole = replace(first, confusion=np.sum([run.confusion for run in alike], axis=0))
    figure = None
    if len(first.classes) <= MOST_CLASSES:
        svg = confusion_svg(whole.confusion, whole.train_counts, whole.classes)
        figure = inline_figure(svg, f"confusion-{number}")
    seed = first.result["config"]["seed"]
    return MethodDetails(
        name=printable(name),
        commands=list(dict.fromkeys(printable(run.result["command"]) for run in runs if run.result.get("command"))),
        of_what=f"The test images of {counted(len(alike), 'run')} together." if len(alike) > 1 else "",
        figure=figure,
        confusions=None if figure is not None else confusion_table(whole),
        of_which=f" of the run with seed {seed}" if len(runs) > 1 else "",
        pictures=mistake_pictures(first, pictures),
    )

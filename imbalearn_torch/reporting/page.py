"""The report of one run: a single page that needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imbalearn_torch.reporting.confusions import MOST_CLASSES
from imbalearn_torch.reporting.inline import inline_figure
from imbalearn_torch.reporting.labels import printable
from imbalearn_torch.reporting.page_tables import class_table, confusion_table, count_table, figure_table
from imbalearn_torch.reporting.pictures import mistake_pictures
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.templating import render
from imbalearn_torch.reporting.words import plain, time_taken, verdict

__all__ = ["render_page"]


def render_page(record: RunRecord, figures: Mapping[str, str]) -> str:
    """The page of one run. The same input gives the same bytes.

    Args:
        record: The run.
        figures: As `run_figures` gives them.

    Returns:
        An HTML document with styles, script, figures and pictures inside.
    """
    result = record.result
    has_matrix = len(record.classes) <= MOST_CLASSES
    confusions = None if has_matrix else confusion_table(record)
    shown = [name for name in figures if name != "confusion" or has_matrix]
    return render(
        "report.html.j2",
        kind="report",
        name=printable(str(result.get("name") or "run")),
        verdict=verdict(result),
        warnings=result.get("warnings") or (),
        command=result.get("command"),
        results=figure_table(result),
        time_taken=time_taken(result.get("timing") or {}),
        counts=count_table(result["data"]),
        classes=class_table(record),
        confusions=confusions,
        pictures=mistake_pictures(record),
        settings=dict(_settings(result)),
        figures={name: inline_figure(figures[name], name.replace("_", "-")) for name in shown},
    )


def _settings(result: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for heading in ("config", "environment"):
        values = _flat(result.get(heading) or {})
        yield heading, [(key, plain(value)) for key, value in values.items()]


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings with dotted names."""
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat

"""The report of one run: a single page that needs no network and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.inline import InlineFigure, inline_figure
from imbalearn_torch.reporting.labels import printable
from imbalearn_torch.reporting.words import (
    FIGURES,
    class_name,
    decimal,
    group_rows,
    interval,
    metric_columns,
    percent,
    plain,
    time_taken,
    verdict,
)

__all__ = ["render_page"]

_PARTS = {"train_counts": "training", "val_counts": "validation", "test_counts": "test", "drawn_counts": "drawn"}


def render_page(result: Mapping[str, Any], figures: Mapping[str, str]) -> str:
    """The page of one run. The same input gives the same bytes.

    Args:
        result: What stands in result.json, and `name` and `command` where known; parts may be missing.
        figures: SVG documents by name: `curves`, `per_class`, `confusion`. Others follow at the end.

    Returns:
        An HTML document with its styles and figures inside.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("imbalearn_torch.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": percent, "decimal": decimal, "interval": interval, "plain": plain}
    drawn = {name: inline_figure(svg, name.replace("_", "-")) for name, svg in figures.items()}
    page = environment.get_template("report.html.j2").render(**_view(result), figures=drawn, others=_others(drawn))
    # What is no text, such as the bytes of a folder's name, cannot be written as UTF-8.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _view(result: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the template shows, in the order and the words in which it shows it."""
    data = result.get("data") or {}
    classes = [printable(str(name)) for name in data.get("classes") or ()]
    columns = metric_columns(result)
    test = next(iter(columns.values()))
    return {
        "name": printable(str(result.get("name") or "run")),
        "verdict": verdict(test, classes),
        "warnings": result.get("warnings") or (),
        "command": result.get("command"),
        "columns": list(columns),
        "figure_rows": [*_figure_rows(columns), *group_rows(columns)],
        "time_taken": time_taken(result.get("timing") or {}),
        "data": _data_table(data, classes),
        "per_class": [{**row, "name": class_name(classes, row["class"])} for row in test.get("per_class") or ()],
        "settings": {
            "Configuration": _flat(result.get("config") or {}),
            "Environment": _flat(result.get("environment") or {}),
        },
    }


def _figure_rows(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for key, label, words in FIGURES:
        values = [metrics.get(key) for metrics in columns.values()]
        if any(value is not None for value in values):
            yield label, [words(value) for value in values]


def _data_table(data: Mapping[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """Images of each class in each part that is there, and their sums."""
    parts = {heading: data[key] for key, heading in _PARTS.items() if data.get(key)}
    rows = [(class_name(classes, label), counts) for label, counts in enumerate(zip(*parts.values(), strict=True))]
    return {"headings": list(parts), "rows": rows, "totals": [sum(counts) for counts in parts.values()]}


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings with dotted names."""
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def _others(figures: Mapping[str, InlineFigure]) -> list[str]:
    """The names of figures that have no place of their own in the page."""
    return [name for name in figures if name not in ("curves", "per_class", "confusion")]

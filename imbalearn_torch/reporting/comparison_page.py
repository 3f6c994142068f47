"""The leaderboard as one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imbalearn_torch.reporting.comparison import CAPTION, headings, leaderboard_cells
from imbalearn_torch.reporting.labels import printable

__all__ = ["render_comparison"]


def render_comparison(record: Mapping[str, Any]) -> str:
    """The page of a comparison. The same input gives the same bytes.

    Args:
        record: What leaderboard.json holds, and `name`.
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
    page = environment.get_template("comparison.html.j2").render(
        name=printable(str(record["name"])),
        warnings=record["warnings"],
        command=record["command"],
        headings=[each.replace("-\n", "").replace("\n", " ") for each in headings(record)],
        rows=[[cell.split("\n") for cell in cells] for cells in leaderboard_cells(record)],
        caption=CAPTION,
        correction=record["correction"],
    )
    return page.encode("utf-8", "backslashreplace").decode("utf-8")

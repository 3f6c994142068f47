"""An SVG document as a part of a page."""

import html
import re
from typing import NamedTuple

from imbalearn_torch.reporting.style import VARIABLES

__all__ = ["InlineFigure", "inline_figure"]


class InlineFigure(NamedTuple):
    """A figure that can stand in a page.

    Args:
        svg: The `<svg>` element.
        caption: Its `<title>`, as plain text.
    """

    svg: str
    caption: str


def inline_figure(svg: str, name: str) -> InlineFigure:
    """Make an SVG document a part of a page, in the page's colours.

    Args:
        svg: A document made by one of the figures.
        name: Goes before every id, since one page holds several figures.
    """
    found = re.search(r"<title>(.*?)</title>", svg, re.DOTALL)
    caption = html.unescape(found[1]) if found else ""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<title>.*?</title>|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Inside tags only: a class may be called `id="x"`.
    svg = re.sub(r"<[^>]+>", lambda tag: _own_names_and_colours(tag[0], name), svg)
    opening, rest = svg.split(">", 1)
    # Without a size of its own it takes the width that the page gives it.
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    return InlineFigure(f'{opening} role="img" aria-label="{html.escape(caption)}">{rest.strip()}', caption)


def _own_names_and_colours(tag: str, name: str) -> str:
    tag = re.sub(r'\bid="|url\(#|href="#', lambda match: f"{match[0]}{name}-", tag)
    return re.sub("|".join(VARIABLES), lambda match: f"var(--{VARIABLES[match[0]]})", tag)

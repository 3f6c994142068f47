"""Every link within the documentation leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from plugin_pages import FOLDER, PAGES, ROOT

LINKING = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("plugins/*/*.md")])


def targets(page: Path) -> Iterator[str]:
    """Where the links and pictures of a page point, if not to the outside."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        for child in token.children or ():
            target = str(child.attrGet("href") or child.attrGet("src") or "")
            if target and "://" not in target and not target.startswith("mailto:"):
                yield target


def anchors(page: Path) -> set[str]:
    """The fragments that headings make, as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in targets(page):
        path, _, fragment = target.partition("#")
        led = (page.parent / path).resolve() if path else page
        assert led.exists(), target
        assert not fragment or fragment in anchors(led), target


def test_every_page_is_reached_from_the_index() -> None:
    reached = {target.partition("#")[0] for target in targets(FOLDER / "README.md")}
    assert {page.name for page in PAGES} - {"README.md"} <= reached

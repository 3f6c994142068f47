"""The pages of docs/plugins, cut into what tests look at."""

from __future__ import annotations

import re
from pathlib import Path

from markdown_blocks import CodeBlock, code_blocks

from imbalearn_torch.plugin.spec import HOOKS, KINDS

__all__ = [
    "FOLDER",
    "INDEX",
    "NAME_OF_PAGE",
    "PAGES",
    "ROOT",
    "example_of",
    "named",
    "quick_start",
    "rows",
    "saved_example",
    "section",
    "text_of",
]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "plugins"
PAGES = sorted(FOLDER.glob("*.md"))
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
NAME_OF_PAGE = {kind: HOOKS[kind].removeprefix("imbalearn_") for kind in KINDS}


def text_of(kind: str) -> str:
    """The page of a kind."""
    return (FOLDER / f"{NAME_OF_PAGE[kind]}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    assert text.count(f"\n## {heading}\n") == 1, heading
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {number - 1 for number, line in enumerate(lines) if set(line) <= set("|- ")}
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for number, row in enumerate(cells) if number not in heads and number - 1 not in heads]


def named(cell: str) -> set[str]:
    """The names in backticks, without arguments."""
    return {name.partition("(")[0] for name in re.findall(r"`([^`]+)`", cell)}


def example_of(kind: str) -> CodeBlock:
    """The complete plugin file on the page of a kind, which is its last block of Python."""
    return code_blocks(FOLDER / f"{NAME_OF_PAGE[kind]}.md", "python")[-1]


def saved_example(kind: str, folder: Path) -> Path:
    """The example of a page, under the name in its first line."""
    block = example_of(kind)
    file = folder / block.text.partition("\n")[0].removeprefix("# ")
    file.write_text(block.text, encoding="utf-8")
    return file


def quick_start() -> str:
    """The plugin file on the index."""
    return code_blocks(FOLDER / "README.md", "python")[0].text

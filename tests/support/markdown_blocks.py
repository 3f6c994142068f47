"""The fenced code blocks of a Markdown file, for tests that run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

__all__ = ["CodeBlock", "code_blocks", "run_block"]


class CodeBlock(NamedTuple):
    """One fenced block.

    Args:
        language: The first word after the fence, "" where there is none.
        text: What stands between the fences, without the indentation of a list around it.
        line: The line of the file on which `text` begins, counted from 1.
    """

    language: str
    text: str
    line: int


def code_blocks(page: Path, language: str | None = None) -> list[CodeBlock]:
    """The blocks of a page in their order, of one language or of all."""
    blocks = []
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence" and token.map is not None:
            word = (token.info.split() or [""])[0]
            if language in (None, word):
                blocks.append(CodeBlock(word, token.content, token.map[0] + 2))
    return blocks


def run_block(block: CodeBlock, page: Path) -> dict[str, Any]:
    """Run a block of Python in a namespace of its own and return what it leaves; errors name the line of the page."""
    left: dict[str, Any] = {"__name__": "snippet"}
    exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), left)
    return left

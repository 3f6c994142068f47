"""Console blocks of a page: what is typed, what is printed, and whether the two still belong together."""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_blocks import CodeBlock

__all__ = ["Typed", "difference", "typed_lines"]


class Typed(NamedTuple):
    """One command of a console block.

    Args:
        command: What stands after `$ `.
        shown: The lines below it, up to the next command.
        line: Of the page, counted from 1.
    """

    command: str
    shown: tuple[str, ...]
    line: int

    @property
    def exit_code(self) -> int:
        """What the command must exit with, told from what is shown: 2 for bad input, 1 for a failed check."""
        if any(line.startswith("error:") for line in self.shown):
            return 2
        failed = any(line.startswith(("Traceback", "  failed:")) for line in self.shown)
        return 1 if failed else 0


def typed_lines(block: CodeBlock) -> list[Typed]:
    """The commands of one block in their order."""
    found: list[Typed] = []
    for number, line in enumerate(block.text.splitlines()):
        if line.startswith("$ "):
            found.append(Typed(line.removeprefix("$ "), (), block.line + number))
        else:
            found[-1] = found[-1]._replace(shown=(*found[-1].shown, line))
    return found


def difference(shown: tuple[str, ...], printed: str) -> str:
    """Why the output is not the one shown; "" where it is.

    A line `...` stands for any number of lines, `...` within a line for anything but a line break. Spaces at the ends
    of lines do not count, nor how many stand in a row.
    """
    pattern = "".join(r"(?:[^\n]*\n)*" if line == "..." else rf"{_pattern(line)}\n" for line in shown)
    text = "".join(f"{_squeezed(line)}\n" for line in printed.splitlines())
    if re.fullmatch(pattern, text):
        return ""
    return "\n".join(["expected:", *shown, "but got:", printed])


def _pattern(line: str) -> str:
    return r"[^\n]*".join(re.escape(part) for part in re.split(r" ?\.\.\. ?", _squeezed(line)))


def _squeezed(line: str) -> str:
    return re.sub(r" +", " ", line).rstrip()

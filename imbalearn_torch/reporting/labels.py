"""Names as a figure or a page can show them, and the order in which classes appear."""

import unicodedata
from collections.abc import Sequence

__all__ = [
    "by_frequency",
    "counted",
    "extra_width",
    "isolated",
    "printable",
    "printable_sentence",
    "shorten",
    "thinned",
]

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_ISOLATE, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_KEPT = {_ISOLATE, _END, "\N{NO-BREAK SPACE}"}


def printable(text: str) -> str:
    """The text with control characters, line breaks and lone surrogates replaced: XML and UTF-8 refuse them."""
    return "".join(character if character.isprintable() else _REPLACED for character in text)


def printable_sentence(text: str) -> str:
    """The same, but what `isolated` has put around names stays."""
    return "".join(each if each.isprintable() or each in _KEPT else _REPLACED for each in text)


def isolated(text: str) -> str:
    """A printable name that may stand in a sentence: where it is read from right to left, the rest is not."""
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{_ISOLATE}{printable(text)}{_END}" if turned else printable(text)


def shorten(text: str, width: int = 16) -> str:
    """The text in at most `width` columns, of which a Korean, Chinese or Japanese character takes two."""
    text, used = printable(text), 0
    for position, character in enumerate(text):
        used += _columns(character)
        if used > width:
            return text[: max(1, position - 1)].rstrip() + "…"
    return text


def extra_width(texts: Sequence[str]) -> float:
    """By how many ems the widest text is wider than the drawing library believes.

    Its own font has no glyph for wide characters and measures 0.6 em for what a browser sets in 1 em.
    """
    return max((0.4 * sum(_columns(character) == 2 for character in text) for text in texts), default=0.0)


def counted(number: int, noun: str) -> str:
    """A number and its noun: 1 class, 2 classes."""
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"


def by_frequency(train_counts: Sequence[int]) -> list[int]:
    """Class indices from the most frequent class in training to the rarest, ties by index."""
    return sorted(range(len(train_counts)), key=lambda label: (-train_counts[label], label))


def thinned(classes: int, most: int = 24) -> range:
    """Evenly spaced positions among the classes, as many as have room for a name."""
    return range(0, classes, -(-classes // most) or 1)


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

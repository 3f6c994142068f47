"""BibTeX entries of a component's papers, from the file `references.bib` in the folder of its package.

`Component` says in one line where a method was published. A package that lays `references.bib` beside its
`__init__.py` adds what can be pasted into a paper: an entry belongs to every component whose `reference` names the
entry's eprint, doi or url. Nothing is imported to find it.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from imbalearn_torch.plugin.spec import Component

__all__ = ["BIBLIOGRAPHY", "bibtex_entries"]

BIBLIOGRAPHY = "references.bib"
_FIELD = re.compile(r'(?<![\w-])(?:eprint|doi|url)\s*=\s*[{"]+\s*(?:\\url\{)?([^{}"]+?)\s*[}"]', re.IGNORECASE)
# What may stand before an identifier: the same paper is 1708.02002, arXiv:1708.02002, https://arxiv.org/abs/1708.02002.
_PREFIX = re.compile(
    r"(https?://)?(www\.)?(arxiv\.org/(abs|pdf)/|arxiv:|((dx\.)?doi\.org/)?(10\.48550/arxiv\.)?)", re.IGNORECASE
)
_ARXIV_VERSION = re.compile(r"(?<=\d)v\d+$")


def bibtex_entries(component: Component) -> tuple[str, ...]:
    """The entries that the component's `reference` names, as they stand in the file, in its order.

    A file that is missing, cannot be read or is no UTF-8 has none.
    """
    if not component.reference:
        return ()
    entries = (entry for folder in _package_folders(component) for entry in _entries(folder / BIBLIOGRAPHY))
    return tuple(entry for entry in entries if _named(entry, component.reference))


def _package_folders(component: Component) -> list[Path]:
    """The folder of the factory's top-level package; a namespace package may have several, a lone module has none."""
    factory = component.factory
    module = factory.partition(":")[0] if isinstance(factory, str) else getattr(factory, "__module__", None)
    try:
        spec = importlib.util.find_spec(str(module).partition(".")[0])
        folders = spec.submodule_search_locations if spec is not None else None
        return [Path(folder) for folder in folders or ()]
    except Exception:  # `__main__`, or a strange finder
        return []


def _entries(file: Path) -> list[str]:
    """The file cut before every line that starts with `@`; what stands before the first is no entry."""
    try:
        text = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    except (OSError, ValueError):
        return []
    parts = re.split(r"^(?=@)", text, flags=re.MULTILINE)
    return [_without_comments(part) for part in parts if part.startswith("@")]


def _without_comments(entry: str) -> str:
    """An entry without the blank and `%` lines after it, which speak of the next one."""
    lines = entry.split("\n")
    while not lines[-1].strip() or lines[-1].lstrip().startswith("%"):
        lines.pop()
    return "\n".join(lines)


def _named(entry: str, reference: str) -> bool:
    return any(_mentions(reference, _identifier(value)) for value in _FIELD.findall(entry))


def _identifier(value: str) -> str:
    """The part of an eprint, doi or url that every spelling of it has."""
    bare = _PREFIX.sub("", value.replace("\\", ""), count=1).rstrip("/").removesuffix(".pdf")
    return _ARXIV_VERSION.sub("", bare)


def _mentions(reference: str, identifier: str) -> bool:
    """Whether it stands there whole: 1708.0200 is not named by 1708.02002, nor 10.1/ab by 10.1/ab-2."""
    whole = rf"(?<![\w-])(?<!\d\.){re.escape(identifier)}(v\d+)?(\.pdf)?/?(?![\w/-]|\.\w)"
    return bool(identifier) and re.search(whole, reference, re.IGNORECASE) is not None

"""What each column of a table is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imbalearn_tabular.parts import Part
from imbalearn_tabular.text import nearest, option_text, some_names
from imbalearn_torch import errors

__all__ = ["Columns", "choose_columns"]

_TARGETS = ("target", "label", "class", "y")


@dataclass(frozen=True)
class Columns:
    """The columns to read.

    Args:
        target: The classes.
        features: Everything else that is not dropped, in the order of the training file.
    """

    target: str
    features: tuple[str, ...]


def choose_columns(
    parts: dict[str, Part], *, target: str | None, drop: Sequence[str], categorical: Sequence[str]
) -> Columns:
    """Tell the target from the features, and see that all parts have them.

    Args:
        parts: "train" among them.
        target: As the user has named it; None: told by the file, or by the usual names.
        drop: What not to read; it may be missing from some of the parts.
        categorical: Must be among the features.

    Raises:
        OptionError: An option names no column, or the target cannot be told.
        DataError: No feature is left, or a part has other columns than the training part.
    """
    names = {part: each.names() for part, each in parts.items()}
    train = names["train"]
    chosen = _target(train, target or parts["train"].target)
    anywhere = list(dict.fromkeys(name for each in names.values() for name in each))
    for name in drop:
        _require_known("drop", name, [each for each in anywhere if each != chosen])
    features = tuple(name for name in train if name != chosen and name not in drop)
    if not features:
        raise errors.DataError(f"{parts['train'].where} has no column left beside the target {chosen!r}")
    for name in categorical:
        _require_known("categorical", name, features)
    for part, found in names.items():
        _require_same(parts[part].where, (*features, chosen), [name for name in found if name not in drop])
    return Columns(chosen, features)


def _target(names: list[str], given: str | None) -> str:
    if given is not None:
        _require_known("target", given, names)
        return given
    usual = [name for name in names if name.lower() in _TARGETS]
    if len(usual) == 1:
        return usual[0]
    which = f"several columns may be the target: {some_names(usual)}" if usual else "no column is called target"
    raise errors.OptionError(f"{which}; choose with `target=` (columns: {some_names(names)})")


def _require_known(option: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise errors.OptionError(
            f"Expected `{option}` to be among the columns {some_names(known)}, but got {name!r}{nearest(name, known)}"
        )


def _require_same(where: str, expected: Sequence[str], found: Sequence[str]) -> None:
    lacking = [name for name in expected if name not in found]
    if lacking:
        raise errors.DataError(f"{where} lacks the columns {some_names(lacking)} of the training file")
    extra = [name for name in found if name not in expected]
    if extra:
        raise errors.DataError(
            f"{where} has the columns {some_names(extra)}, which the training file has not; leave them out with "
            f"`drop={option_text(extra[:20])}`"
        )

"""Tables in a .npz file: a matrix and its labels for each part, or one array a column."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from imbalearn_tabular.source import checked_names
from imbalearn_tabular.text import MISSING_TEXT, is_number, option_text, some_names
from imbalearn_torch import errors

__all__ = ["NpzPart", "npz_parts"]

_PARTS = {"train": "train", "test": "test", "val": "validation", "valid": "validation", "validation": "validation"}
_INPUTS = frozenset(("x", "input", "inputs", "data", "feature", "features"))
_TARGETS = frozenset(("y", "target", "targets", "label", "labels", "class"))
_NAMES = frozenset(("columns", "feature_names"))


class NpzPart:
    """One part of a .npz file.

    Args:
        where: What messages call it.
        columns: By name, `[N]` each.
        target: The name of the labels beside a matrix.
    """

    def __init__(self, where: str, columns: Mapping[str, np.ndarray], target: str | None = None) -> None:
        self.where, self.target = where, target
        self._columns = dict(columns)

    def names(self) -> list[str]:
        """The names of the columns."""
        return checked_names(self.where, list(self._columns))

    def read(self, keep: Sequence[str], text: Collection[str], target: str) -> dict[str, pd.Series]:
        """The columns `keep`, with their types; columns of text that are numbers throughout are numbers.

        Raises:
            DataError: There are no rows, or arrays of other types than numbers, bool and text.
        """
        as_written = {*text, target}
        if not len(self._columns[target]):
            raise errors.DataError(f"{self.where} has no rows")
        return {name: self._typed(name, self._columns[name], name in as_written) for name in keep}

    def _typed(self, name: str, array: np.ndarray, as_written: bool) -> pd.Series:
        if array.dtype.kind in "biuf":
            return pd.Series(array, name=name)
        if array.dtype.kind not in "US":
            raise errors.DataError(
                f"{self.where}: column {name!r} must be numbers, bool or text, but is {array.dtype}; leave it out "
                f"with `drop={option_text([name])}`"
            )
        words = array if array.dtype.kind == "U" else np.char.decode(array, "utf-8", "backslashreplace")
        words = np.char.strip(words)
        missing = np.isin(words, ["", "nan"] if as_written else sorted(MISSING_TEXT))
        column = pd.Series(words.astype(object), name=name).mask(missing)
        numeric = not as_written and all(map(is_number, column.dropna().unique()))
        return column.astype(np.float64) if numeric else column


def npz_parts(file: Path) -> dict[str, NpzPart]:
    """The parts of a .npz file.

    Raises:
        DataError: It is damaged, or its arrays make up no table.
    """
    try:
        with file.open("rb") as stream:
            opened = np.load(stream, allow_pickle=False)
            if not isinstance(opened, np.lib.npyio.NpzFile):
                raise errors.DataError(f"{file} holds one array without a name; save it by numpy.savez(path, x=, y=)")
            return _matrices(file, opened) or {"train": _single_columns(file, opened)}
    except OSError as error:
        raise errors.DataError(f"{file} cannot be read: {error.strerror or error}") from error
    except (EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, errors.DataError):
            raise
        raise errors.DataError(
            f"{file} is damaged, no .npz file, or holds Python objects, which are never loaded; save words as an array "
            "of strings"
        ) from error


def _place(key: str) -> tuple[str, str] | None:
    """Part and bare name of an array, as told by `x`, `x_train`, `test_labels`."""
    words = key.lower().split("_")
    for rest, part in ((words, "train"), (words[1:], _PARTS.get(words[0])), (words[:-1], _PARTS.get(words[-1]))):
        if len(rest) == 1 and part is not None and rest[0] in _INPUTS | _TARGETS:
            return part, rest[0]
    return None


def _matrices(file: Path, opened: np.lib.npyio.NpzFile) -> dict[str, NpzPart]:
    """The parts of a file with matrices of inputs; none where it has no such matrix."""
    inputs: dict[str, np.ndarray] = {}
    targets: dict[str, tuple[str, np.ndarray]] = {}
    for key in opened.files:
        part, name = _place(key) or ("", "")
        if part in (inputs if name in _INPUTS else targets):
            raise errors.DataError(f"{file} has two arrays for the same thing, one of them {key!r}")
        if name in _INPUTS:
            inputs[part] = opened[key]
        elif name:
            targets[part] = name, opened[key]
    if all(each.ndim == 1 for each in inputs.values()):
        return {}
    if set(inputs) != set(targets):
        lonely = ", ".join(sorted(set(inputs) ^ set(targets)))
        raise errors.DataError(f"{file}: {lonely} must have both inputs x [N, D] and targets y [N]")
    given = next((opened[key] for key in opened.files if key.lower() in _NAMES), None)
    return {part: _matrix(f"{file} ({part})", inputs[part], *targets[part], given) for part in inputs}


def _matrix(where: str, inputs: np.ndarray, target: str, labels: np.ndarray, given: np.ndarray | None) -> NpzPart:
    """One part; its columns are named as the file says, or `x0`, `x1`, ..."""
    column = _vector(labels)
    if inputs.ndim != 2 or column.ndim != 1 or len(inputs) != len(column):
        raise errors.DataError(
            f"{where}: expected inputs [N, D] and targets [N], but got {list(inputs.shape)} and {list(labels.shape)}"
        )
    names = [f"x{position}" for position in range(inputs.shape[1])] if given is None else [str(each) for each in given]
    if len(names) != inputs.shape[1] or len({*names, target}) != len(names) + 1:
        raise errors.DataError(
            f"{where}: expected {inputs.shape[1]} different names of columns beside {target!r}, but got "
            f"{some_names(names)}"
        )
    return NpzPart(where, dict(zip(names, inputs.T, strict=True)) | {target: column}, target)


def _single_columns(file: Path, opened: np.lib.npyio.NpzFile) -> NpzPart:
    """One array a column."""
    arrays = {key: _vector(opened[key]) for key in opened.files}
    if any(each.ndim != 1 for each in arrays.values()) or len({len(each) for each in arrays.values()}) != 1:
        shapes = ", ".join(f"{key} {list(each.shape)}" for key, each in list(arrays.items())[:20]) or "none"
        raise errors.DataError(
            f"{file} has the arrays {shapes}; expected x [N, D] and y [N], x_train, y_train, x_test and y_test, or "
            "one array [N] a column"
        )
    return NpzPart(str(file), arrays)


def _vector(array: np.ndarray) -> np.ndarray:
    """`[N, 1]` as `[N]`; anything else as it is."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array

"""Which files make up the training, test and validation part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

from imbalearn_tabular.csv_file import CsvFile
from imbalearn_tabular.npz_file import npz_parts
from imbalearn_tabular.parquet_file import ParquetFile
from imbalearn_tabular.source import Source
from imbalearn_tabular.text import some_names
from imbalearn_torch import errors

__all__ = ["Part", "find_parts"]

_STARTS = {"train": "train", "test": "test", "val": "validation"}  # how a file's name in a folder starts -> the part
_TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_UNDERSTOOD = "understood are .csv, .tsv (also .gz), .parquet, .npz and folders of these"


@dataclass(frozen=True)
class Part:
    """Files whose rows stand one below the other.

    Args:
        where: What messages call it.
        sources: At least one; all with the same columns.
    """

    where: str
    sources: tuple[Source, ...]

    @property
    def target(self) -> str | None:
        """The column of classes, where the file itself tells."""
        return self.sources[0].target

    def names(self) -> list[str]:
        """The names of the columns, in the order of the first file.

        Raises:
            DataError: A file has other columns than the first.
        """
        first = self.sources[0].names()
        for source in self.sources[1:]:
            different = sorted(set(first) ^ set(source.names()))
            if different:
                raise errors.DataError(
                    f"{source.where} and {self.sources[0].where} differ in the columns {some_names(different)}"
                )
        return first

    def read(self, keep: Sequence[str], text: Collection[str], target: str) -> dict[str, pd.Series]:
        """The columns `keep` of all files, those in `text` and the target as they are written."""
        read = [source.read(keep, text, target) for source in self.sources]
        if len(read) == 1:
            return read[0]
        return {name: pd.concat([each[name] for each in read], ignore_index=True) for name in keep}


def find_parts(path: Path, test: Path | None, validation: Path | None, separator: str | None) -> dict[str, Part]:
    """The parts by name; "train" comes first and is always there.

    Raises:
        DataError: Files are missing or of another kind, or a part is given twice.
    """
    given = {"train": path, "test": test, "validation": validation}
    places = {part: Path(place).expanduser() for part, place in given.items() if place is not None}
    for (one, first), (other, second) in combinations(places.items(), 2):
        if first.exists() and second.exists() and first.samefile(second):
            raise errors.DataError(f"{first} is given both as {one} and as {other} part; the parts must differ")
    found = _parts_at(places.pop("train"), separator)
    if "train" not in found:
        if len(found) > 1:
            raise errors.DataError(f"{path} has {' and '.join(found)}, but no training part")
        found = {"train": next(iter(found.values()))}
    for part, place in places.items():
        if part in found:
            raise errors.DataError(f"the {part} part is given twice: in {path} and as {place}")
        inside = _parts_at(place, separator)
        if len(inside) > 1:
            raise errors.DataError(f"{place} is to be the {part} part, but has {' and '.join(inside)} in it")
        found[part] = next(iter(inside.values()))
    return {part: found[part] for part in given if part in found}


def _parts_at(place: Path, separator: str | None) -> dict[str, Part]:
    """What one path holds."""
    if place.is_dir():
        return _folder(place, separator)
    if not place.exists():
        raise errors.DataError(f"there is no file or folder {place}")
    if place.name.lower().endswith(".npz"):
        return {part: Part(source.where, (source,)) for part, source in npz_parts(place).items()}
    source = _source(place, separator)
    if source is None:
        raise errors.DataError(f"{place} is no table by its name; {_UNDERSTOOD}")
    return {"train": Part(source.where, (source,))}


def _source(file: Path, separator: str | None) -> Source | None:
    name = file.name.lower()
    if name.endswith(_TEXT):
        return CsvFile(file, separator)
    return ParquetFile(file) if name.endswith(".parquet") else None


def _folder(folder: Path, separator: str | None) -> dict[str, Part]:
    """The files of a folder by part, as their names start; all are the training part where none is named so."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith((".", "_")))
    parts: dict[str, list[Source]] = {}
    for file in files:
        source = _source(file, separator)
        if source is not None:
            start = next((part for start, part in _STARTS.items() if file.name.lower().startswith(start)), "")
            parts.setdefault(start, []).append(source)
    unnamed = parts.pop("", [])
    if not parts and not unnamed:
        raise errors.DataError(f"there is no table in the folder {folder}; {_UNDERSTOOD}")
    if parts and (unnamed or "train" not in parts):
        names = ", ".join(file.name for file in files[:10])
        raise errors.DataError(f"expected files train*, test* and val* in {folder}, but found {names}")
    found = parts or {"train": unnamed}
    return {part: Part(f"{folder} ({part})", tuple(sources)) for part, sources in found.items()}

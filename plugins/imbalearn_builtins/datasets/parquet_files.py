"""Find the Parquet files of each part, and read columns of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_builtins.datasets.inside import require_inside
from imbalearn_torch import errors

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["find_files", "open_parquet", "read_columns", "read_schema"]

_PARTS = {"train": "train", "test": "test", "val": "validation"}  # how a file's name starts -> the part


def find_files(path: Path) -> dict[str, list[Path]]:
    """The files of each part, sorted; "train" is always there.

    Raises:
        DataError: There are none, or they cannot be told apart.
    """
    if path.is_file():
        return {"train": [path]}
    if not path.is_dir():
        raise errors.DataError(f"there is no file or folder {path}")
    folder = _folder(path)
    parts: dict[str, list[Path]] = {}
    for file in sorted(folder.glob("*.parquet")):
        part = next((part for start, part in _PARTS.items() if file.name.lower().startswith(start)), "")
        parts.setdefault(part, []).append(file)
    found = (str(file) for files in parts.values() for file in files)
    require_inside(path, found, "give the folder that holds them as `path`, or one file")
    unnamed = parts.pop("", [])
    if not parts:
        return {"train": unnamed}
    if unnamed or "train" not in parts:
        names = ", ".join(file.name for file in sorted(folder.glob("*.parquet"))[:10])
        raise errors.DataError(f"expected files train*, test* and validation* in {folder}, but found {names}")
    return parts


def _folder(path: Path) -> Path:
    if next(path.glob("*.parquet"), None):
        return path
    holding = sorted({file.parent for file in path.glob("*/*.parquet")})
    if path / "data" in holding:
        return path / "data"
    if not holding:
        raise errors.DataError(f"there is no .parquet file in {path} or its subfolders")
    if len(holding) > 1:
        names = ", ".join(folder.name for folder in holding[:10])
        raise errors.DataError(f"several subfolders of {path} hold .parquet files: {names}; give one of them as `path`")
    return holding[0]


def read_schema(file: Path) -> pa.Schema:
    """The columns of a file, and its metadata."""
    with open_parquet(file) as opened:
        return opened.schema_arrow


@contextlib.contextmanager
def open_parquet(file: str | Path, **how: Any) -> Iterator[pq.ParquetFile]:
    """A file to read from; what goes wrong inside the block is the file's fault.

    Args:
        file: The file.
        how: For pyarrow's `ParquetFile`.

    Raises:
        DataError: It is damaged, or pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise errors.DataError(
            "Parquet files are read by pyarrow, which is not installed; run: pip install 'imbalearn-torch[parquet]'"
        ) from error
    try:
        with pq.ParquetFile(file, **how) as opened:
            yield opened
    except (pa.ArrowException, OSError) as error:
        raise errors.DataError(f"{file} is damaged or no Parquet file: {' '.join(str(error).split())}") from error


def read_columns(parts: Mapping[str, Sequence[Path]], leaves: Mapping[str, str]) -> dict[str, pa.Table]:
    """Some columns of every part; the files of a part stand one below the other.

    Args:
        parts: At least one file each.
        leaves: By the name of a column what to read of it; `img.bytes` is a field of a struct.

    Raises:
        DataError: A file is damaged, or its columns are not those of the others.
    """
    expected: list[pa.DataType] = []
    tables = {}
    for part, files in parts.items():
        read = []
        for file in files:
            with open_parquet(file) as opened:
                table = opened.read(columns=list(leaves.values())).replace_schema_metadata()
            if set(table.column_names) != set(leaves):
                raise errors.DataError(f"{file} lacks one of the columns {', '.join(leaves)}")
            read.append(table.select(list(leaves)))
            types = read[-1].schema.types
            expected = expected or types
            if types != expected:
                found, wanted = (", ".join(map(str, each)) for each in (types, expected))
                raise errors.DataError(f"{file} has {', '.join(leaves)} of types {found}; other files have {wanted}")
        import pyarrow as pa  # the files would not be open without it

        tables[part] = pa.concat_tables(read)
    return tables

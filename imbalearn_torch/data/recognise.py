"""`--data ./PATH`: which kind of data lies there, told from names alone. Nothing heavy is imported."""

from __future__ import annotations

from pathlib import Path

from imbalearn_torch.errors import DataError
from imbalearn_torch.plugin.grammar import format_spec

__all__ = ["looks_like_path", "recognise"]

_UNDERSTOOD = (
    "understood are a .parquet file or a folder of them, a .npz file, and a folder with one subfolder of images a "
    "class (or train/ and test/ with these)"
)


def looks_like_path(text: str) -> bool:
    """Whether the text after `--data` is a path: it starts with `./`, `../`, `/` or `~`, or is `.` or `..`.

    >>> looks_like_path("./flowers"), looks_like_path("digits")
    (True, False)
    """
    return text in {".", ".."} or text.startswith(("./", "../", "/", "~"))


def recognise(path: Path) -> str:
    """The spelling of the data at a path, which is made absolute: `parquet:path=/data/flowers`.

    Args:
        path: A file or a folder.

    Raises:
        DataError: There is nothing, or nothing that is understood.
    """
    try:
        path = path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # `~nobody`, links in a circle, a null character
        raise DataError(f"{str(path)!r} is no path: {error}") from None
    try:
        return format_spec(_kind(path), {"path": path})
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def _kind(path: Path) -> str:
    if path.is_dir():
        return _kind_of_folder(path)
    if not path.exists():
        raise DataError(f"there is no file or folder {path}")
    for kind in ("parquet", "npz"):
        if path.suffix.lower() == f".{kind}":
            return kind
    if path.suffix.lower() in {".csv", ".tsv"}:
        raise DataError(
            f"{path} may be a list of images, csv:path={path}, or a table, which the plugin imbalearn-tabular reads: "
            f"table:path={path}"
        )
    lists = f"; a list of images and labels is list:path={path}" if path.suffix.lower() in {".txt", ".lst"} else ""
    raise DataError(f"{path} is a file, but neither .parquet nor .npz; {_UNDERSTOOD}{lists}")


def _kind_of_folder(path: Path) -> str:
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    folders = [entry for entry in entries if entry.is_dir()]
    if any(next(folder.glob("*.parquet"), None) for folder in (path, *folders)):
        return "parquet"
    if folders:
        return "folder"
    if not entries:
        raise DataError(f"the folder {path} is empty; {_UNDERSTOOD}")
    names = ", ".join(entry.name for entry in entries[:5]) + (", ..." if len(entries) > 5 else "")
    raise DataError(f"the folder {path} has no subfolders, but {len(entries)} files ({names}); {_UNDERSTOOD}")

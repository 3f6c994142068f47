"""One folder of images a class."""

from __future__ import annotations

import os
from pathlib import Path

from imbalearn_builtins.datasets.image_files import dataset_of_files
from imbalearn_builtins.datasets.inside import require_inside
from imbalearn_torch import Dataset, errors

__all__ = ["folder"]

_SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
_VALIDATION = ("val", "validation", "valid")


def folder(
    *,
    path: Path,
    size: int | None = None,
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
) -> Dataset:
    """Images in `PATH/CLASS/`, or in `PATH/train/CLASS/`, `PATH/test/CLASS/` and `PATH/val/CLASS/`.

    Classes are the subfolders in the order of their names, also empty ones; an image may lie deeper in its class's
    folder. Images may have any size and mode: they become RGB, or one channel where all are grey. A test or validation
    folder without subfolders has no labels, and is left out. Symbolic links may not lead out of PATH.

    Args:
        path: The folder.
        size: Pixels a side, 1 to 8192: the shorter side is scaled to it and the centre cut out. None: images keep their
            size where all are alike and at most 64 pixels a side, else 64.
        mean: One number a channel on the 0..1 scale; None: computed on the training part.
        std: As `mean`, > 0.

    Raises:
        DataError: There is no such folder, no class, no training image, files that are no images, or links that lead
            elsewhere.
        OptionError: `size`, `mean` or `std` is out of range.
    """
    path = Path(path).expanduser()
    names, files = _labelled_files(path)
    remedy = "copy them into it, or name them by absolute paths in a table: csv:path=FILE.csv"
    require_inside(path, (file for part in files.values() for file, _ in part), remedy)
    # A name that is no UTF-8 could be written to no file; this spells its odd bytes out.
    classes = tuple(os.fsencode(name).decode("utf-8", "backslashreplace") for name in names)
    return dataset_of_files(files, classes, where=path, size=size, mean=mean, std=std)


def _labelled_files(path: Path) -> tuple[list[str], dict[str, list[tuple[str, int]]]]:
    """The names of the classes, and the files of each part with their labels."""
    folders = _part_folders(path)
    names = _subfolders(folders["train"])
    files = {}
    for part, place in folders.items():
        strange = ", ".join(sorted(set(_subfolders(place)) - set(names))[:10])
        if strange:
            raise errors.DataError(f"{place} has class folders that {folders['train']} has not: {strange}")
        files[part] = [(file, label) for label, name in enumerate(names) for file in _images(place / name)]
    if not files["train"]:
        known = " ".join(sorted(_SUFFIXES))
        raise errors.DataError(f"no subfolder of {folders['train']} ({', '.join(names[:10])}) holds an image ({known})")
    return names, files


def _part_folders(path: Path) -> dict[str, Path]:
    if not path.is_dir():
        found = "is a file" if path.exists() else "does not exist"
        raise errors.DataError(f"Expected a folder of class folders, but {path} {found}")
    if not _subfolders(path):
        raise errors.DataError(f"{path} has no class folders; expected {path}/CLASS/IMAGE or {path}/train/CLASS/IMAGE")
    train = path / "train"
    # A class may be called "train", but then its images lie directly in it.
    if not train.is_dir() or not _subfolders(train) or any(_is_image(entry) for entry in train.iterdir()):
        return {"train": path}
    places = {"train": train, "test": path / "test"}
    places["validation"] = next((path / name for name in _VALIDATION if (path / name).is_dir()), path / _VALIDATION[0])
    return {part: place for part, place in places.items() if place.is_dir() and _subfolders(place)}


def _subfolders(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def _images(path: Path) -> list[str]:
    visible = (file for file in path.rglob("*") if not any(p.startswith(".") for p in file.relative_to(path).parts))
    return sorted(str(file) for file in visible if _is_image(file))


def _is_image(file: Path) -> bool:
    return file.suffix.lower() in _SUFFIXES and file.is_file()

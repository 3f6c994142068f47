"""Read the arrays of a .npz file, sort them by part and role, and bring them into form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from imbalearn_builtins.datasets.defaults import some_rows
from imbalearn_torch import errors

if TYPE_CHECKING:
    import numpy as np

__all__ = ["as_inputs", "as_names", "as_targets", "read_arrays"]

_PARTS = {"train": "train", "test": "test", "val": "validation", "valid": "validation", "validation": "validation"}
_ROLES = {
    **dict.fromkeys(("x", "image", "images", "input", "inputs", "data", "feature", "features"), "inputs"),
    **dict.fromkeys(("y", "label", "labels", "target", "targets"), "targets"),
}
_CLASSES = frozenset(("classes", "class_names"))
_CHUNK = 1024  # images
_EXPECTED = "x_train, y_train, x_test, y_test; or train_images, train_labels, ...; or images, labels; or x, y"


def read_arrays(path: Path) -> tuple[dict[str, dict[str, np.ndarray]], np.ndarray | None]:
    """Arrays by part and role ("inputs" or "targets"; "train" is always there), and the array of class names.

    Raises:
        DataError: The file is missing or damaged, or its names do not make up parts.
    """
    import numpy as np

    if not path.is_file():
        raise errors.DataError(f"there is no file {path}")
    try:
        with path.open("rb") as file:
            opened = np.load(file, allow_pickle=False)
            if not isinstance(opened, np.lib.npyio.NpzFile):
                raise errors.DataError(
                    f"{path} holds one array without a name; save it by numpy.savez(path, x=..., y=...)"
                )
            found = {key: opened[key] for key in opened.files if _place(key) or key.lower() in _CLASSES}
            every = ", ".join(opened.files) or "none"
            strange = [key for key, array in found.items() if not isinstance(array, np.ndarray)]
            if strange:
                raise errors.DataError(f"{path} is no .npz file: {strange[0]!r} in it is no array")
    except errors.DataError:
        raise
    except Exception as error:  # numpy, zipfile and zlib have a dozen for damaged files
        raise errors.DataError(f"{path} is damaged, no .npz file, or holds pickled objects: {error}") from error
    arrays: dict[str, dict[str, np.ndarray]] = {}
    for key, array in found.items():
        place = _place(key)
        if place is None:
            continue
        part, role = place
        if role in arrays.setdefault(part, {}):
            raise errors.DataError(
                f"{path} has two arrays for the {role} of {part}, among them {key!r}; it has {every}"
            )
        arrays[part][role] = array
    if "train" not in arrays or any(len(roles) != 2 for roles in arrays.values()):
        raise errors.DataError(f"{path} has the arrays {every}; expected {_EXPECTED}")
    return arrays, next((array for key, array in found.items() if key.lower() in _CLASSES), None)


def _place(key: str) -> tuple[str, str] | None:
    """The part and role that the name of an array tells, as in `x_train`, `train_images` and `labels`."""
    words = key.lower().split("_")
    if len(words) == 1 and words[0] in _ROLES:
        return "train", _ROLES[words[0]]
    for part, role in (words, words[::-1]) if len(words) == 2 else ():
        if part in _PARTS and role in _ROLES:
            return _PARTS[part], _ROLES[role]
    return None


def as_inputs(path: Path, part: str, array: np.ndarray) -> Tensor:
    """uint8 `[N, C, H, W]` or float32 `[N, D]`, images in the memory of `array`, which is then of no more use."""
    import numpy as np

    if array.ndim == 2 and (array.dtype.kind in "iufb"):
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
    if array.dtype == np.uint8 and array.ndim == 3:
        return torch.from_numpy(np.ascontiguousarray(array))[:, None]
    if array.dtype == np.uint8 and array.ndim == 4:
        images = np.ascontiguousarray(array)
        return torch.from_numpy(_channels_first(images) if array.shape[3] <= array.shape[1] else images)
    raise errors.DataError(
        f"{path}: the inputs of {part} must be images, uint8 [N, H, W], [N, H, W, C] or [N, C, H, W], or numbers "
        f"[N, D], but are {array.dtype} {list(array.shape)}"
    )


def _channels_first(images: np.ndarray) -> np.ndarray:
    """`[N, H, W, C]` as `[N, C, H, W]` in the same memory, some images at a time."""
    count, height, width, channels = images.shape
    moved = images.reshape(count, channels, height, width)
    for start in range(0, count, _CHUNK):
        chosen = slice(start, start + _CHUNK)
        moved[chosen] = images[chosen].copy().transpose(0, 3, 1, 2)
    return moved


def as_targets(path: Path, part: str, array: np.ndarray) -> Tensor | list[str]:
    """int64 `[N]`, or names."""
    import numpy as np

    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or not array.size:
        raise errors.DataError(
            f"{path}: the labels of {part} must be [N] or [N, 1], N > 0, but are {list(array.shape)}"
        )
    if array.dtype.kind in "US":
        return list(as_names(array))
    if array.dtype.kind == "f":
        odd = np.flatnonzero(~np.isfinite(array) | (array != np.floor(array))).tolist()
        if odd:
            raise errors.DataError(f"{path}: the labels of {part} must be whole numbers, but not in {some_rows(odd)}")
    elif array.dtype.kind not in "iub":
        raise errors.DataError(f"{path}: the labels of {part} must be whole numbers or strings, but are {array.dtype}")
    return torch.from_numpy(array.astype(np.int64))


def as_names(array: np.ndarray) -> tuple[str, ...]:
    """An array of strings or bytes as a tuple of str."""
    return tuple(
        each.decode("utf-8", "backslashreplace") if isinstance(each, bytes) else str(each) for each in array.ravel()
    )

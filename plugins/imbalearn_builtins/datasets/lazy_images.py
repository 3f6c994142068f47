"""Map-style images that are decoded when asked for; they pickle, so that worker processes can hold them."""

from __future__ import annotations

import io
import operator
from typing import TYPE_CHECKING, Any

from imbalearn_builtins.datasets.image_form import ImageForm, reason
from imbalearn_torch import errors

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["EncodedImages", "FileImages", "problem_of"]


def problem_of(path: str, error: Exception) -> str:
    """Why a file could not be read, with its name; the same when its header is read as when it is decoded."""
    hint = "; write / where it has \\" if isinstance(error, FileNotFoundError) and "\\" in path else ""
    return f"{path}: {reason(error)}{hint}"


class FileImages:
    """Images in files; `[i]` gives uint8 `[C, H, W]`.

    Args:
        paths: One file an image.
        form: Of every image.
    """

    thread_safe = True

    def __init__(self, paths: tuple[str, ...], form: ImageForm) -> None:
        self.paths, self.form = paths, form

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        path = self.paths[operator.index(index)]
        try:
            return self.form.decode(path)
        except Exception as error:
            raise errors.DataError(problem_of(path, error)) from error


class EncodedImages:
    """Encoded images in a column of Arrow memory; `[i]` gives uint8 `[C, H, W]`.

    Args:
        column: Bytes of one image file each, no nulls; anything whose `[i].as_py()` are bytes.
        form: Of every image.
        where: For messages: what the rows are rows of.
    """

    thread_safe = True

    def __init__(self, column: Any, form: ImageForm, where: str) -> None:
        self.column, self.form, self.where = column, form, where

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, index: int) -> Tensor:
        row = operator.index(index)
        data = self.column[row].as_py()
        try:
            return self.form.decode(io.BytesIO(data))
        except Exception as error:
            raise errors.DataError(f"{self.place(row)}: {reason(error)}") from error

    def place(self, row: int) -> str:
        """Where a row is to be found, for messages."""
        return f"{self.where}, row {row}"

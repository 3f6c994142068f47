"""Files of a finished run that hold something else than a run writes: found here, and said in one sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError, model_validator

from imbalearn_torch.errors import CheckpointError, ImbalearnError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["as_written", "check_result", "stored_arrays"]

_LONGEST = 200


@contextlib.contextmanager
def as_written(what: Path) -> Iterator[None]:
    """What goes wrong inside this block is the fault of stored files, of which it is a pure function.

    Args:
        what: The file or folder, for the message.

    Raises:
        CheckpointError: It holds something else than a run writes.
    """
    try:
        yield
    except (ImbalearnError, MemoryError, OSError):
        raise
    except Exception as error:  # whatever type a strange value meets first, also those of the template engine
        cause = " ".join(repr(error).split())[:_LONGEST]
        raise CheckpointError(f"{what} does not hold what a run writes: {cause}") from error


def stored_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a .npz file, by name; objects are never loaded.

    Raises:
        CheckpointError: It cannot be read, or holds something else than arrays.
    """
    import numpy as np

    try:
        # Opened here, since numpy leaves a file that is no archive open.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except Exception as error:  # zipfile and zlib have errors of their own
        raise CheckpointError(f"{file} cannot be read: {' '.join(str(error).split())}") from error
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise CheckpointError(f"{file} does not hold what a run writes: {name!r} is no array of numbers")
    return arrays


class _Part(BaseModel):
    """Of result.json, as far as it is read again; whatever else stands there is kept."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class _Config(_Part):
    seed: NonNegativeInt


class _Data(_Part):
    classes: list[str]
    train_counts: list[NonNegativeInt]
    val_counts: list[NonNegativeInt]
    test_counts: list[NonNegativeInt]
    original_train_counts: list[NonNegativeInt] | None = None
    carried_prior: list[float] | None = None

    @model_validator(mode="after")
    def _of_one_length(self) -> _Data:
        lists = (self.train_counts, self.val_counts, self.test_counts, self.original_train_counts, self.carried_prior)
        if any(each is not None and len(each) != len(self.classes) for each in lists):
            raise ValueError("there is not one count for each class")
        return self


class _Group(_Part):
    recall: float | None


class _Groups(_Part):
    many: _Group
    medium: _Group
    few: _Group


class _Test(_Part):
    accuracy: float | None
    macro_f1: float | None
    groups: _Groups


class _Metrics(_Part):
    test: _Test
    val: dict[str, Any] | None


class _Timing(_Part):
    train_seconds: float
    total_seconds: float


class _Result(_Part):
    config: _Config
    data: _Data
    metrics: _Metrics
    timing: _Timing
    environment: dict[str, Any]
    warnings: list[str]


def check_result(file: Path, value: Any) -> dict[str, Any]:
    """The content of a result.json, after a look at what is read from it.

    Raises:
        CheckpointError: Something is missing or of another type.
    """
    try:
        _Result.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        raise CheckpointError(f"{file} does not hold what a run writes: {where}: {first['msg']}") from None
    return value

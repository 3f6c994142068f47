"""Checkpoints: weights in safetensors, everything else in one `weights_only` file, a manifest of hashes written last.

A checkpoint is a folder that appears by one rename, so it is whole or absent; the one before stays until the new one
is there.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from imbalearn_torch.errors import CheckpointError, StorageError

__all__ = ["file_digest", "latest_checkpoint", "load_checkpoint", "save_checkpoint", "tensor_bytes"]

_MANIFEST, _WEIGHTS, _STATE = "manifest.json", "weights.safetensors", "state.pt"
_PARTIAL = ".partial-"


def file_digest(file: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_checkpoint(folder: Path, step: int, weights: dict[str, Tensor], state: dict[str, Any], keep: int = 2) -> Path:
    """Write `folder/STEP`, then drop all but the last `keep`.

    Args:
        folder: The run's checkpoint folder; made if missing.
        step: Steps done so far.
        weights: Tensors for safetensors.
        state: Tensors, numbers, strings, lists and dicts only.
        keep: How many to leave.

    Raises:
        StorageError: The disk is full or fails; the earlier checkpoints are untouched.
    """
    target = folder / f"{step:08d}"
    partial, retired = folder / f"{_PARTIAL}{target.name}", folder / f"{_PARTIAL}retired"
    try:
        _clear(folder)
        partial.mkdir(parents=True)
        # Written by Python, whose errors say whether the disk is full; those of safetensors and torch do not.
        (partial / _WEIGHTS).write_bytes(tensor_bytes(weights))
        buffer = io.BytesIO()
        torch.save(state, buffer)
        (partial / _STATE).write_bytes(buffer.getbuffer())
        (partial / _MANIFEST).write_text(_manifest(partial, step), encoding="utf-8")
        for file in partial.iterdir():
            _sync(file)
        if target.exists():
            target.rename(retired)
        partial.rename(target)
        _sync(folder)
    except (OSError, RuntimeError) as error:
        _clear(folder)
        size = sum(tensor.nbytes for tensor in weights.values())
        raise StorageError(
            f"the checkpoint {target} of about {size / 1e6:.0f} MB could not be written: {_cause(error)}"
        ) from error
    _clear(folder)
    for old in _complete(folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def latest_checkpoint(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any], list[str]] | None:
    """Weights and state of the newest sound checkpoint, and a sentence for each damaged one passed over.

    Returns:
        None where there is no checkpoint.

    Raises:
        CheckpointError: There are checkpoints, and all of them are damaged.
    """
    problems = []
    for candidate in reversed(_complete(folder)):
        try:
            return *load_checkpoint(candidate), problems
        except CheckpointError as error:
            problems.append(str(error))
    if problems:
        raise CheckpointError("; ".join(problems) + "; start the run again in a new folder")
    return None


def load_checkpoint(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Weights and state of one checkpoint, its hashes checked first.

    Raises:
        CheckpointError: A file is missing, truncated or altered.
    """
    try:
        saved = (folder / _MANIFEST).read_text(encoding="utf-8")
        digests = json.loads(saved)["sha256"]
        for name in (_WEIGHTS, _STATE):
            if file_digest(folder / name) != digests[name]:
                raise CheckpointError(f"the checkpoint {folder} is damaged: {name} is not what was saved")
        if saved != _manifest(folder, int(folder.name)):
            raise CheckpointError(f"the checkpoint {folder} is damaged: {_MANIFEST} is not what was saved")
        weights = load_file(folder / _WEIGHTS)
        state = torch.load(folder / _STATE, map_location="cpu", weights_only=True)
    except CheckpointError:
        raise
    except Exception as error:
        raise CheckpointError(f"the checkpoint {folder} cannot be read: {_cause(error)}") from error
    return weights, state


def _manifest(folder: Path, step: int) -> str:
    digests = {name: file_digest(folder / name) for name in (_STATE, _WEIGHTS)}
    return json.dumps({"schema_version": 1, "step": step, "sha256": digests}, indent=1)


def _complete(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    found = [each for each in folder.glob("[0-9]*") if each.name.isdecimal() and each.is_dir()]
    return sorted(found, key=lambda each: int(each.name))


def _clear(folder: Path) -> None:
    """Remove what a save that did not finish has left."""
    for partial in folder.glob(f"{_PARTIAL}*"):
        shutil.rmtree(partial, ignore_errors=True)


def tensor_bytes(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file of these tensors, which may share memory or lie on a device."""
    return save({name: _plain(tensor) for name, tensor in tensors.items()})


def _plain(tensor: Tensor) -> Tensor:
    """A copy, since safetensors refuses tensors that share memory, as tied weights do."""
    return tensor.detach().to("cpu").clone(memory_format=torch.contiguous_format)


def _cause(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "the disk is full"
    return next(iter(str(error).splitlines()), type(error).__name__)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

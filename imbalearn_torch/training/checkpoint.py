"""Checkpoints: weights in safetensors, everything else in one `weights_only` file, a manifest of hashes written last.

A checkpoint is a folder that appears by one rename, so it is whole or absent; the one before stays until the new one
is there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from imbalearn_torch.errors import CheckpointError, StorageError

__all__ = ["file_digest", "latest_checkpoint", "load_checkpoint", "save_checkpoint"]

_MANIFEST = "manifest.json"
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
    partial = folder / f"{_PARTIAL}{target.name}"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, partial / "weights.safetensors")
        torch.save(state, partial / "state.pt")
        files = sorted(file.name for file in partial.iterdir())
        for name in files:
            _sync(partial / name)
        manifest = {"schema_version": 1, "step": step, "sha256": {name: file_digest(partial / name) for name in files}}
        (partial / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _sync(partial / _MANIFEST)
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
        _sync(folder)
    except (OSError, RuntimeError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        size = sum(tensor.nbytes for tensor in weights.values())
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        cause = "the disk is full" if full else str(error).splitlines()[0]
        raise StorageError(
            f"the checkpoint {target} of about {size / 1e6:.0f} MB could not be written: {cause}"
        ) from error
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
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        for name, digest in manifest["sha256"].items():
            if Path(name).name != name or file_digest(folder / name) != digest:
                raise CheckpointError(f"the checkpoint {folder} is damaged: {name} is not what was saved")
        weights = load_file(folder / "weights.safetensors")
        state = torch.load(folder / "state.pt", map_location="cpu", weights_only=True)
    except CheckpointError:
        raise
    except Exception as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"the checkpoint {folder} cannot be read: {cause}") from error
    return weights, state


def _complete(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    return sorted(each for each in folder.glob("[0-9]*") if each.is_dir()) if folder.is_dir() else []


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

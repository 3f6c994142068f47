"""Checkpoints: weights in safetensors, everything else in one `weights_only` file, a manifest of hashes written last.

A checkpoint is a folder that appears by one rename, so it is whole or absent. None is ever replaced: the ones before
stay until the new one is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from imbalearn_torch.errors import CheckpointError, StorageError
from imbalearn_torch.training.durable import PARTIAL, clear_partial, disk_cause, sync, write_durably

__all__ = ["file_digest", "latest_checkpoint", "load_checkpoint", "save_checkpoint", "tensor_bytes"]

_MANIFEST, _WEIGHTS, _STATE = "manifest.json", "weights.safetensors", "state.pt"
_NAME = re.compile(r"([0-9]+)(?:-([0-9]+))?")  # the step, and a number where there has been one of that step before


def file_digest(file: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_checkpoint(
    folder: Path,
    step: int,
    weights: dict[str, Tensor],
    state: dict[str, Any],
    *,
    keep: int = 2,
    best: int | None = None,
) -> Path:
    """Write `folder/STEP`, then drop what is no longer needed.

    Args:
        folder: The run's checkpoint folder; made if missing.
        step: Steps done so far.
        weights: Tensors for safetensors.
        state: Tensors, numbers, strings, lists and dicts only.
        keep: How many to leave, this one among them.
        best: The step after which the best weights so far were found: a checkpoint of that step stays as well.

    Raises:
        StorageError: The disk is full or fails; the earlier checkpoints are untouched.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    # Written by Python, whose errors say whether the disk is full; those of safetensors and torch do not.
    contents = {_WEIGHTS: tensor_bytes(weights), _STATE: buffer.getbuffer()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[_MANIFEST] = _manifest(step, digests).encode()
    target = _unused(folder, step)
    partial = folder / f"{PARTIAL}{target.name}"
    try:
        clear_partial(folder)
        _make(folder)
        partial.mkdir()
        write_durably({partial / name: content for name, content in contents.items()})
        sync(partial)
        partial.rename(target)
        sync(folder)
    except OSError as error:
        clear_partial(folder)
        raise StorageError(_not_written(target, sum(map(len, contents.values())), error)) from error
    _drop(folder, target, keep, best)
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
        contents = {name: (folder / name).read_bytes() for name in (_WEIGHTS, _STATE)}
        actual = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        for name, digest in actual.items():
            if digest != digests[name]:
                raise CheckpointError(f"the checkpoint {folder} is damaged: {name} is not what was saved")
        if saved != _manifest(_order(folder)[0], actual):
            raise CheckpointError(f"the checkpoint {folder} is damaged: {_MANIFEST} is not what was saved")
        weights = load(contents[_WEIGHTS])
        state = torch.load(io.BytesIO(contents[_STATE]), map_location="cpu", weights_only=True)
        if not isinstance(state, dict):
            raise CheckpointError(f"the checkpoint {folder} is damaged: {_STATE} holds no state of a run")
    except CheckpointError:
        raise
    except OSError as error:
        file = Path(error.filename or folder).name
        raise CheckpointError(f"the checkpoint {folder} cannot be read: {file}: {disk_cause(error)}") from error
    except Exception as error:
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        raise CheckpointError(f"the checkpoint {folder} cannot be read: {cause}") from error
    return weights, state


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        sync(folder.parent)


def _unused(folder: Path, step: int) -> Path:
    """`STEP`, or `STEP-2` where that one is there: damaged, or written before the epoch was over."""
    target, number = folder / f"{step:08d}", 2
    while target.exists():
        target, number = folder / f"{step:08d}-{number}", number + 1
    return target


def _manifest(step: int, digests: dict[str, str]) -> str:
    ordered = {name: digests[name] for name in (_STATE, _WEIGHTS)}
    return json.dumps({"schema_version": 1, "step": step, "sha256": ordered}, indent=1)


def _order(checkpoint: Path) -> tuple[int, int]:
    """The step, and which of that step."""
    step, number = _NAME.fullmatch(checkpoint.name).groups("1")  # pyright: ignore[reportOptionalMemberAccess]
    return int(step), int(number)


def _complete(folder: Path) -> list[Path]:
    """The checkpoints in a folder, oldest first."""
    return sorted((each for each in folder.glob("[0-9]*") if _NAME.fullmatch(each.name) and each.is_dir()), key=_order)


def _drop(folder: Path, newest: Path, keep: int, best: int | None) -> None:
    """Remove all but the newest, the `keep - 1` before it and the best.

    Those of the same step or a later one go: had they been sound, the run would have gone on from them.
    """
    step = _order(newest)[0]
    earlier = [each for each in _complete(folder) if _order(each)[0] < step]
    kept = {newest, *earlier[max(0, len(earlier) - keep + 1) :], *(each for each in earlier if _order(each)[0] == best)}
    for each in _complete(folder):
        if each not in kept:
            shutil.rmtree(each, ignore_errors=True)


def _not_written(target: Path, size: int, error: OSError) -> str:
    message = f"the checkpoint {target} could not be written: {disk_cause(error)}; it takes {size / 1e6:.2f} MB"
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError:
        return message
    return f"{message}, and {free / 1e6:.2f} MB are free there"


def tensor_bytes(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file of these tensors, which may share memory or lie on a device."""
    return save({name: _plain(tensor) for name, tensor in tensors.items()})


def _plain(tensor: Tensor) -> Tensor:
    """A copy, since safetensors refuses tensors that share memory, as tied weights do."""
    return tensor.detach().to("cpu").clone(memory_format=torch.contiguous_format)

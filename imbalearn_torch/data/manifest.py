"""The manifest of a subset: which images an imbalance profile kept of which training part, to be written and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.data.subset import Kept, subset_digest
from imbalearn_torch.errors import DataError

__all__ = ["manifest", "subset_manifest"]

_KEYS = ("indices", "sha256", "train_images", "train_targets_sha256")
_VERSION = 1


def subset_manifest(indices: Tensor, targets: Tensor) -> dict[str, Any]:
    """What a manifest says of a subset, as JSON can hold it.

    Args:
        indices: What was kept, ascending, int64 `[n]`.
        targets: Of the whole training part that they point into, int64 `[N]`.
    """
    return {
        "sha256": subset_digest(indices),
        "train_images": targets.numel(),
        "train_targets_sha256": subset_digest(targets),
        "indices": indices.tolist(),
    }


def manifest(*, targets: Tensor, candidates: Tensor, path: Path) -> Kept:
    """Exactly the images that a manifest names, such as the `subset.json` of a run folder.

    Args:
        targets: Of the data set's whole training part, int64 `[N]`.
        candidates: Indices that may be kept, ascending, int64 `[M]`.
        path: The manifest.

    Returns:
        The images, int64 `[n]`.

    Raises:
        DataError: It cannot be read, has been changed, or is of other data.
    """
    path = path.expanduser()
    stored = _read(path)
    indices = stored["indices"]
    whole = isinstance(indices, list) and all(type(index) is int and 0 <= index < 2**63 for index in indices)
    if not whole or not indices or sorted(set(indices)) != indices:
        raise DataError(f"Expected the indices in {path} to be ascending whole numbers >= 0, at least one")
    kept = torch.tensor(indices, dtype=torch.int64)
    if subset_digest(kept) != stored["sha256"]:
        raise DataError(
            f"the indices in {path} have been changed: their sha256 is {subset_digest(kept)}, but beside them stands "
            f"{stored['sha256']}"
        )
    _require_same_data(path, stored, targets)
    _require_inside(path, kept, targets, candidates)
    return Kept(kept)


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"the manifest {path} cannot be read: {error}") from error
    missing = [name for name in _KEYS if name not in stored] if isinstance(stored, dict) else list(_KEYS)
    if missing:
        raise DataError(f"{path} is no manifest of a subset: it lacks {', '.join(missing)}")
    version = stored.get("schema_version", _VERSION)
    if version != _VERSION:
        raise DataError(f"the manifest {path} has schema_version {version!r}, but this version reads {_VERSION}")
    return stored


def _require_same_data(path: Path, stored: dict[str, Any], targets: Tensor) -> None:
    here = subset_manifest(torch.empty(0, dtype=torch.int64), targets)
    names = {"train_images": "training images", "train_targets_sha256": "sha256 of their labels"}
    differences = [
        f"{words}: {stored[name]} there, {here[name]} here"
        for name, words in names.items()
        if stored[name] != here[name]
    ]
    if differences:
        raise DataError(f"the manifest {path} is of other data ({'; '.join(differences)})")


def _require_inside(path: Path, kept: Tensor, targets: Tensor, candidates: Tensor) -> None:
    outside = int((kept >= targets.numel()).sum())
    if outside:
        raise DataError(f"{outside} of the indices in {path} are beyond the {targets.numel()} training images")
    # Without a test part of their own, data have lost a part of the training images to it; so have unreadable ones.
    tested = int((~torch.isin(kept, candidates)).sum())
    if tested:
        raise DataError(
            f"{tested} of the images in {path} belong to the test part that is cut from these data, or are left out"
        )

"""CIFAR-10 and CIFAR-100, downloaded once by torchvision."""

from __future__ import annotations

import contextlib
import sys
import tarfile
import warnings
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import torch

from imbalearn_torch import Dataset, Samples, errors

__all__ = ["cifar10", "cifar100"]


def cifar10(*, root: Path, download: bool = True) -> Dataset:
    """50,000 training and 10,000 test images of 3x32x32, ten classes.

    Args:
        root: The folder that holds the copy (`cifar-10-batches-py`), or into which it is downloaded.
        download: Whether to fetch it where there is no good copy.

    Raises:
        DataError: There is no good copy, and none is or can be downloaded.

    References:
        [1] A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, University of Toronto 2009
    """
    return _load("CIFAR10", root, download)


def cifar100(*, root: Path, download: bool = True) -> Dataset:
    """50,000 training and 10,000 test images of 3x32x32, one hundred (fine) classes.

    Args:
        root: The folder that holds the copy (`cifar-100-python`), or into which it is downloaded.
        download: Whether to fetch it where there is no good copy.

    Raises:
        DataError: There is no good copy, and none is or can be downloaded.

    References:
        [1] A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, University of Toronto 2009
    """
    return _load("CIFAR100", root, download)


def _load(name: str, root: Path, download: bool) -> Dataset:
    from numpy.exceptions import VisibleDeprecationWarning
    from torchvision import datasets

    source = getattr(datasets, name)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr), _unpacked_inside():
            # The published pickles are of an old numpy, and a new one warns of every array in them.
            warnings.simplefilter("ignore", VisibleDeprecationWarning)
            train, test = (source(str(root), train=flag, download=download) for flag in (True, False))
    except (OSError, RuntimeError, EOFError, HTTPException, tarfile.TarError) as error:
        failed = f"it could not be downloaded from {source.url} ({type(error).__name__}: {error})"
        raise errors.DataError(
            f"no good copy of {name} ({source.base_folder}) in {root}, and "
            f"{failed if download else '`download` is false'}; with a local copy of the images use "
            f"--data parquet:path=FOLDER or folder:path=FOLDER, or put {source.filename} into {root}"
        ) from error
    return Dataset(
        train=_samples(train),
        test=_samples(test),
        classes=tuple(train.classes),
        augment="crop:pad=4+flip+cutout:size=8",
    )


@contextlib.contextmanager
def _unpacked_inside() -> Iterator[None]:
    """torchvision checks the digest of every file before it is unpacked or read, but unpacks without a filter."""
    before = tarfile.TarFile.extraction_filter
    tarfile.TarFile.extraction_filter = staticmethod(tarfile.data_filter)
    try:
        yield
    finally:
        tarfile.TarFile.extraction_filter = before


def _samples(part: Any) -> Samples:
    images = torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous()
    return Samples(images, torch.tensor(part.targets, dtype=torch.int64))

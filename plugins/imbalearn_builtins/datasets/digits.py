"""The handwritten digits that scikit-learn ships."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from imbalearn_torch import Dataset, Samples

__all__ = ["digits"]


def digits() -> Dataset:
    """1,797 grey images of 8x8 pixels, ten classes; no download.

    Pixels 0..16 are scaled to 0..255. There is no test part, so 20 % are cut. By default the digit 0 keeps ten times
    as many images as each other digit.

    References:
        [1] E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository 1998,
        doi:10.24432/C50P49
    """
    pixels, labels = _pixels_and_labels()
    images = (pixels * (255 / 16)).round().to(torch.uint8).reshape(-1, 1, 8, 8)
    return Dataset(
        train=Samples(images, labels.long()),
        test=None,
        classes=tuple("0123456789"),
        augment="none",
        imbalance="step:ratio=10,head=1",
    )


def _pixels_and_labels() -> tuple[Tensor, Tensor]:
    """Float64 `[N, 64]` and `[N]`, from scikit-learn's file where it stands where it always has."""
    import numpy as np

    # Importing scikit-learn for one file would cost as much as everything else before the first step.
    found = find_spec("sklearn")
    for folder in (found.submodule_search_locations or []) if found is not None else []:
        file = Path(folder, "datasets", "data", "digits.csv.gz")
        if file.is_file():
            table = torch.from_numpy(np.loadtxt(file, delimiter=","))
            return table[:, :-1], table[:, -1]
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return torch.from_numpy(pixels), torch.from_numpy(labels)

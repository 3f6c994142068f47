"""The handwritten digits that scikit-learn ships."""

from __future__ import annotations

import torch

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
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    images = (torch.from_numpy(pixels) * (255 / 16)).round().to(torch.uint8).reshape(-1, 1, 8, 8)
    return Dataset(
        train=Samples(images, torch.from_numpy(labels).long()),
        test=None,
        classes=tuple("0123456789"),
        augment="none",
        imbalance="step:ratio=10,head=1",
    )

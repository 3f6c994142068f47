"""One thread, and data whose every number is written down here."""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ["OMP_NUM_THREADS"] = "1"  # before torch and scikit-learn are imported

import numpy as np
import pytest
import torch
from torch import Tensor

import imbalearn_torch as ibt

Pair = tuple[Tensor, Tensor]


@pytest.fixture
def table() -> Pair:
    """Overlapping clouds in four columns, classes of 60, 0, 25 and 12 samples, shuffled."""
    drawn = np.random.RandomState(0)
    counts = {0: 60, 2: 25, 3: 12}
    rows = np.concatenate([drawn.normal(loc=0.8 * label, size=(count, 4)) for label, count in counts.items()])
    labels = np.repeat(list(counts), list(counts.values()))
    order = drawn.permutation(len(labels))
    return torch.from_numpy(rows[order].astype(np.float32)), torch.from_numpy(labels[order])


@pytest.fixture
def images() -> Pair:
    """uint8 noise of 1x3x3 around a grey of each class, classes of 40, 15 and 8 samples."""
    drawn = np.random.RandomState(1)
    labels = np.repeat([0, 1, 2], [40, 15, 8])
    grey = 60 + 60 * labels[:, None, None, None] + drawn.normal(scale=60, size=(len(labels), 1, 3, 3))
    return torch.from_numpy(grey.round().clip(0, 255).astype(np.uint8)), torch.from_numpy(labels)


@pytest.fixture
def resample() -> Callable[..., Pair]:
    """Build a sampler from its option string and let it resample, with torch seeded as asked."""

    def resampled(text: str, data: Pair, seed: int = 0) -> Pair:
        torch.manual_seed(seed)
        return ibt.build("sampler", f"imbalearn-imblearn/{text}").fit_resample(*data)

    return resampled

"""Data sets of a few pictures of 8 pixels, and runs of them in memory."""

from __future__ import annotations

from typing import Any

import torch

import imbalearn_torch as ibt
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session

KNOWN = ibt.registry()
FIXED: dict[str, Any] = {"backbone": "small-cnn", "threads": 1, "precision": "fp32", "epochs": 1}


def pictures(count: int, channels: int = 1) -> torch.Tensor:
    return torch.randint(256, (count, channels, 8, 8), generator=torch.Generator().manual_seed(count)).byte()


def samples(*counts: int) -> ibt.Samples:
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    return ibt.Samples(pictures(len(labels)), labels)


def data_of(train: tuple[int, ...], test: tuple[int, ...], classes: str = "abcdefgh") -> ibt.Dataset:
    return ibt.Dataset(train=samples(*train), test=samples(*test), classes=tuple(classes[: len(train)]))


def session_of(data: ibt.Dataset, **options: Any) -> Session:
    return open_session(resolve_run(ibt.RunConfig(data=data, **FIXED | options), KNOWN), KNOWN)

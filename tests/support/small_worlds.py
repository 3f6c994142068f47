"""A run of a few images and a net of two layers with group norm, made in Python: a second on several processes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

import imbalearn_torch as ibt
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import trainer_of
from imbalearn_torch.training.loop import Trainer
from imbalearn_torch.training.runtime import Runtime

CLASSES = 4


class GroupNet(nn.Module):
    """Two convolutions, group norm, a linear head; with stages and timm's protocol."""

    def __init__(self, norm: str = "group") -> None:
        super().__init__()
        norms = [nn.GroupNorm(2, 6) if norm == "group" else nn.BatchNorm2d(6) for _ in range(2)]
        self.first = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), norms[0], nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(6, 6, 3, stride=2, padding=1), norms[1], nn.ReLU())
        self.fc = nn.Linear(6, CLASSES)
        self.unused = nn.Linear(3, 3)
        self.stages = (self.first, self.second)

    def forward_features(self, images: Tensor) -> Tensor:
        return self.second(self.first(images))

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        features = maps.mean(dim=(2, 3))
        return features if pre_logits else self.fc(features)

    def get_classifier(self) -> nn.Linear:
        return self.fc

    def forward(self, images: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(images))


class Learnt(nn.Module):
    """Cross-entropy with a temperature for each class and a centre for its features, all of them learned."""

    def __init__(self) -> None:
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(CLASSES))
        self.centres = nn.Parameter(torch.zeros(CLASSES, 6))

    def forward(self, logits: Tensor, targets: Tensor, features: Tensor) -> Tensor:
        pulled = (features - self.centres[targets]).square().sum(dim=1)
        scaled = nn.functional.cross_entropy(logits * self.temperature, targets, reduction="none")
        return scaled + 0.1 * pulled


def parts(counts: tuple[int, ...], validation: int, test: int) -> ibt.Dataset:
    """Noise that is a little brighter from class to class, 6 x 6 pixels."""
    draw = torch.Generator().manual_seed(0)

    def samples(targets: Tensor) -> ibt.Samples:
        images = torch.randint(0, 120, (len(targets), 3, 6, 6), generator=draw) + 30 * targets.view(-1, 1, 1, 1)
        return ibt.Samples(images.to(torch.uint8), targets)

    train = torch.repeat_interleave(torch.arange(CLASSES), torch.tensor(counts))
    held = [torch.arange(size) % CLASSES for size in (validation, test)]
    return ibt.Dataset(train=samples(train), validation=samples(held[0]), test=samples(held[1]), classes=tuple("abcd"))


def config(norm: str = "group", validation: int = 7, **options: Any) -> ibt.RunConfig:
    """Two epochs of four steps in fp64; every call makes its own network."""
    torch.manual_seed(7)
    settings: dict[str, Any] = {
        "data": parts((19, 11, 7, 3), validation, 9),
        "backbone": GroupNet(norm),
        "augment": "crop:pad=1+flip",
        "optimizer": "sgd:lr=0.1",
        "epochs": 2,
        "batch_size": 10,
        "precision": "fp64",
        "threads": 1,
        "seed": 3,
    }
    return ibt.RunConfig(**settings | options)


def opened(**options: Any) -> tuple[Session, Trainer]:
    """The run in memory; nothing is written."""
    known = ibt.registry()
    session = open_session(resolve_run(config(**options), known), known, Runtime.of_process())
    return session, trainer_of(session)


def trained(**options: Any) -> tuple[dict[str, Tensor], list[dict[str, Any]], dict[str, Tensor]]:
    """Weights, figures of every epoch, and the state of the loss."""
    with Runtime.of_process().running(lambda: None):
        session, trainer = opened(**options)
        trainer.train()
        rows = [
            {name: value for name, value in row.items() if "second" not in name} for row in trainer.progress.history
        ]
        return trainer.predictor.state_dict(), rows, session.components.loss.state_dict()

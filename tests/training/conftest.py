"""A small world to train in: forty 6 x 6 images, a net of two layers, a plan without a sampler."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from imbalearn_torch.data.augment import AUGMENTATIONS, Augment
from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.training.averaging import average_weights
from imbalearn_torch.training.engine import Engine, Parts
from imbalearn_torch.training.loop import LoopConfig, Trainer
from imbalearn_torch.training.network import Network
from imbalearn_torch.training.optimizers import OPTIMIZERS
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.training.schedules import SCHEDULES
from imbalearn_torch.training.step import LossStep, wants_features

SIZE, CLASSES = 40, 4
CPU = torch.device("cpu")


class SmallNet(nn.Module):
    """Convolution, batch norm, dropout, linear, with timm's protocol."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 6, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.drop = nn.Dropout(0.25)
        self.fc = nn.Linear(6, CLASSES)

    def forward_features(self, images: Tensor) -> Tensor:
        return torch.relu(self.norm(self.conv(images)))

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        features = self.drop(maps.mean(dim=(2, 3)))
        return features if pre_logits else self.fc(features)

    def get_classifier(self) -> nn.Linear:
        return self.fc

    def forward(self, images: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(images))


class Column:
    """A planned column that shuffles `SIZE` images, each epoch in its own way."""

    epoch_size = SIZE

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def batches(self, epoch: int, batch_size: int) -> Tensor:
        order = torch.randperm(SIZE, generator=torch.Generator().manual_seed(100 * self.seed + epoch))
        steps = SIZE // batch_size
        return order[: steps * batch_size].view(steps, batch_size)

    def class_distribution(self, epoch: int, targets: Tensor, num_classes: int) -> Tensor:
        return torch.bincount(targets, minlength=num_classes).double() / targets.numel()


class CountingLoss(nn.Module):
    """Cross-entropy that keeps everything it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(CLASSES, dtype=torch.int64))
        self.calls: list[tuple[str, Any]] = []

    def set_epoch(self, epoch: int) -> None:
        self.calls.append(("set_epoch", epoch))

    def set_prior(self, class_prior: Tensor) -> None:
        self.calls.append(("set_prior", class_prior))

    def observe(self, targets: Tensor) -> None:
        self.seen += torch.bincount(targets, minlength=CLASSES)
        self.calls.append(("observe", targets))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        self.calls.append(("forward", logits.dtype))
        return nn.functional.cross_entropy(logits, targets, reduction="none")


class After:
    """Asks the run to stop after some steps; it is asked once before the first."""

    def __init__(self, steps: int, number: int = 15) -> None:
        self.left, self.number = steps + 1, number

    def __call__(self) -> int | None:
        self.left -= 1
        return self.number if self.left == 0 else None


class Figures:
    """A validation that gives the next of some macro-F1 scores, and keeps the weights it saw."""

    def __init__(self, *scores: float | None) -> None:
        self.left = list(scores)
        self.seen: list[dict[str, Tensor]] = []

    def __call__(self, network: nn.Module) -> dict[str, Any]:
        self.seen.append({name: tensor.clone() for name, tensor in network.state_dict().items()})
        score = self.left.pop(0)
        loss = None if score is None else 0.5 if math.isnan(score) else 1 - score
        return {"val_loss": loss, "val_accuracy": 0.5, "val_macro_f1": score}

    def saw(self, network: nn.Module, number: int) -> bool:
        """Whether the network has the weights that it was given that time."""
        return all(torch.equal(tensor, self.seen[number][name]) for name, tensor in network.state_dict().items())


@pytest.fixture
def small_net() -> type[SmallNet]:
    return SmallNet


@pytest.fixture
def column() -> type[Column]:
    return Column


@pytest.fixture
def counting_loss() -> type[CountingLoss]:
    return CountingLoss


@pytest.fixture
def after() -> type[After]:
    return After


@pytest.fixture
def figures() -> type[Figures]:
    return Figures


@pytest.fixture
def make_loader() -> Callable[..., MemoryLoader]:
    def make(chain: str = "none", dtype: torch.dtype = torch.float64, **options: Any) -> MemoryLoader:
        images = torch.randint(0, 256, (SIZE, 3, 6, 6), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
        # Ten, nine, ... images of a class; each class is a little brighter than the one before.
        targets = torch.arange(SIZE).remainder(10).clamp_max(CLASSES - 1)
        images = (images // 2 + 30 * targets.view(-1, 1, 1, 1)).to(torch.uint8)
        augment = Augment(AUGMENTATIONS.resolve_chain(chain), (128, 128, 128))
        return MemoryLoader(
            images, targets, mean=(0.5,) * 3, std=(0.25,) * 3, augment=augment, device=CPU, dtype=dtype, **options
        )

    return make


@pytest.fixture
def make_engine(make_loader) -> Callable[..., Engine]:
    """An engine; `optimizer` and `schedule` are option strings, `horizon` that of the average."""

    def make(
        *,
        optimizer: str = "sgd:lr=0.1",
        schedule: str = "constant",
        steps: int = 8,
        precision: str = "fp64",
        loss: nn.Module | None = None,
        net: nn.Module | None = None,
        chain: str = "none",
        horizon: int | None = None,
        mix: Any = None,
        clip: float | None = None,
        seed: int = 0,
    ) -> Engine:
        how = Precision(precision, CPU)
        torch.manual_seed(5)
        loss = (loss or nn.CrossEntropyLoss(reduction="none")).to(how.master)
        network = Network(net or SmallNet(), features=wants_features(loss)).to(CPU, how.master)
        trained = [each for each in (*network.parameters(), *loss.parameters()) if each.requires_grad]
        optimizers = OPTIMIZERS.resolve(optimizer).build(parameters=trained)
        schedule_choice = SCHEDULES.resolve(schedule)
        return Engine(
            Parts(
                network=network,
                loss=LossStep(loss, "the loss"),
                loader=make_loader(chain, how.master),
                mix=mix,
                optimizers=optimizers,
                schedulers=[schedule_choice.build(optimizer=each, steps=steps) for each in optimizers],
                averaged=None if horizon is None else average_weights(network, horizon),
                precision=how,
                clip=clip,
                seed=seed,
            )
        )

    return make


@pytest.fixture
def make_trainer() -> Callable[..., Trainer]:
    """A trainer of four steps an epoch."""

    def make(engine: Engine, *, folder: Path | None = None, epochs: int = 2, **options: Any) -> Trainer:
        columns = options.pop("columns", (Column(),))
        settings = {"batch_size": 10, "keep": "last", "monitor": "macro-f1", "patience": None, "checkpoint_every": 1}
        settings |= {"checkpoint_minutes": 0.0, "checkpoint_keep": 2}
        settings |= {name: options.pop(name) for name in tuple(options) if name in settings}
        defaults: dict[str, Any] = {"components": (), "class_weights": None, "validate": None, "identity": {"run": 1}}
        return Trainer(
            engine,
            columns=columns,
            stats=ClassStats(engine.parts.loader.targets, CLASSES, columns, "drawn"),
            config=LoopConfig(epochs=epochs, **settings),
            folder=folder,
            **defaults | options,
        )

    return make

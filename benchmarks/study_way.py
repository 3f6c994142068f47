"""An epoch of the 9,500-image study written the study's own way, beside an epoch of ours.

The study: PIL transforms image by image, a DataLoader with two workers, float32, NCHW, a plain loop. Ours: the tensor
loader, channels-last and the precision of the machine. ResNet20, SGD, batch 128, crop and flip on both sides: the same
arithmetic, written otherwise. `small_first` does less of it: images of 16 and 24 pixels for the first 62 % of a run, an
epoch of which is timed as a share of the run. The macro-F1 that all three reach is that of `study_quality`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as MapDataset

from benchmarks.harness import compared, paired, shared
from imbalearn_torch import Dataset, RunConfig, Samples, build, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import trainer_of

__all__ = ["OPTIONS", "SMALL_FIRST", "StudyImages", "measure", "study_loader", "study_network", "train_epoch"]

BATCH = 128
# What the run of ours is told beside the data; the same as `study_network` and `study_loader` do.
OPTIONS = {
    "augment": "crop:pad=4,mode=constant+flip",
    "backbone": "resnet20",
    "optimizer": "sgd:lr=0.1,momentum=0.9,weight_decay=0.0001,nesterov=false",
    "schedule": "one-cycle",
    "batch_size": BATCH,
    "val_fraction": 0.0,
    "ema": 0.0,
    "tta": "none",
}
SMALL_FIRST = {**OPTIONS, "augment": f"{OPTIONS['augment']}+shrink:size=16,stop=0.28+shrink:size=24,stop=0.62"}
_RUN = 8  # epochs of a run with small images first


def measure(quick: bool) -> dict[str, Any]:
    """How many times faster our epoch is, median of alternating pairs."""
    data = _images(10 * BATCH) if quick else _study_data()
    session = _session({**data, **OPTIONS, "epochs": 1})
    found = paired(_ours(session), _study(session), 2 if quick else 5, at_least=2.5)
    images = session.steps * BATCH
    # A run of eight epochs is too long for a glance.
    smaller = {} if quick else {"small_first": _compare_small_first({**data, **SMALL_FIRST, "epochs": _RUN}, session)}
    return {
        "epoch": found,
        **smaller,
        "images": images,
        "images_per_second": images / found["seconds"]["ours"],
        "study_images_per_second": images / found["seconds"]["peer"],
        "precision": session.config.precision,
        "data": "random" if isinstance(data["data"], Dataset) else "CIFAR-10",
    }


def _study_data() -> dict[str, Any]:
    """The study's own images, or random ones of the same number where these are missing."""
    try:
        folder = shared() / "data" / "cifar10"
    except SystemExit:
        return _images(9500)
    return {"data": f"parquet:path={folder}", "imbalance": "step:ratio=10,head=1"}


def _images(count: int) -> dict[str, Any]:
    draw = torch.Generator().manual_seed(0)
    inputs = torch.randint(0, 256, (count, 3, 32, 32), generator=draw, dtype=torch.uint8)
    part = Samples(inputs, torch.arange(count) % 10)
    return {"data": Dataset(train=part, test=part, classes=tuple("0123456789"))}


def _session(options: dict[str, Any]) -> Session:
    known = registry()
    return open_session(resolve_run(RunConfig(**options), known), known)


def _compare_small_first(options: dict[str, Any], session: Session) -> dict[str, Any]:
    """An epoch of the study beside the mean one of a run of ours with small images first, three times in turns."""
    ours, study = _ours(_session(options)), _study(session)
    seconds: dict[Callable[[], None], list[float]] = {ours: [], study: []}
    for _ in range(3):
        for work, each in seconds.items():
            started = time.perf_counter()
            work()
            each.append(time.perf_counter() - started)
    return dict(compared([whole / _RUN for whole in seconds[ours]], seconds[study], at_least=2.5))


def _ours(session: Session) -> Callable[[], None]:
    return lambda: trainer_of(session).train()


def _study(session: Session) -> Callable[[], None]:
    network, optimizer = study_network()
    loader = study_loader(StudyImages.of(session))
    return lambda: train_epoch(network, optimizer, loader)


class StudyImages(MapDataset[tuple[Tensor, Tensor]]):
    """Pictures one by one, as tutorials have it: PIL, random crop and flip, a tensor, normalised.

    Args:
        inputs: uint8 `[N, C, H, W]`.
        targets: int64 `[N]`.
        mean: One number a channel.
        std: As `mean`.
        train: Whether to crop and flip.
    """

    def __init__(
        self, inputs: Tensor, targets: Tensor, mean: tuple[float, ...], std: tuple[float, ...], *, train: bool = True
    ) -> None:
        from torchvision import transforms

        moves = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()] if train else []
        self._transform: Any = transforms.Compose([*moves, transforms.ToTensor(), transforms.Normalize(mean, std)])
        self._pixels, self._targets = inputs.permute(0, 2, 3, 1).contiguous().numpy(), targets

    @classmethod
    def of(cls, session: Session) -> StudyImages:
        """The training part of a run."""
        inputs = session.data.inputs
        assert isinstance(inputs, Tensor)
        return cls(inputs, session.data.targets, *session.data.statistics())

    def __len__(self) -> int:
        return len(self._targets)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self._transform(Image.fromarray(self._pixels[index])), self._targets[index]


def study_loader(images: StudyImages) -> DataLoader[tuple[Tensor, Tensor]]:
    """Shuffled full batches from two workers."""
    return DataLoader(images, batch_size=BATCH, shuffle=True, num_workers=2, drop_last=True)


def study_network() -> tuple[nn.Module, torch.optim.Optimizer]:
    """ResNet20 in float32 and NCHW, and the optimiser of the study."""
    network = build("backbone", "resnet20", num_classes=10, in_channels=3, image_size=32, input_shape=(3, 32, 32))
    return network, torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)


def train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    loader: DataLoader[tuple[Tensor, Tensor]],
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> None:
    """The plain loop."""
    network.train()
    for images, targets in loader:
        optimizer.zero_grad()
        F.cross_entropy(network(images), targets).backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()

"""An epoch by skorch and by Lightning's Trainer beside an epoch of ours: same network, data, batches and optimiser.

ResNet20 in float32 and channels-last, SGD, batch 96, tensors in memory that are already normalised, no augmentation, no
validation, no logging, no checkpoint: what is left is the loop.
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.harness import paired, versions
from imbalearn_torch import Dataset, RunConfig, Samples, registry
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import trainer_of

_BATCH, _RATE = 96, 0.01


def measure(quick: bool) -> dict[str, Any]:
    """By peer: its time over ours, median of alternating pairs."""
    measured: dict[str, Any] = {"versions": versions("skorch", "lightning")}
    session = _session((8 if quick else 30) * _BATCH)
    pairs = 2 if quick else 7
    peers = {"skorch": _skorch, "lightning": _lightning}
    for name, peer in peers.items():
        trainers = iter([trainer_of(session) for _ in range(pairs + 1)])
        measured[name] = paired(lambda made=trainers: next(made).train(), peer(session), pairs, at_least=0.95)
    return measured


def _session(count: int) -> Session:
    draw = torch.Generator().manual_seed(0)
    inputs = torch.randint(0, 256, (count, 3, 32, 32), generator=draw, dtype=torch.uint8)
    part = Samples(inputs, torch.arange(count) % 10)
    data = Dataset(train=part, test=part, classes=tuple("0123456789"), mean=(0.5,) * 3, std=(0.25,) * 3)
    sgd = f"sgd:lr={_RATE},momentum=0.9,weight_decay=0,nesterov=false"
    options = {"augment": "none", "val_fraction": 0, "epochs": 1, "batch_size": _BATCH, "ema": 0, "precision": "fp32"}
    config = RunConfig(data=data, backbone="resnet20", optimizer=sgd, schedule="constant", **options)
    known = registry()
    return open_session(resolve_run(config, known), known)


def _tensors(session: Session) -> tuple[nn.Module, Tensor, Tensor]:
    inputs = session.data.inputs
    assert isinstance(inputs, Tensor)
    images = ((inputs.float() / 255 - 0.5) / 0.25).to(memory_format=torch.channels_last)
    return copy.deepcopy(session.network().backbone), images, session.data.targets


def _skorch(session: Session) -> Callable[[], object]:
    from skorch import NeuralNetClassifier

    network, images, targets = _tensors(session)
    peer = NeuralNetClassifier(
        network,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        lr=_RATE,
        optimizer__momentum=0.9,
        batch_size=_BATCH,
        iterator_train__shuffle=True,
        iterator_train__drop_last=True,
        max_epochs=1,
        train_split=None,
        verbose=0,
    )
    peer.initialize()
    return lambda: peer.partial_fit(images, targets)


def _lightning(session: Session) -> Callable[[], object]:
    import lightning

    logging.getLogger("lightning").setLevel(logging.ERROR)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    network, images, targets = _tensors(session)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
            return F.cross_entropy(self.network(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=_RATE, momentum=0.9)

    module = Module()
    loader = DataLoader(TensorDataset(images, targets), batch_size=_BATCH, shuffle=True, drop_last=True)

    def epoch() -> None:
        quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar"), False)
        trainer = lightning.Trainer(max_epochs=1, accelerator="cpu", enable_model_summary=False, **quiet)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice on the number of workers, which would only slow tensors down
            trainer.fit(module, loader)

    return epoch

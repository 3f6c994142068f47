"""Does a combination of components train? Tried on a two-layer net and a few images, in the process that asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.conformance.check import ConformanceError
from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.finish import adjusted_outputs, final_outputs
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import Session, open_session
from imbalearn_torch.experiments.train import trainer_of
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.types import Dataset, Samples

__all__ = ["CLASSES", "TwoLayerNet", "small_images", "try_combination"]

CLASSES = 4
# Not smaller: halved five times, 16 pixels would reach a strided convolution of one pixel, whose bf16 weight gradient
# torch 2.14 leaves unwritten on CPUs.
_COUNTS, _SHAPE = (24, 8, 4, 2), (3, 20, 20)


class TwoLayerNet(nn.Module):
    """Flatten, linear, ReLU, linear; with timm's protocol and one stage, so that every loss and mix can use it.

    Args:
        features: D, the width of the hidden layer.
        classes: K.
        shape: (C, H, W) of the images.
    """

    def __init__(self, features: int = 8, classes: int = CLASSES, shape: tuple[int, int, int] = _SHAPE) -> None:
        super().__init__()
        self.hidden = nn.Linear(shape[0] * shape[1] * shape[2], features)
        self.head = nn.Linear(features, classes)
        self.stages = (self.hidden,)

    def forward_features(self, images: Tensor) -> Tensor:
        """`[B, C, H, W]` -> `[B, D]`."""
        return self.hidden(images.flatten(1)).relu()

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """`[B, D]` -> itself, or logits `[B, K]`."""
        return features if pre_logits else self.head(features)

    def get_classifier(self) -> nn.Linear:
        """The last layer."""
        return self.head

    def reset_classifier(self, num_classes: int) -> None:
        """A new last layer."""
        self.head = nn.Linear(self.head.in_features, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """`[B, C, H, W]` -> logits `[B, K]`."""
        return self.forward_head(self.forward_features(images))


def small_images() -> Dataset:
    """38 images of 20x20 pixels in four classes of 24 to 2 images, and 16 test images, always the same."""
    source = torch.Generator().manual_seed(0)

    def part(counts: tuple[int, ...]) -> Samples:
        targets = torch.repeat_interleave(torch.arange(CLASSES), torch.tensor(counts))
        noise = torch.randint(0, 128, (len(targets), *_SHAPE), generator=source)
        return Samples((noise + 32 * targets[:, None, None, None]).to(torch.uint8), targets)

    return Dataset(train=part(_COUNTS), test=part((4,) * CLASSES), classes=tuple(f"class-{k}" for k in range(CLASSES)))


def try_combination(
    combination: Mapping[str, Any], *, precision: str = "fp32", within: Registry | None = None
) -> str | None:
    """Train a combination for two epochs of a few steps, predict, and adjust.

    Args:
        combination: Options of a run, such as `{"sampler": "balanced", "loss": "ce"}`; a missing backbone is
            `TwoLayerNet`.
        precision: As of `--precision`.
        within: The registry to look in; None: that of the process.

    Returns:
        None where it trained, else the reason for which it was refused before the first step.

    Raises:
        ConformanceError: It broke in the middle, or was refused with something else than a sentence of ours.
    """
    found = within or registry()
    values: dict[str, Any] = {"backbone": TwoLayerNet(), "val_fraction": 0.25, "threads": torch.get_num_threads()}
    values |= {"data": small_images(), "augment": "none", "epochs": 2, "batch_size": 12, "precision": precision}
    values |= combination
    with torch.random.fork_rng(devices=[]):
        try:
            session = open_session(resolve_run(RunConfig(**values), found), found)
        except ImbalearnError as error:
            return str(error)
        except Exception as error:
            raise ConformanceError(
                f"{dict(combination)} was refused without a sentence: {type(error).__name__}: {error}"
            ) from error
        try:
            _train(session)
        except Exception as error:
            raise ConformanceError(
                f"{dict(combination)} under {precision} broke after it had been accepted: "
                f"{type(error).__name__}: {error}"
            ) from error
    return None


def _train(session: Session) -> None:
    trainer = trainer_of(session)
    trainer.train()
    predictor = trainer.predictor
    outputs = final_outputs(session, predictor)  # pyright: ignore[reportArgumentType]
    adjusted = adjusted_outputs(session, predictor, outputs, trainer.kept_epoch)  # pyright: ignore[reportArgumentType]
    for name, logits in (("logits", outputs[1].logits), ("adjusted logits", adjusted.test)):
        if not bool(logits.isfinite().all()):
            raise ConformanceError(f"the {name} are not finite")

"""Logits and features of a whole part of the data, un-augmented and in eval mode."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.data.workers import worker_failures
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.types import Outputs

__all__ = ["predict"]

_BATCH = 128
_PIXELS = 500 * 64 * 64  # of a batch of larger images, whose activations would fill the memory


@worker_failures()
@torch.no_grad()
def predict(
    network: nn.Module,
    loader: Loader,
    *,
    precision: Precision,
    scale: float = 1.0,
    flip: bool = False,
    unit: bool = False,
    between: Callable[[], None] = lambda: None,
) -> Outputs:
    """Run the network over all of `loader`.

    Args:
        network: Gives logits, or logits and features.
        loader: The data.
        precision: How to compute.
        scale: Factor on the logits: a cosine loss's `scale`.
        flip: Average the logits and the features of each image and its mirror image.
        unit: Scale each view's features to length 1, as a cosine head does.
        between: Called before every batch; what it raises ends the pass.

    Returns:
        float32 on the CPU. A linear head gives the logits from the features, also of averages.
    """
    training = network.training
    network.eval()
    all_logits, all_features = [], []
    for views in loader.views(_batch_size(loader.shape), flip):
        between()
        outputs = []
        for images in views:
            with precision.autocast():
                outputs.append(network(images))
        pairs = [output if isinstance(output, tuple) else (output, None) for output in outputs]
        all_logits.append((_mean([logits for logits, _ in pairs]) * scale).cpu())
        features = [found for _, found in pairs if found is not None]
        if features:
            all_features.append(_mean([F.normalize(each.float()) for each in features] if unit else features).cpu())
    network.train(training)
    return Outputs(torch.cat(all_logits), _joined(all_features), loader.targets.cpu())


def _mean(views: list[Tensor]) -> Tensor:
    return torch.stack([view.float() for view in views]).mean(dim=0)


def _joined(parts: list[Tensor]) -> Tensor | None:
    return torch.cat(parts) if parts else None


def _batch_size(shape: tuple[int, ...]) -> int:
    return min(_BATCH, max(1, _PIXELS // (shape[1] * shape[2]))) if len(shape) == 3 else _BATCH

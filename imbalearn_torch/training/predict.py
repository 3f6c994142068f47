"""Logits and features of a whole part of the data, un-augmented and in eval mode."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.types import Outputs

__all__ = ["predict"]

_BATCH = 500


@torch.no_grad()
def predict(
    network: nn.Module, loader: MemoryLoader, *, precision: Precision, scale: float = 1.0, flip: bool = False
) -> Outputs:
    """Run the network over all of `loader`.

    Args:
        network: Gives logits, or logits and features.
        loader: The data.
        precision: How to compute.
        scale: Factor on the logits: a cosine loss's `scale`.
        flip: Average the logits of each image and its mirror image.

    Returns:
        float32 on the CPU; the features are those of the image itself.
    """
    training = network.training
    network.eval()
    all_logits, all_features = [], []
    for views in loader.views(_BATCH, flip):
        outputs = []
        for images in views:
            with precision.autocast():
                outputs.append(network(images))
        parts = [output if isinstance(output, tuple) else (output, None) for output in outputs]
        logits = torch.stack([part[0].float() for part in parts]).mean(dim=0)
        all_logits.append((logits * scale).cpu())
        features = parts[0][1]
        if features is not None:
            all_features.append(features.float().cpu())
    network.train(training)
    return Outputs(torch.cat(all_logits), _joined(all_features), loader.targets.cpu())


def _joined(parts: list[Tensor]) -> Tensor | None:
    return torch.cat(parts) if parts else None

"""What a trained predictor could say of long-tailed data, for adjusters to be tried on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from imbalearn_torch.types import Outputs

__all__ = ["Predictor", "predictor"]

_FEATURES = 8
_TEST_ROWS = 3  # of each class


@dataclass(frozen=True)
class Predictor:
    """Outputs of the parts of a data set, all by one head: `head(features) == logits`.

    Args:
        train: As many rows of each class as there are images.
        val: A quarter of that, rounded down: classes of a few images have none.
        test: Three rows of each class.
        head: From features to logits.
    """

    train: Outputs
    val: Outputs
    test: Outputs
    head: nn.Linear


def predictor(counts: tuple[int, ...]) -> Predictor:
    """Features scattered around a centre for each class, and the head that scores them by the centres.

    Args:
        counts: Training images of each class.
    """
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(len(counts), _FEATURES, generator=generator)
    head = nn.Linear(_FEATURES, len(counts))
    with torch.no_grad():
        head.weight.copy_(centres)
        head.bias.zero_()
    parts = (counts, tuple(count // 4 for count in counts), (_TEST_ROWS,) * len(counts))
    train, val, test = (_outputs(head, centres, torch.tensor(part), generator) for part in parts)
    return Predictor(train, val, test, head)


def _outputs(head: nn.Linear, centres: Tensor, counts: Tensor, generator: torch.Generator) -> Outputs:
    targets = torch.repeat_interleave(torch.arange(len(counts)), counts)
    features = centres[targets] + torch.randn(len(targets), _FEATURES, generator=generator)
    with torch.no_grad():
        return Outputs(head(features), features, targets)

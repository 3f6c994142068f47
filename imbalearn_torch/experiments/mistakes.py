"""The worst mistakes of a predictor on the test part: chosen while the images are at hand, kept small."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imbalearn_torch.reporting.labels import by_frequency

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["mistake_arrays", "worst_mistakes"]

_NUMBER = 24
_LONGEST = 96  # pixels of a side: a page with all of them stays below a megabyte


def worst_mistakes(
    targets: NDArray[np.int64],
    predictions: NDArray[np.int64],
    confidence: NDArray[np.floating[Any]],
    train_counts: NDArray[np.int64],
    number: int = _NUMBER,
) -> NDArray[np.int64]:
    """Images of which a predictor was surest while it was wrong, those of rare classes first.

    The surest mistake of every class is taken before the second one of any, so that no class fills the page.

    Args:
        targets: `[N]`.
        predictions: `[N]`.
        confidence: Of the predicted class, `[N]`.
        train_counts: `[K]`.
        number: How many at most.

    Returns:
        Positions in the test part, from the rarest class to the most frequent one.
    """
    wrong = np.flatnonzero(targets != predictions)
    surest = wrong[np.lexsort((wrong, -confidence[wrong]))]
    rarity = np.empty(len(train_counts), dtype=np.int64)
    rarity[by_frequency(train_counts.tolist())[::-1]] = np.arange(len(train_counts))
    place, taken = np.empty(len(surest), dtype=np.int64), np.zeros(len(train_counts), dtype=np.int64)
    for position, label in enumerate(targets[surest]):
        place[position] = taken[label]
        taken[label] += 1
    chosen = np.lexsort((rarity[targets[surest]], place))[:number]
    return surest[chosen[np.lexsort((place[chosen], rarity[targets[surest[chosen]]]))]]


def mistake_arrays(
    source: Any, indices: Tensor, targets: Tensor, logits: Tensor, train_counts: Tensor
) -> tuple[NDArray[np.float32], bytes | None]:
    """How sure the predictor was of each test image, and the content of mistakes.npz.

    Args:
        source: The inputs of the data set's part that holds the test images.
        indices: Which of them are the test part, `[N]`.
        targets: `[N]`.
        logits: Of the final predictor, `[N, K]`.
        train_counts: `[K]`.

    Returns:
        The confidence `[N]`; `rows`, `targets`, `predictions`, `confidence` and `images` as an archive, or None where
        nothing is wrong or samples are no images.
    """
    from imbalearn_torch.data.prepare import decode

    probabilities = logits.double().softmax(dim=1)
    confidence, predictions = (each.numpy() for each in probabilities.max(dim=1))
    confidence, predictions = confidence.astype(np.float32), logits.argmax(dim=1).numpy()
    rows = worst_mistakes(targets.numpy(), predictions, confidence, train_counts.numpy())
    if not rows.size:
        return confidence, None
    import torch

    images = decode(source, indices[torch.from_numpy(rows)])
    if images.dim() != 4:
        return confidence, None
    content = io.BytesIO()
    np.savez_compressed(
        content,
        rows=rows,
        targets=targets.numpy()[rows],
        predictions=predictions[rows],
        confidence=confidence[rows],
        images=_small(images).numpy(),
    )
    return confidence, content.getvalue()


def _small(images: Tensor) -> Tensor:
    """uint8 `[M, C, H, W]` whose longer side is at most 96 pixels."""
    import torch
    import torch.nn.functional as F

    longest = max(images.shape[2:])
    if longest <= _LONGEST:
        return images
    size = [max(1, round(side * _LONGEST / longest)) for side in images.shape[2:]]
    smaller = F.interpolate(images.float(), size=size, mode="bilinear", antialias=True, align_corners=False)
    return smaller.round().clamp(0, 255).to(torch.uint8)

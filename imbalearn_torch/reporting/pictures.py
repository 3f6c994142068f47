"""The worst mistakes as pictures inside the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from imbalearn_torch.reporting.labels import isolated
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.words import class_name, percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Picture", "mistake_pictures"]


class Picture(NamedTuple):
    """One mistake.

    Args:
        source: A PNG as a `data:` address.
        true: The class it is of.
        predicted: What it was taken for.
        confidence: How sure the predictor was.
        train_count: Training images of its class.
        row: Its place in the test part.
    """

    source: str
    true: str
    predicted: str
    confidence: str
    train_count: int
    row: int


def mistake_pictures(record: RunRecord, number: int | None = None) -> list[Picture]:
    """What the page shows of the mistakes; empty where there is none, or no pictures.

    Args:
        record: The run.
        number: How many at most, the surest one of every class before the second one of any; None: all.
    """
    if record.mistakes is None:
        return []
    classes, counts = record.classes, record.train_counts
    columns = [each.tolist() for each in record.mistakes[:-1]]
    shown = _chosen(columns[1], number)
    return [
        Picture(
            _address(image),
            isolated(class_name(classes, target)),
            isolated(class_name(classes, prediction)),
            percent(confidence),
            counts[target],
            row,
        )
        for position, ((row, target, prediction, confidence), image) in enumerate(
            zip(zip(*columns, strict=True), record.mistakes.images, strict=True)
        )
        if position in shown
    ]


def _chosen(targets: Sequence[int], number: int | None) -> set[int]:
    """Positions of the mistakes to show; they come by class, the rarest first, and in each the surest first."""
    places = [targets[:position].count(target) for position, target in enumerate(targets)]
    return set(sorted(range(len(targets)), key=lambda position: (places[position], position))[:number])


def _address(image: NDArray[np.uint8]) -> str:
    """`[C, H, W]`: one channel is grey, three are colours; of any other number the first is shown."""
    from PIL import Image

    shown = image.transpose(1, 2, 0) if image.shape[0] == 3 else image[0]
    content = io.BytesIO()
    Image.fromarray(shown).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"

"""A folder of small pictures, and every kind of fault in some of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

NAMES, TRAIN, TEST = ("aster", "rose", "tulip"), (16, 24, 20), 5


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def truncated_jpeg(file: Path) -> None:
    """Under a name that ends in .png, which PIL does not mind."""
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(content, "JPEG")
    file.write_bytes(content.getvalue()[:-100])


FAULTS = {
    "train/aster/03.png": half,
    "train/aster/07.png": lambda file: file.write_bytes(b""),
    "train/rose/00.png": lambda file: file.write_text("<html>not found</html>"),
    "train/tulip/19.png": truncated_jpeg,
    "test/rose/04.png": half,
}


def save_pictures(folder: Path) -> Path:
    """Three classes, 60 training images and 15 test images."""
    draw = np.random.Generator(np.random.PCG64(0))
    for part in ("train", "test"):
        for name, count in zip(NAMES, TRAIN, strict=True):
            (folder / part / name).mkdir(parents=True)
            for number in range(count if part == "train" else TEST):
                pixels = draw.integers(0, 256, (8, 8, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / part / name / f"{number:02}.png")
    return folder

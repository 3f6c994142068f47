from collections.abc import Callable
from xml.etree import ElementTree

import pytest
import torch

from imbalearn_torch.metrics import score

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def parse() -> Callable[[str], ElementTree.Element]:
    """An SVG document as a tree; raises where it is no well-formed XML."""
    return lambda svg: ElementTree.fromstring(svg.encode())


@pytest.fixture
def texts(parse) -> Callable[[str], list[str]]:
    """What is written in a figure."""
    return lambda svg: ["".join(element.itertext()) for element in parse(svg).iter(f"{SVG}text")]


@pytest.fixture
def title(parse) -> Callable[[str], str]:
    """The text alternative of a figure."""
    return lambda svg: parse(svg).findtext(f"{SVG}title") or ""


@pytest.fixture
def lines(parse) -> Callable[[str, str], list[list[tuple[float, float]]]]:
    """The strokes of one colour in a figure, each a list of its points."""

    def strokes(svg: str, colour: str) -> list[list[tuple[float, float]]]:
        found = []
        for path in parse(svg).iter(f"{SVG}path"):
            style = path.get("style", "")
            if "fill: none" in style and f"stroke: {colour}" in style:
                pieces = path.get("d", "").replace("L", " ").split("M")[1:]
                numbers = [[float(number) for number in piece.split()] for piece in pieces]
                found += [list(zip(row[::2], row[1::2], strict=True)) for row in numbers]
        return found

    return strokes


@pytest.fixture
def history() -> list[dict]:
    return [
        {"epoch": 0, "lr": 0.1, "train_loss": 2.0, "val_loss": 1.5, "val_accuracy": 0.5, "val_macro_f1": 0.25},
        {"epoch": 1, "lr": 0.1, "train_loss": 1.5, "val_loss": 1.25, "val_accuracy": 0.6, "val_macro_f1": 0.5},
        {"epoch": 2, "lr": 0.01, "train_loss": 1.0, "val_loss": 1.125, "val_accuracy": 0.7, "val_macro_f1": 0.625},
    ]


@pytest.fixture
def result() -> dict:
    """What stands in result.json: cat found in 2 of 3 images, dog in 1 of 2, eel has no test image."""
    logits = torch.eye(3)[[0, 0, 1, 1, 0]]
    targets, counts = torch.tensor([0, 0, 0, 1, 1]), [120, 30, 5]
    test = score(logits, targets, train_counts=torch.tensor(counts))
    return {
        "schema_version": 1,
        "name": "demo",
        "command": "imbalearn run --data digits --loss focal:gamma=2",
        "config": {"loss": "imbalearn-torch/focal:gamma=2.0", "sampler": None, "epochs": 3, "adjust": ["a", "b"]},
        "metrics": {"test": test, "test_unadjusted": test, "val": None},
        "data": {
            "classes": ["cat", "dog", "eel"],
            "train_counts": counts,
            "val_counts": [12, 3, 1],
            "test_counts": [3, 2, 0],
            "drawn_counts": [1360, 90, 15],
        },
        "timing": {"total_seconds": 75.0, "train_seconds": 61.4, "images_per_second": 1234.4},
        "environment": {"python": "3.11.9", "device": {"type": "cpu"}},
        "warnings": [],
    }

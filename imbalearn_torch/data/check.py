"""Check a `Dataset` record once, on the CPU, before anything is trained: all problems are reported together."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.data.selection import some_classes
from imbalearn_torch.errors import DataError
from imbalearn_torch.types import Dataset, Samples

__all__ = ["check_dataset"]


def check_dataset(dataset: Any) -> tuple[str, ...]:
    """Check what a data set factory has returned; no image is decoded.

    Args:
        dataset: Meant to be a `Dataset`.

    Returns:
        Warnings: classes without training images, a single class.

    Raises:
        DataError: It is no `Dataset`, or one sentence a problem: types, shapes and lengths that do not fit, labels
            outside 0..K-1 (up to ten rows are named), values that are not finite, an empty part.
    """
    if not isinstance(dataset, Dataset):
        raise DataError(
            f"Expected a data set factory to return an imbalearn_torch.Dataset, but got {type(dataset).__name__}"
        )
    problems = _problems_of_record(dataset)
    parts = {"training": dataset.train, "test": dataset.test, "validation": dataset.validation}
    shapes: dict[str, list[int]] = {}
    for name, part in parts.items():
        if part is None and name != "training":
            continue
        if not isinstance(part, Samples):
            problems.append(f"the {name} part must be a Samples record, but is a {type(part).__name__}")
            continue
        problems += _problems_of_inputs(name, part.inputs)
        problems += _problems_of_targets(name, part, len(dataset.classes))
        if isinstance(part.inputs, Tensor):
            shapes[name] = list(part.inputs.shape[1:])
    problems += _problems_between(dataset, shapes)
    if problems:
        raise DataError("\n".join(problems))
    counts = torch.bincount(dataset.train.targets, minlength=len(dataset.classes))
    warnings = []
    if bool((counts == 0).any()):
        warnings.append(f"{some_classes(counts == 0, dataset.classes)} have no training image")
    if len(dataset.classes) == 1:
        warnings.append(f"the data have a single class, {dataset.classes[0]!r}: there is nothing to tell apart")
    return tuple(warnings)


def _problems_of_record(dataset: Dataset) -> list[str]:
    classes: Any = dataset.classes
    if not isinstance(classes, tuple) or not classes or not all(isinstance(name, str) for name in classes):
        raise DataError(f"`classes` must be a tuple of at least one str, but is {classes!r:.200}")
    problems = [
        f"`{name}` must be a str, but is {getattr(dataset, name)!r:.200}"
        for name in ("augment", "imbalance")
        if not isinstance(getattr(dataset, name), str)
    ]
    for name in ("mean", "std"):
        values = getattr(dataset, name)
        if values is None:
            continue
        if not isinstance(values, tuple) or not all(_is_finite(each) for each in values):
            problems.append(f"`{name}` must be a tuple of finite numbers, one a channel, but is {values!r:.200}")
        elif name == "std" and min(values, default=1) <= 0:
            problems.append(f"`std` must be > 0, but is {values!r:.200}")
    return problems


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _problems_of_inputs(name: str, inputs: Any) -> list[str]:
    if not isinstance(inputs, Tensor):
        if hasattr(inputs, "__getitem__"):
            return []
        return [
            f"the {name} inputs must be a tensor or a map-style object with `[i]`, but are a {type(inputs).__name__}"
        ]
    image = inputs.dtype == torch.uint8 and inputs.dim() == 4
    table = inputs.dtype == torch.float32 and inputs.dim() == 2
    if not image and not table:
        got = f"{inputs.dtype} {list(inputs.shape)}"
        return [f"the {name} inputs must be uint8 [N, C, H, W] or float32 [N, D], but are {got}"]
    if not inputs[:1].numel() and len(inputs):
        return [f"the {name} inputs hold no values: their shape is {list(inputs.shape)}"]
    if table:
        return _rows(f"the {name} inputs must be finite", ~torch.isfinite(inputs).all(dim=1), None)
    return []


def _problems_of_targets(name: str, part: Samples, num_classes: int) -> list[str]:
    targets: Any = part.targets
    if not isinstance(targets, Tensor):
        return [f"the {name} targets must be an int64 tensor [N], but are a {type(targets).__name__}"]
    if targets.dtype != torch.int64 or targets.dim() != 1:
        return [f"the {name} targets must be int64 [N], but are {targets.dtype} {list(targets.shape)}"]
    if targets.device.type != "cpu":
        return [f"the {name} targets must be on the CPU, but are on {targets.device}"]
    if not targets.numel():
        return [f"the {name} part is empty"]
    problems = []
    if hasattr(part.inputs, "__len__") and len(part.inputs) != targets.numel():
        problems.append(f"the {name} part has {len(part.inputs)} inputs, but {targets.numel()} targets")
    rule = f"the {name} targets must be in 0..{num_classes - 1}"
    return problems + _rows(rule, (targets < 0) | (targets >= num_classes), targets)


def _rows(rule: str, wrong: Tensor, values: Tensor | None) -> list[str]:
    rows = wrong.nonzero().flatten().tolist()
    if not rows:
        return []
    named = ", ".join(f"row {row}" + (f" is {int(values[row])}" if values is not None else "") for row in rows[:10])
    more = f", and {len(rows) - 10} more rows" if len(rows) > 10 else ""
    return [f"{rule}, but {'these are not: ' if values is None else ''}{named}{more}"]


def _problems_between(dataset: Dataset, shapes: dict[str, list[int]]) -> list[str]:
    problems = []
    reference = shapes.get("training")
    for name, shape in shapes.items():
        if reference is not None and shape != reference:
            problems.append(f"the {name} inputs have shape {shape} each, but the training inputs have {reference}")
    for name in ("mean", "std"):
        values = getattr(dataset, name)
        if reference and isinstance(values, tuple) and len(values) != reference[0]:
            problems.append(
                f"`{name}` must hold one number for each of {reference[0]} channels, but holds {len(values)}"
            )
    return problems

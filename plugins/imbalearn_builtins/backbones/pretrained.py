"""`pretrained=PATH`: weights from a file, read without running anything in it, and fitted to a backbone."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_builtins.backbones.classifier import classifier_names
from imbalearn_torch import errors

__all__ = ["load_tensors", "read_tensors"]

_WRAPPERS = ("state_dict", "model", "net")
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
_SHOWN = 4


def read_tensors(path: str | Path) -> dict[str, Tensor]:
    """The named tensors of a weights file, on the CPU.

    Args:
        path: A safetensors file (by its suffix), or a torch file that holds tensors only. A checkpoint that keeps them
            under "state_dict", "model" or "net" will do, and so will names that all begin with "module.".

    Raises:
        OptionError: There is no such file, it cannot be read, or it holds more than tensors and plain values.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        kind = "a folder" if file.is_dir() else "no file"
        raise errors.OptionError(f"Expected `pretrained` to be a file with weights, but {str(path)!r} is {kind}")
    stored = _read(file)
    while isinstance(stored, Mapping):
        inner = next((stored[key] for key in _WRAPPERS if isinstance(stored.get(key), Mapping)), None)
        if inner is None:
            break
        stored = inner
    items = stored.items() if isinstance(stored, Mapping) else ()
    tensors = {str(name): value for name, value in items if isinstance(value, Tensor)}
    if not tensors:
        raise errors.OptionError(
            f"Expected {str(path)!r} to hold tensors by name, at the top or under one of {', '.join(_WRAPPERS)};"
            f" it holds {_summary(stored)}"
        )
    return tensors


def _read(file: Path) -> Any:
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(file)
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the readers raise a dozen types for damaged files
        raise errors.OptionError(
            f"Expected {str(file)!r} to be a safetensors file (NAME.safetensors) or a torch file with tensors only"
            f" (read with weights_only=True; pickled objects are never run), but reading it failed:"
            f" {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        ) from error


def _summary(stored: Any) -> str:
    return f"the keys {_few(stored)}" if isinstance(stored, Mapping) else f"a {type(stored).__name__}"


def load_tensors(backbone: nn.Module, tensors: Mapping[str, Tensor], source: str | Path) -> None:
    """Copy tensors into a backbone; a head of another shape, or none, leaves the backbone's head as it is and warns.

    Args:
        backbone: A module with timm's `get_classifier`; changed in place.
        tensors: By name; common prefixes such as "module." are removed.
        source: Where they come from, for messages.

    Raises:
        OptionError: Any other tensor is missing, left over or of another shape; the backbone is then unchanged.
    """
    wanted = backbone.state_dict()
    given = _without_prefixes(tensors, wanted)
    head = classifier_names(backbone)
    found = {name: given[name] for name in sorted(head) if name in given}
    fresh_head = any(name not in found or found[name].shape != wanted[name].shape for name in head)
    if fresh_head:
        given = {name: tensor for name, tensor in given.items() if name not in head}
    # Old checkpoints do not count batches; the count matters only to batch norm without momentum.
    optional = {name for name in wanted if name.endswith(".num_batches_tracked")} | (head if fresh_head else set())
    problems = {
        "missing": [name for name in wanted if name not in given and name not in optional],
        "left over": [name for name in given if name not in wanted],
        "of another shape": [
            f"{name} {list(tensor.shape)} instead of {list(wanted[name].shape)}"
            for name, tensor in given.items()
            if name in wanted and tensor.shape != wanted[name].shape
        ],
    }
    if any(problems.values()):
        listed = "; ".join(f"{len(names)} {what}: {_few(names)}" for what, names in problems.items() if names)
        raise errors.OptionError(
            f"Expected the tensors of {str(source)!r} to fit {type(backbone).__name__}, but {listed}"
        )
    backbone.load_state_dict(given, strict=False)
    if fresh_head:
        has = _few(f"{name} {list(tensor.shape)}" for name, tensor in found.items()) or "none"
        needs = _few(f"{name} {list(wanted[name].shape)}" for name in sorted(head))
        warnings.warn(
            f"the head keeps its fresh initial weights: it needs {needs}, and {str(source)!r} has {has}", stacklevel=2
        )


def _without_prefixes(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    names = list(tensors)
    stripped = True
    while stripped:
        stripped = False
        for prefix in _PREFIXES:
            if all(name.startswith(prefix) for name in names) and not any(name.startswith(prefix) for name in wanted):
                names = [name.removeprefix(prefix) for name in names]
                stripped = True
    return dict(zip(names, tensors.values(), strict=True))


def _few(names: Iterable[Any]) -> str:
    listed = [str(name) for name in names]
    return ", ".join(listed[:_SHOWN]) + (", ..." if len(listed) > _SHOWN else "")

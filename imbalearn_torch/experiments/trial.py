"""Two black images through augmentation and mix: what does not fit the data is refused before the first step."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn

from imbalearn_torch.blame import name_of
from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.errors import ComponentError, ImbalearnError
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.training.mixing import mix_batches
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.types import Batch

__all__ = ["trial_batch", "trusted_precision", "try_backbone", "try_mix"]


def trial_batch(data: OpenData, epochs: int) -> Batch:
    """Two black images, or two rows of zeros, augmented as those of the run will be.

    Args:
        data: Gives their shape.
        epochs: Of the run; 1: as at its end, where images that grow are at their largest.

    Raises:
        OptionError: The augmentation does not fit these images.
    """
    shape = data.input_shape
    is_image = len(shape) == 3
    columns = (0.0,) * shape[0], (1.0,) * shape[0]
    loader = MemoryLoader(
        torch.zeros(2, *shape, dtype=torch.uint8 if is_image else torch.float32),
        data.targets[:1].repeat(2),
        mean=columns[0],
        std=columns[1],
        augment=data.augmentation(columns[0], epochs),
        device=torch.device("cpu"),
    )
    return loader.batch(torch.arange(2), loader.draw(2, torch.Generator().manual_seed(0)))


def try_mix(mix: Any, batch: Batch) -> None:
    """Mix a batch with itself, as at the beginning of the run; a mix of hidden activations is not tried.

    Raises:
        ImbalearnError: The mix refuses such data, or what it returns is no mixed batch.
    """
    if mix is None or getattr(mix, "hidden", False):
        return
    if not callable(mix):
        raise ComponentError(f"Expected the mix to be a callable (a, b, generator), but got {type(mix).__name__}")
    begin = getattr(mix, "set_epoch", None)
    if begin is not None:
        begin(0)
    mix_batches(mix, batch, batch, torch.Generator().manual_seed(0))


def try_backbone(backbone: nn.Module, batch: Batch) -> None:
    """Predict two images in eval mode, which also gives lazy layers their shape.

    Raises:
        ComponentError: The backbone does not work with such images.
    """
    training = backbone.training
    try:
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            backbone.eval()(batch.images)
    except ImbalearnError:
        raise
    except Exception as error:
        shape = list(batch.images.shape[1:])
        cause = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ComponentError(f"the backbone {name_of(backbone)} does not work with inputs {shape}: {cause}") from error
    finally:
        backbone.train(training)


def trusted_precision(precision: Precision, asked: str, backbone: nn.Module, batch: Batch) -> Precision:
    """The precision, or fp32 where bf16 was chosen by `auto` and torch computes wrong gradients with it.

    torch 2.9 to 2.14 on CPUs leave the bf16 weight gradient of a strided convolution of one pixel unwritten: whatever
    stood in that memory is then trained with.

    Args:
        precision: Resolved.
        asked: What the user said: "auto", "bf16", ...
        backbone: Works with the batch.
        batch: As `trial_batch` makes it.

    Raises:
        ComponentError: bf16 was asked for by name.
    """
    if precision.name != "bf16" or precision.device.type != "cpu" or not _strides_over_one_pixel(backbone, batch):
        return precision
    cause = (
        f"the backbone {name_of(backbone)} strides over feature maps of one pixel with inputs "
        f"{list(batch.images.shape[1:])}, whose bf16 gradients torch computes wrongly on CPUs"
    )
    if asked != "auto":
        raise ComponentError(f"{cause}; larger images (`resize=`, `size=`) or --precision fp32 are right")
    warnings.warn(f"{cause}: trained in fp32", stacklevel=2)
    return Precision("fp32", precision.device)


def _strides_over_one_pixel(backbone: nn.Module, batch: Batch) -> bool:
    found = False

    def look(module: nn.Conv2d, inputs: tuple[Any, ...]) -> None:
        nonlocal found
        found = found or (max(module.stride) > 1 and tuple(inputs[0].shape[2:]) == (1, 1))

    hooks = [each.register_forward_pre_hook(look) for each in backbone.modules() if isinstance(each, nn.Conv2d)]
    try_backbone(backbone, batch)
    for hook in hooks:
        hook.remove()
    return found

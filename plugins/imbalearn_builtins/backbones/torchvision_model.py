"""Any classification model of torchvision, by name."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.freezing import freeze_parameters
from imbalearn_builtins.backbones.images import check_images, image_sides, refused_for, try_image
from imbalearn_builtins.backbones.mixins import adopt, resize_inputs
from imbalearn_builtins.backbones.normalisation import normalize_as
from imbalearn_builtins.backbones.pretrained import load_tensors, read_tensors
from imbalearn_builtins.backbones.torchvision_protocol import TimmProtocol, find_stages, last_linear
from imbalearn_builtins.backbones.torchvision_weights import published_weights
from imbalearn_torch import errors

__all__ = ["torchvision_model"]

_AUXILIARY = ("googlenet", "inception_v3")  # trained with further classifiers inside, which are left out


def torchvision_model(
    *,
    num_classes: int,
    in_channels: int = 3,
    image_size: int | tuple[int, int] | None = None,
    model: str,
    pretrained: bool | Path = False,
    freeze: Literal["none", "all-but-head", "all-but-head-and-norm"] = "none",
    resize: int | None = None,
    normalize: Literal["data", "model"] = "data",
) -> nn.Module:
    """A classification model of torchvision with a head for K classes.

    Shapes: images [B, C, H, W] -> logits [B, K].

    Args:
        num_classes: K.
        in_channels: C. A first convolution of other than three channels is made anew; of published weights, one channel
            takes the sum over the three.
        image_size: (H, W), or one number for squares; vision transformers are made for this size.
        model: A name that `torchvision.models.list_models(module=torchvision.models)` lists.
        pretrained: `true` downloads torchvision's default weights; a path loads a safetensors or torch file in
            torchvision's names. A head of another K stays fresh.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.
        resize: Pixels a side that images are scaled to inside the model, bilinearly with antialiasing.
        normalize: "data": by mean and standard deviation of the data; "model": by those that torchvision's weights were
            trained with (the attributes `input_mean` and `input_std`, which the engine heeds).

    Returns:
        The torchvision model itself, with timm's protocol where it ends in a linear layer (all but SqueezeNet), and
        `stages`, for hidden mixing.

    Raises:
        OptionError: No such model, it cannot be built for such images, or weights that cannot be had or do not fit.

    References:
        [1] TorchVision maintainers and contributors, TorchVision, 2016, github.com/pytorch/vision
    """
    check_images(num_classes, in_channels)
    check_choice("normalize", normalize, ("data", "model"))
    weights = published_weights(_known(model), download=pretrained is True)
    sides = image_sides(image_size)
    with refused_for(f"torchvision's {model!r}", in_channels, sides):
        told = sides if resize is None else (resize, resize)
        backbone = _create(model, num_classes, told, weights if pretrained is True else None)
        if last_linear(backbone) is not None:
            adopt(backbone, TimmProtocol)
        if pretrained is True:
            _fit_head(backbone, model, num_classes)
        _fit_stem(backbone, in_channels, keep=pretrained is True)
        resize_inputs(backbone, resize)
        try_image(backbone, in_channels, sides)
    if not isinstance(pretrained, bool):
        load_tensors(backbone, read_tensors(pretrained), pretrained)
    if normalize == "model":
        preset = weights.transforms()
        normalize_as(backbone, preset.mean, preset.std, in_channels)
    backbone.stages = find_stages(backbone)
    freeze_parameters(backbone, freeze)
    return backbone


def _known(model: str) -> str:
    import torchvision.models

    names = torchvision.models.list_models(module=torchvision.models)
    if model not in names:
        close = difflib.get_close_matches(model.lower(), names, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise errors.OptionError(
            "Expected `model` to be a name from torchvision.models.list_models(module=torchvision.models), but got"
            f" {model!r}{hint}"
        )
    return model


def _create(model: str, num_classes: int, sides: tuple[int, int] | None, weights: Any) -> Any:
    import torchvision.models

    arguments: dict[str, Any] = {}
    if sides is not None and model == "maxvit_t":
        arguments["input_size"] = sides
    elif sides is not None and model.startswith("vit_"):
        if sides[0] != sides[1]:
            raise errors.OptionError(f"torchvision's {model!r} is for square images; use resize=PIXELS")
        arguments["image_size"] = sides[0]
    if weights is not None:
        try:
            return torchvision.models.get_model(model, weights=weights, progress=False, **arguments)
        except (OSError, RuntimeError) as error:
            raise errors.OptionError(f"The weights of torchvision's {model!r} cannot be had: {error}") from error
    if model in _AUXILIARY:
        arguments |= {"aux_logits": False, "init_weights": True}
    return torchvision.models.get_model(model, num_classes=num_classes, **arguments)


def _fit_head(backbone: Any, model: str, num_classes: int) -> None:
    """The published weights' own head stays where K is theirs."""
    head = last_linear(backbone)
    if head is None and num_classes != 1000:
        raise errors.OptionError(
            f"torchvision's {model!r} has no linear classifier to start anew, so its weights are for 1000 classes only"
        )
    if head is not None and head[1].out_features != num_classes:
        backbone.reset_classifier(num_classes)


def _fit_stem(backbone: nn.Module, in_channels: int, *, keep: bool) -> None:
    """Make the first convolution anew for other than its three channels."""
    name, old = next((name, each) for name, each in backbone.named_modules() if isinstance(each, nn.Conv2d))
    if old.in_channels == in_channels:
        return
    if keep and in_channels != 1:
        raise errors.OptionError(f"Expected images of 1 or 3 channels for published weights, but got {in_channels}")
    new: Any = nn.Conv2d(
        in_channels,
        old.out_channels,
        old.kernel_size,  # pyright: ignore[reportArgumentType]
        stride=old.stride,  # pyright: ignore[reportArgumentType]
        padding=old.padding,  # pyright: ignore[reportArgumentType]
        bias=old.bias is not None,
    )
    if keep:
        with torch.no_grad():
            new.weight.copy_(old.weight.sum(1, keepdim=True))
            if old.bias is not None:
                new.bias.copy_(old.bias)
    parent, _, last = name.rpartition(".")
    setattr(backbone.get_submodule(parent), last, new)

"""Any model of timm, by name."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

from torch import nn

from imbalearn_builtins.backbones.choices import check_choice
from imbalearn_builtins.backbones.freezing import freeze_parameters
from imbalearn_builtins.backbones.images import check_images, image_sides, refused_for, try_image
from imbalearn_builtins.backbones.mixins import resize_inputs
from imbalearn_builtins.backbones.normalisation import normalize_as
from imbalearn_builtins.backbones.pretrained import load_tensors, read_tensors
from imbalearn_builtins.backbones.timm_hub import check_downloadable
from imbalearn_torch import errors

__all__ = ["timm_model"]


def timm_model(
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
    """A model of timm with a head for K classes.

    Shapes: images [B, C, H, W] -> logits [B, K].

    Args:
        num_classes: K.
        in_channels: C.
        image_size: (H, W), or one number for squares; models made for one size, such as vision transformers, are made
            for this one.
        model: A name that `timm.list_models()` lists; a tag of published weights may follow: "resnet18.a1_in1k".
        pretrained: `true` downloads timm's published weights; a path loads a safetensors or torch file in timm's
            names. A head of another K stays fresh.
        freeze: "all-but-head" trains the head and keeps batch norm's statistics; "all-but-head-and-norm" also trains
            the norm layers.
        resize: Pixels a side that images are scaled to inside the model, bilinearly with antialiasing.
        normalize: "data": by mean and standard deviation of the data; "model": by those that timm's published weights
            were trained with (the attributes `input_mean` and `input_std`, which the engine heeds).

    Returns:
        The timm model itself; `stages`, for hidden mixing, is added where timm says where its stages are.

    Raises:
        OptionError: No such model, it cannot be built for such images, or weights that cannot be had or do not fit.

    References:
        [1] R. Wightman, PyTorch Image Models, 2019, github.com/huggingface/pytorch-image-models
    """
    check_images(num_classes, in_channels)
    check_choice("normalize", normalize, ("data", "model"))
    config = _published(model)
    if pretrained is True:
        check_downloadable(model, config)
    sides = image_sides(image_size)
    arguments: dict[str, Any] = {"num_classes": num_classes, "in_chans": in_channels}
    # What timm calls a fixed input size is one that the model is told as `img_size`; all others take any size.
    told = sides if resize is None else (resize, resize)
    if told is not None and config is not None and config.fixed_input_size:
        arguments["img_size"] = told
    with refused_for(f"timm's {model!r}", in_channels, sides):
        backbone = _create(model, pretrained is True, arguments)
        resize_inputs(backbone, resize)
        try_image(backbone, in_channels, sides)
    if not isinstance(pretrained, bool):
        load_tensors(backbone, read_tensors(pretrained), pretrained)
    if normalize == "model":
        normalize_as(backbone, getattr(config, "mean", None), getattr(config, "std", None), in_channels)
    _add_stages(backbone)
    freeze_parameters(backbone, freeze)
    return backbone


def _published(model: str) -> Any:
    """What timm's table of published weights has for a model: a `PretrainedCfg`, or None."""
    import timm

    if not timm.is_model(model):
        close = difflib.get_close_matches(model.lower(), timm.list_models(), n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise errors.OptionError(f"Expected `model` to be a name from timm.list_models(), but got {model!r}{hint}")
    try:
        return timm.get_pretrained_cfg(model)
    except RuntimeError as error:
        name = model.partition(".")[0]
        tags = ", ".join(timm.list_pretrained(f"{name}.*")) or "none"
        raise errors.OptionError(f"Expected a tag that timm has for {name!r} ({tags}), but got {model!r}") from error


def _create(model: str, pretrained: bool, arguments: dict[str, Any]) -> nn.Module:
    import timm

    try:
        return timm.create_model(model, pretrained=pretrained, **arguments)
    except OSError as error:
        raise errors.OptionError(f"The weights of timm's {model!r} could not be downloaded: {error}") from error


def _add_stages(backbone: Any) -> None:
    if hasattr(backbone, "stages"):
        return
    modules = dict(backbone.named_modules())
    names = [stage.get("module") for stage in getattr(backbone, "feature_info", None) or ()]
    if names and all(name in modules for name in names):
        backbone.stages = tuple(modules[name] for name in names)

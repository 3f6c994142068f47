"""The backbone of a run, with its initial weights, and what it and the other parts ask of each other."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.experiments.building import built
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.mixing import hidden_stages
from imbalearn_torch.training.network import Network
from imbalearn_torch.training.step import wants_features

__all__ = ["build_backbone", "check_backbone", "head_parameters", "is_cosine", "own_normalisation"]

Statistics = tuple[tuple[float, ...], tuple[float, ...]]


def is_cosine(loss: nn.Module) -> bool:
    """Whether the loss's logits are cosines."""
    return getattr(loss, "head", "linear") == "cosine"


def build_backbone(run: ResolvedRun, data: OpenData) -> nn.Module:
    """The network with its initial weights, which depend on the seed and the backbone alone.

    Raises:
        ComponentError: The backbone is no module, or its state is not made of tensors.
    """
    shape = data.input_shape
    is_image = len(shape) == 3
    size = (shape[1] if shape[1] == shape[2] else shape[1:]) if is_image else None
    seed_default_generators(run.config.seed, "init")
    backbone = built(
        run.components["backbone"],
        num_classes=len(data.classes),
        in_channels=shape[0] if is_image else None,
        image_size=size,
        input_shape=shape,
    )
    if not isinstance(backbone, nn.Module):
        raise ComponentError(
            f"Expected backbone {run.config.backbone!r} to be an nn.Module, but got {type(backbone).__name__}"
        )
    for name, value in backbone.state_dict().items():
        if not isinstance(value, Tensor):
            raise ComponentError(
                f"Expected the state of backbone {run.config.backbone!r} to be tensors, since model.safetensors holds "
                f"nothing else, but got {type(value).__name__} for {name!r}; let `get_extra_state` give a tensor"
            )
    return backbone


def check_backbone(backbone: nn.Module, loss: nn.Module, mix: Any, needs: frozenset[str]) -> None:
    """See before any step that the backbone has what the loss, the mix and the adjusters ask for.

    Raises:
        ComponentError: It lacks timm's protocol, or `stages`.
    """
    hidden_stages(backbone, mix)
    wanted = wants_features(loss) or bool(needs & {"features", "head"})
    Network(backbone, features=wanted, cosine=is_cosine(loss))


def head_parameters(backbone: Any) -> list[nn.Parameter]:
    """What `get_classifier()` holds, by timm's protocol; nothing where there is no such method."""
    found = backbone.get_classifier() if hasattr(backbone, "get_classifier") else ()
    heads = found if isinstance(found, tuple) else (found,)
    return [each for head in heads if isinstance(head, nn.Module) for each in head.parameters()]


def own_normalisation(backbone: nn.Module, of_data: Statistics) -> Statistics:
    """Mean and deviation that a backbone asks for by its attributes `input_mean` and `input_std`, or those of the data.

    Weights trained elsewhere expect the normalisation they were trained with.

    Args:
        backbone: May have both attributes: tuples of one number a channel, on the 0..1 scale of images.
        of_data: As many numbers a channel.

    Raises:
        ComponentError: They are no such numbers.
    """
    own = getattr(backbone, "input_mean", None), getattr(backbone, "input_std", None)
    if own[0] is None and own[1] is None:
        return of_data
    try:
        mean, std = (tuple(map(float, () if each is None else each)) for each in own)
    except (TypeError, ValueError):
        mean, std = (), ()
    if not len(mean) == len(std) == len(of_data[0]) or not all(map(math.isfinite, mean + std)) or min(std) <= 0:
        raise ComponentError(
            f"Expected `input_mean` and `input_std` of the backbone {type(backbone).__name__} to be {len(of_data[0])} "
            f"numbers each, the second > 0, but got {own[0]!r} and {own[1]!r}"
        )
    return mean, std

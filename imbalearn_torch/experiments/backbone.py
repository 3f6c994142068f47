"""The backbone of a run, with its initial weights, and what loss and adjusters ask of it."""

from __future__ import annotations

from typing import Any

from torch import nn

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.experiments.building import built
from imbalearn_torch.experiments.open_data import OpenData
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.training.mixing import hidden_stages
from imbalearn_torch.training.network import Network
from imbalearn_torch.training.step import wants_features

__all__ = ["build_backbone", "check_backbone", "is_cosine"]


def is_cosine(loss: nn.Module) -> bool:
    """Whether the loss's logits are cosines."""
    return getattr(loss, "head", "linear") == "cosine"


def build_backbone(run: ResolvedRun, data: OpenData) -> nn.Module:
    """The network with its initial weights, which depend on the seed and the backbone alone.

    Raises:
        ComponentError: The backbone is no module.
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
    return backbone


def check_backbone(backbone: nn.Module, loss: nn.Module, mix: Any, needs: frozenset[str]) -> None:
    """See before any step that the backbone has what the loss, the mix and the adjusters ask for.

    Raises:
        ComponentError: It lacks timm's protocol, or `stages`.
    """
    hidden_stages(backbone, mix)
    wanted = wants_features(loss) or bool(needs & {"features", "head"})
    Network(backbone, features=wanted, cosine=is_cosine(loss))

"""timm's protocol for models of torchvision, and where their stages are."""

from __future__ import annotations

import re
from typing import Any

from torch import Tensor, nn

from imbalearn_builtins.backbones.images import check_images

__all__ = ["TimmProtocol", "find_stages", "last_linear"]

_STAGE = re.compile(r"(layer|stage|inception|Mixed_)\d")
_CONTAINERS = ("features", "trunk_output", "blocks", "layers", "encoder.layers")


def last_linear(model: nn.Module) -> tuple[str, nn.Linear] | None:
    """Name and module of the linear layer a torchvision model ends in; None where it ends otherwise."""
    found = [(name, each) for name, each in model.named_modules() if isinstance(each, nn.Linear)]
    return found[-1] if found else None


class TimmProtocol(nn.Module):
    """The methods of timm's models for a model that ends in a linear layer.

    `forward_features` goes all the way to the input of that layer, [B, D], so that `forward_head` has only it to apply.
    """

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """The features [B, D] that the classifier is given."""
        parent: Any = super()
        # The classifier is the last module called, so what it hands through is what the model returns.
        hook = self.get_classifier().register_forward_hook(lambda _module, inputs, _output: inputs[0])
        try:
            return parent.forward(x)
        finally:
            hook.remove()

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Logits [B, K] of the features, or the features as they are."""
        return x if pre_logits else self.get_classifier()(x)

    def get_classifier(self) -> nn.Linear:
        """The head."""
        found = last_linear(self)
        assert found is not None
        return found[1]

    def reset_classifier(self, num_classes: int) -> None:
        """Start the head anew, for K = `num_classes`."""
        check_images(num_classes, 1)
        found = last_linear(self)
        assert found is not None
        name, old = found
        weight = old.weight
        new = nn.Linear(
            old.in_features, num_classes, bias=old.bias is not None, device=weight.device, dtype=weight.dtype
        )
        parent, _, last = name.rpartition(".")
        setattr(self.get_submodule(parent), last, new)


def find_stages(model: nn.Module) -> tuple[nn.Module, ...]:
    """The parts of a torchvision model that follow each other, for hidden mixing."""
    children = list(model.named_children())
    stages = [module for name, module in children if _STAGE.match(name)]
    for path in _CONTAINERS:
        outer, _, inner = path.partition(".")
        container = dict(children).get(outer)
        container = getattr(container, inner, None) if inner and container is not None else container
        if container is not None:
            # Of VGG's bare layers, those that end its stages.
            stages += [each for each in container.children() if list(each.children()) or isinstance(each, nn.MaxPool2d)]
    return tuple(stages)

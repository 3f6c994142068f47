"""The built-in class weights for research code: `from imbalearn_torch.weights import EffectiveWeights`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.weights.effective import EffectiveWeights
    from imbalearn_builtins.weights.inverse import InverseWeights
    from imbalearn_builtins.weights.none import NoWeights
    from imbalearn_builtins.weights.sqrt_inverse import SqrtInverseWeights

__all__ = [
    "EffectiveWeights",
    "InverseWeights",
    "NoWeights",
    "SqrtInverseWeights",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "EffectiveWeights": "imbalearn_builtins.weights.effective",
        "InverseWeights": "imbalearn_builtins.weights.inverse",
        "NoWeights": "imbalearn_builtins.weights.none",
        "SqrtInverseWeights": "imbalearn_builtins.weights.sqrt_inverse",
    },
)

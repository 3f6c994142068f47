"""The built-in samplers for research code: `from imbalearn_torch.samplers import BalancedSampler`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.samplers.balanced import BalancedSampler
    from imbalearn_builtins.samplers.instance import InstanceSampler
    from imbalearn_builtins.samplers.sqrt import SqrtSampler
    from imbalearn_builtins.samplers.weighted import WeightedSampler

__all__ = ["BalancedSampler", "InstanceSampler", "SqrtSampler", "WeightedSampler"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "BalancedSampler": "imbalearn_builtins.samplers.balanced",
        "InstanceSampler": "imbalearn_builtins.samplers.instance",
        "SqrtSampler": "imbalearn_builtins.samplers.sqrt",
        "WeightedSampler": "imbalearn_builtins.samplers.weighted",
    },
)

"""The built-in samplers for research code: `from imbalearn_torch.samplers import BalancedSampler`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.samplers.balanced import BalancedSampler
    from imbalearn_builtins.samplers.effective_number import EffectiveNumberSampler
    from imbalearn_builtins.samplers.instance import InstanceSampler
    from imbalearn_builtins.samplers.power import PowerSampler
    from imbalearn_builtins.samplers.progressive import ProgressiveSampler
    from imbalearn_builtins.samplers.repeat_factor import RepeatFactorSampler
    from imbalearn_builtins.samplers.reverse import ReverseSampler
    from imbalearn_builtins.samplers.sqrt import SqrtSampler
    from imbalearn_builtins.samplers.weighted import WeightedSampler

__all__ = [
    "BalancedSampler",
    "EffectiveNumberSampler",
    "InstanceSampler",
    "PowerSampler",
    "ProgressiveSampler",
    "RepeatFactorSampler",
    "ReverseSampler",
    "SqrtSampler",
    "WeightedSampler",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "BalancedSampler": "imbalearn_builtins.samplers.balanced",
        "EffectiveNumberSampler": "imbalearn_builtins.samplers.effective_number",
        "InstanceSampler": "imbalearn_builtins.samplers.instance",
        "PowerSampler": "imbalearn_builtins.samplers.power",
        "ProgressiveSampler": "imbalearn_builtins.samplers.progressive",
        "RepeatFactorSampler": "imbalearn_builtins.samplers.repeat_factor",
        "ReverseSampler": "imbalearn_builtins.samplers.reverse",
        "SqrtSampler": "imbalearn_builtins.samplers.sqrt",
        "WeightedSampler": "imbalearn_builtins.samplers.weighted",
    },
)

"""The built-in mixes and the records they take and give: `from imbalearn_torch.mixing import Mixup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.mixing.balanced_mixup import BalancedMixup
    from imbalearn_builtins.mixing.cmo import CMOMix
    from imbalearn_builtins.mixing.cutmix import CutMix
    from imbalearn_builtins.mixing.mamix import MAMix
    from imbalearn_builtins.mixing.manifold_mixup import ManifoldMixup
    from imbalearn_builtins.mixing.mixup import Mixup
    from imbalearn_builtins.mixing.mixup_cutmix import MixupCutMix
    from imbalearn_builtins.mixing.none import NoMix
    from imbalearn_builtins.mixing.remix import Remix
    from imbalearn_torch.types import Batch, Mixed

__all__ = [
    "BalancedMixup",
    "Batch",
    "CMOMix",
    "CutMix",
    "MAMix",
    "ManifoldMixup",
    "Mixed",
    "Mixup",
    "MixupCutMix",
    "NoMix",
    "Remix",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "BalancedMixup": "imbalearn_builtins.mixing.balanced_mixup",
        "Batch": "imbalearn_torch.types",
        "CMOMix": "imbalearn_builtins.mixing.cmo",
        "CutMix": "imbalearn_builtins.mixing.cutmix",
        "MAMix": "imbalearn_builtins.mixing.mamix",
        "ManifoldMixup": "imbalearn_builtins.mixing.manifold_mixup",
        "Mixed": "imbalearn_torch.types",
        "Mixup": "imbalearn_builtins.mixing.mixup",
        "MixupCutMix": "imbalearn_builtins.mixing.mixup_cutmix",
        "NoMix": "imbalearn_builtins.mixing.none",
        "Remix": "imbalearn_builtins.mixing.remix",
    },
)

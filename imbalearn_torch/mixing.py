"""The built-in mixes and the records they take and give: `from imbalearn_torch.mixing import Mixup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_builtins.mixing.cutmix import CutMix
    from imbalearn_builtins.mixing.mixup import Mixup
    from imbalearn_builtins.mixing.none import NoMix
    from imbalearn_torch.types import Batch, Mixed

__all__ = ["Batch", "CutMix", "Mixed", "Mixup", "NoMix"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Batch": "imbalearn_torch.types",
        "CutMix": "imbalearn_builtins.mixing.cutmix",
        "Mixed": "imbalearn_torch.types",
        "Mixup": "imbalearn_builtins.mixing.mixup",
        "NoMix": "imbalearn_builtins.mixing.none",
    },
)

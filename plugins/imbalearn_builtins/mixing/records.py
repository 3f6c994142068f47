"""The mixing strategies as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["MIXES"]

_HOME = "imbalearn_builtins.mixing"

MIXES = (
    Component(name="none", factory=f"{_HOME}.none:NoMix", summary="Images as they are."),
    Component(
        name="mixup",
        factory=f"{_HOME}.mixup:Mixup",
        summary="Convex combinations of two images and their labels.",
        reference="Zhang 2018, arXiv:1710.09412",
    ),
    Component(
        name="cutmix",
        factory=f"{_HOME}.cutmix:CutMix",
        summary="A box of one image pasted onto another, labels by area.",
        reference="Yun 2019, arXiv:1905.04899",
        neutral="prob=0",
    ),
)

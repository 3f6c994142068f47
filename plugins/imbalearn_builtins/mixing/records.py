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
    Component(
        name="mixup-cutmix",
        factory=f"{_HOME}.mixup_cutmix:MixupCutMix",
        summary="Mixup or CutMix, by a coin of each sample.",
        reference="Zhang 2018, arXiv:1710.09412; Yun 2019, arXiv:1905.04899",
    ),
    Component(
        name="remix",
        factory=f"{_HOME}.remix:Remix",
        summary="Mixup in which a pair of a frequent and a rare class may belong to the rare one alone.",
        reference="Chou 2020, arXiv:2007.03943",
    ),
    Component(
        name="balanced-mixup",
        factory=f"{_HOME}.balanced_mixup:BalancedMixup",
        summary="Images as they come, mixed with class-balanced ones (not the sampler balanced with mixup).",
        reference="Galdran 2021, arXiv:2109.09850",
    ),
    Component(
        name="cmo",
        factory=f"{_HOME}.cmo:CMOMix",
        summary="A box of a class-balanced image pasted onto an image as it comes.",
        reference="Park 2022, arXiv:2112.00412",
        neutral="prob=0",
    ),
    Component(
        name="manifold-mixup",
        factory=f"{_HOME}.manifold_mixup:ManifoldMixup",
        summary="Mixup of the activations of a random hidden stage.",
        reference="Verma 2019, arXiv:1806.05236",
    ),
    Component(
        name="mamix",
        factory=f"{_HOME}.mamix:MAMix",
        summary="Mixup with a larger margin for the rare class of a pair.",
        reference="Cheng 2023, arXiv:2308.15457",
    ),
)

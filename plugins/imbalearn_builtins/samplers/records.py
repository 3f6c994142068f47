"""The samplers as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["SAMPLERS"]

_HOME = "imbalearn_builtins.samplers"

SAMPLERS = (
    Component(
        name="instance",
        factory=f"{_HOME}.instance:InstanceSampler",
        summary="Every image once an epoch, in random order.",
    ),
    Component(
        name="balanced",
        factory=f"{_HOME}.balanced:BalancedSampler",
        summary="Every class equally often: class first, then an image of it.",
        reference="Kang 2020, arXiv:1910.09217",
        aliases=("class-balanced",),
    ),
    Component(
        name="sqrt",
        factory=f"{_HOME}.sqrt:SqrtSampler",
        summary="Classes in proportion to the square root of their counts.",
        reference="Mahajan 2018, arXiv:1805.00932",
    ),
    Component(
        name="weighted",
        factory=f"{_HOME}.weighted:WeightedSampler",
        summary="Classes in proportion to given weights.",
    ),
)

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
        name="power",
        factory=f"{_HOME}.power:PowerSampler",
        summary="Classes in proportion to a power of their counts.",
        reference="Kang 2020, arXiv:1910.09217",
        neutral="q=1",
    ),
    Component(
        name="reverse",
        factory=f"{_HOME}.reverse:ReverseSampler",
        summary="Classes in inverse proportion to their counts.",
        reference="Zhou 2020, arXiv:1912.02413",
    ),
    Component(
        name="progressive",
        factory=f"{_HOME}.progressive:ProgressiveSampler",
        summary="From the plain epoch to the balanced one in the course of training.",
        reference="Kang 2020, arXiv:1910.09217",
    ),
    Component(
        name="effective-number",
        factory=f"{_HOME}.effective_number:EffectiveNumberSampler",
        summary="Images by the inverse effective number of samples of their class.",
        reference="Cui 2019, arXiv:1901.05555",
        neutral="beta=0",
    ),
    Component(
        name="repeat-factor",
        factory=f"{_HOME}.repeat_factor:RepeatFactorSampler",
        summary="Images of classes rarer than a threshold several times.",
        reference="Gupta 2019, arXiv:1908.03195",
        neutral="threshold=0",
    ),
    Component(
        name="weighted",
        factory=f"{_HOME}.weighted:WeightedSampler",
        summary="Classes in proportion to given weights.",
    ),
)

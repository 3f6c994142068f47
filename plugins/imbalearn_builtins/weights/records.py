"""The class weights as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["WEIGHTS"]

_HOME = "imbalearn_builtins.weights"

WEIGHTS = (
    Component(name="none", factory=f"{_HOME}.none:NoWeights", summary="Weight 1 for every class."),
    Component(name="inverse", factory=f"{_HOME}.inverse:InverseWeights", summary="Weight 1 / n_c."),
    Component(
        name="sqrt-inverse",
        factory=f"{_HOME}.sqrt_inverse:SqrtInverseWeights",
        summary="Weight 1 / sqrt(n_c).",
        reference="Mahajan 2018, arXiv:1805.00932",
    ),
    Component(
        name="effective",
        factory=f"{_HOME}.effective:EffectiveWeights",
        summary="Weight by the inverse effective number of samples.",
        reference="Cui 2019, arXiv:1901.05555",
        neutral="beta=0",
    ),
)

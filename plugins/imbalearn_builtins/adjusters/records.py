"""The adjusters as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["ADJUSTERS"]

_HOME = "imbalearn_builtins.adjusters"

ADJUSTERS = (
    Component(
        name="logit-adjustment",
        factory=f"{_HOME}.logit_adjustment:LogitAdjustment",
        summary="Logits minus tau times the log prior that the predictor still carries.",
        reference="Menon 2021, arXiv:2007.07314",
        neutral="tau=0",
    ),
)

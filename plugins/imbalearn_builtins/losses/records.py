"""The losses as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["LOSSES"]

_HOME = "imbalearn_builtins.losses"

LOSSES = (
    Component(
        name="ce",
        factory=f"{_HOME}.ce:CrossEntropyLoss",
        summary="Cross-entropy.",
        aliases=("cross-entropy",),
    ),
    Component(
        name="focal",
        factory=f"{_HOME}.focal:FocalLoss",
        summary="Cross-entropy that fades for samples already well classified.",
        reference="Lin 2017, arXiv:1708.02002",
        neutral="gamma=0",
    ),
    Component(
        name="balanced-softmax",
        factory=f"{_HOME}.balanced_softmax:BalancedSoftmaxLoss",
        summary="Cross-entropy of logits shifted by the log prior.",
        reference="Ren 2020, arXiv:2007.10740",
    ),
    Component(
        name="logit-adjusted",
        factory=f"{_HOME}.logit_adjusted:LogitAdjustedLoss",
        summary="Cross-entropy of logits shifted by tau times the log prior.",
        reference="Menon 2021, arXiv:2007.07314",
        neutral="tau=0",
    ),
)

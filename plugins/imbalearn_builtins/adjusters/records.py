"""The adjusters as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["ADJUSTERS"]

_HOME = "imbalearn_builtins.adjusters"
_DECOUPLING = "Kang 2020, arXiv:1910.09217"

ADJUSTERS = (
    Component(
        name="crt",
        factory=f"{_HOME}.crt:ClassifierRetraining",
        summary="A new classifier on the frozen features, trained with every class drawn equally often.",
        reference=_DECOUPLING,
    ),
    Component(
        name="lws",
        factory=f"{_HOME}.lws:LearnableWeightScaling",
        summary="One factor a class on the logits, learned with every class drawn equally often.",
        reference=_DECOUPLING,
    ),
    Component(
        name="tau-norm",
        factory=f"{_HOME}.tau_norm:TauNorm",
        summary="The classifier's weight vectors divided by a power of their norm, without bias.",
        reference=_DECOUPLING,
    ),
    Component(
        name="ncm",
        factory=f"{_HOME}.ncm:NearestClassMean",
        summary="How near the features are to the mean of each class, instead of the classifier.",
        reference=_DECOUPLING,
    ),
    Component(
        name="logit-adjustment",
        factory=f"{_HOME}.logit_adjustment:LogitAdjustment",
        summary="Logits minus tau times the log prior that the predictor still carries.",
        reference="Menon 2021, arXiv:2007.07314",
        neutral="tau=0",
    ),
    Component(
        name="temperature",
        factory=f"{_HOME}.temperature:Temperature",
        summary="Logits divided by the number that makes the validation labels likeliest.",
        reference="Guo 2017, arXiv:1706.04599",
    ),
    Component(
        name="prior-shift",
        factory=f"{_HOME}.prior_shift:PriorShift",
        summary="Logits for data whose classes have another distribution, by default a uniform one.",
        reference="Saerens 2002, doi:10.1162/089976602753284446",
    ),
    Component(
        name="thresholds",
        factory=f"{_HOME}.thresholds:Thresholds",
        summary="One offset a class, chosen so that a figure or a mean cost is best on validation data.",
        reference="Lipton 2014, arXiv:1402.1892",
    ),
)

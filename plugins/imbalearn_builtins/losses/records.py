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
    Component(
        name="ldam",
        factory=f"{_HOME}.ldam:LDAMLoss",
        summary="Cross-entropy of scaled cosines with wider margins for rarer classes.",
        reference="Cao 2019, arXiv:1906.07413",
        neutral="max_m=0",
    ),
    Component(
        name="vs",
        factory=f"{_HOME}.vs:VSLoss",
        summary="Cross-entropy of logits scaled by class and shifted by tau times the log prior.",
        reference="Kini 2021, arXiv:2103.01550",
        neutral="gamma=0,tau=0",
    ),
    Component(
        name="cdt",
        factory=f"{_HOME}.cdt:CDTLoss",
        summary="Cross-entropy of logits with higher temperatures for rarer classes.",
        reference="Ye 2020, arXiv:2001.01385",
        neutral="gamma=0",
    ),
    Component(
        name="lade",
        factory=f"{_HOME}.lade:LADELoss",
        summary="Balanced softmax with a term that disentangles the logits from the prior.",
        reference="Hong 2021, arXiv:2012.00321",
    ),
    Component(
        name="gcl",
        factory=f"{_HOME}.gcl:GCLLoss",
        summary="Cross-entropy of scaled cosines with more noise for rarer classes.",
        reference="Li 2022, arXiv:2305.11733",
        neutral="noise=0,m=0",
    ),
    Component(
        name="seesaw",
        factory=f"{_HOME}.seesaw:SeesawLoss",
        summary="Cross-entropy that spares rarer classes as negatives, unless they are confused with.",
        reference="Wang 2021, arXiv:2008.10032",
        neutral="p=0,q=0",
    ),
    Component(
        name="sigmoid-focal",
        factory=f"{_HOME}.sigmoid_focal:SigmoidFocalLoss",
        summary="The binary focal loss of each class against the rest, summed over the classes.",
        reference="Lin 2017, arXiv:1708.02002",
    ),
    Component(
        name="equalization",
        factory=f"{_HOME}.equalization:EqualizationLoss",
        summary="Cross-entropy in which rare classes are mostly left out where they are not the label.",
        reference="Tan 2020, arXiv:2003.05176",
        neutral="gamma=0",
    ),
    Component(
        name="influence-balanced",
        factory=f"{_HOME}.influence_balanced:InfluenceBalancedLoss",
        summary="Cross-entropy divided by the influence of the sample on the last layer.",
        reference="Park 2021, arXiv:2110.02444",
        neutral="start=1",
    ),
    Component(
        name="label-aware-smoothing",
        factory=f"{_HOME}.label_aware_smoothing:LabelAwareSmoothingLoss",
        summary="Cross-entropy with label smoothing, the more of it the more frequent the class.",
        reference="Zhong 2021, arXiv:2104.00466",
        neutral="head=0,tail=0",
    ),
    Component(
        name="poly1",
        factory=f"{_HOME}.poly1:Poly1Loss",
        summary="Cross-entropy with another weight for the first power of 1 - p.",
        reference="Leng 2022, arXiv:2204.12511",
        neutral="epsilon=0",
    ),
    Component(
        name="asymmetric",
        factory=f"{_HOME}.asymmetric:AsymmetricLoss",
        summary="Cross-entropy with smoothed labels in which every class fades with its own exponent.",
        reference="Ridnik 2021, arXiv:2009.14119",
        neutral="gamma_pos=0,gamma_neg=0,smoothing=0",
    ),
)

"""What this package offers: names and strings only, so that listing it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from imbalearn_torch import Component, hookimpl

IMBALEARN_PLUGIN_API = 1

_BATISTA = "Batista 2004, doi:10.1145/1007730.1007735"
_TOMEK = "Tomek 1976, doi:10.1109/TSMC.1976.4309523"
# name, class in the module of that name, summary, reference
_METHODS = (
    ("random-over", "RandomOver", "Repeat samples of the small classes.", _BATISTA),
    ("smote", "Smote", "New samples between neighbours of one class.", "Chawla 2002, arXiv:1106.1813"),
    (
        "borderline-smote",
        "BorderlineSmote",
        "SMOTE from samples whose neighbours are mostly foreign.",
        "Han 2005, doi:10.1007/11538059_91",
    ),
    ("svm-smote", "SvmSmote", "SMOTE from support vectors.", "Nguyen 2011, doi:10.1504/IJKESDP.2011.039875"),
    ("kmeans-smote", "KMeansSmote", "SMOTE within k-means clusters.", "Last 2017, arXiv:1711.00837"),
    ("adasyn", "Adasyn", "SMOTE in proportion to foreign neighbours.", "He 2008, doi:10.1109/IJCNN.2008.4633969"),
    ("random-under", "RandomUnder", "A random part of the large classes.", _BATISTA),
    (
        "near-miss",
        "NearMiss",
        "Samples of the large classes near the smallest class.",
        "Mani and Zhang 2003, ICML workshop on learning from imbalanced datasets",
    ),
    (
        "tomek-links",
        "TomekLinks",
        "Without samples that are mutual neighbours of another class.",
        "Tomek 1976, doi:10.1109/TSMC.1976.4309452",
    ),
    (
        "edited-nearest-neighbours",
        "EditedNearestNeighbours",
        "Without samples that their neighbours contradict.",
        "Wilson 1972, doi:10.1109/TSMC.1972.4309137",
    ),
    ("repeated-edited-nn", "RepeatedEditedNN", "Edited nearest neighbours until nothing changes.", _TOMEK),
    ("all-knn", "AllKNN", "Edited nearest neighbours with 1, 2, ... neighbours.", _TOMEK),
    (
        "condensed-nn",
        "CondensedNN",
        "Samples that the nearest neighbours among the kept get wrong.",
        "Hart 1968, doi:10.1109/TIT.1968.1054155",
    ),
    (
        "one-sided-selection",
        "OneSidedSelection",
        "Without safe samples and without Tomek links.",
        "Kubat and Matwin 1997, ICML",
    ),
    (
        "neighbourhood-cleaning-rule",
        "NeighbourhoodCleaningRule",
        "Edited, also around samples of the smallest class that are got wrong.",
        "Laurikkala 2001, doi:10.1007/3-540-48229-6_9",
    ),
    (
        "instance-hardness-threshold",
        "InstanceHardnessThreshold",
        "Without samples that a random forest finds hard.",
        "Smith 2014, doi:10.1007/s10994-013-5422-z",
    ),
    (
        "cluster-centroids",
        "ClusterCentroids",
        "Cluster centres in the place of samples of the large classes.",
        "Lin 2017, doi:10.1016/j.ins.2017.05.008",
    ),
    ("smote-enn", "SmoteEnn", "SMOTE, then edited nearest neighbours.", _BATISTA),
    ("smote-tomek", "SmoteTomek", "SMOTE, then without Tomek links.", _BATISTA),
)


@hookimpl
def imbalearn_samplers() -> Iterator[Component]:
    for name, method, summary, reference in _METHODS:
        factory = f"imbalearn_imblearn.{name.replace('-', '_')}:{method}"
        yield Component(name=name, factory=factory, summary=summary, reference=reference)

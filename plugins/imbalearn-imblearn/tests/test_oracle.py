"""Every method against imbalanced-learn itself, called on the same numbers with the same stream."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from imblearn import combine, over_sampling, under_sampling
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor

Pair = tuple[Tensor, Tensor]
Make = Callable[[np.random.RandomState], Any]

MAKES_SAMPLES: dict[str, Make] = {
    "random-over:shrinkage=0.5": lambda s: over_sampling.RandomOverSampler(shrinkage=0.5, random_state=s),
    "smote": lambda s: over_sampling.SMOTE(random_state=s),
    "smote:k_neighbors=2,strategy=minority": lambda s: over_sampling.SMOTE(
        k_neighbors=2, sampling_strategy="minority", random_state=s
    ),
    "borderline-smote": lambda s: over_sampling.BorderlineSMOTE(random_state=s),
    "borderline-smote:kind=borderline-2,m_neighbors=5": lambda s: over_sampling.BorderlineSMOTE(
        kind="borderline-2", m_neighbors=5, random_state=s
    ),
    "svm-smote:out_step=0.3": lambda s: over_sampling.SVMSMOTE(out_step=0.3, random_state=s),
    "kmeans-smote:clusters=3": lambda s: over_sampling.KMeansSMOTE(kmeans_estimator=3, random_state=s),
    "adasyn:n_neighbors=4": lambda s: over_sampling.ADASYN(n_neighbors=4, random_state=s),
    "cluster-centroids": lambda s: under_sampling.ClusterCentroids(random_state=s),
    "cluster-centroids:voting=hard": lambda s: under_sampling.ClusterCentroids(voting="hard", random_state=s),
    "smote-enn": lambda s: combine.SMOTEENN(random_state=s),
    "smote-tomek": lambda s: combine.SMOTETomek(random_state=s),
}
SELECTS: dict[str, Make] = {
    "random-over": lambda s: over_sampling.RandomOverSampler(random_state=s),
    "random-under": lambda s: under_sampling.RandomUnderSampler(random_state=s),
    "random-under:strategy=all,replacement=true": lambda s: under_sampling.RandomUnderSampler(
        sampling_strategy="all", replacement=True, random_state=s
    ),
    "near-miss": lambda s: under_sampling.NearMiss(),
    "near-miss:version=2,strategy=majority": lambda s: under_sampling.NearMiss(version=2, sampling_strategy="majority"),
    "near-miss:version=3,n_neighbors_ver3=2": lambda s: under_sampling.NearMiss(version=3, n_neighbors_ver3=2),
    "tomek-links:strategy=all": lambda s: under_sampling.TomekLinks(sampling_strategy="all"),
    "edited-nearest-neighbours:kind=mode": lambda s: under_sampling.EditedNearestNeighbours(kind_sel="mode"),
    "edited-nearest-neighbours:n_neighbors=1": lambda s: under_sampling.EditedNearestNeighbours(n_neighbors=1),
    "repeated-edited-nn:kind=mode": lambda s: under_sampling.RepeatedEditedNearestNeighbours(kind_sel="mode"),
    "all-knn:allow_minority=true": lambda s: under_sampling.AllKNN(allow_minority=True),
    "condensed-nn:n_seeds=2": lambda s: under_sampling.CondensedNearestNeighbour(n_seeds_S=2, random_state=s),
    "one-sided-selection:n_seeds=3": lambda s: under_sampling.OneSidedSelection(n_seeds_S=3, random_state=s),
    "neighbourhood-cleaning-rule": lambda s: under_sampling.NeighbourhoodCleaningRule(),
    "instance-hardness-threshold:trees=5,cv=3": lambda s: under_sampling.InstanceHardnessThreshold(
        estimator=RandomForestClassifier(n_estimators=5), cv=3, random_state=s
    ),
}


def stream(seed: int) -> np.random.RandomState:
    """What a sampler draws from after `torch.manual_seed(seed)`: one number of torch's generator seeds it."""
    torch.manual_seed(seed)
    return np.random.RandomState(int(torch.randint(2**31 - 1, ())))


def ordered(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rows with their label in the last column, in lexicographic order: the order of samples has no meaning."""
    joined = np.column_stack([rows.astype(np.float64), labels])
    return joined[np.lexsort(joined.T)]


@pytest.mark.parametrize("text", [*MAKES_SAMPLES, *SELECTS])
def test_same_samples_as_imbalanced_learn(text: str, table: Pair, resample: Callable[..., Pair]) -> None:
    rows, labels = resample(text, table, seed=3)
    estimator = (MAKES_SAMPLES | SELECTS)[text](stream(3))
    # Its forest needs the columns of the probabilities to be the labels.
    compact = np.unique(table[1], return_inverse=True)[1]
    with warnings.catch_warnings(action="ignore"):  # NearMiss-3 tells that it found fewer than it was to
        wanted_rows, wanted = estimator.fit_resample(table[0].numpy(), compact)
    wanted = np.unique(table[1])[wanted]
    assert len(labels) != len(table[1])
    np.testing.assert_array_equal(
        ordered(rows.numpy(), labels.numpy()), ordered(wanted_rows.astype(np.float32), wanted)
    )


@pytest.mark.parametrize("text", list(SELECTS))
def test_selected_images_are_the_very_images(text: str, images: Pair, resample: Callable[..., Pair]) -> None:
    inputs, targets = resample(text, images, seed=1)
    flat = images[0].reshape(len(images[0]), -1)
    estimator = SELECTS[text](stream(1))
    with warnings.catch_warnings(action="ignore"):
        estimator.fit_resample(flat.float().numpy(), images[1].numpy())
    kept = torch.from_numpy(estimator.sample_indices_)
    assert inputs.dtype == torch.uint8
    assert torch.equal(inputs, images[0][kept])
    assert torch.equal(targets, images[1][kept])


@pytest.mark.parametrize("text", ["smote", "svm-smote:out_step=0.3", "smote-enn", "random-over:shrinkage=0.5"])
def test_new_images_are_rounded_and_clipped(text: str, images: Pair, resample: Callable[..., Pair]) -> None:
    inputs, targets = resample(text, images, seed=1)
    flat = images[0].reshape(len(images[0]), -1).float().numpy()
    rows, labels = MAKES_SAMPLES[text](stream(1)).fit_resample(flat, images[1].numpy())
    assert inputs.dtype == torch.uint8
    assert inputs.shape[1:] == (1, 3, 3)
    made = inputs.reshape(len(inputs), -1).numpy()
    np.testing.assert_array_equal(ordered(made, targets.numpy()), ordered(rows.round().clip(0, 255), labels))

import math

import numpy as np
import pytest
import torch
from sklearn import metrics as oracle

from imbalearn_torch.errors import DataError
from imbalearn_torch.metrics import class_scores, confusion_matrix, confusion_scores


def test_hand_calculated():
    # Class 0 twice right and once taken for 1, class 1 once right, class 2 taken for 0.
    matrix = confusion_matrix(torch.tensor([0, 0, 0, 1, 2]), torch.tensor([0, 0, 1, 1, 0]), 3)
    assert matrix.dtype == torch.int64
    assert matrix.tolist() == [[2, 1, 0], [0, 1, 0], [1, 0, 0]]
    scores = class_scores(matrix)
    assert scores.precision.tolist() == pytest.approx([2 / 3, 1 / 2, 0])
    assert scores.recall.tolist() == pytest.approx([2 / 3, 1, 0])
    assert scores.f1.tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    figures = confusion_scores(matrix)
    assert figures["accuracy"] == pytest.approx(3 / 5)
    assert figures["balanced_accuracy"] == pytest.approx(5 / 9)
    assert figures["macro_f1"] == pytest.approx(4 / 9)
    assert figures["gmean"] == 0
    assert figures["worst_class_recall"] == 0
    assert figures["classes_covered"] == 3


def test_geometric_mean_by_hand():
    # Recalls 1, 1/2 and 1/4: the cube root of 1/8.
    matrix = torch.tensor([[3, 0, 0], [1, 1, 0], [1, 2, 1]])
    assert confusion_scores(matrix)["gmean"] == pytest.approx(0.5)


@pytest.mark.parametrize("num_classes", [2, 3, 17])
def test_against_scikit_learn(num_classes):
    generator = torch.Generator().manual_seed(num_classes)
    targets = torch.cat([torch.arange(num_classes), torch.randint(0, num_classes, (400,), generator=generator)])
    noise = torch.randint(0, num_classes, targets.shape, generator=generator)
    predictions = torch.where(torch.rand(targets.shape, generator=generator) < 0.6, targets, noise)
    matrix = confusion_matrix(targets, predictions, num_classes)
    assert np.array_equal(matrix.numpy(), oracle.confusion_matrix(targets, predictions))
    figures = confusion_scores(matrix)
    assert figures["accuracy"] == pytest.approx(oracle.accuracy_score(targets, predictions), abs=1e-12)
    balanced = oracle.balanced_accuracy_score(targets, predictions)
    assert figures["balanced_accuracy"] == pytest.approx(balanced, abs=1e-12)
    assert figures["macro_f1"] == pytest.approx(oracle.f1_score(targets, predictions, average="macro"), abs=1e-12)
    assert figures["mcc"] == pytest.approx(oracle.matthews_corrcoef(targets, predictions), abs=1e-12)
    precision, recall, f1, _ = oracle.precision_recall_fscore_support(targets, predictions)
    scores = class_scores(matrix)
    assert np.allclose(scores.precision, precision, atol=1e-12)
    assert np.allclose(scores.recall, recall, atol=1e-12)
    assert np.allclose(scores.f1, f1, atol=1e-12)


def test_class_without_test_images_has_no_figures_and_no_part_in_the_means():
    # Class 1 has no test image, though one image of class 0 is taken for it.
    matrix = confusion_matrix(torch.tensor([0, 0, 2, 2]), torch.tensor([0, 1, 2, 2]), 3)
    scores = class_scores(matrix)
    assert scores.covered.tolist() == [True, False, True]
    assert all(math.isnan(column[1]) for column in (scores.precision, scores.recall, scores.f1))
    figures = confusion_scores(matrix)
    assert figures["classes_covered"] == 2
    assert figures["balanced_accuracy"] == pytest.approx((1 / 2 + 1) / 2)
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert figures["gmean"] == pytest.approx(math.sqrt(1 / 2))
    assert figures["worst_class_recall"] == pytest.approx(1 / 2)


def test_covered_class_that_is_never_predicted_has_f1_zero():
    matrix = confusion_matrix(torch.tensor([0, 1]), torch.tensor([0, 0]), 2)
    scores = class_scores(matrix)
    assert (scores.precision[1], scores.f1[1]) == (0, 0)
    assert confusion_scores(matrix)["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)


def test_mcc_of_a_constant_prediction_is_zero():
    targets, predictions = torch.tensor([0, 1, 2]), torch.tensor([1, 1, 1])
    assert confusion_scores(confusion_matrix(targets, predictions, 3))["mcc"] == 0
    assert oracle.matthews_corrcoef(targets, predictions) == 0


def test_no_images():
    empty = torch.zeros(0, dtype=torch.int64)
    matrix = confusion_matrix(empty, empty, 4)
    assert matrix.tolist() == [[0] * 4] * 4
    figures = confusion_scores(matrix)
    assert figures.pop("classes_covered") == 0
    assert set(figures.values()) == {None}


@pytest.mark.parametrize(
    ("targets", "predictions", "message"),
    [
        ([0, 3], [0, 1], r"Expected `targets` in 0\.\.2, but got 0\.\.3"),
        ([0, 1], [-1, 1], r"Expected `predictions` in 0\.\.2, but got -1\.\.1"),
        ([0, 1, 2], [0, 1], r"of one shape \[N\], but got \[3\] and \[2\]"),
    ],
)
def test_bad_labels_are_refused(targets, predictions, message):
    with pytest.raises(DataError, match=message):
        confusion_matrix(torch.tensor(targets), torch.tensor(predictions), 3)

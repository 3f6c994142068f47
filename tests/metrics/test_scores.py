import json
import math

import pytest
import torch
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as oracle

from imbalearn_torch.errors import DataError, NonFiniteError
from imbalearn_torch.metrics import score, wilson

K = 7
COUNTS = torch.tensor([500, 101, 100, 20, 19, 1, 0])


@pytest.fixture(scope="module")
def predictor():
    generator = torch.Generator().manual_seed(11)
    targets = torch.cat([torch.arange(K), torch.randint(0, K, (500,), generator=generator)])
    logits = torch.randn(targets.numel(), K, generator=generator)
    logits[torch.arange(targets.numel()), targets] += 1.5
    return logits, targets


@pytest.fixture(scope="module")
def scores(predictor):
    return score(*predictor, train_counts=COUNTS)


def test_against_oracles(predictor, scores):
    logits, targets = predictor
    probabilities, predictions = logits.double().softmax(dim=1), logits.argmax(dim=1)
    expected = {
        "accuracy": oracle.accuracy_score(targets, predictions),
        "balanced_accuracy": oracle.balanced_accuracy_score(targets, predictions),
        "macro_f1": oracle.f1_score(targets, predictions, average="macro"),
        "gmean": geometric_mean_score(targets, predictions, average="multiclass"),
        "worst_class_recall": oracle.recall_score(targets, predictions, average=None).min(),
        "mcc": oracle.matthews_corrcoef(targets, predictions),
        "log_loss": oracle.log_loss(targets, probabilities),
        "top5": oracle.top_k_accuracy_score(targets, probabilities, k=5),
        "macro_auprc": oracle.average_precision_score(torch.eye(K)[targets], probabilities, average="macro"),
        "macro_auroc": oracle.roc_auc_score(targets, probabilities, multi_class="ovr", average="macro"),
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_per_class_against_oracles(predictor, scores):
    logits, targets = predictor
    predictions = logits.argmax(dim=1)
    precision, recall, f1, support = oracle.precision_recall_fscore_support(targets, predictions)
    for label, row in enumerate(scores["per_class"]):
        assert row["class"] == label
        assert row["train_count"] == COUNTS[label]
        assert row["test_count"] == support[label]
        figures = [row["precision"], row["recall"], row["f1"]]
        assert figures == pytest.approx([precision[label], recall[label], f1[label]], abs=1e-12)
        hits = int(((targets == label) & (predictions == label)).sum())
        assert (row["recall_low"], row["recall_high"]) == wilson(hits, int(support[label]))
        own = oracle.average_precision_score(targets == label, logits.double().softmax(dim=1)[:, label])
        assert row["average_precision"] == pytest.approx(own, abs=1e-9)


def test_groups_by_training_counts(scores):
    # Many is more than 100, few is fewer than 20: 100 and 20 themselves are medium.
    members = {"many": [0, 1], "medium": [2, 3], "few": [4, 5, 6]}
    for name, labels in members.items():
        group = scores["groups"][name]
        assert group["classes"] == group["classes_covered"] == len(labels)
        for figure in ("recall", "f1"):
            mean = sum(scores["per_class"][label][figure] for label in labels) / len(labels)
            assert group[figure] == pytest.approx(mean)


def test_group_thresholds_are_options(predictor):
    groups = score(*predictor, train_counts=COUNTS, many=19, few=1)["groups"]
    assert [groups[name]["classes"] for name in ("many", "medium", "few")] == [4, 2, 1]


def test_ece_by_hand():
    # Both images at confidence 3/4, in the bin (11/15, 12/15]; one of two is right: |1/2 - 3/4|.
    logits = torch.tensor([[math.log(3), 0.0], [math.log(3), 0.0]], dtype=torch.float64)
    assert score(logits, torch.tensor([0, 1]), train_counts=torch.tensor([5, 5]))["ece"] == pytest.approx(0.25)


def test_classes_without_test_images():
    logits = torch.eye(4)[[0, 2, 2, 1]]
    figures = score(logits, torch.tensor([0, 2, 2, 0]), train_counts=torch.tensor([200, 150, 50, 5]))
    assert figures["classes_covered"] == 2
    assert figures["balanced_accuracy"] == pytest.approx((1 / 2 + 1) / 2)
    for label in (1, 3):
        row = figures["per_class"][label]
        assert row["test_count"] == 0
        names = ("precision", "recall", "f1", "recall_low", "recall_high", "average_precision")
        assert [row[name] for name in names] == [None] * 6
    assert figures["groups"]["many"] == {
        "classes": 2,
        "classes_covered": 1,
        "recall": pytest.approx(1 / 2),
        "f1": pytest.approx(2 / 3),
    }
    assert figures["groups"]["few"] == {"classes": 1, "classes_covered": 0, "recall": None, "f1": None}


def test_top5_only_above_five_classes():
    figures = score(torch.eye(5), torch.arange(5), train_counts=torch.ones(5, dtype=torch.int64))
    assert figures["top5"] is None
    figures = score(torch.eye(6), torch.arange(6), train_counts=torch.ones(6, dtype=torch.int64))
    assert figures["top5"] == 1


def test_no_images_at_all():
    figures = score(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), train_counts=torch.tensor([1, 2, 3]))
    assert figures["classes_covered"] == 0
    single = set(figures) - {"classes_covered", "groups", "per_class"}
    assert {figures[name] for name in single} == {None}
    json.dumps(figures, allow_nan=False)


@pytest.mark.parametrize("targets", [[0, 0, 0], [0, 1, 1]])
def test_strict_json(targets):
    logits = torch.tensor([[0.0, -float("inf"), 1.0]] * 3)
    figures = score(logits, torch.tensor(targets), train_counts=torch.tensor([3, 0, 0]))
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_true_class_of_probability_zero_has_no_finite_log_loss():
    logits = torch.tensor([[0.0, -float("inf")]])
    assert score(logits, torch.tensor([1]), train_counts=torch.tensor([1, 0]))["log_loss"] is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_refused(value):
    logits = torch.tensor([[0.0, 1.0], [0.0, value]])
    with pytest.raises(NonFiniteError, match="those of image 1 contain NaN or infinity"):
        score(logits, torch.tensor([0, 1]), train_counts=torch.tensor([1, 1]))


@pytest.mark.parametrize(
    ("shape", "targets", "counts"), [((3, 2), 2, 2), ((3, 2), 3, 4), ((3, 0), 3, 0)], ids=["N", "K", "no class"]
)
def test_shapes_that_do_not_fit_are_refused(shape, targets, counts):
    with pytest.raises(DataError, match=r"Expected `logits` \[N, K\], `targets` \[N\] and `train_counts` \[K\]"):
        score(torch.zeros(shape), torch.zeros(targets).long(), train_counts=torch.ones(counts).long())


def test_half_precision_is_scored_in_double_precision(predictor):
    logits, targets = predictor
    halved = score(logits.half(), targets, train_counts=COUNTS)
    assert halved == score(logits.half().double(), targets, train_counts=COUNTS)

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, top_k_accuracy_score

from imbalearn_torch.metrics.ranking import class_ranking, top_k_accuracy


@pytest.mark.parametrize("digits", [1, 12])  # one digit: full of ties
def test_against_scikit_learn(digits):
    generator = np.random.default_rng(3)
    targets = generator.integers(0, 5, 300)
    scores = generator.random((300, 5)).round(digits)
    scores[np.arange(300), targets] += 0.3
    ranking = class_ranking(scores, targets)
    for label in range(5):
        own = targets == label
        ap, auroc = average_precision_score(own, scores[:, label]), roc_auc_score(own, scores[:, label])
        assert ranking.average_precision[label] == pytest.approx(ap, abs=1e-12)
        assert ranking.auroc[label] == pytest.approx(auroc, abs=1e-12)


def test_hand_calculated():
    # Class 0 stands at ranks 1 and 3 of 4: AP = (1/1 + 2/3) / 2; of its 4 pairs with others 3 are in order.
    scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    ranking = class_ranking(scores, np.array([0, 1, 0, 1]))
    assert ranking.average_precision[0] == pytest.approx(5 / 6)
    assert ranking.auroc[0] == pytest.approx(3 / 4)


def test_scores_of_minus_infinity_are_ties():
    scores = np.array([[-np.inf, 0.0], [-np.inf, 0.0], [0.0, -1.0]])
    ranking = class_ranking(scores, np.array([0, 1, 1]))
    assert ranking.average_precision[0] == pytest.approx(1 / 3)
    assert ranking.auroc[0] == pytest.approx(0.5 / 2)


def test_absent_class_and_lone_class_have_no_value():
    ranking = class_ranking(np.array([[0.3, 0.7], [0.6, 0.4]]), np.array([0, 0]))
    assert ranking.average_precision.tolist() == pytest.approx([1.0, np.nan], nan_ok=True)
    assert np.isnan(ranking.auroc).all()


def test_top_k_against_scikit_learn():
    generator = np.random.default_rng(5)
    logits, targets = generator.normal(size=(200, 9)), generator.integers(0, 9, 200)
    expected = top_k_accuracy_score(targets, logits, k=5, labels=range(9))
    assert top_k_accuracy(logits, targets, 5) == pytest.approx(expected, abs=1e-12)


def test_top_k_gives_equal_logits_to_the_first_classes():
    # With all seven logits equal the first five classes are the top five, as argmax takes the first.
    assert top_k_accuracy(np.zeros((7, 7)), np.arange(7), 5) == pytest.approx(5 / 7)

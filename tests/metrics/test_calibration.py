import numpy as np
import pytest
from scipy.special import log_softmax as scipy_log_softmax
from sklearn.metrics import log_loss as sklearn_log_loss

from imbalearn_torch.metrics.calibration import expected_calibration_error, log_loss, log_softmax


def test_log_softmax_and_log_loss_against_scipy_and_scikit_learn():
    generator = np.random.default_rng(0)
    logits, targets = generator.normal(size=(150, 6)) * 3, generator.integers(0, 6, 150)
    log_probabilities = log_softmax(logits)
    assert np.allclose(log_probabilities, scipy_log_softmax(logits, axis=1), atol=1e-12)
    expected = sklearn_log_loss(targets, np.exp(log_probabilities), labels=range(6))
    assert log_loss(log_probabilities, targets) == pytest.approx(expected, abs=1e-12)


def test_log_loss_of_huge_logits_is_their_gap():
    # softmax would underflow to log(0): the loss of a gap of 5000 is 5000.
    assert log_loss(log_softmax(np.array([[5000.0, 0.0]])), np.array([1])) == pytest.approx(5000)


def test_ece_by_hand():
    # Bins of 1/15: 0.50 and 0.52 share (7/15, 8/15], one of the two is right; 0.9 is alone in (13/15, 14/15].
    confidence, correct = np.array([0.50, 0.52, 0.90]), np.array([True, False, True])
    expected = 2 / 3 * abs(1 / 2 - 0.51) + 1 / 3 * abs(1 - 0.9)
    assert expected_calibration_error(confidence, correct) == pytest.approx(expected)


def test_a_bin_holds_its_upper_edge():
    # With two bins 0.5 belongs to (0, 0.5]: apart from 0.6, or the gaps -0.5 and 0.4 would partly cancel.
    value = expected_calibration_error(np.array([0.5, 0.6]), np.array([False, True]), bins=2)
    assert value == pytest.approx((0.5 + 0.4) / 2)


def test_full_confidence_is_in_the_last_bin():
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([True, False])) == pytest.approx(0.5)

import numpy as np

from imbalearn_torch.reporting.confusions import main_confusions, top_confusions

MATRIX = np.array([[5, 3, 2], [3, 0, 0], [0, 0, 0]])


def test_most_frequent_first_and_of_equal_ones_those_of_smaller_classes():
    assert top_confusions(MATRIX) == [(1, 0, 3, 1.0), (0, 1, 3, 0.3), (0, 2, 2, 0.2)]
    assert top_confusions(MATRIX, 1) == [(1, 0, 3, 1.0)]
    assert top_confusions(np.eye(3, dtype=np.int64)) == []


def test_what_each_class_is_mostly_taken_for():
    assert main_confusions(MATRIX) == [(0, 1, 3, 0.3), (1, 0, 3, 1.0), None]

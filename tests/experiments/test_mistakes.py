"""Which mistakes a page shows."""

import io

import numpy as np
import torch

from imbalearn_torch.experiments.mistakes import mistake_arrays, worst_mistakes

COUNTS = np.array([100, 5, 20])


def test_rare_classes_first_and_the_surest_before_the_others():
    targets = np.array([0, 0, 0, 1, 1, 2])
    predictions = np.array([1, 1, 0, 0, 2, 0])
    confidence = np.array([0.5, 0.9, 0.9, 0.4, 0.8, 0.6])
    assert worst_mistakes(targets, predictions, confidence, COUNTS).tolist() == [4, 3, 5, 1, 0]
    # The surest of every class comes before a second one of any.
    assert worst_mistakes(targets, predictions, confidence, COUNTS, 3).tolist() == [4, 5, 1]
    assert worst_mistakes(targets, targets, confidence, COUNTS).tolist() == []


def arrays_of(content: bytes | None) -> dict[str, np.ndarray]:
    assert content is not None
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return dict(stored)


def test_images_are_those_of_the_rows():
    source = torch.arange(6 * 3 * 4 * 4, dtype=torch.uint8).reshape(6, 3, 4, 4)
    indices, targets = torch.tensor([1, 3, 5]), torch.tensor([0, 1, 2])
    logits = 2.0 * torch.eye(3)[[0, 0, 2]]
    confidence, content = mistake_arrays(source, indices, targets, logits, torch.from_numpy(COUNTS))
    stored = arrays_of(content)
    assert stored["rows"].tolist() == [1]
    assert (stored["targets"].tolist(), stored["predictions"].tolist()) == ([1], [0])
    assert np.array_equal(stored["images"][0], source[3].numpy())
    np.testing.assert_allclose(confidence, np.exp(2) / (np.exp(2) + 2), rtol=1e-6)


def test_large_images_are_kept_small():
    source = torch.full((1, 3, 400, 200), 7, dtype=torch.uint8)
    logits = torch.tensor([[0.0, 1.0, 0.0]])
    _, content = mistake_arrays(source, torch.tensor([0]), torch.tensor([0]), logits, torch.from_numpy(COUNTS))
    images = arrays_of(content)["images"]
    assert images.shape == (1, 3, 96, 48)
    assert (images == 7).all()


def test_tables_and_perfect_predictors_leave_nothing():
    targets, logits = torch.tensor([0, 1]), torch.eye(3)[[1, 1]]
    counts = torch.from_numpy(COUNTS)
    assert mistake_arrays(torch.zeros(2, 5), torch.tensor([0, 1]), targets, logits, counts)[1] is None
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    assert mistake_arrays(images, torch.tensor([0, 1]), torch.tensor([1, 1]), logits, counts)[1] is None

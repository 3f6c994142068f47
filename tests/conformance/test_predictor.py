"""The predictor that adjusters are tried on."""

import torch

from imbalearn_torch.conformance.predictor import predictor


def test_parts_follow_the_counts_and_logits_the_head() -> None:
    model = predictor((40, 12, 5, 1, 0))
    assert torch.bincount(model.train.targets, minlength=5).tolist() == [40, 12, 5, 1, 0]
    assert torch.bincount(model.val.targets, minlength=5).tolist() == [10, 3, 1, 0, 0]
    assert torch.bincount(model.test.targets, minlength=5).tolist() == [3] * 5
    for part in (model.train, model.val, model.test):
        assert part.features is not None
        assert torch.equal(part.logits, model.head(part.features))
    again = predictor((40, 12, 5, 1, 0))
    assert torch.equal(model.test.logits, again.test.logits)

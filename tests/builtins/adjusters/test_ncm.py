import pytest
import torch
from sklearn.neighbors import NearestCentroid
from torch.nn.functional import cosine_similarity

from imbalearn_builtins.adjusters.ncm import NearestClassMean
from imbalearn_torch import Outputs, build, errors


def part(counts: tuple[int, ...], seed: int, shift: float = 0.0) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    targets = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    centres = torch.randn(len(counts), 6, generator=torch.Generator().manual_seed(9))
    features = shift + centres[targets] + torch.randn(len(targets), 6, generator=source)
    return Outputs(torch.zeros(len(targets), len(counts)), features, targets)


TRAIN, TEST = part((50, 10, 4), 1), part((20, 20, 20), 2)


def fitted(train: Outputs = TRAIN, **options: object) -> NearestClassMean:
    adjust = NearestClassMean(num_classes=train.logits.shape[1], **options)  # pyright: ignore[reportArgumentType]
    adjust.fit(TEST, train=train)
    return adjust


def test_predictions_are_those_of_sklearn() -> None:
    oracle = NearestCentroid().fit(TRAIN.features, TRAIN.targets)
    assert fitted()(TEST.logits, TEST.features).argmax(1).tolist() == oracle.predict(TEST.features).tolist()


def test_logits_are_negative_squared_distances() -> None:
    assert TRAIN.features is not None
    assert TEST.features is not None
    means = torch.stack([TRAIN.features[TRAIN.targets == label].mean(0) for label in range(3)])
    wanted = -((TEST.features[:, None] - means) ** 2).sum(2)
    torch.testing.assert_close(fitted()(TEST.logits, TEST.features), wanted, rtol=1e-4, atol=1e-4)


def test_features_far_from_the_origin_lose_no_digits() -> None:
    near, far = part((50, 10, 4), 1), part((50, 10, 4), 1, shift=1000.0)
    wanted = fitted(near)(near.logits, near.features)
    assert (fitted(far)(far.logits, far.features) - wanted).abs().max() < 1e-2  # squares are 10^7, floats have 7 digits


def test_cosines() -> None:
    assert TRAIN.features is not None
    assert TEST.features is not None
    means = torch.stack([TRAIN.features[TRAIN.targets == label].mean(0) for label in range(3)])
    wanted = cosine_similarity(TEST.features[:, None], means[None], dim=2)
    torch.testing.assert_close(fitted(distance="cosine")(TEST.logits, TEST.features), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
def test_a_class_without_training_images_is_never_predicted(distance: str) -> None:
    logits = fitted(part((50, 10, 0), 1), distance=distance)(TEST.logits, TEST.features)
    assert logits.isfinite().all()
    assert not (logits.argmax(1) == 2).any()
    torch.testing.assert_close(logits[:, 2], logits[:, :2].min(1).values - 1)


def test_the_frequency_of_classes_does_not_matter() -> None:
    assert TRAIN.features is not None
    doubled = Outputs(
        torch.cat([TRAIN.logits, TRAIN.logits[TRAIN.targets == 0]]),
        torch.cat([TRAIN.features, TRAIN.features[TRAIN.targets == 0]]),
        torch.cat([TRAIN.targets, TRAIN.targets[TRAIN.targets == 0]]),
    )
    torch.testing.assert_close(
        fitted(doubled)(TEST.logits, TEST.features), fitted()(TEST.logits, TEST.features), rtol=0, atol=1e-4
    )
    assert NearestClassMean.corrects_prior == 1.0


def test_it_needs_no_validation_images() -> None:
    empty = Outputs(torch.zeros(0, 3), torch.zeros(0, 6), torch.zeros(0, dtype=torch.int64))
    adjust = NearestClassMean(num_classes=3)
    assert adjust.fit(empty, train=TRAIN) == {"distance": "euclidean", "classes": 3}


def test_saved_and_loaded() -> None:
    adjust, fresh = fitted(), build("adjuster", "ncm", num_classes=3)
    with pytest.raises(errors.OptionError, match="Expected ncm to be fitted, but got none"):
        fresh(TEST.logits, TEST.features)
    fresh.load_state_dict(adjust.state_dict())
    assert torch.equal(fresh(TEST.logits, TEST.features), adjust(TEST.logits, TEST.features))

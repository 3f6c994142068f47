import time
from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from imbalearn_builtins.adjusters.crt import ClassifierRetraining
from imbalearn_torch import Outputs, build, errors

HEAD = nn.Linear(8, 4)
EMPTY = Outputs(torch.zeros(0, 4), torch.zeros(0, 8), torch.zeros(0, dtype=torch.int64))
CENTRES = 2 * torch.randn(4, 8, generator=torch.Generator().manual_seed(5))


def part(counts: tuple[int, ...], seed: int, spread: float = 1.0, scale: float = 1.0) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    targets = torch.repeat_interleave(torch.arange(4), torch.tensor(counts))
    features = scale * (CENTRES[targets] + spread * torch.randn(len(targets), 8, generator=source))
    return Outputs(torch.zeros(len(targets), 4), features, targets)


TRAIN, TEST = part((400, 100, 25, 10), 1, spread=2.0), part((250,) * 4, 2, spread=2.0)


def fitted(train: Outputs = TRAIN, head: nn.Linear = HEAD, **options: Any) -> ClassifierRetraining:
    torch.manual_seed(0)
    adjust = ClassifierRetraining(**options)
    adjust.fit(EMPTY, train=train, head=head)
    return adjust


def accuracy(logits: Tensor, part: Outputs) -> float:
    return float((logits.argmax(1) == part.targets).float().mean())


def test_separable_features_are_separated() -> None:
    train, test = part((400, 100, 25, 10), 1, spread=0.3), part((50,) * 4, 2, spread=0.3)
    oracle = LogisticRegression().fit(train.features, train.targets)
    assert oracle.score(test.features, test.targets) == 1.0
    assert accuracy(fitted(train)(test.logits, test.features), test) == 1.0


def test_as_good_as_a_logistic_regression_with_balanced_weights() -> None:
    oracle = LogisticRegression(class_weight="balanced", max_iter=1000).fit(TRAIN.features, TRAIN.targets)
    plain = LogisticRegression(max_iter=1000).fit(TRAIN.features, TRAIN.targets)
    reached, wanted, unweighted = (
        accuracy(fitted()(TEST.logits, TEST.features), TEST),
        oracle.score(TEST.features, TEST.targets),
        plain.score(TEST.features, TEST.targets),
    )
    assert reached == pytest.approx(wanted, abs=0.02)
    assert reached > unweighted  # which has learned that rare classes are rare


def test_the_size_of_the_features_does_not_matter() -> None:
    small, large = (part((400, 100, 25, 10), 1, scale=scale) for scale in (0.01, 100.0))
    torch.testing.assert_close(
        fitted(small)(small.logits, small.features), fitted(large)(large.logits, large.features), rtol=1e-3, atol=1e-3
    )


def test_features_of_length_1_as_a_cosine_head_has_them() -> None:
    unit = [each._replace(features=nn.functional.normalize(each.features)) for each in (TRAIN, TEST)]
    oracle = LogisticRegression(class_weight="balanced", C=100, max_iter=1000).fit(unit[0].features, unit[0].targets)
    adjust = fitted(unit[0], nn.Linear(8, 4, bias=False))
    assert adjust.bias is not None
    assert adjust.bias.tolist() == [0.0] * 4
    reached = accuracy(adjust(unit[1].logits, unit[1].features), unit[1])
    assert reached == pytest.approx(oracle.score(unit[1].features, unit[1].targets), abs=0.03)


def test_the_old_classifier_is_neither_used_nor_changed() -> None:
    other = nn.Linear(8, 4)
    before = [each.detach().clone() for each in other.parameters()]
    assert torch.equal(
        fitted(head=other, steps=20)(TEST.logits, TEST.features), fitted(steps=20)(TEST.logits, TEST.features)
    )
    assert all(torch.equal(old, new) for old, new in zip(before, other.parameters(), strict=True))


def test_a_class_without_training_images() -> None:
    train = part((400, 100, 25, 0), 1)
    logits = fitted(train)(TEST.logits, TEST.features)
    assert logits.isfinite().all()
    assert not (logits.argmax(1) == 3).any()


def test_equal_seeds_give_equal_bits() -> None:
    assert torch.equal(fitted(steps=30)(TEST.logits, TEST.features), fitted(steps=30)(TEST.logits, TEST.features))


def test_the_protocol_of_adjusters() -> None:
    adjust = build("adjuster", "crt:steps=5")
    assert adjust.needs == {"features", "head", "train"}
    assert (adjust.corrects_prior, adjust.starts_over) == (1.0, True)
    assert adjust.fit(EMPTY, train=TRAIN, head=HEAD)["steps"] == 5


def test_saved_and_loaded() -> None:
    adjust, fresh = fitted(steps=5), build("adjuster", "crt")
    with pytest.raises(errors.OptionError, match="Expected crt to be fitted, but got none"):
        fresh(TEST.logits, TEST.features)
    fresh.load_state_dict(adjust.state_dict())
    assert torch.equal(fresh(TEST.logits, TEST.features), adjust(TEST.logits, TEST.features))


def test_ten_epochs_of_ten_thousand_images_take_seconds() -> None:
    source = torch.Generator().manual_seed(0)
    targets = torch.randint(0, 10, (10_000,), generator=source)
    train = Outputs(torch.zeros(10_000, 10), torch.randn(10_000, 64, generator=source), targets)
    started = time.process_time()
    fitted(train, nn.Linear(64, 10))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("option", ["epochs=0", "steps=0", "batch_size=0", "lr=0", "weight_decay=-1"])
def test_options_outside_their_range_are_refused(option: str) -> None:
    with pytest.raises(errors.OptionError, match=f"Expected `{option.partition('=')[0]}` to be"):
        build("adjuster", f"crt:{option}")

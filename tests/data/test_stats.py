"""Class statistics: distributions by hand, and who corrects the imbalance twice."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from imbalearn_torch.data.stats import ClassStats, carried_prior, double_correction, shifts_of
from imbalearn_torch.errors import OptionError
from imbalearn_torch.priors import normalised_prior

COUNTS = torch.tensor([100, 10, 1])
TARGETS = torch.repeat_interleave(torch.arange(3), COUNTS)
NATURAL = normalised_prior(COUNTS)
UNIFORM = torch.full((3,), 1 / 3, dtype=torch.float64)


class Column:
    """A planned column that states its distribution for each epoch and counts how often it is asked."""

    def __init__(self, *distributions: list[float]) -> None:
        self.distributions = distributions
        self.asked: list[int] = []

    def class_distribution(self, epoch: int, targets: Tensor, num_classes: int) -> Tensor:
        assert targets is TARGETS
        assert num_classes == 3
        self.asked.append(epoch)
        return torch.tensor(self.distributions[min(epoch, len(self.distributions) - 1)], dtype=torch.float64)


def close(tensor: Tensor, expected: Tensor | list[float]) -> bool:
    return torch.allclose(tensor, torch.as_tensor(expected, dtype=torch.float64), rtol=0, atol=1e-12)


def test_counts_keep_their_zeros() -> None:
    stats = ClassStats(torch.tensor([0, 0, 2]), 4, (), "train")
    assert stats.counts.tolist() == [2, 0, 1, 0]
    assert close(stats.prior(0), [0.4, 0.2, 0.2, 0.2])


def test_drawn_is_the_mean_of_the_columns() -> None:
    stats = ClassStats(TARGETS, 3, (Column([0.8, 0.2, 0.0]), Column([0.4, 0.2, 0.4])), "drawn")
    assert close(stats.drawn(0), [0.6, 0.2, 0.2])


def test_the_sampler_has_the_first_column() -> None:
    stats = ClassStats(TARGETS, 3, (Column([0.8, 0.2, 0.0]), Column([0.4, 0.2, 0.4])), "drawn")
    assert close(stats.sampled(0), [0.8, 0.2, 0.0])


def test_drawn_follows_the_epoch_and_asks_once_for_each() -> None:
    column = Column([1.0, 0.0, 0.0], [0.0, 0.5, 0.5])
    stats = ClassStats(TARGETS, 3, (column,), "drawn")
    assert close(stats.drawn(0), [1, 0, 0])
    assert close(stats.drawn(1), [0, 0.5, 0.5])
    stats.prior(1)
    assert close(stats.drawn(0), [1, 0, 0])
    assert column.asked == [0, 1, 0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("drawn", [0.6, 0.2, 0.2]), ("train", [100 / 111, 10 / 111, 1 / 111]), ("uniform", [1 / 3, 1 / 3, 1 / 3])],
)
def test_prior_modes(mode: str, expected: list[float]) -> None:
    # A class that is never drawn is given the smallest prior of a drawn one: 0.75, 0.25, 0.25 before normalisation.
    stats = ClassStats(TARGETS, 3, (Column([0.75, 0.25, 0.0]),), mode)
    assert close(stats.prior(0), expected)


def test_an_unknown_prior_is_refused() -> None:
    with pytest.raises(OptionError, match="one of drawn, train, uniform, but got 'natural'"):
        ClassStats(TARGETS, 3, (), "natural")


def test_balanced_softmax_on_the_instance_sampler_leaves_no_prior() -> None:
    assert close(carried_prior(NATURAL, torch.ones(3), NATURAL, 1.0), UNIFORM)


def test_cross_entropy_leaves_what_was_drawn() -> None:
    drawn = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    assert close(carried_prior(drawn, torch.ones(3), NATURAL, 0.0), drawn)


def test_class_weights_multiply() -> None:
    # 0.6, 0.3, 0.1 times 1, 2, 3 is 0.6, 0.6, 0.3.
    drawn = torch.tensor([0.6, 0.3, 0.1])
    assert torch.allclose(
        carried_prior(drawn, torch.tensor([1.0, 2.0, 3.0]), NATURAL, 0.0),
        torch.tensor([0.4, 0.4, 0.2], dtype=torch.float64),
        atol=1e-7,
    )
    assert close(carried_prior(NATURAL, 1 / COUNTS.double(), NATURAL, 0.0), UNIFORM)


def test_a_part_of_the_prior_may_be_left() -> None:
    assert close(carried_prior(NATURAL, torch.ones(3), NATURAL, 0.4), normalised_prior(NATURAL**0.6))


def test_a_class_without_weight_or_draws_keeps_a_positive_prior() -> None:
    left = carried_prior(torch.tensor([0.7, 0.3, 0.0]), torch.tensor([1.0, 1.0, 0.0]), UNIFORM, 1.0)
    assert torch.allclose(left, torch.tensor([0.7, 0.3, 0.3], dtype=torch.float64) / 1.3, atol=1e-7)


# The parts of a run as the session describes them: the log of what each multiplies a class's prior by.
BALANCED_SAMPLER = (UNIFORM / NATURAL).log()
INVERSE_WEIGHTS = normalised_prior(1 / COUNTS.double()).log()
NOTHING = torch.zeros(3, dtype=torch.float64)


def removes(prior: Tensor, share: float = 1.0) -> Tensor:
    return -share * prior.log()


@pytest.mark.parametrize(
    "effects",
    [
        {"sampler": NOTHING, "loss": NOTHING},
        {"sampler": BALANCED_SAMPLER, "loss": NOTHING},
        {"sampler": NOTHING, "loss": removes(NATURAL)},
        {"sampler": BALANCED_SAMPLER, "loss": removes(UNIFORM)},  # told what is drawn
        {"sampler": BALANCED_SAMPLER / 2, "loss": removes(NATURAL, 0.5)},  # half each
        {"weights": INVERSE_WEIGHTS, "loss": NOTHING},
    ],
)
def test_one_correction_gives_no_warning(effects: dict[str, Tensor]) -> None:
    assert double_correction(COUNTS, effects) is None


@pytest.mark.parametrize(
    "effects",
    [
        {"the sampler": BALANCED_SAMPLER, "the loss": removes(NATURAL)},  # --prior train
        {"the weights": INVERSE_WEIGHTS, "the loss": removes(NATURAL)},
        {"the sampler": BALANCED_SAMPLER, "the weights": INVERSE_WEIGHTS},
    ],
)
def test_two_corrections_are_off_by_the_log_of_the_ratio(effects: dict[str, Tensor]) -> None:
    found = double_correction(COUNTS, {"nothing": NOTHING} | effects)
    assert found is not None
    assert str(found).startswith(f"{' and '.join(effects)} correct the imbalance more than once")
    assert f"{math.log(100):.2f} in log-odds" in str(found)
    assert found.record() == {"between": list(effects), "log_odds": pytest.approx(math.log(100), abs=1e-9)}


def test_one_part_may_overshoot_as_far_as_its_user_likes() -> None:
    assert double_correction(COUNTS, {"sampler": NOTHING, "loss": removes(NATURAL, 2.0)}) is None


def test_what_undoes_a_correction_counts_against_it() -> None:
    effects = {"sampler": BALANCED_SAMPLER, "loss": removes(NATURAL), "weights": -INVERSE_WEIGHTS}
    assert double_correction(COUNTS, effects) is None


def test_absent_classes_and_single_classes_are_no_imbalance() -> None:
    counts = torch.tensor([50, 50, 0])
    prior = normalised_prior(counts)
    effects = {"sampler": (UNIFORM / prior).log(), "loss": removes(prior)}
    assert double_correction(counts, effects) is None
    alone = torch.tensor([9, 0, 0])
    assert double_correction(alone, {"sampler": BALANCED_SAMPLER, "loss": removes(NATURAL)}) is None


def test_shifts_are_those_between_the_rarest_present_class_and_the_most_frequent_one() -> None:
    effect = torch.tensor([0.1, 5.0, 0.7, 9.0], dtype=torch.float64)
    gap, shifts = shifts_of(torch.tensor([80, 40, 20, 0]), {"part": effect})
    assert gap == pytest.approx(math.log(4), abs=1e-9)
    assert shifts == {"part": pytest.approx(0.6, abs=1e-9)}
    assert shifts_of(torch.tensor([9, 0]), {"part": effect}) == (0.0, {})

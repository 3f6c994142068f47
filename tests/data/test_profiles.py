"""Counts from evaluation.md's protocol (Cui 2019, Buda 2018) and by hand."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.errors import DataError, OptionError, UnknownComponentError

CIFAR10, CIFAR100 = torch.full((10,), 5000), torch.full((100,), 500)


def wanted(text, available):
    return PROFILES.resolve(text).build(available=torch.as_tensor(available)).tolist()


@pytest.mark.parametrize(("ratio", "total"), [(10, 20431), (50, 13996), (100, 12406), (200, 11203)])
def test_exp_totals_of_cifar10_lt(ratio, total):
    assert sum(wanted(f"exp:ratio={ratio}", CIFAR10)) == total


@pytest.mark.parametrize(("ratio", "total"), [(10, 19573), (50, 12608), (100, 10847), (200, 9502)])
def test_exp_totals_of_cifar100_lt(ratio, total):
    assert sum(wanted(f"exp:ratio={ratio}", CIFAR100)) == total


def test_exp_counts_of_cifar10_lt():
    assert wanted("exp", CIFAR10) == [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def test_exp_is_exact_where_binary_powers_are_not():
    assert 243 / 243 ** (2 / 5) < 27  # although 243 is 3^5
    assert wanted("exp:ratio=243", [243] * 6) == [243, 81, 27, 9, 3, 1]


@pytest.mark.parametrize("ratio", [10, 50, 100, 200])
@pytest.mark.parametrize(("classes", "largest"), [(10, 5000), (100, 500)])
def test_exp_counts_are_those_of_the_published_formula(ratio, classes, largest):
    # As the CIFAR-LT of Cao 2019 and Cui 2019 is made: each count of its own power of the imbalance factor.
    expected = [int(largest * (1 / ratio) ** (c / (classes - 1))) for c in range(classes)]
    assert wanted(f"exp:ratio={ratio}", [largest] * classes) == expected


@pytest.mark.parametrize(("ratio", "total"), [(10, 27500), (100, 25250)])
@pytest.mark.parametrize("available", [CIFAR10, CIFAR100])
def test_step_totals(ratio, total, available):
    # Half of 50,000 images stay whole, and of the other half one in `ratio`.
    assert sum(wanted(f"step:ratio={ratio}", available)) == total


def test_step_with_half_the_classes():
    assert sum(wanted("step:ratio=10", CIFAR10)) == 27500
    assert wanted("step:ratio=10", CIFAR10) == [5000] * 5 + [500] * 5


def test_step_head_is_a_number_without_a_point_and_a_fraction_with_one():
    assert wanted("step:ratio=10,head=1", CIFAR10) == [5000] + [500] * 9  # 9,500 in all: study C
    assert wanted("step:ratio=10,head=1.0", [50, 50]) == [50, 50]
    assert wanted("step:ratio=10,head=0.3", CIFAR10) == [5000] * 3 + [500] * 7
    assert wanted("step:ratio=10,head=0.1", [50, 50, 50]) == [50, 5, 5]


def test_pareto_falls_as_a_power_of_the_rank():
    # ratio = K, so a = 1 and n_c = n_max / (c + 1).
    assert wanted("pareto:ratio=4", [120, 120, 120, 120]) == [120, 60, 40, 30]
    assert wanted("pareto:ratio=100", CIFAR10)[::9] == [5000, 50]


def test_counts_and_none():
    assert wanted("counts:values=[3,0,5]", [5, 5, 5]) == [3, 0, 5]
    assert wanted("none", [7, 0, 3]) == [7, 0, 3]


def test_n_max_is_the_smallest_class_that_has_images_unless_given():
    assert wanted("step:ratio=2,head=1", [9, 4, 6]) == [4, 2, 2]
    assert wanted("step:ratio=2,head=1", [9, 0, 6]) == [6, 0, 3]
    assert wanted("step:ratio=3,head=1,n_max=9", [9, 4, 6]) == [9, 3, 3]


def test_a_class_that_has_images_keeps_at_least_one():
    assert wanted("exp:ratio=1000", [20, 20, 20]) == [20, 1, 1]


@pytest.mark.parametrize("name", ["exp", "step", "pareto"])
def test_ratio_one_and_a_single_class_are_safe(name):
    assert wanted(f"{name}:ratio=1", [8, 9, 8]) == [8, 8, 8]
    assert wanted(name, [8]) == [8]


@given(
    name=st.sampled_from(["exp", "step", "pareto"]),
    ratio=st.floats(1, 1e4),
    available=st.lists(st.integers(0, 10**6), min_size=1, max_size=30),
)
def test_a_profile_never_wants_more_than_there_is_and_never_rises(name, ratio, available):
    counts = wanted(f"{name}:ratio={ratio!r}", available)
    assert all((count >= 1) == (there >= 1) and count <= there for count, there in zip(counts, available, strict=True))
    kept = [count for count in counts if count]
    assert kept == sorted(kept, reverse=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exp:ratio=0.5", "`ratio` to be >= 1, but got 0.5"),
        ("exp:n_max=0", "`n_max` to be >= 1, but got 0"),
        (f"exp:n_max={10**30}", "`n_max` to be at most 1000000000000000"),
        ("step:head=0", r"`head` to be a number of classes in 1..3, but got 0"),
        ("step:head=4", r"`head` to be a number of classes in 1..3, but got 4"),
        ("step:head=1.5", r"fraction in \(0, 1\], but got 1.5"),
        ("counts:values=[1,2]", "one count for each of 3 classes, but got 2"),
        ("counts:values=[1,2,-1]", r">= 0 and not all 0, but got \[1, 2, -1\]"),
        ("counts:values=[0,0,0]", "not all 0"),
    ],
)
def test_values_out_of_range(text, words):
    with pytest.raises(OptionError, match=words):
        wanted(text, [5, 5, 5])


def test_wanting_more_than_there_is_names_the_class():
    with pytest.raises(DataError, match=r"imbalance 'exp': .*class 1 wants 40 but has 20.*smaller `n_max`"):
        wanted("exp:ratio=2.5,n_max=100", [100, 20])


def test_problems_are_found_without_data():
    with pytest.raises(UnknownComponentError, match="did you mean 'pareto'"):
        PROFILES.resolve("paretto")
    with pytest.raises(OptionError, match=r"imbalance 'counts' needs option 'values' \(tuple\[int, \.\.\.\]\)"):
        PROFILES.resolve("counts")
    with pytest.raises(OptionError, match=r"option 'head' of imbalance 'step' expects int \| float, got 'half'"):
        PROFILES.resolve("step:head=half")


def test_the_full_spelling_reads_back():
    for text in (
        "none",
        "exp:ratio=100.0,n_max=none",
        "step:ratio=10.0,head=1,n_max=none",
        "counts:values=[1,2]",
        'manifest:path="/runs/a, b/subset.json"',
    ):
        assert str(PROFILES.resolve(text)) == text

"""What holds for every method of the package, whatever it does."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import imbalearn_torch as ibt
from imbalearn_imblearn import memory
from imbalearn_imblearn.hooks import imbalearn_samplers

Pair = tuple[Tensor, Tensor]
NAMES = [component.name for component in imbalearn_samplers()]
KEEP_ALL = {"random-over", "smote", "borderline-smote", "svm-smote", "kmeans-smote", "adasyn"}
MAKE = {*KEEP_ALL, "cluster-centroids", "smote-enn", "smote-tomek"} - {"random-over"}
NOT_RANDOM = {
    "near-miss",
    "tomek-links",
    "edited-nearest-neighbours",
    "repeated-edited-nn",
    "all-knn",
    "neighbourhood-cleaning-rule",
}
RATIO = {*KEEP_ALL, "smote-enn", "smote-tomek", "random-under", "near-miss", "cluster-centroids"} | {
    "instance-hardness-threshold"
}


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_samples_and_another_seed_others(name: str, table: Pair, resample: Callable[..., Pair]) -> None:
    text = f"{name}:trees=5" if name == "instance-hardness-threshold" else name
    first, again, other = (resample(text, table, seed) for seed in (0, 0, 1))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    same = first[0].shape == other[0].shape and torch.equal(first[0], other[0])
    assert same == (name in NOT_RANDOM)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fixture", ["table", "images"])
def test_shape_type_classes_and_old_samples_are_kept(
    name: str, fixture: str, request: pytest.FixtureRequest, resample: Callable[..., Pair]
) -> None:
    data = request.getfixturevalue(fixture)
    before = data[0].clone()
    inputs, targets = resample(name, data)
    assert torch.equal(data[0], before)
    assert inputs.dtype == data[0].dtype
    assert inputs.shape == (len(targets), *data[0].shape[1:])
    assert targets.dtype == torch.int64
    assert targets.unique().tolist() == data[1].unique().tolist()
    if name in KEEP_ALL:
        assert torch.equal(inputs[: len(before)], before)
        assert torch.equal(targets[: len(before)], data[1])
    if name not in MAKE:
        known = {(*row.flatten().tolist(), int(label)) for row, label in zip(*data, strict=True)}
        assert {(*row.flatten().tolist(), int(label)) for row, label in zip(inputs, targets, strict=True)} <= known


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "counts", [(20, 1), (1, 1), (2, 1), (0, 3, 0, 1), (7, 1, 1, 2, 0), (4, 4, 4), (3, 2, 9)], ids=str
)
def test_tiny_classes_are_no_reason_to_fail(name: str, counts: tuple[int, ...], resample: Callable[..., Pair]) -> None:
    targets = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    inputs = torch.randint(0, 256, (len(targets), 1, 2, 2), generator=torch.Generator().manual_seed(5)).byte()
    text = f"{name}:trees=3" if name == "instance-hardness-threshold" else name
    made, labels = resample(text, (inputs, targets))
    assert len(made) == len(labels) > 0
    assert labels.unique().tolist() == targets.unique().tolist()


@pytest.mark.parametrize("name", NAMES)
def test_warnings_are_sentences_of_this_package(name: str, resample: Callable[..., Pair]) -> None:
    inputs = torch.zeros(12, 3)
    targets = torch.tensor([0] * 8 + [1] * 3 + [2])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        resample(name, (inputs, targets))
    for each in caught:
        assert each.category is UserWarning
        assert str(each.message).startswith(f"{name}: ")


@pytest.mark.parametrize("name", NAMES)
def test_a_single_class_and_no_samples_stay_as_they_are(name: str, resample: Callable[..., Pair]) -> None:
    for size in (0, 5):
        inputs, targets = torch.rand(size, 3), torch.full((size,), 2)
        made, labels = resample(name, (inputs, targets))
        assert torch.equal(made, inputs)
        assert torch.equal(labels, targets)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"random-over", "random-under"}])
def test_nan_is_refused_with_the_number_of_samples(name: str, table: Pair, resample: Callable[..., Pair]) -> None:
    table[0][[3, 7], 1] = torch.tensor([float("nan"), float("inf")])
    with pytest.raises(ibt.errors.DataError, match=f"`{name}` to get finite numbers, but 2 of 97 samples hold NaN"):
        resample(name, table)


@pytest.mark.parametrize("name", NAMES)
def test_labels_must_match(name: str, table: Pair, resample: Callable[..., Pair]) -> None:
    with pytest.raises(ibt.errors.DataError, match="97 samples and 96"):
        resample(name, (table[0], table[1][1:]))


@pytest.mark.parametrize("name", NAMES)
def test_too_little_memory_is_a_sentence(
    name: str, table: Pair, resample: Callable[..., Pair], monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  99 kB\nMemAvailable:  1 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", meminfo)
    if name in {"random-over", "random-under"}:
        resample(name, table)
        return
    with pytest.raises(ibt.errors.DataError, match=f"`{name}` to need at most half of the .* GiB of free memory"):
        resample(name, table)


def test_where_free_memory_is_unknown_nothing_is_refused(
    table: Pair, resample: Callable[..., Pair], monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "missing")
    assert len(resample("smote", table)[0]) == 180


@pytest.mark.parametrize("name", sorted(RATIO))
@pytest.mark.parametrize("ratio", ["0", "-0.5", "1.5"])
def test_ratio_outside_its_range_is_refused(name: str, ratio: str) -> None:
    with pytest.raises(ibt.errors.OptionError, match=r"`strategy` to be a word or a ratio in \(0, 1\]"):
        ibt.build("sampler", f"imbalearn-imblearn/{name}:strategy={ratio}")


@pytest.mark.parametrize("name", sorted(set(NAMES) - RATIO))
def test_cleaning_methods_take_no_ratio(name: str) -> None:
    with pytest.raises(ibt.errors.OptionError, match=r"option .strategy. .* expects"):
        ibt.build("sampler", f"imbalearn-imblearn/{name}:strategy=0.5")


@pytest.mark.parametrize(
    "text",
    [
        "smote:k_neighbors=0",
        "borderline-smote:k_neighbors=0",
        "borderline-smote:m_neighbors=0",
        "svm-smote:k_neighbors=0",
        "svm-smote:m_neighbors=0",
        "svm-smote:out_step=1.5",
        "kmeans-smote:k_neighbors=0",
        "kmeans-smote:clusters=0",
        "adasyn:n_neighbors=0",
        "random-over:shrinkage=-1",
        "near-miss:n_neighbors=0",
        "near-miss:n_neighbors_ver3=0",
        "edited-nearest-neighbours:n_neighbors=0",
        "repeated-edited-nn:n_neighbors=0",
        "repeated-edited-nn:max_iter=0",
        "all-knn:n_neighbors=0",
        "condensed-nn:n_neighbors=0",
        "condensed-nn:n_seeds=0",
        "one-sided-selection:n_neighbors=0",
        "one-sided-selection:n_seeds=0",
        "neighbourhood-cleaning-rule:n_neighbors=0",
        "neighbourhood-cleaning-rule:threshold_cleaning=0",
        "instance-hardness-threshold:trees=0",
        "instance-hardness-threshold:cv=1",
        "smote-enn:k_neighbors=0",
        "smote-enn:n_neighbors=0",
        "smote-tomek:k_neighbors=0",
    ],
)
def test_numbers_out_of_range_are_refused_by_name(text: str) -> None:
    option = text.partition(":")[2].partition("=")[0]
    with pytest.raises(ibt.errors.OptionError, match=f"Expected `{option}` to be"):
        ibt.build("sampler", f"imbalearn-imblearn/{text}")

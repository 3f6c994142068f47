"""A manifest names images; the digests are recomputed here with hashlib and struct."""

import hashlib
import json
import struct

import pytest
import torch

from imbalearn_torch import Dataset, Samples
from imbalearn_torch.data.manifest import subset_manifest
from imbalearn_torch.data.prepare import select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.subset import profile_subset
from imbalearn_torch.errors import DataError
from imbalearn_torch.plugin.grammar import format_spec

TARGETS = torch.tensor([2, 0, 1, 0, 2, 2, 0, 1, 0])
EVERY = torch.arange(9)


def sha256(*numbers):
    return hashlib.sha256(struct.pack(f"<{len(numbers)}q", *numbers)).hexdigest()


@pytest.fixture
def saved(tmp_path):
    """Write a manifest of the images 0, 3 and 7, some of its keys changed; its profile."""

    def save(**changes):
        content = subset_manifest(torch.tensor([0, 3, 7]), TARGETS) | changes
        content = {name: value for name, value in content.items() if value is not ...}
        (tmp_path / "subset.json").write_text(json.dumps(content))
        return PROFILES.resolve(format_spec("manifest", {"path": tmp_path / "subset.json"}))

    return save


def kept(profile, targets=TARGETS, candidates=EVERY):
    return profile_subset(profile, targets, candidates, num_classes=3, seed=0)


def test_what_a_manifest_says():
    assert subset_manifest(torch.tensor([0, 3, 7]), TARGETS) == {
        "sha256": sha256(0, 3, 7),
        "train_images": 9,
        "train_targets_sha256": sha256(*TARGETS.tolist()),
        "indices": [0, 3, 7],
    }


def test_exactly_its_images_are_kept_whatever_the_seed(saved):
    profile = saved()
    for seed in (0, 1):
        found = profile_subset(profile, TARGETS, EVERY, num_classes=3, seed=seed)
        assert (found.dtype, found.tolist()) == (torch.int64, [0, 3, 7])


@pytest.mark.parametrize("cut", [True, False])
def test_a_saved_choice_reads_back_also_behind_the_cut_of_a_test_part(tmp_path, cut):
    labels = torch.arange(3).repeat_interleave(40)
    samples = Samples(torch.zeros(120, 1, 2, 2, dtype=torch.uint8), labels)
    dataset = Dataset(train=samples, test=None if cut else samples, classes=("a", "b", "c"))
    kwargs = {"subset_seed": 5, "seed": 1, "val_fraction": 0.25}
    first = select(dataset, imbalance=PROFILES.resolve("exp:ratio=8"), **kwargs)
    (tmp_path / "subset.json").write_text(json.dumps(subset_manifest(first.subset, labels)))
    profile = PROFILES.resolve(format_spec("manifest", {"path": tmp_path / "subset.json"}))
    again = select(dataset, imbalance=profile, **kwargs | {"subset_seed": 6})
    assert torch.equal(again.subset, first.subset)
    assert torch.equal(again.train_indices, first.train_indices)
    assert first.val is not None
    assert again.val is not None
    assert torch.equal(again.val.indices, first.val.indices)
    assert again.counts.tolist() == first.counts.tolist()


def test_a_class_may_be_left_without_images(saved):
    found = kept(saved(indices=[0, 3], sha256=sha256(0, 3)))
    assert TARGETS[found].tolist() == [2, 0]


def test_changed_indices_are_found(saved):
    with pytest.raises(DataError, match=rf"imbalance 'manifest': the indices in .* been changed: .*{sha256(0, 3, 8)}"):
        kept(saved(indices=[0, 3, 8]))


def test_other_data_are_refused_and_the_difference_is_named(saved):
    fewer = TARGETS[:8]
    with pytest.raises(DataError, match=r"is of other data \(training images: 9 there, 8 here; sha256 of their labels"):
        kept(saved(), targets=fewer, candidates=EVERY[:8])
    other = TARGETS.flip(0)
    digests = f"{sha256(*TARGETS.tolist())} there, {sha256(*other.tolist())} here"
    with pytest.raises(DataError, match=rf"is of other data \(sha256 of their labels: {digests}\)"):
        kept(saved(), targets=other)


def test_images_of_the_test_part_are_refused(saved):
    with pytest.raises(DataError, match=r"2 of the images in .* belong to the test part"):
        kept(saved(), candidates=torch.tensor([1, 2, 3, 4, 5, 6, 8]))


@pytest.mark.parametrize(
    "indices", [[], [3, 0], [0, 0], [-1, 2], [0.0, 1.0], [True], ["0"], [2**63], "0", None, {"0": 1}]
)
def test_indices_that_are_none(saved, indices):
    with pytest.raises(DataError, match="to be ascending whole numbers >= 0, at least one"):
        kept(saved(indices=indices))


def test_an_index_beyond_the_data(saved):
    with pytest.raises(DataError, match=r"1 of the indices in .* are beyond the 9 training images"):
        kept(saved(indices=[0, 9], sha256=sha256(0, 9)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[1, 2]", "is no manifest of a subset: it lacks indices, sha256, train_images, train_targets_sha256"),
        ('{"indices": [0], "sha256": ""}', "it lacks train_images, train_targets_sha256"),
        ("\udcff", "cannot be read"),
    ],
)
def test_what_is_no_manifest(tmp_path, text, words):
    (tmp_path / "subset.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError, match=words):
        kept(PROFILES.resolve(format_spec("manifest", {"path": tmp_path / "subset.json"})))


def test_a_manifest_of_a_later_schema(tmp_path):
    file = tmp_path / "subset.json"
    file.write_text(json.dumps({"schema_version": 2, **subset_manifest(torch.tensor([0]), torch.tensor([0, 1]))}))
    with pytest.raises(DataError, match="has schema_version 2, but this version reads 1"):
        PROFILES.resolve(f"manifest:path={file}").build(targets=torch.tensor([0, 1]), candidates=torch.arange(2))


def test_a_manifest_that_is_not_there(tmp_path):
    for path in (tmp_path / "gone.json", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            kept(PROFILES.resolve(format_spec("manifest", {"path": path})))

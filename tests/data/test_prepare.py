import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from imbalearn_torch import Dataset, Samples
from imbalearn_torch.data import prepare
from imbalearn_torch.data.prepare import channel_statistics, decode, select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.subset import choose_subset
from imbalearn_torch.errors import DataError, OptionError

NAMES = ("cat", "dog", "emu", "fox")


class Undecodable:
    """Selecting works on labels alone."""

    def __getitem__(self, index):
        raise AssertionError("an image was decoded")


def samples(*counts):
    return Samples(Undecodable(), torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts)))


def selected(train, *, test=None, validation=None, imbalance="none", subset_seed=0, seed=0, val_fraction=0.1):
    classes = NAMES[: int(train.targets.max()) + 1]
    dataset = Dataset(train=train, test=test, validation=validation, classes=classes)
    choice = PROFILES.resolve(imbalance)
    return select(dataset, imbalance=choice, subset_seed=subset_seed, seed=seed, val_fraction=val_fraction)


def test_the_profile_thins_training_then_validation_is_cut_and_the_test_part_stays():
    test = samples(30, 30)
    chosen = selected(samples(100, 100), test=test, imbalance="step:ratio=5,head=1")
    assert chosen.counts.tolist() == [90, 18]
    assert chosen.val is not None
    assert chosen.val.counts(2).tolist() == [10, 2]
    assert chosen.test.source is test
    assert chosen.test.counts(2).tolist() == [30, 30]
    together = torch.cat([chosen.train_indices, chosen.val.indices]).sort().values
    assert torch.equal(together, chosen.subset)
    assert torch.equal(chosen.subset, choose_subset(chosen.train.source.targets, torch.tensor([100, 20]), 0))
    assert chosen.warnings == ()


def test_without_a_test_part_a_fifth_is_cut_before_the_profile():
    chosen = selected(samples(100, 50), imbalance="step:ratio=4,head=1", val_fraction=0)
    assert chosen.test.counts(2).tolist() == [20, 10]
    assert chosen.counts.tolist() == [40, 10]  # n_max is the 40 that the smaller class has left
    assert not set(chosen.test.indices.tolist()) & set(chosen.subset.tolist())


def test_the_test_cut_does_not_depend_on_a_seed():
    first, other = (selected(samples(50, 50), seed=seed, subset_seed=seed) for seed in (0, 1))
    assert torch.equal(first.test.indices, other.test.indices)
    assert not torch.equal(first.train_indices, other.train_indices)


def test_the_subset_seed_and_the_seed_move_one_thing_each():
    kwargs = {"test": samples(5, 5), "imbalance": "step:ratio=5,head=1"}
    base = selected(samples(100, 100), **kwargs)
    assert torch.equal(selected(samples(100, 100), seed=1, **kwargs).subset, base.subset)
    assert not torch.equal(selected(samples(100, 100), seed=1, **kwargs).train_indices, base.train_indices)
    assert not torch.equal(selected(samples(100, 100), subset_seed=1, **kwargs).subset, base.subset)


def test_no_validation_at_fraction_zero():
    chosen = selected(samples(10, 10), test=samples(5, 5), validation=samples(3, 3), val_fraction=0)
    assert chosen.val is None
    assert chosen.counts.tolist() == [10, 10]
    assert chosen.warnings == ()


def test_a_validation_part_of_its_own_is_used_whole():
    validation = samples(3, 3)
    chosen = selected(samples(10, 10), test=samples(5, 5), validation=validation)
    assert chosen.val is not None
    assert chosen.val.source is validation
    assert chosen.val.indices.tolist() == [0, 1, 2, 3, 4, 5]
    assert chosen.counts.tolist() == [10, 10]


def test_warnings_name_classes():
    chosen = selected(samples(40, 40, 40, 1), test=samples(1, 1, 1, 1), imbalance="counts:values=[40,40,0,1]")
    assert chosen.counts.tolist() == [36, 36, 0, 1]
    assert chosen.warnings == (
        "the imbalance profile leaves 1 of 4 classes ('emu') without training images",
        "1 of 4 classes ('fox') have no validation image; its figures leave them out",
    )


def test_too_few_images_to_validate():
    chosen = selected(samples(1, 1), test=samples(1, 1))
    assert chosen.val is None
    assert chosen.warnings == ("2 training images are too few to cut a validation part; there is none",)


def test_too_few_images_to_test():
    with pytest.raises(DataError, match="have no test part, and 2 images are too few to cut one"):
        selected(samples(1, 1))


def test_a_fraction_out_of_range():
    with pytest.raises(OptionError, match=r"in \[0, 1\), but got 1"):
        selected(samples(9, 9), test=samples(1, 1), val_fraction=1)


def test_decode_selects_rows_of_a_tensor():
    images = torch.arange(4 * 12, dtype=torch.uint8).reshape(4, 3, 2, 2).permute(0, 1, 3, 2)
    decoded = decode(images, torch.tensor([3, 0, 3]))
    assert torch.equal(decoded, images[[3, 0, 3]])
    assert decoded.is_contiguous()
    table = torch.rand(5, 2)
    assert torch.equal(decode(table, torch.tensor([4])), table[[4]])


class Shelf(list):
    """A map-style object of many images; those that are exceptions are raised."""

    thread_safe = True

    def __getitem__(self, index):
        found = super().__getitem__(index)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize("kind", [Shelf, list])
def test_decode_reads_map_style_images_in_order(kind):
    images = torch.randint(256, (2500, 1, 2, 3), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    indices = torch.arange(2499, -1, -1)
    assert torch.equal(decode(kind(images), indices), images.flip(0))


def test_decode_takes_arrays():
    decoded = decode([np.full((1, 2, 2), value, dtype=np.uint8) for value in range(3)], torch.tensor([2, 1]))
    assert decoded[:, 0, 0, 0].tolist() == [2, 1]


@pytest.mark.parametrize("broken", [range(12), range(1, 13)])  # with and without the very first image
def test_decode_lists_ten_of_the_images_that_cannot_be_read(broken):
    good = torch.zeros(3, 2, 2, dtype=torch.uint8)
    shelf = Shelf(DataError(f"/img/{row}.png: broken") if row in broken else good for row in range(20))
    with pytest.raises(DataError, match="12 of 20 images cannot be used") as caught:
        decode(shelf, torch.arange(20))
    lines = str(caught.value).splitlines()
    assert lines[1:11] == [f"  /img/{row}.png: broken" for row in list(broken)[:10]]
    assert lines[11:] == ["  and 2 more"]


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (torch.zeros(3, 2, 3, dtype=torch.uint8), r"image 1 is \[3, 2, 3\], but image 0 is \[3, 2, 2\]"),
        (torch.zeros(3, 2, 2), r"image 1: expected uint8 \[C, H, W\], but got torch.float32 \[3, 2, 2\]"),
        (torch.zeros(2, 2, dtype=torch.uint8), r"image 1: expected uint8 \[C, H, W\], but got torch.uint8 \[2, 2\]"),
        (KeyError("gone"), "image 1: KeyError: 'gone'"),
    ],
)
def test_decode_says_what_is_odd_about_an_image(odd, words):
    with pytest.raises(DataError, match=words):
        decode(Shelf([torch.zeros(3, 2, 2, dtype=torch.uint8), odd]), torch.arange(2))


def test_decode_refuses_what_would_fill_half_of_the_memory(monkeypatch):
    monkeypatch.setattr(prepare, "available_memory", lambda: 2 * 5 * 12 - 1)
    images = torch.zeros(5, 3, 2, 2, dtype=torch.uint8)
    for inputs in (images, list(images)):
        with pytest.raises(DataError, match=r"5 samples of 3x2x2 need .* more than half of the .* GiB left"):
            decode(inputs, torch.tensor([4, 3, 2, 1, 0]))
        assert len(decode(inputs, torch.arange(4))) == 4


def test_all_rows_of_a_tensor_in_order_are_the_tensor_itself():
    images = torch.zeros(5, 3, 2, 2, dtype=torch.uint8)
    assert decode(images, torch.arange(5)) is images
    for rows in (torch.arange(4), torch.tensor([1, 0, 2, 3, 4])):
        assert decode(images, rows).data_ptr() != images.data_ptr()


def test_statistics_of_images_agree_with_torch():
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (1500, 3, 4, 5), generator=generator).to(torch.uint8)
    mean, std = channel_statistics(images)
    scaled = images.double() / 255
    assert torch.allclose(torch.tensor(mean).double(), scaled.mean((0, 2, 3)), atol=1e-7)
    assert std == pytest.approx(scaled.std((0, 2, 3), unbiased=False).tolist(), rel=1e-12)


def test_statistics_of_tables_agree_with_scikit_learn():
    table = torch.randn(3000, 4, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 1e3, 1e-3, 1.0]) + 1e4
    mean, std = channel_statistics(table)
    oracle = StandardScaler().fit(table.double().numpy())
    assert mean == pytest.approx(oracle.mean_.tolist(), rel=1e-12)
    assert std == pytest.approx(oracle.scale_.tolist(), rel=1e-9)


@pytest.mark.parametrize("inputs", [torch.arange(5000 * 12).view(5000, 1, 4, 3).to(torch.uint8), torch.rand(5000, 4)])
def test_statistics_of_rows_are_the_bits_of_those_of_their_copy(inputs):
    chosen = torch.arange(3, 5000, 2)
    rows = Rows(inputs, chosen, tuple(inputs.shape[1:]))
    assert channel_statistics(rows) == channel_statistics(inputs[chosen])


def test_a_constant_channel_has_deviation_one():
    assert channel_statistics(torch.full((2, 1, 2, 2), 51, dtype=torch.uint8)) == ((pytest.approx(0.2),), (1.0,))
    assert channel_statistics(torch.full((3000, 2), 0.1))[1] == (1.0, 1.0)

import torch
from sklearn.datasets import load_digits

from imbalearn_torch import build
from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import select
from imbalearn_torch.data.profiles import PROFILES


def test_the_images_are_those_of_scikit_learn():
    data, bunch = build("dataset", "digits"), load_digits()
    assert check_dataset(data) == ()
    images, targets = data.train
    assert images.shape == (1797, 1, 8, 8)
    assert images.is_contiguous()
    assert torch.equal((images[:, 0].double() * 16 / 255).round(), torch.from_numpy(bunch.images))
    assert (int(images.min()), int(images.max())) == (0, 255)
    assert targets.tolist() == bunch.target.tolist()
    assert data.classes == tuple(map(str, bunch.target_names))


def test_another_layout_of_scikit_learn_is_read_by_scikit_learn(monkeypatch):
    here = build("dataset", "digits").train
    monkeypatch.setattr("imbalearn_builtins.datasets.digits.find_spec", lambda name: None)
    there = build("dataset", "digits").train
    assert torch.equal(here.inputs, there.inputs)
    assert torch.equal(here.targets, there.targets)


def test_the_defaults():
    data = build("dataset", "digits")
    assert (data.test, data.validation, data.augment) == (None, None, "none")
    chosen = select(data, imbalance=PROFILES.resolve(data.imbalance), subset_seed=0, seed=0, val_fraction=0)
    # Digit 8 has 174 images, the fewest; its share of the 359 in the test part is 34.76, so 139 are left.
    assert chosen.test.targets.numel() == 359  # round(0.2 * 1797)
    assert chosen.counts.tolist() == [139] + [13] * 9

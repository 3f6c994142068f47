"""The second column of a mix that names a sampler."""

from __future__ import annotations

import torch

import imbalearn_torch as ibt
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.session import open_session


def test_the_partner_is_drawn_apart_from_the_images_it_is_mixed_with() -> None:
    # From the same stream equal samplers would draw equal columns, and every image would be mixed with itself.
    known = ibt.registry()
    config = ibt.RunConfig(sampler="balanced", mix="balanced-mixup", backbone="small-cnn", epochs=1, threads=1)
    first, second = open_session(resolve_run(config, known), known).components.columns
    same = (first.epoch_plan(0) == second.epoch_plan(0)).double().mean()
    assert float(same) < 0.1  # two draws of one of 10 classes and then of one of its 10 to 130 images
    assert torch.equal(second.epoch_plan(0), second.epoch_plan(0))

import torch

from imbalearn_builtins.mixing.none import NoMix
from imbalearn_torch import Batch, build


def test_images_are_returned_themselves() -> None:
    a = Batch(torch.randn(3, 1, 2, 2), torch.tensor([0, 1, 2]))
    b = Batch(torch.randn(3, 1, 2, 2), torch.tensor([2, 1, 0]))
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    mixed = build("mix", "none")(a, b, generator)
    assert mixed.images is a.images
    assert (mixed.targets_a is a.targets, mixed.targets_b is b.targets) == (True, True)
    assert mixed.lam.tolist() == [1.0, 1.0, 1.0]
    assert mixed.lam.dtype == torch.float32
    assert torch.equal(generator.get_state(), before)


def test_the_partner_is_a_permutation_of_the_batch() -> None:
    assert NoMix.partner == "batch"

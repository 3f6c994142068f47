import pytest
import torch
from scipy.stats import kstest

from imbalearn_builtins.mixing.manifold_mixup import ManifoldMixup
from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_torch import Batch, build


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("shape", [(8,), (5, 7), (4, 3, 3), (2, 3, 4, 5)])
def test_activations_of_any_shape_are_mixed_as_images_are(shape: tuple[int, ...]) -> None:
    h, other = torch.randn(2, 6, *shape, generator=generator())
    a, b = Batch(h, torch.arange(6)), Batch(other, torch.arange(6).flip(0))
    ours, mixup = (mix(a, b, generator(1)) for mix in (ManifoldMixup(), Mixup(alpha=2.0)))
    assert all(torch.equal(*each) for each in zip(ours, mixup, strict=True))


def test_gradients_reach_the_layers_before() -> None:
    layer = torch.nn.Linear(3, 4)
    h = layer(torch.randn(6, 3, generator=generator()))
    order = torch.randperm(6, generator=generator(1))
    mixed = ManifoldMixup()(Batch(h, torch.arange(6)), Batch(h[order], order), generator(2))
    mixed.images.sum().backward()
    assert layer.bias.grad is not None
    torch.testing.assert_close(layer.bias.grad, torch.full((4,), 6.0))  # lam + (1 - lam) = 1 for each sample


def test_lam_has_the_parameter_of_the_paper() -> None:
    batch = Batch(torch.zeros(4000, 1), torch.zeros(4000, dtype=torch.int64))
    assert kstest(ManifoldMixup()(batch, batch, generator(3)).lam.numpy(), "beta", (2, 2)).pvalue > 1e-3


def test_build() -> None:
    mix = build("mix", "manifold-mixup:alpha=0.5,stop=0.5", epochs=20, num_classes=10)
    assert (mix.alpha, mix.end, mix.partner, mix.hidden) == (0.5, 10, "batch", True)
    assert not getattr(build("mix", "mixup"), "hidden", False)

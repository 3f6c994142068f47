"""What every built-in mix must hold, whatever it does to the images."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from imbalearn_builtins.mixing.balanced_mixup import BalancedMixup
from imbalearn_builtins.mixing.cmo import CMOMix
from imbalearn_builtins.mixing.cutmix import CutMix
from imbalearn_builtins.mixing.mamix import MAMix
from imbalearn_builtins.mixing.manifold_mixup import ManifoldMixup
from imbalearn_builtins.mixing.mixup import Mixup
from imbalearn_builtins.mixing.mixup_cutmix import MixupCutMix
from imbalearn_builtins.mixing.none import NoMix
from imbalearn_builtins.mixing.remix import Remix
from imbalearn_torch import Batch, errors

COUNTS = torch.tensor([90, 20, 5])
MIXING_BY_NAME: dict[str, Callable[..., Any]] = {
    "mixup": Mixup,
    "cutmix": CutMix,
    "mixup-cutmix": MixupCutMix,
    "remix": partial(Remix, class_counts=COUNTS),
    "balanced-mixup": BalancedMixup,
    "cmo": lambda **options: CMOMix(**{"epochs": 1, "start": 0.0, "stop": 1.0, **options}),
    "manifold-mixup": ManifoldMixup,
    "mamix": partial(MAMix, class_counts=COUNTS),
}
MIXES = {"none": NoMix, **MIXING_BY_NAME}
EVERY = pytest.mark.parametrize("make", MIXES.values(), ids=MIXES)
MIXING = pytest.mark.parametrize("make", MIXING_BY_NAME.values(), ids=MIXING_BY_NAME)
# Those whose label shares are the shares of the picture.
FAITHFUL = pytest.mark.parametrize(
    "make", [make for name, make in MIXING_BY_NAME.items() if name not in ("remix", "mamix")]
)
FORMATS = pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(seed: int, *shape: int, **like: Any) -> Batch:
    images = torch.randn(*shape, generator=generator(seed))
    memory_format = like.pop("memory_format", torch.contiguous_format)
    return Batch(images.to(**like, memory_format=memory_format), torch.arange(shape[0]) % 3)


@EVERY
@FORMATS
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("size", [1, 6])
def test_type_and_memory_format_are_kept(
    make: Callable, memory_format: torch.memory_format, dtype: torch.dtype, size: int
) -> None:
    a, b = (batch(seed, size, 3, 8, 6, dtype=dtype, memory_format=memory_format) for seed in (1, 2))
    mixed = make()(a, b, generator())
    assert mixed.images.dtype == dtype
    assert mixed.images.shape == a.images.shape
    assert mixed.images.is_contiguous(memory_format=memory_format)
    assert (mixed.lam.dtype, mixed.lam.shape) == (torch.float32, (size,))
    assert bool(((mixed.lam >= 0) & (mixed.lam <= 1)).all())
    assert torch.equal(mixed.targets_a, a.targets)
    assert torch.equal(mixed.targets_b, b.targets)


@EVERY
@FORMATS
def test_the_batches_are_never_changed(make: Callable, memory_format: torch.memory_format) -> None:
    a, b = (batch(seed, 5, 3, 8, 8, memory_format=memory_format) for seed in (1, 2))
    before = [each.clone() for each in (*a, *b)]
    mixed = make()(a, b, generator())
    assert all(torch.equal(*pair) for pair in zip(before, (*a, *b), strict=True))
    if make is not NoMix:
        assert mixed.images.data_ptr() != a.images.data_ptr()


@MIXING
def test_the_generator_alone_decides(make: Callable) -> None:
    a, b = batch(1, 8, 3, 6, 6), batch(2, 8, 3, 6, 6)
    mix = make()
    first = mix(a, b, generator(5))
    mix(b, a, generator(6))
    again = make()(a, b, generator(5))
    assert all(torch.equal(*pair) for pair in zip(first, again, strict=True))
    assert not torch.equal(mix(a, b, generator(6)).lam, first.lam)


@MIXING
def test_from_stop_on_nothing_is_mixed(make: Callable) -> None:
    a, b = batch(1, 8, 3, 6, 6), batch(2, 8, 3, 6, 6)
    mix = make(epochs=10, stop=0.75)
    mix.set_epoch(7)
    assert mix(a, b, generator()).lam.min() < 1
    mix.set_epoch(8)  # round(0.75 * 10)
    mixed = mix(a, b, generator())
    assert mixed.images is a.images
    assert mixed.lam.tolist() == [1.0] * 8
    mix.set_epoch(0)
    assert mix(a, b, generator()).lam.min() < 1


@MIXING
def test_without_stop_the_number_of_epochs_does_not_matter(make: Callable) -> None:
    a, b = batch(1, 8, 3, 6, 6), batch(2, 8, 3, 6, 6)
    mix = make()
    mix.set_epoch(500)
    assert mix(a, b, generator()).lam.min() < 1


@FAITHFUL
def test_gradients_reach_both_images(make: Callable) -> None:
    a, b = (batch(seed, 8, 3, 6, 6, memory_format=torch.channels_last) for seed in (1, 2))
    mixed = make()(
        a._replace(images=a.images.requires_grad_()), b._replace(images=b.images.requires_grad_()), generator()
    )
    mixed.images.sum().backward()
    shares = a.images.grad.mean(dim=(1, 2, 3)), b.images.grad.mean(dim=(1, 2, 3))  # pyright: ignore[reportOptionalMemberAccess]
    torch.testing.assert_close(shares[0], mixed.lam)
    torch.testing.assert_close(shares[1], 1 - mixed.lam)


@MIXING
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0.0}, "`alpha` to be > 0 and finite, but got 0.0"),
        ({"alpha": float("nan")}, "`alpha` to be > 0 and finite, but got nan"),
        ({"alpha": float("inf")}, "`alpha` to be > 0 and finite, but got inf"),
        ({"stop": 1.1}, r"`stop` to be in \[0, 1\], but got 1.1"),
        ({"stop": -0.5}, r"`stop` to be in \[0, 1\], but got -0.5"),
    ],
)
def test_options_out_of_range(make: Callable, options: dict[str, float], message: str) -> None:
    with pytest.raises(errors.OptionError, match=message):
        make(**options)

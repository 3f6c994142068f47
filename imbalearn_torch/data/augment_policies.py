"""Augmentations of torchvision v2: RandAugment, AutoAugment, TrivialAugment, random erasing.

They work image by image, at the speed that torchvision has. The draw of an image is a seed for torch's default CPU
generator, from which torchvision draws; the generator is put back afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from imbalearn_torch.errors import OptionError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["AutoAugment", "PerImage", "RandAugment", "RandomErasing", "TrivialAugment"]


class PerImage:
    """A transform of torchvision v2, with a seed for each image.

    Args:
        name: Of the augmentation, for messages.
        transform: uint8 `[C, H, W]` -> the same.
        channels: C.
        only: The numbers of channels that it works with; none: any.
    """

    def __init__(self, name: str, transform: Any, channels: int, only: tuple[int, ...] = ()) -> None:
        self._name, self._transform, self._channels, self._only = name, transform, channels, only

    def draw(self, size: int, height: int, width: int, generator: torch.Generator) -> Tensor:
        import torch

        del height, width
        if self._only and self._channels not in self._only:
            listed = " or ".join(map(str, self._only))
            raise OptionError(f"{self._name} is for images of {listed} channels, but these have {self._channels}")
        return torch.randint(0, 2**63 - 1, (size, 1), generator=generator)

    def apply(self, images: Tensor, draws: Tensor) -> Tensor:
        """uint8 `[B, C, H, W]` -> the same."""
        import torch

        changed = []
        with torch.random.fork_rng(devices=[]):
            for image, seed in zip(images, draws[:, 0].tolist(), strict=True):
                # The CPU's alone: torch.manual_seed would reach those of all devices.
                torch.default_generator.manual_seed(seed)
                changed.append(self._transform(image))
        return torch.stack(changed)


_MOST_OPERATIONS = 100


class RandAugment(PerImage):
    """A few operations in a row, each drawn from a list of fourteen (Cubuk 2020, arXiv:1909.13719).

    Args:
        num_ops: Operations for each image, 1 to 100.
        magnitude: Their strength, 0 to 30.
    """

    def __init__(self, *, fill: tuple[int, ...], num_ops: int = 2, magnitude: int = 9) -> None:
        from torchvision.transforms import v2

        if num_ops < 1:
            raise OptionError(f"Expected `num_ops` to be >= 1, but got {num_ops}")
        if num_ops > _MOST_OPERATIONS:  # a slip of the finger would take hours, not fail
            raise OptionError(f"Expected `num_ops` to be at most {_MOST_OPERATIONS}, but got {num_ops}")
        if not 0 <= magnitude <= 30:
            raise OptionError(f"Expected `magnitude` to be in 0..30, but got {magnitude}")
        transform = v2.RandAugment(num_ops, magnitude, fill=list(fill))
        super().__init__("randaugment", transform, len(fill), (1, 3))


class AutoAugment(PerImage):
    """Two operations in a row, one of 25 pairs found for a data set (Cubuk 2019, arXiv:1805.09501).

    Args:
        policy: The data set.
    """

    def __init__(self, *, fill: tuple[int, ...], policy: Literal["cifar10", "imagenet", "svhn"] = "cifar10") -> None:
        from torchvision.transforms import v2

        transform = v2.AutoAugment(v2.AutoAugmentPolicy(policy), fill=list(fill))
        super().__init__("autoaugment", transform, len(fill), (1, 3))


class TrivialAugment(PerImage):
    """One operation of random strength, from wide ranges (Müller 2021, arXiv:2103.10158)."""

    def __init__(self, *, fill: tuple[int, ...]) -> None:
        from torchvision.transforms import v2

        super().__init__("trivialaugment", v2.TrivialAugmentWide(fill=list(fill)), len(fill), (1, 3))


class RandomErasing(PerImage):
    """Cover one rectangle with the mean colour (Zhong 2020, arXiv:1708.04896).

    Args:
        prob: Share of the images that are covered.
        scale: Smallest and largest area of the rectangle, as a share of the image.
        ratio: Smallest and largest ratio of its sides.
    """

    def __init__(
        self,
        *,
        fill: tuple[int, ...],
        prob: float = 0.5,
        scale: tuple[float, ...] = (0.02, 0.33),
        ratio: tuple[float, ...] = (0.3, 3.3),
    ) -> None:
        from torchvision.transforms import v2

        if not 0 <= prob <= 1:
            raise OptionError(f"Expected `prob` to be in [0, 1], but got {prob}")
        if len(scale) != 2 or not 0 <= scale[0] <= scale[1] <= 1:
            raise OptionError(f"Expected `scale` to be two shares in order, but got {list(scale)}")
        if len(ratio) != 2 or not 0 < ratio[0] <= ratio[1]:
            raise OptionError(f"Expected `ratio` to be two numbers > 0 in order, but got {list(ratio)}")
        colour: Any = [float(each) for each in fill]  # annotated as one number, but a list is documented
        transform = v2.RandomErasing(p=prob, scale=scale, ratio=ratio, value=colour)
        super().__init__("random-erasing", transform, len(fill))

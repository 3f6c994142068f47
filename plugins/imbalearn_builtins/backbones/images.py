"""What the data must be like for a backbone of images."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import nn

from imbalearn_torch import errors

__all__ = ["check_images", "image_sides", "refused_for", "try_image"]


def check_images(num_classes: int, in_channels: int | None) -> None:
    """Refuse tables, and numbers of classes or channels that no network can have.

    Args:
        num_classes: K.
        in_channels: C, or None for data `[N, D]`.

    Raises:
        OptionError: One of them cannot be used.
    """
    if in_channels is None:
        raise errors.OptionError(
            "Expected images [B, C, H, W], but these data are tables [B, D]; use a backbone for tables"
        )
    for name, value in (("num_classes", num_classes), ("in_channels", in_channels)):
        if value < 1:
            raise errors.OptionError(f"Expected `{name}` to be >= 1, but got {value}")


def image_sides(image_size: int | tuple[int, int] | None) -> tuple[int, int] | None:
    """Height and width in pixels; one number is a square."""
    if image_size is None:
        return None
    if isinstance(image_size, int):
        return image_size, image_size
    height, width = image_size
    return int(height), int(width)


@contextlib.contextmanager
def refused_for(who: str, in_channels: int, sides: tuple[int, int] | None) -> Iterator[None]:
    """Say what a model of another library was asked to take, whatever it raises.

    Args:
        who: The model, for the message: "timm's 'resnet18'".
        in_channels: C.
        sides: Height and width of the images; None: any.

    Raises:
        OptionError: Instead of what was raised.
    """
    try:
        yield
    except errors.OptionError:
        raise
    except Exception as error:  # models raise whatever a wrong shape leads to
        cause = f"{type(error).__name__}: {error}".partition("\n")[0]
        images = "images of any size" if sides is None else f"images of {sides[0]}x{sides[1]} pixels"
        raise errors.OptionError(f"{who} does not work with {in_channels} channels and {images}: {cause}") from error


def try_image(backbone: nn.Module, in_channels: int, sides: tuple[int, int] | None) -> None:
    """Run one black image: many models find out only in `forward` that it is too small for their patches or windows."""
    if sides is not None:
        with torch.no_grad():
            backbone.eval()(torch.zeros(1, in_channels, *sides))
        backbone.train()

"""What the data must be like for a backbone of images."""

from __future__ import annotations

from imbalearn_torch import errors

__all__ = ["check_images", "image_sides"]


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

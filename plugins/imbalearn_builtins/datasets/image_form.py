"""One form for all images of a data set, and how an image of any mode and size gets it."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple

from imbalearn_builtins.datasets.whole_images import whole_images
from imbalearn_torch import errors

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

__all__ = ["Header", "ImageForm", "choose_form", "reason"]

_LARGEST_KEPT = 64  # pixels a side
_LARGEST = 8192  # one colour image of it fills 200 MB, and decoding takes several times that

_ORIENTATION = 0x0112  # the EXIF tag, as ExifTags.Base.Orientation
_SIDEWAYS = (5, 6, 7, 8)  # its values that swap height and width
_TURNED = ("JPEG", "MPO")  # what cameras write; for a PNG the tag is only known once all of it is decoded


class Header(NamedTuple):
    """What the header of an image file says.

    Args:
        grey: Whether it has no colour: 1, 8, 16 or 32 bits of grey, with alpha or without.
        height: H.
        width: W.
    """

    grey: bool
    height: int
    width: int

    @classmethod
    def read(cls, file: str | os.PathLike[str] | IO[bytes]) -> Header:
        """Read the header only; raises what PIL raises."""
        from PIL import Image

        with whole_images(), Image.open(file) as image:
            grey = image.mode in {"1", "L", "LA", "La", "F"} or image.mode.startswith("I")
            sideways = image.format in _TURNED and image.getexif().get(_ORIENTATION, 1) in _SIDEWAYS
            return cls(grey, *((image.width, image.height) if sideways else (image.height, image.width)))


@dataclass(frozen=True)
class ImageForm:
    """The form of every image: `[1, H, W]` where grey, else `[3, H, W]`.

    Args:
        grey: One channel instead of three.
        height: H.
        width: W.
        resize: Scale the shorter side and cut the centre out; False: an image of another size is an error.
    """

    grey: bool
    height: int
    width: int
    resize: bool

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return (1 if self.grey else 3, self.height, self.width)

    def decode(self, file: str | os.PathLike[str] | IO[bytes]) -> Tensor:
        """Decode one image as a viewer shows it: turned as its EXIF says, 16 bits as 8, without alpha.

        Returns:
            uint8 `[C, H, W]`.

        Raises:
            ValueError: The image has another size, and `resize` is False. Also whatever PIL raises.
        """
        import numpy as np
        import torch
        from PIL import Image, ImageOps

        size = (self.width, self.height)
        with whole_images(), Image.open(file) as opened:
            image = _eight_bits(ImageOps.exif_transpose(opened) if opened.format in _TURNED else opened)
            if image.mode == "P" and "transparency" in image.info:
                image = image.convert("RGBA")
            image = image.convert("L" if self.grey else "RGB")
        if image.size != size:
            if not self.resize:
                raise ValueError(
                    f"it is {image.height}x{image.width}, others are {self.height}x{self.width}; give `size=` to resize"
                )
            image = ImageOps.fit(image, size, Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.array(image))
        # As PIL has it, colour by colour within a pixel: who needs another memory format does it once, for a batch.
        return pixels[None] if self.grey else pixels.permute(2, 0, 1)


def _eight_bits(image: Image) -> Image:
    """16 bits of grey as 8; PIL's own conversion would cut everything above 255 off."""
    import numpy as np
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    # Mode I has 32 bits, but is what PIL makes of 16-bit files of several formats.
    return Image.fromarray((np.asarray(image).clip(0, 65535) // 256).astype(np.uint8))


def choose_form(headers: Collection[Header], size: int | None) -> ImageForm:
    """The form for images of which these are distinct headers.

    Without `size`, images keep their size where all are alike and at most 64 pixels a side, else they become 64x64.
    The form is grey where all images are.

    Args:
        headers: At least one.
        size: Pixels a side, 1 to 8192, or None.
    """
    if size is not None and size < 1:
        raise errors.OptionError(f"Expected `size` to be >= 1, but got {size}")
    if size is not None and size > _LARGEST:
        raise errors.OptionError(f"Expected `size` to be at most {_LARGEST}, but got {size}")
    grey = all(header.grey for header in headers)
    sizes = {(header.height, header.width) for header in headers}
    height, width = next(iter(sizes))
    if size is None and len(sizes) == 1 and max(height, width) <= _LARGEST_KEPT:
        return ImageForm(grey, height, width, resize=False)
    side = size or _LARGEST_KEPT
    return ImageForm(grey, side, side, resize=True)


def reason(error: Exception) -> str:
    """Why an image could not be read, in one line."""
    from PIL import UnidentifiedImageError
    from PIL.Image import DecompressionBombError

    if isinstance(error, UnidentifiedImageError):
        return "no image that PIL can read"
    if isinstance(error, DecompressionBombError):
        return f"it has more pixels than PIL decodes, as decompression bombs do ({error})"
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"  # its text would name the file once more
    if isinstance(error, ValueError) or not str(error):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error}"

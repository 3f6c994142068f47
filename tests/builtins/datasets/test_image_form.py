import io

import numpy as np
import pytest
import torch
from PIL import Image

from imbalearn_builtins.datasets.image_form import Header, ImageForm, choose_form
from imbalearn_torch.errors import OptionError

GREY, COLOUR = ImageForm(True, 8, 8, resize=False), ImageForm(False, 8, 8, resize=False)


def encoded(image, kind="png", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    stream.seek(0)
    return stream


def test_colour_is_channels_first(image_of):
    image = image_of("RGB", (8, 8))
    assert torch.equal(COLOUR.decode(encoded(image)), torch.from_numpy(np.array(image)).permute(2, 0, 1))
    assert COLOUR.decode(encoded(image)).movedim(0, -1).is_contiguous()  # as PIL has it, without a copy


def test_grey_has_one_channel_and_fills_three_where_others_are_in_colour(image_of):
    image = image_of("L", (8, 8))
    pixels = torch.from_numpy(np.array(image))
    assert torch.equal(GREY.decode(encoded(image)), pixels[None])
    assert torch.equal(COLOUR.decode(encoded(image)), pixels.expand(3, 8, 8))


def test_alpha_is_dropped(image_of):
    image = image_of("RGBA", (8, 8))
    assert torch.equal(COLOUR.decode(encoded(image)), torch.from_numpy(np.array(image)[:, :, :3]).permute(2, 0, 1))


def test_a_palette_with_transparency(image_of):
    image = image_of("RGB", (8, 8)).convert("P")
    decoded = COLOUR.decode(encoded(image, transparency=bytes(range(256))))
    assert torch.equal(decoded, torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1))


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_sixteen_bits_keep_their_high_byte(kind):
    wide = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040  # up to 65,520
    stream = encoded(Image.fromarray(wide), kind)
    assert Header.read(stream) == Header(True, 8, 8)
    assert GREY.decode(stream)[0].tolist() == (wide // 256).tolist()


def test_bits_and_thirty_two_bits(image_of):
    bits = image_of("1", (8, 8))
    assert GREY.decode(encoded(bits))[0].tolist() == (np.array(bits) * 255).tolist()
    wide = np.full((8, 8), 513, dtype=np.int32)
    assert GREY.decode(encoded(Image.fromarray(wide), "tiff")).unique().tolist() == [2]  # 513 // 256


@pytest.mark.parametrize(
    ("mode", "grey"), [("L", True), ("LA", True), ("1", True), ("RGB", False), ("RGBA", False), ("P", False)]
)
def test_the_header_tells_grey_and_size(image_of, mode, grey):
    assert Header.read(encoded(image_of(mode, (9, 5)))) == Header(grey, 5, 9)


def test_the_shorter_side_is_scaled_and_the_centre_cut_out():
    # Left to right: 8 red, 16 green, 8 blue columns, 16 high; scaled by one half, the centre 8 are green.
    pixels = np.zeros((16, 32, 3), dtype=np.uint8)
    pixels[:, :8, 0] = pixels[:, 8:24, 1] = pixels[:, 24:, 2] = 255
    decoded = ImageForm(False, 8, 8, resize=True).decode(encoded(Image.fromarray(pixels)))
    assert decoded.shape == (3, 8, 8)
    inner = decoded[:, :, 1:-1]  # the outermost columns are blends of two colours
    assert inner.amax((1, 2)).tolist() == [0, 255, 0]


def test_another_size_is_refused_unless_resized(image_of):
    with pytest.raises(ValueError, match="it is 5x9, others are 8x8; give `size=`"):
        COLOUR.decode(encoded(image_of("RGB", (9, 5))))


def test_a_truncated_image_is_an_error(image_of):
    data = encoded(image_of("RGB", (64, 64))).getvalue()
    with pytest.raises(OSError, match="truncated"):
        ImageForm(False, 64, 64, resize=True).decode(io.BytesIO(data[: len(data) // 2]))


@pytest.mark.parametrize(
    ("headers", "size", "form"),
    [
        ({Header(False, 48, 64)}, None, ImageForm(False, 48, 64, resize=False)),
        ({Header(False, 48, 65)}, None, ImageForm(False, 64, 64, resize=True)),
        ({Header(True, 8, 8), Header(True, 8, 9)}, None, ImageForm(True, 64, 64, resize=True)),
        ({Header(True, 8, 8), Header(False, 8, 8)}, None, ImageForm(False, 8, 8, resize=False)),
        ({Header(True, 8, 8)}, 16, ImageForm(True, 16, 16, resize=True)),
    ],
)
def test_the_form_of_many(headers, size, form):
    assert choose_form(headers, size) == form


def test_size_is_checked():
    with pytest.raises(OptionError, match="`size` to be >= 1, but got 0"):
        choose_form({Header(True, 8, 8)}, 0)


def test_image_is_turned_as_its_exif_says(tmp_path) -> None:
    pixels = np.zeros((4, 6, 3), dtype=np.uint8)
    pixels[:, :3] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the viewer turns it by 90 degrees clockwise
    Image.fromarray(pixels).save(tmp_path / "portrait.jpg", exif=exif, quality=95)
    header = Header.read(tmp_path / "portrait.jpg")
    assert (header.height, header.width) == (6, 4)
    decoded = choose_form([header], None).decode(tmp_path / "portrait.jpg")
    # What was on the left is on top.
    assert decoded.shape == (3, 6, 4)
    assert int(decoded[:, :2].min()) > 200
    assert int(decoded[:, 4:].max()) < 50

import base64
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
import torch
from PIL import Image

from imbalearn_torch.reporting import confusion_svg

XLINK = "{http://www.w3.org/1999/xlink}href"
SVG = "{http://www.w3.org/2000/svg}"


def numbers(svg: str, parse) -> list[str]:
    """The numbers in the cells, row by row."""
    written = parse(svg).iter(f"{SVG}text")
    inside = [text for text in written if {"#101010", "#fafafa"} & set(text.get("style").split())]
    inside.sort(key=lambda text: (float(text.get("y")), float(text.get("x"))))
    return [text.text for text in inside]


def test_rows_in_per_cent_and_in_frequency_order(parse, texts, title):
    # Class 1 is the more frequent one: its row 3/4, 1/4 comes first, then 2/10, 8/10.
    svg = confusion_svg(torch.tensor([[8, 2], [1, 3]]), [10, 20], ["ant", "bee"])
    assert numbers(svg, parse) == ["75", "25", "20", "80"]
    assert [text for text in texts(svg) if text in ("ant", "bee")] == ["bee", "ant"] * 2
    assert title(svg) == (
        "Confusion matrix of 2 classes in order of training frequency: each row is a true class and sums to 100 %, "
        "with recall on the diagonal; the most frequent mistake is bee taken for ant (25 %)."
    )


def test_pixels_are_viridis(parse):
    matrix = np.eye(50, dtype=np.int64) * 3 + np.roll(np.eye(50, dtype=np.int64), 7, axis=1)
    images = list(parse(confusion_svg(matrix, [1] * 50, [str(label) for label in range(50)])).iter(f"{SVG}image"))
    encoded = images[0].get(XLINK).removeprefix("data:image/png;base64,")
    pixels = np.asarray(Image.open(BytesIO(base64.b64decode("".join(encoded.split())))).convert("RGB"))
    assert pixels.shape == (50, 50, 3)
    diagonal = np.diagonal(pixels) if (pixels[0, 0] == pixels[1, 1]).all() else np.diagonal(pixels[::-1])
    colours = {tuple(pixel) for pixel in diagonal.reshape(3, -1).T.tolist()}
    assert colours == {tuple(int(part) for part in mpl.colormaps["viridis"](0.75, bytes=True)[:3])}


def test_class_without_test_images_has_no_numbers(parse, title):
    svg = confusion_svg([[2, 0], [0, 0]], [5, 5], ["a", "b"])
    assert numbers(svg, parse) == ["100", "0"]
    assert title(svg).endswith("; there is no mistake.")


@pytest.mark.parametrize(("classes", "shown"), [(12, 12), (13, 13), (41, 21), (100, 20)])
def test_numbers_up_to_12_classes_and_thinned_names(classes, shown, parse, texts):
    names = [f"class {label}" for label in range(classes)]
    svg = confusion_svg(np.ones((classes, classes)), [1] * classes, names)
    assert len(numbers(svg, parse)) == (144 if classes == 12 else 0)
    assert sum(text in names for text in texts(svg)) == 2 * shown


def test_any_name(texts):
    names = ["고양이", "<script>alert(1)</script>", "a\x00b"]
    svg = confusion_svg(np.eye(3), [3, 2, 1], names)
    assert texts(svg).count("고양이") == 2
    assert "<script" not in svg


def test_same_input_same_bytes():
    first, second = (confusion_svg(np.eye(3), [3, 2, 1], ["a", "b", "c"]) for _ in range(2))
    assert first == second

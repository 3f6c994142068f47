"""What the data must be like."""

import pytest

from imbalearn_builtins.backbones.images import check_images, image_sides
from imbalearn_torch.errors import OptionError


@pytest.mark.parametrize(("size", "sides"), [(None, None), (8, (8, 8)), ((8, 6), (8, 6)), ([4, 5], (4, 5))])
def test_sides(size, sides):
    assert image_sides(size) == sides


def test_tables_and_empty_dimensions_are_refused():
    check_images(2, 1)
    with pytest.raises(OptionError, match=r"tables \[B, D\]"):
        check_images(2, None)
    with pytest.raises(OptionError, match="`num_classes` to be >= 1, but got 0"):
        check_images(0, 3)

"""Closed tables: the same strings for augmentations, optimisers, schedules and profiles."""

from typing import Any

import pytest

from imbalearn_torch.errors import ComponentError, OptionError, UnknownComponentError
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table


def crop(fill: Any, *, pad: int = 4, mode: str = "reflect") -> tuple[Any, ...]:
    if pad < 1:
        raise OptionError(f"Expected `pad` to be >= 1, but got {pad}")
    return fill, pad, mode


def flip() -> str:
    return "flip"


TABLE = Table(
    "augmentation",
    ("fill", "size"),
    (
        Component(name="crop", factory=crop, aliases=("pad-crop",)),
        Component(name="flip", factory=flip),
        Component(name="broken", factory=lambda **kwargs: kwargs),
    ),
)


def test_a_choice_is_spelled_in_full() -> None:
    choice = TABLE.resolve("Pad_Crop:pad=2")
    assert str(choice) == "crop:pad=2,mode=reflect"
    assert TABLE.resolve(str(choice)) == choice
    assert str(TABLE.resolve("flip")) == "flip"


def test_only_the_context_asked_for_is_passed() -> None:
    assert TABLE.resolve("crop").build(fill=0, size=8) == (0, 4, "reflect")
    assert TABLE.resolve("flip").build(fill=0) == "flip"


def test_a_chain() -> None:
    chain = TABLE.resolve_chain('crop:pad=2,mode="a+b" + flip+crop')
    assert [str(choice) for choice in chain] == ['crop:pad=2,mode="a+b"', "flip", "crop:pad=4,mode=reflect"]
    assert TABLE.resolve_chain("+".join(map(str, chain))) == chain


@pytest.mark.parametrize("text", ["none", "None", " NONE "])
def test_none_is_the_empty_chain(text: str) -> None:
    assert TABLE.resolve_chain(text) == ()


@pytest.mark.parametrize("text", ["", "flip+", "+flip", "flip++flip"])
def test_a_chain_with_a_hole(text: str) -> None:
    with pytest.raises(OptionError, match="Expected NAME"):
        TABLE.resolve_chain(text)


def test_problems() -> None:
    with pytest.raises(
        UnknownComponentError, match=r"no augmentation named 'flop'; did you mean 'flip'\? \(known: crop, flip"
    ):
        TABLE.resolve("flop")
    with pytest.raises(OptionError, match=r"option 'pad' of augmentation 'crop' expects int, got '1.5' \(default 4\)"):
        TABLE.resolve("crop:pad=1.5")
    with pytest.raises(OptionError, match="augmentation 'crop' has no option 'fill'"):
        TABLE.resolve("crop:fill=1")
    with pytest.raises(OptionError, match=r"options of augmentation 'crop': pad \(int, default 4\)"):
        TABLE.resolve("crop:help")
    with pytest.raises(OptionError, match="augmentation 'crop': Expected `pad` to be >= 1, but got 0"):
        TABLE.resolve("crop:pad=0").build(fill=0)
    with pytest.raises(ComponentError, match=r"augmentation 'broken': .*kwargs"):
        TABLE.resolve("broken")

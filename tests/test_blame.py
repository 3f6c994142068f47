"""Whose exception it is."""

import pytest

from imbalearn_torch.blame import blamed_on
from imbalearn_torch.errors import ComponentError


class Strange:
    pass


@pytest.mark.parametrize("component", [Strange(), Strange])
def test_an_exception_is_noted_and_passes(component: object) -> None:
    error = KeyError("x")
    with pytest.raises(KeyError) as caught, blamed_on("the mix", component):
        raise error
    assert caught.value is error
    assert error.__notes__ == ["This was raised in the mix Strange."]


def test_our_own_errors_and_interruptions_are_left_alone() -> None:
    for error in (ComponentError("plain"), KeyboardInterrupt()):
        with pytest.raises(type(error)), blamed_on("the mix", Strange()):
            raise error
        assert not hasattr(error, "__notes__")

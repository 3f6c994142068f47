"""The record that plugins yield, and the agreement of hooks, kinds and context."""

import inspect
import pickle
from typing import Any

import pytest

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.plugin.spec import CONTEXT, HOOKS, KINDS, Component, HookSpecs, canonical_name


def test_one_hook_a_kind() -> None:
    specified = {name for name, _ in inspect.getmembers(HookSpecs, inspect.isfunction)}
    assert set(HOOKS.values()) == specified
    assert tuple(HOOKS) == KINDS == tuple(CONTEXT)


def test_a_record_is_frozen_keyword_only_and_picklable() -> None:
    record = Component(name="my-loss2", factory="a.b:C.d", aliases=("m",))
    assert pickle.loads(pickle.dumps(record)) == record
    with pytest.raises(AttributeError):
        record.name = "x"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        Component("x", "m:x")  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "My-loss"), ("name", "my_loss"), ("name", "2x"), ("name", "a--b"), ("name", "a-"), ("name", ""),
        ("name", "a\n"), ("name", None), ("factory", ""), ("factory", "module"), ("factory", ":x"), ("factory", "m:"),
        ("factory", "m:a:b"), ("factory", "m:a..b"), ("factory", 3), ("factory", None), ("summary", None),
        ("reference", 1), ("neutral", None), ("aliases", "abc"), ("aliases", ["a"]), ("aliases", (1,)),
        ("aliases", ("A",)), ("deprecated", False),
    ],
)  # fmt: skip
def test_fields_of_the_wrong_form(field: str, value: Any) -> None:
    with pytest.raises(ComponentError, match=r"^Expected"):
        Component(**{"name": "x", "factory": "m:x", field: value})


def test_canonical_names() -> None:
    assert canonical_name(" Balanced_Softmax ") == "balanced-softmax"

"""From a string to an object: options, context, defaults of context, and what becomes of a factory's errors."""

import errno
import functools
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from fake_site import HEADER, FakeSite

import imbalearn_torch
from imbalearn_torch import errors
from imbalearn_torch.errors import ComponentError, ConfigError, OptionError, UnknownComponentError
from imbalearn_torch.plugin.build import Resolved, build, call_factory, resolve
from imbalearn_torch.plugin.options import Option
from imbalearn_torch.plugin.registry import Entry, Registry
from imbalearn_torch.plugin.spec import CONTEXT, HOOKS, KINDS, Component

PARTS = """
from __future__ import annotations
from pathlib import Path
from typing import TYPE_CHECKING, Literal
if TYPE_CHECKING:
    import torch
    from somewhere_else import Unknown

class Part:
    def __init__(self, {context}: Unknown, *, gamma: float | None = 2, path: Path | None = None,
                 mode: Literal["none", "sum"] = "none", steps: tuple[int, ...] = (1, 2), flag: bool = False) -> None:
        self.context, self.options = {context}, (gamma, path, mode, steps, flag)

def part(*, {context}: torch.Tensor = None, k: int): return {context}, k
"""


def made(kind: str, factory: Callable[..., Any], text: str = "", **context: Any) -> Any:
    """Build a factory with options that are given as typed values of its signature."""
    return Resolved(Entry(kind, Component(name="mine", factory=factory), "some-dist", "1"), {}).build(**context)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_of_every_kind(site: FakeSite, kind: str) -> None:
    context = CONTEXT[kind][0]
    site.write("strange_parts.py", PARTS.format(context=context))
    records = "".join(f"    yield Component(name='{name}', factory='strange_parts:{attribute}')\n"
                      for name, attribute in (("a-class", "Part"), ("a-function", "part")))  # fmt: skip
    site.install("strange", f"@hookimpl\ndef {HOOKS[kind]}():\n{records}")
    resolved = resolve(kind, "A_Class:gamma=none,path=x/y,steps=[3]")
    assert str(resolved) == "strange/a-class:gamma=none,path=x/y,mode=none,steps=[3],flag=false"
    assert "strange_parts" not in sys.modules
    again = resolve(kind, str(resolved))
    assert again.options == resolved.options
    value = torch.tensor([4, 2])
    assert torch.equal(resolved.build(**{context: value}).context, value)
    assert build(kind, "strange/a-class:flag=true", **{context: value}).options == (2.0, None, "none", (1, 2), True)
    assert build(kind, "a-function:k=3") == (None, 3)
    with pytest.raises(OptionError, match=f"{kind} 'strange/a-class' needs the context `{context}`"):
        build(kind, "a-class")


def test_callables_of_every_sort(site: FakeSite) -> None:
    source = """
import functools
from dataclasses import dataclass
@dataclass
class Data:
    class_counts: object
    gamma: float = 2.0
def function(class_counts, scale: float, *, gamma: float = 2.0):
    return Data(class_counts, gamma)
@hookimpl
def imbalearn_losses():
    yield Component(name="data", factory=Data)
    yield Component(name="partial", factory=functools.partial(function, scale=1.0))
    yield Component(name="nested", factory=lambda class_counts: Data(class_counts, 3.0))
"""
    site.install("callables", source)
    for text, gamma in (("data:gamma=3", 3.0), ("partial:gamma=3,scale=2", 3.0), ("nested", 3.0)):
        assert build("loss", text, class_counts="counts").gamma == gamma


def test_context_the_factory_does_not_ask_for_is_ignored() -> None:
    assert made("loss", lambda num_classes: num_classes, num_classes=3, class_counts="unused", epochs=2) == 3


def test_a_name_that_is_no_context_of_the_kind_is_an_error() -> None:
    nearest = (
        r"'class_count' is no context of kind 'weights'; did you mean 'class_counts'\? \(context: class_counts, ep"
    )
    with pytest.raises(OptionError, match=nearest):
        made("weights", lambda class_counts: 0, class_count=1)
    with pytest.raises(OptionError, match="'num_classes' is no context of kind 'weights'"):
        made("weights", lambda class_counts: 0, class_counts=1, num_classes=2)


def test_missing_context_is_named() -> None:
    with pytest.raises(OptionError, match="sampler 'some-dist/mine' needs the context `targets` and `epochs`"):
        made("sampler", lambda targets, epochs, num_classes: 0, num_classes=2)
    with pytest.raises(OptionError, match="needs the context `class_prior`"):
        made("loss", lambda class_prior: 0)


def test_context_with_a_default_is_optional() -> None:
    assert made("loss", lambda epochs=7, num_classes=object: epochs) == 7
    assert made("loss", lambda epochs=7: epochs, epochs=3) == 3


@pytest.mark.parametrize("kind", ["loss", "adjuster"])
def test_the_prior_defaults_to_the_normalised_counts(kind: str) -> None:
    # An absent class has the smallest prior of a present one: (6, 2, 2) / 10.
    prior = made(kind, lambda class_prior: class_prior, class_counts=torch.tensor([6, 0, 2]))
    torch.testing.assert_close(prior, torch.tensor([0.6, 0.2, 0.2], dtype=torch.float64))


def test_a_prior_that_is_given_wins_and_counts_keep_their_zeros() -> None:
    counts = torch.tensor([6, 0, 2])
    seen = made("loss", lambda class_counts, class_prior: (class_counts, class_prior), class_counts=counts,
                class_prior=torch.tensor([0.5, 0.5, 0.0]))  # fmt: skip
    assert seen[0] is counts
    torch.testing.assert_close(seen[1], torch.full((3,), 1 / 3, dtype=torch.float64))
    with pytest.raises(OptionError, match=r"`class_counts` to be a tensor \[K\], but got \[1, 2\]"):
        made("loss", lambda class_prior: 0, class_counts=[1, 2])


def test_the_reduction_defaults_to_mean() -> None:
    assert made("loss", lambda reduction: reduction) == "mean"
    assert made("loss", lambda reduction: reduction, reduction="none") == "none"


def raising(error: BaseException) -> Callable[[], Any]:
    def factory() -> None:
        raise error

    return factory


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (OptionError("too small"), OptionError, "loss 'some-dist/mine': too small"),
        (errors.DataError("no data"), errors.DataError, "loss 'some-dist/mine': no data"),
        (ConfigError(["one", "two"]), ConfigError, "loss 'some-dist/mine': one\nloss 'some-dist/mine': two"),
        (ValueError("negative"), OptionError, "loss 'some-dist/mine': negative"),
        (TypeError("odd"), ComponentError, "loss 'some-dist/mine' could not be built: TypeError: odd"),
        (SystemExit(3), ComponentError, "loss 'some-dist/mine' could not be built: SystemExit: 3"),
        (OSError(errno.EACCES, "no"), ComponentError, r"could not be built: PermissionError: \[Errno 13\] no"),
    ],
)
def test_errors_of_a_factory(error: BaseException, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        made("loss", raising(error))
    assert type(caught.value) is kind


def test_an_interrupt_is_no_error_of_the_factory() -> None:
    with pytest.raises(KeyboardInterrupt):
        call_factory("loss 'x'", raising(KeyboardInterrupt()), {}, {})


def test_problems_of_options(site: FakeSite) -> None:
    site.write("strange_parts.py", PARTS.format(context="class_counts"))
    site.install(
        "strange", "@hookimpl\ndef imbalearn_losses():\n    yield Component(name='a', factory='strange_parts:Part')"
    )
    with pytest.raises(OptionError) as caught:
        resolve("loss", "a:gamma=x,gama=1")
    assert str(caught.value).splitlines()[1] == "option 'gamma' of loss 'a' expects float | None, got 'x' (default 2.0)"
    with pytest.raises(OptionError, match="option 'gamma' of loss 'strange/a' expects"):
        resolve("loss", "strange/a:gamma=x")
    with pytest.raises(OptionError, match=r"options of loss 'a': gamma \(float \| None, default 2.0\), .*`NAME:help`"):
        resolve("loss", "a:help")
    with pytest.raises(UnknownComponentError):
        build("loss", "b")


def test_a_file_is_found_only_in_the_registry_that_loaded_it(tmp_path: Any, site: FakeSite) -> None:
    source = (
        HEADER
        + "def make(*, k: int = 1): return k\n"
        + "@hookimpl\ndef imbalearn_mixes():\n    yield Component(name='m', factory=make)\n"
    )
    known = Registry([FakeSite(tmp_path).write("mix_file.py", source)])
    assert resolve("mix", "m:k=4", known).build() == 4
    with pytest.raises(UnknownComponentError):
        resolve("mix", "m:k=4")


def test_a_deprecated_component_warns_its_caller(site: FakeSite) -> None:
    site.install("old", "@hookimpl\ndef imbalearn_mixes():\n"
                 "    yield Component(name='old-mix', factory='builtins:object', deprecated='mixup')")  # fmt: skip
    with pytest.warns(FutureWarning, match="mix 'old/old-mix' is deprecated; use 'mixup'") as caught:
        imbalearn_torch.build("mix", "old-mix")
    assert caught[0].filename == __file__


def test_what_is_resolved_can_be_pickled() -> None:
    entry = Entry("loss", Component(name="mine", factory="collections:Counter"), "some-dist", "1")
    resolved = Resolved(entry, {"gamma": 2.0})
    assert pickle.loads(pickle.dumps(resolved)) == resolved


def test_a_partial_that_needs_more_is_told_as_an_option() -> None:
    def function(*, a: int, b: int = 2) -> int:
        return a + b

    entry = Entry("loss", Component(name="mine", factory=functools.partial(function, b=3)), "some-dist", "1")
    assert entry.signature().options[0].required
    assert entry.signature().options[1] == Option("b", "int", 3)

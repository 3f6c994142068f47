"""`imbalearn_torch.losses` and its like: the built-in classes for research code, imported at first use."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imbalearn_builtins import hooks

OFFERS = {
    "backbones": hooks.imbalearn_backbones,
    "losses": hooks.imbalearn_losses,
    "mixing": hooks.imbalearn_mixes,
    "samplers": hooks.imbalearn_samplers,
    "weights": hooks.imbalearn_weights,
}
MODULES = pytest.mark.parametrize("name", OFFERS)


@MODULES
def test_every_component_is_exported_and_is_what_the_registry_builds(name: str) -> None:
    module = importlib.import_module(f"imbalearn_torch.{name}")
    for component in OFFERS[name]():
        home, _, attribute = component.factory.partition(":")
        assert attribute in module.__all__
        assert getattr(module, attribute) is getattr(importlib.import_module(home), attribute)


@MODULES
def test_all_is_sorted_complete_and_known_to_type_checkers(name: str) -> None:
    module = importlib.import_module(f"imbalearn_torch.{name}")
    assert module.__all__ == sorted(module.__all__)
    assert set(module.__all__) <= set(dir(module))
    assert all(getattr(module, exported).__name__ == exported for exported in module.__all__)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.name for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported == set(module.__all__)


@MODULES
def test_unknown_names_are_attribute_errors(name: str) -> None:
    module = importlib.import_module(f"imbalearn_torch.{name}")
    with pytest.raises(AttributeError, match=f"module 'imbalearn_torch.{name}' has no attribute 'Nothing'"):
        _ = module.Nothing


@pytest.fixture
def lazy_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "lazy_home.py").write_text("class Thing: ...\n", encoding="utf-8")
    source = "from imbalearn_torch.lazy import lazy_exports\n"
    source += "__getattr__, __dir__ = lazy_exports(__name__, {'Thing': 'lazy_home'})\n"
    (tmp_path / "lazy_front.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "lazy_front"
    for module in ("lazy_front", "lazy_home"):
        sys.modules.pop(module, None)


def test_a_home_is_imported_at_first_use_and_only_then(lazy_module: str) -> None:
    front = importlib.import_module(lazy_module)
    assert "Thing" in dir(front)
    assert "lazy_home" not in sys.modules
    thing = front.Thing
    assert thing is sys.modules["lazy_home"].Thing
    assert vars(front)["Thing"] is thing  # from now on without __getattr__

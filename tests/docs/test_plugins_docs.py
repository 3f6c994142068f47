"""docs/plugins says everything that the engine asks of a plugin."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

import pytest
from plugin_pages import INDEX, NAME_OF_PAGE, ROOT, named, rows, section, text_of

from imbalearn_torch.cli.options_help import command_flag
from imbalearn_torch.plugin.spec import CONTEXT, CONTEXT_MEANING, HOOKS, KINDS, Component
from imbalearn_torch.types import Batch, Dataset, Mixed, Outputs, Samples

# what a component may have beside the one thing that its factory must make
ATTRIBUTES = {
    "sampler": {"set_epoch", "epoch_size", "class_distribution", "fit_resample"},
    "mix": {"partner", "hidden", "set_epoch"},
    "loss": {"set_epoch", "set_prior", "observe", "features", "corrects_prior", "head", "scale", "detached"},
    "weights": set(),
    "backbone": {
        "forward_features",
        "forward_head",
        "get_classifier",
        "reset_classifier",
        "stages",
        "set_epoch",
        "input_mean",
        "input_std",
    },
    "dataset": set(),
    "adjuster": {"needs", "corrects_prior", "carries", "starts_over", "state_dict", "load_state_dict"},
}
# the files in which the engine looks at components, and names there that are its own or Python's
ENGINE = ("training/*.py", "adjustment/*.py", "data/plan.py", "data/prepare.py", "experiments/*.py")
NOT_OF_PLUGINS = {"backbone", "sched_getaffinity", "strerror", "tolist"}


def test_the_index_has_every_hook_with_its_page_and_option() -> None:
    found = rows(section(INDEX, "The seven hooks"))
    assert [row[:3] for row in found] == [
        [f"[{NAME_OF_PAGE[kind]}]({NAME_OF_PAGE[kind]}.md)", f"`{HOOKS[kind]}`", f"`{command_flag(kind)}`"]
        for kind in KINDS
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_names_its_hook_and_option(kind: str) -> None:
    beginning = text_of(kind).partition("\n## ")[0]
    assert f"Hook `{HOOKS[kind]}`, option `{command_flag(kind)}`" in beginning


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_the_context_of_its_kind_in_the_words_of_the_contract(kind: str) -> None:
    found = [row[:2] for row in rows(section(text_of(kind), "Context"))]
    assert found == [[f"`{name}`", CONTEXT_MEANING[name]] for name in CONTEXT[kind]]


def test_every_field_of_component_is_documented_with_its_default() -> None:
    found = rows(section(INDEX, "Fields of `Component`"))
    defaults = {
        field.name: "required" if field.default is dataclasses.MISSING else repr(field.default).replace("'", '"')
        for field in dataclasses.fields(Component)
    }
    assert {row[0].strip("`"): row[1].strip("`") for row in found} == defaults


def test_the_records_of_data_sets_are_documented_field_by_field() -> None:
    found = [row[0].strip("`") for row in rows(section(text_of("dataset"), "What the factory makes"))]
    assert found == [field.name for field in dataclasses.fields(Dataset)] + list(Samples._fields)


@pytest.mark.parametrize(("kind", "record"), [("mix", Batch), ("mix", Mixed), ("adjuster", Outputs)])
def test_the_records_of_a_kind_are_documented(kind: str, record: type) -> None:
    text = section(text_of(kind), "What the factory makes")
    assert f"`{record.__name__}`" in text
    for name in record._fields:  # pyright: ignore[reportAttributeAccessIssue]
        assert f"`{name}`" in text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if ATTRIBUTES[kind]])
def test_every_optional_attribute_of_a_kind_is_documented(kind: str) -> None:
    found = rows(section(text_of(kind), "Optional attributes and methods"))
    assert set().union(*(named(row[0]) for row in found)) == ATTRIBUTES[kind]


def looked_for() -> Iterator[str]:
    """Every attribute that the engine asks for with getattr or hasattr, by name."""
    for pattern in ENGINE:
        for file in sorted((ROOT / "imbalearn_torch").glob(pattern)):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"getattr", "hasattr"}:
                    match node.args[1]:
                        case ast.Constant(value=str(name)) if not name.startswith("__"):
                            yield name


@pytest.mark.parametrize("name", sorted(set(looked_for()) - NOT_OF_PLUGINS))
def test_what_the_engine_looks_for_is_documented(name: str) -> None:
    pages = "".join(text_of(kind) for kind in KINDS)
    assert re.search(rf"`{name}\b", pages), f"docs/plugins does not say what `{name}` is for"


def test_the_engine_is_searched_where_it_looks() -> None:
    assert {"partner", "observe", "fit_resample", "class_distribution", "needs", "thread_safe"} <= set(looked_for())

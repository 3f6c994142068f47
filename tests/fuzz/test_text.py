"""Option strings, configurations and recipes: whatever the text, what comes out is a value or an error of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from fuzzing import broken, changed, fuzz, ours
from hypothesis import strategies as st

from imbalearn_torch.data.recognise import looks_like_path, recognise
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.recipes import load_recipe
from imbalearn_torch.experiments.resolve import KIND_OF_FIELD, TABLE_OF_FIELD, resolve_run
from imbalearn_torch.plugin.build import resolve
from imbalearn_torch.plugin.grammar import format_spec, parse_spec, parse_value, split_outside
from imbalearn_torch.plugin.registry import registry

NAMES = ["ce", "focal", "balanced", "mixup", "resnet20", "digits", "npz", "list", "temperature", "exp", "counts"]
KEYS = ["gamma", "ratio", "path", "values", "size", "alpha", "pad", "help", "smoothing", "head", "start"]
VALUES = ["1", "-1", "1e400", "nan", "inf", "none", "true", "0x10", "1_0"]
VALUES += ['"a,b"', '"\\ud800"', "[1,2]", "[[", "９", "9" * 5000]
MARKS = [":", "=", ",", "+", "[", "]", "(", ")", "{", "}", '"', "\\", "/", "\0", "\n", " ", "local/", "~nobody/", "~"]
PIECES = [*NAMES, *KEYS, *VALUES, *MARKS]
# Text that is made of what the grammar knows, of whole options, or of anything.
TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.builds("{}:{}={}".format, st.sampled_from(NAMES), st.sampled_from(KEYS), st.sampled_from(VALUES) | st.text()),
    st.text(max_size=40),
)
CONFIG = {
    "schema_version": 1,
    "data": "imbalearn-torch/digits",
    "loss": "focal:gamma=2",
    "adjust": ["temperature"],
    "imbalance": "step:ratio=10,head=1",
    "augment": "crop:pad=1+flip",
    "epochs": 2,
    "lr": 0.1,
    "channels_last": True,
    "plugins": {"mine.py": "0" * 64},
}
RECIPE = {
    "schema_version": 1,
    "base": "erm",
    "title": "A title",
    "notes": ["one"],
    "citation": {"authors": "A. B", "title": "T", "venue": "V", "year": 2020, "arxiv": "1906.07413"},
    "reference": [{"data": "d", "imbalance": "none", "metric": "m", "values": [1.0], "source": "s"}],
    "run": {"loss": "ldam", "epochs": 3},
}


@fuzz(150, 2_000, text=TEXT)
def test_the_grammar(*, text: str) -> None:
    for read in (parse_spec, parse_value, lambda each: split_outside(each, ",")):
        with ours():
            read(text)


@fuzz(100, 2_000, text=TEXT, field=st.sampled_from([*KIND_OF_FIELD, *TABLE_OF_FIELD]))
def test_options_of_every_kind(*, text: str, field: str) -> None:
    known = registry(plugins=False)
    with ours():
        if field in KIND_OF_FIELD:
            str(resolve(KIND_OF_FIELD[field], text, known))
        elif field == "augment":
            [str(each) for each in TABLE_OF_FIELD[field].resolve_chain(text)]
        else:
            str(TABLE_OF_FIELD[field].resolve(text))


@fuzz(100, 2_000, data=st.data())
def test_every_option_with_any_value(*, data: st.DataObject) -> None:
    """The names of options are right here, so that it is the conversion that is asked."""
    known = registry(plugins=False)
    kind = data.draw(st.sampled_from(sorted(KIND_OF_FIELD.values())))
    entry = data.draw(st.sampled_from(known.entries(kind)))
    options = entry.signature().options
    chosen = data.draw(st.lists(st.sampled_from(options), max_size=3, unique=True)) if options else []
    text = ",".join(f"{each.name}={data.draw(st.sampled_from(VALUES) | st.text(max_size=12))}" for each in chosen)
    with ours():
        str(resolve(kind, f"{entry.name}:{text}" if text else entry.name, known))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a:x=" + "[" * 100_000 + "]" * 100_000, "a:x=" + "(" * 10_000, '"' * 9999]
)
def test_text_that_is_nested_or_long(text: str) -> None:
    for read in (parse_spec, parse_value):
        with ours():
            read(text)


@fuzz(60, 2_000, text=TEXT)
def test_paths_as_data(*, text: str) -> None:
    for each in (text, f"./{text}", f"/{text}"):
        if looks_like_path(each):
            with ours():
                recognise(Path(each))


def configured(file: Path) -> None:
    with ours():
        resolve_run(RunConfig(**config_from_toml(file)), registry(plugins=False)).asked.saved()


def toml(value: Any) -> bytes:
    """Of a changed record; what TOML has no word for is left out."""
    try:
        return tomli_w.dumps(value).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, AttributeError, OverflowError):
        return b"= no toml"


@fuzz(60, 2_000, content=broken(tomli_w.dumps(CONFIG).encode()))
def test_configurations_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "broken.toml"
    file.write_bytes(content)
    configured(file)


@fuzz(80, 2_000, data=st.data())
def test_configurations_with_other_values(*, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    file = tmp_path_factory.getbasetemp() / "changed.toml"
    file.write_bytes(toml(changed(CONFIG, data.draw)))
    configured(file)


NESTED = ["a = " + "[" * 100_000, "a = " + "9" * 5000, "\ud800", "[a" + ".a" * 5000 + "]"]
NESTED += ["loss = " + "[" * 300 + "]" * 300]


@pytest.mark.parametrize("content", NESTED, ids=lambda content: repr(content[:6]))
def test_configurations_that_are_nested_or_long(*, tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    configured(file)
    with ours():
        load_recipe(str(file))


@fuzz(40, 2_000, content=broken(tomli_w.dumps(RECIPE).encode()))
def test_recipes_of_broken_bytes(*, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "recipe.toml"
    file.write_bytes(content)
    with ours():
        load_recipe(str(file))


@fuzz(60, 2_000, data=st.data())
def test_recipes_with_other_values(*, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    file = tmp_path_factory.getbasetemp() / "recipe.toml"
    file.write_bytes(toml(changed(RECIPE, data.draw)))
    with ours():
        str(load_recipe(str(file)).reference)


@fuzz(40, 2_000, name=TEXT)
def test_names_of_recipes(*, name: str) -> None:
    with ours():
        load_recipe(name)


def test_the_records_that_are_changed_are_sound(tmp_path: Path) -> None:
    for name, record in (("config", CONFIG), ("recipe", RECIPE)):
        (tmp_path / f"{name}.toml").write_bytes(toml(record))
    assert RunConfig(**config_from_toml(tmp_path / "config.toml")).epochs == 2
    assert load_recipe(str(tmp_path / "recipe.toml")).run["epochs"] == 3
    assert format_spec("focal", {"gamma": 2.0}) == "focal:gamma=2.0"

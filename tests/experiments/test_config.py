from __future__ import annotations

from pathlib import Path

import pytest
import tomli_w
from pydantic import ValidationError

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.config import RunConfig, config_from_toml


def test_config_is_frozen_and_refuses_unknown_keys() -> None:
    config = RunConfig(data="digits")
    with pytest.raises(ValidationError):
        config.epochs = 3  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ConfigError, match=r"unknown option 'los'; did you mean 'loss'\?"):
        RunConfig(los="ce")


def test_every_problem_is_reported_in_one_error() -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig(epochs="x", val_fraction=2, prior="foo", batch_size=0)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for part in (
        "option 'epochs' expects integer, got 'x'",
        "'val_fraction' expects less than 1",
        "'prior'",
        "'batch_size'",
    ):
        assert part in text


@pytest.mark.parametrize("value", [None, 3, True, ["ce"]])
def test_component_must_be_a_string_or_an_object(value: object) -> None:
    with pytest.raises(ConfigError, match=r"option 'loss': expected an option string"):
        RunConfig(loss=value)
    with pytest.raises(ConfigError, match=r"option 'adjust': expected an option string"):
        RunConfig(adjust=("logit-adjustment", value))


def test_text_from_a_shell_is_typed() -> None:
    config = RunConfig(epochs="7", lr="1e-2", channels_last="false", adjust="logit-adjustment")
    assert (config.epochs, config.lr, config.channels_last, config.adjust) == (7, 0.01, False, ("logit-adjustment",))


def test_saved_config_rebuilds_the_config(tmp_path: Path) -> None:
    config = RunConfig(loss="focal:gamma=3", epochs=4, adjust=("logit-adjustment",), lr=0.5)
    file = tmp_path / "config.toml"
    file.write_text(tomli_w.dumps({"schema_version": 1, **config.saved()}), encoding="utf-8")
    assert RunConfig(**config_from_toml(file)) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loss = ", "cannot be read"),
        ("schema_version = 99", "schema_version 99, but this version reads 1"),
        ('loss = "object my_module.MyLoss"', "has objects made in Python"),
    ],
)
def test_bad_toml_is_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        config_from_toml(file)


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        config_from_toml(tmp_path / "none.toml")


def test_own_object_is_recorded_by_its_class() -> None:
    class MyLoss:
        pass

    assert RunConfig(loss=MyLoss()).saved()["loss"] == f"object {__name__}.{MyLoss.__qualname__}"


@pytest.mark.parametrize("name", ["epochs", "lr", "seed", "checkpoint_minutes"])
def test_a_switch_is_no_number(name: str) -> None:
    # TOML's `epochs = true`, which pydantic would read as 1.
    with pytest.raises(ConfigError, match=rf"option '{name}' expects (integer|number), got True"):
        RunConfig(**{name: True})
    assert RunConfig(channels_last=True).channels_last


@pytest.mark.parametrize("name", ["epochs", "threads", "seed", "subset_seed"])
def test_numbers_that_no_machine_can_do_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"option '{name}' expects less than or equal to \d+, got 9{{30}}"):
        RunConfig(**{name: int("9" * 30)})


def test_an_unknown_key_in_a_file_is_named_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('los = "ce"', encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"the configuration {file}: unknown option 'los'; did you mean 'loss'"):
        config_from_toml(file)


def test_a_missing_file_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_toml(tmp_path / "none.toml")
    assert str(caught.value).count("none.toml") == 1


def test_how_often_to_write_checkpoints_is_saved_where_it_is_not_the_default(tmp_path: Path) -> None:
    assert not {"checkpoint_minutes", "checkpoint_keep"} & RunConfig().saved().keys()  # as before there were any
    config = RunConfig(checkpoint_minutes=0, checkpoint_keep=5)
    file = tmp_path / "config.toml"
    file.write_text(tomli_w.dumps(config.saved()), encoding="utf-8")
    assert RunConfig(**config_from_toml(file)) == config

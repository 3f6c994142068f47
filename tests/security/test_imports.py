"""A configuration, a recipe or an option string imports nothing; plugin files are given on the command line, again."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from tiny_runs import TINY_PLUGIN, TINY_WORDS

from imbalearn_torch.experiments.resolve import KIND_OF_FIELD, TABLE_OF_FIELD

FIELDS = [*KIND_OF_FIELD, *TABLE_OF_FIELD]


@pytest.fixture
def importable(tmp_path: Path, trace: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module on the search path whose import leaves the trace."""
    place = tmp_path / "site"
    place.mkdir()
    (place / "hostile_module.py").write_text(f"import os\nos.mkdir({str(trace)!r})\nLoss = Path = flip = print\n")
    monkeypatch.syspath_prepend(str(place))
    return "hostile_module"


@pytest.mark.parametrize("form", ["{}:Loss", "{}", "{}.Loss", "local/{}", "{}:Loss=1", "object {}.Loss", "{}/loss"])
@pytest.mark.parametrize("way", ["--config", "--recipe", "option"])
def test_no_field_imports_what_it_names(
    *, tmp_path: Path, importable: str, trace: Path, imbalearn, way: str, form: str
) -> None:
    for field in FIELDS:
        value = form.format(importable)
        words = [f"--{field}", value]
        if way != "option":
            file = tmp_path / "given.toml"
            line = f"{field} = {json.dumps([value] if field == 'adjust' else value)}\n"
            file.write_text(line if way == "--config" else f"[run]\n{line}", encoding="utf-8")
            words = [way, str(file)]
        done = imbalearn("run", "--dry-run", *words)
        assert done.exit_code == 2, (field, done.output)
        assert "error: " in done.stderr
        assert not trace.exists(), field
    assert importable not in sys.modules


@pytest.mark.parametrize("key", ["plugin", "plugins", "plugin_files", "factory", "import"])
def test_a_configuration_loads_no_plugin_file(
    *, tmp_path: Path, importable: str, trace: Path, imbalearn, key: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{key} = [{json.dumps(str(tmp_path / 'site' / f'{importable}.py'))}]\n", encoding="utf-8")
    done = imbalearn("run", "--dry-run", "--config", file)
    assert (done.exit_code, trace.exists()) == (2, False), done.output
    assert f"unknown option '{key}'" in done.stderr


def test_a_plugin_file_is_recorded_by_its_digest(finished: Path) -> None:
    digest = hashlib.sha256(TINY_PLUGIN.read_bytes()).hexdigest()
    config = tomllib.loads((finished / "config.toml").read_text(encoding="utf-8"))
    assert config["plugins"] == {TINY_PLUGIN.name: digest}
    result = json.loads((finished / "result.json").read_text(encoding="utf-8"))
    assert result["environment"]["plugins"] == {TINY_PLUGIN.name: digest}


def test_resuming_needs_the_file_again(stopped: Path, imbalearn) -> None:
    done = imbalearn("resume", stopped)
    assert done.exit_code == 2
    assert done.stderr.count("error: ") == 1
    assert f"started with the plugin file {TINY_PLUGIN.name}" in done.stderr
    assert f"--plugin PATH/{TINY_PLUGIN.name}" in done.stderr


def test_resuming_refuses_a_file_that_has_changed(stopped: Path, imbalearn, plugin: list[str]) -> None:
    file = stopped / "config.toml"
    digest = hashlib.sha256(TINY_PLUGIN.read_bytes()).hexdigest()
    file.write_text(file.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    done = imbalearn("resume", stopped, *plugin)
    assert done.exit_code == 4
    assert done.stderr.count("error: ") == 1
    assert f"its sha256 is {digest}, but config.toml has {'0' * 64}" in done.stderr


def test_with_the_same_file_it_goes_on_and_the_record_stays(
    stopped: Path, finished: Path, imbalearn, plugin: list[str]
) -> None:
    shutil.rmtree(stopped / "checkpoints")
    done = imbalearn("resume", stopped, *plugin, "--quiet")
    assert done.exit_code == 0, done.output
    for name in ("config.toml", "model.safetensors"):
        assert (stopped / name).read_bytes() == (finished / name).read_bytes()


def test_a_saved_configuration_with_a_record_runs_again(
    tmp_path: Path, finished: Path, imbalearn, plugin: list[str]
) -> None:
    done = imbalearn("run", "--config", finished / "config.toml", *plugin, "--out", tmp_path / "again", "--quiet")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "again/model.safetensors").read_bytes() == (finished / "model.safetensors").read_bytes()


def test_without_plugin_files_there_is_no_record(tmp_path: Path, imbalearn) -> None:
    words = [word for word in TINY_WORDS if word not in {"--plugin", str(TINY_PLUGIN)}]
    words[words.index("linear")] = "resnet20"
    done = imbalearn("run", *words, "--epochs", "0", "--out", tmp_path / "run", "--quiet")
    assert done.exit_code == 0, done.output
    assert "plugins" not in tomllib.loads((tmp_path / "run/config.toml").read_text(encoding="utf-8"))

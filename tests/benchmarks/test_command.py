"""`python -m benchmarks` with what it cannot do: one clear sentence, before anything is measured."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """`startup` in no time; whether it was measured."""
    done: list[str] = []

    def measure(quick: bool) -> dict[str, Any]:
        done.append("startup")
        return {"quick": quick}

    module = ModuleType("benchmarks.startup")
    module.measure = measure  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "benchmarks.startup", module)
    monkeypatch.setattr(command, "header", dict)
    return done


def test_an_unknown_name_is_said_once_with_the_known_ones(measured: list[str]) -> None:
    done = CliRunner().invoke(command.main, ["nosuch"])
    assert (done.exit_code, measured) == (2, [])
    assert done.stderr.count("'nosuch'") == done.stderr.count("startup") == 1


def test_what_was_measured_is_written(measured: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = CliRunner().invoke(command.main, ["startup", "--quick", "--json", str(out)])
    assert (done.exit_code, measured) == (0, ["startup"])
    assert '"quick": true' in out.read_text()


@pytest.mark.parametrize("name", [".", "no/out.json", "file/out.json"])
def test_a_file_that_cannot_be_written_is_refused_before_the_measurement(
    name: str, measured: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(command.main, ["startup", "--quick", "--json", str(tmp_path / name)])
    assert (done.exit_code, measured) == (2, [])
    assert "Invalid value for '--json'" in done.stderr


@pytest.mark.parametrize("arguments", [["startup", "--check"], ["--check"]])
def test_a_check_without_the_guard_is_refused(arguments: list[str], measured: list[str]) -> None:
    done = CliRunner().invoke(command.main, arguments)
    assert (done.exit_code, measured) == (2, [])
    assert "python -m benchmarks guard --check" in done.stderr


@pytest.mark.parametrize("name", ["augment_speed", "mix_speed"])  # asked for at its import, and when it measures
def test_a_peer_that_is_not_installed_is_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("torchvision", "torchvision.transforms", "timm.data.mixup"):
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"benchmarks.{name}", raising=False)
    done = CliRunner().invoke(command.main, [name, "--quick"])
    assert done.exit_code == 1
    assert str(done.exception) == "this measurement needs torchvision: pip install 'imbalearn-torch[bench]'"


def test_a_module_of_ours_that_is_missing_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "benchmarks.startup", None)
    done = CliRunner().invoke(command.main, ["startup", "--quick"])
    assert isinstance(done.exception, ModuleNotFoundError)

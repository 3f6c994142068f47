"""What is installed is what the contract says: two packages, no tests, all data files."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files in a wheel built from this tree."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "default"}, capture_output=True)
    [wheel] = out.glob("imbalearn_torch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_wheel_holds_exactly_the_two_packages(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"imbalearn_torch", "imbalearn_builtins"}
    assert not any("test" in Path(name).parts for name in names)


def test_wheel_holds_every_source_and_data_file(names: list[str]) -> None:
    for package, home in (("imbalearn_torch", ROOT), ("imbalearn_builtins", ROOT / "plugins")):
        here = {
            file.relative_to(home).as_posix()
            for file in (home / package).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        assert here <= set(names)
    assert "imbalearn_torch/py.typed" in names
    assert "imbalearn_builtins/references.bib" in names
    assert "imbalearn_torch/reporting/templates/report.html.j2" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_offers_the_command(names: list[str]) -> None:
    assert any(name.endswith("entry_points.txt") for name in names)

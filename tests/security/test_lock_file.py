"""requirements-dev.lock: what CI and developers install, each file by its hash, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
LINUX = [
    {"python_version": each, "python_full_version": f"{each}.0", "sys_platform": "linux"} for each in ("3.11", "3.12")
]


def entries() -> list[tuple[Requirement, list[str]]]:
    """Every locked requirement with its hashes."""
    joined = re.sub(r"\\\n\s*", " ", LOCK)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(Requirement(line.partition(" --hash")[0]), re.findall(r"--hash=(\S+)", line)) for line in lines]


def wanted(extra: str = "dev") -> list[Requirement]:
    """What `pip install -e '.[dev]'` asks for, extras of the project itself resolved."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)["project"]
    found, queue, seen = list(project["dependencies"]), [extra], set()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        for text in project["optional-dependencies"][name]:
            requirement = Requirement(text)
            if requirement.name == project["name"]:
                queue += requirement.extras
            else:
                found.append(text)
    return [Requirement(text) for text in found]


def applies(marker: Marker | None, environment: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(environment)


def test_every_file_has_a_hash_and_no_address() -> None:
    found = entries()
    assert len(found) > 50
    for requirement, hashes in found:
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
        assert requirement.url is None
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier))
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links|--trusted)|://", LOCK, re.MULTILINE)


@pytest.mark.parametrize("environment", LINUX, ids=lambda each: each["python_version"])
def test_it_holds_what_the_project_asks_for(environment: dict[str, str]) -> None:
    locked = {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each, _ in entries()
        if applies(each.marker, environment)
    }
    for requirement in wanted():
        if applies(requirement.marker, environment):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement} is not locked; CONTRIBUTING.md says how"
            assert requirement.specifier.contains(version, prereleases=True), f"{requirement}, but {version} is locked"

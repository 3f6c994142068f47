"""The start-up budget: what needs no torch imports none, and help is quick."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_site import FakeSite, offers

from imbalearn_torch.plugin.spec import HOOKS, KINDS

HEAVY = ("torch", "torchvision", "timm", "sklearn", "scipy", "matplotlib", "pandas", "PIL")
PRINT_IMPORTED = """
import atexit, json, sys
atexit.register(lambda: sys.stderr.write("\\n" + json.dumps(sorted(sys.modules))))
"""
COMMAND = "import sys; sys.argv[0] = 'imbalearn'; from imbalearn_torch.cli import main; main()"


def modules_after(code: str, *arguments: str, exit_code: int = 0, **environment: str) -> set[str]:
    """The modules that are imported when a fresh interpreter has run the code."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT_IMPORTED + code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == exit_code, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    ("arguments", "exit_code", "unwanted"),
    [
        (["--help"], 0, ("pydantic", "rich", "pluggy")),
        (["--version"], 0, ("pydantic", "rich", "pluggy")),
        (["plugins", "--help"], 0, ("pydantic", "rich")),
        (["plugins", "list"], 0, ("pydantic", "numpy")),
        (["plugins", "list", "--json"], 0, ("pydantic", "rich", "numpy")),
        (["plugins", "list", "--kind", "los"], 2, ("pydantic", "rich")),
        (["plugins", "list", "--all"], 0, ("pydantic", "numpy")),
        (["plugins", "show", "loss:focal"], 0, ("pydantic", "rich", "numpy")),
        (["plugins", "show", "weighted"], 0, ("pydantic", "rich", "numpy")),
        (["plugins", "show", "loss:focl"], 2, ("pydantic", "rich", "numpy")),
        (["plugins", "lits"], 2, ("pydantic", "rich")),
        (["plugins", "check", "no-such-plugin"], 2, ("rich",)),
        (["run", "--help"], 0, ()),
        (["run", "--loss", "focal:help"], 0, ()),
        (["run", "--loss", "focal:gama=2"], 2, ()),
        (["run", "--sampler", "balancd", "--optimizer", "sdg", "--epochs", "x"], 2, ()),
        (["run", "--recipe", "no-such-recipe"], 2, ()),
        (["run", "--recipe", "erm", "--loss", "focal:gama=2"], 2, ()),
        (["compare", "--help"], 0, ("joblib",)),
        (["compare", "--loss", "focal:help"], 0, ("joblib",)),
        (["compare", "--loss", "ce", "--loss", "focl", "--seeds", "x"], 2, ("joblib",)),
        (["compare", "--recipe", "erm", "--recipe", "no-such-recipe"], 2, ("joblib",)),
        (["recipes", "--help"], 0, ("pydantic", "rich")),
        (["recipes", "list"], 0, ("rich", "numpy")),
        (["recipes", "show", "erm"], 0, ("rich", "numpy")),
        (["recipes", "run", "--help"], 0, ()),
        (["recipes", "verify", "--help"], 0, ()),
        (["recipes", "verify", "no-such-recipe"], 2, ()),
        (["recipes", "verify", "erm", "--loss", "focl"], 2, ()),
        (["data", "--help"], 0, ("pydantic", "rich")),
        (["data", "show", "digts"], 2, ("rich",)),
        (["data", "check", "digits", "--imbalance", "expo"], 2, ("rich",)),
        (["data", "check", "folder:help"], 0, ("rich",)),
        (["resume", "no-such-folder-anywhere"], 2, ()),
        (["adjust", "--help"], 0, ()),
        (["adjust", "no-such-folder"], 2, ()),
        (["adjust", "x", "--adjust", "crt:help"], 0, ()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_commands_import_nothing_heavy(arguments: list[str], exit_code: int, unwanted: tuple[str, ...]) -> None:
    imported = modules_after(COMMAND, *arguments, exit_code=exit_code)
    assert not imported & {*HEAVY, *unwanted}


@pytest.mark.parametrize("line", ["imbalearn ", "imbalearn pl", "imbalearn plugins list --k"])
def test_completion_imports_nothing_heavy(line: str) -> None:
    imported = modules_after(
        COMMAND, _IMBALEARN_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(line.split(" ")) - 1)
    )
    assert not imported & {*HEAVY, "pydantic", "rich"}


def test_the_help_of_every_component_imports_nothing_heavy() -> None:
    code = f"""
from imbalearn_torch.cli.options_help import component_help
from imbalearn_torch.plugin.registry import registry
for entry in registry(plugins=False).entries():
    component_help(entry.kind, entry.name, registry(plugins=False))
assert len(registry().entries()) >= {len(KINDS)}
"""
    assert not modules_after(code) & {*HEAVY, "pydantic", "rich"}


@pytest.mark.parametrize(
    "code", ["import imbalearn_torch", "import imbalearn_torch.cli", "from imbalearn_torch import Component"]
)
def test_importing_the_package_is_cheap(code: str) -> None:
    assert not modules_after(code) & {*HEAVY, "numpy", "pydantic", "rich", "click"}


def test_importing_the_package_is_lazy_but_complete() -> None:
    names = "ibt.build; ibt.registry(); ibt.errors; ibt.Batch; ibt.Component"
    code = f"import imbalearn_torch as ibt; assert set(ibt.__all__) <= set(dir(ibt)); {names}"
    assert not modules_after(code) & set(HEAVY)


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - start


def test_help_costs_less_than_six_imports_of_click() -> None:
    # Alternating, so that what else the machine does weighs on both.
    pairs = [(seconds(["-c", "import click"]), seconds(["-m", "imbalearn_torch", "--help"])) for _ in range(7)]
    click_only, help_page = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert help_page < 6 * click_only


def cpu_seconds(arguments: list[str], **environment: str) -> float:
    """What a fresh interpreter computes, whatever else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True, env={**os.environ, **environment})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_ten_plugins_cost_less_than_half_a_listing(tmp_path: Path) -> None:
    site, names = FakeSite(tmp_path), [f"fake-{number}" for number in range(10)]
    for name in names:
        kinds = [hook.removeprefix("imbalearn_") for hook in HOOKS.values()]
        site.install(name, "".join(offers(kind, f"{name}-one", f"{name}-two") for kind in kinds))
        with Path(tmp_path, f"{name.replace('-', '_')}-1.0.dist-info", "METADATA").open("a") as metadata:
            metadata.write("\n" + "A line of a README that its author took some trouble over.\n" * 1000)
    environments = [{"IMBALEARN_PLUGINS": ",".join(names), "PYTHONPATH": path} for path in ("", str(tmp_path))]
    listing = ["-m", "imbalearn_torch", "plugins", "list"]
    pairs = [[cpu_seconds(listing, **each) for each in environments] for _ in range(8)]
    without, with_ten = (statistics.median(times) for times in zip(*pairs[1:], strict=True))  # the first one compiles
    assert with_ten < 1.5 * without

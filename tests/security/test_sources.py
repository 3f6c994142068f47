"""What no source file may do: load a pickle, evaluate text, or import what a configuration names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    file
    for place in ("imbalearn_torch", "plugins")
    for file in (ROOT / place).rglob("*.py")
    if not {"tests", ".venv", "build"} & set(file.relative_to(ROOT).parts)
)
# Modules that can run what they read.
FORBIDDEN = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "yaml", "code", "pickletools"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "execfile"}
UNPICKLING = {"read_pickle", "load_pickle", "jit.load", "package.PackageImporter", "hub.load"}
ALLOWED = {
    # A record of a plugin that is imported already is copied through a pickle of our own, in memory: workers do so.
    ("imbalearn_torch/conformance/general.py", "import pickle"),
}
# Where an import may take its name from something else than our own source.
IMPORTS = {
    "imbalearn_torch/__init__.py": "our own lazy modules",
    "imbalearn_torch/lazy.py": "our own lazy modules",
    "imbalearn_torch/cli/group.py": "our own commands",
    "imbalearn_torch/conformance/suite.py": "our own checks",
    "imbalearn_torch/plugin/signature.py": "the factory of a record, which an installed plugin or --plugin FILE gave",
}


def called(node: ast.Call) -> str:
    """`np.load` for `np.load(...)`; a bare name for a bare call."""
    return ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""


def faults(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"import {name}" for name in names if name.partition(".")[0] in FORBIDDEN)
            if isinstance(node, ast.ImportFrom) and node.module == "joblib":
                yield from (f"joblib.{alias.name}" for alias in node.names if alias.name in {"load", "dump"})
        elif isinstance(node, ast.Call):
            name, given = called(node), {word.arg: ast.unparse(word.value) for word in node.keywords}
            if name in FORBIDDEN_CALLS or name == "joblib.load" or any(name.endswith(each) for each in UNPICKLING):
                yield name
            if name == "torch.load" and given.get("weights_only") != "True":
                yield "torch.load without weights_only=True"
            if name in {"np.load", "numpy.load"} and given.get("allow_pickle") != "False":
                yield "np.load without allow_pickle=False"
            if name.startswith("subprocess.") and "shell" in given:
                yield "a shell"
            if name.endswith(("extractall", ".extract")) and given.get("filter") != "'data'":
                yield "an archive is unpacked without filter='data'"


def test_the_sources_are_found() -> None:
    names = {str(file.relative_to(ROOT)) for file in SOURCES}
    assert {"imbalearn_torch/training/checkpoint.py", "plugins/imbalearn_builtins/datasets/npz_arrays.py"} <= names


def test_no_source_loads_a_pickle_or_evaluates_text() -> None:
    found = {
        (str(file.relative_to(ROOT)), fault) for file in SOURCES for fault in faults(file.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


def test_only_these_sources_import_a_module_by_a_name_made_at_run_time() -> None:
    found = set()
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node).rpartition(".")[2] in {"import_module", "run_path"}:
                found.add(str(file.relative_to(ROOT)))
    assert found == set(IMPORTS)


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import yaml.reader",
        "from joblib import load",
        "import joblib; joblib.load('x')",
        "eval('1')",
        "torch.load(file)",
        "torch.load(file, weights_only=False)",
        "np.load(file)",
        "np.load(file, allow_pickle=flag)",
        "subprocess.run(command, shell=True)",
        "tar.extractall(folder)",
        "pd.read_pickle(file)",
    ],
)
def test_each_fault_is_found(source: str) -> None:
    assert list(faults(source))

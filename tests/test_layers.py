"""The layer rule of ARCHITECTURE.md, read from the imports of every file: an import points left or stays."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import imbalearn_torch

ROOT = Path(__file__).parents[1]
CORE, BUILTINS = ROOT / "imbalearn_torch", ROOT / "plugins" / "imbalearn_builtins"
GROUND = ("errors", "blame", "types", "streams", "priors", "draws", "lazy")
ROOMS = (
    *GROUND,
    "plugin",
    "data",
    "metrics",
    "training",
    "adjustment",
    "reporting",
    "scaffold",
    "experiments",
    "cli",
    "__main__",
)
PLUGIN = (
    "spec",
    "grammar",
    "convert",
    "source",
    "signature",
    "options",
    "discovery",
    "registry",
    "bibtex",
    "build",
    "table",
)
RE_EXPORTS = {"losses", "samplers", "mixing", "weights", "backbones"}
APART = {"conformance", "testing"}  # may import everything; nothing imports them but the command that runs them
RUNS_CONFORMANCE = "imbalearn_torch.cli.plugins.check"
MAY_IMPORT_BUILTINS = {"imbalearn_torch.plugin.registry", *(f"imbalearn_torch.{name}" for name in RE_EXPORTS)}


def module_name(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")


def sources(root: Path) -> dict[str, str]:
    return {module_name(file, root): file.read_text(encoding="utf-8") for file in sorted(root.rglob("*.py"))}


def imported(source: str) -> Iterator[str]:
    """Every module that a source imports, anywhere in it; `from a import b` as `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def place(module: str) -> tuple[int, int]:
    """Room and, within the plugin layer, file; a public name of the package stands where its home is."""
    parts = module.split(".")[1:]
    if parts[0] in imbalearn_torch._HOMES:
        parts = imbalearn_torch._HOMES[parts[0]].split(".")
    floor = PLUGIN.index(parts[1]) if parts[0] == "plugin" and len(parts) > 1 else -1
    return ROOMS.index(parts[0]), floor


def violations(module: str, source: str) -> list[str]:
    """The imports of a core module that break the rule."""
    found = []
    for target in imported(source):
        package, _, rest = target.partition(".")
        if package == "imbalearn_builtins" and module not in MAY_IMPORT_BUILTINS:
            found.append(target)
        if package != "imbalearn_torch" or rest == "__version__":
            continue
        if APART & set(rest.split(".")):
            found += [] if module == RUNS_CONFORMANCE else [target]
        elif rest.split(".")[0] in RE_EXPORTS or place(target) > place(module):
            found.append(target)
    return found


def is_apart(module: str) -> bool:
    return bool((APART | RE_EXPORTS) & set(module.split("."))) or module == "imbalearn_torch"


@pytest.mark.parametrize("module", [module for module in sources(CORE) if not is_apart(module)])
def test_an_import_points_left_or_stays(module: str) -> None:
    assert violations(module, sources(CORE)[module]) == []


@pytest.mark.parametrize("module", sorted(RE_EXPORTS))
def test_re_exports_need_the_ground_floor_only(module: str) -> None:
    targets = set(imported(sources(CORE)[f"imbalearn_torch.{module}"]))
    ours = {target for target in targets if target.startswith("imbalearn_torch.")}
    assert all(target.split(".")[1] in GROUND for target in ours)


@pytest.mark.parametrize("module", sources(BUILTINS))
def test_builtins_use_what_a_stranger_could_use(module: str) -> None:
    allowed = {f"imbalearn_torch.{name}" for name in imbalearn_torch.__all__}
    for target in imported(sources(BUILTINS)[module]):
        if target.split(".")[0] == "imbalearn_torch":
            assert target in allowed or target.startswith("imbalearn_torch.errors"), target


@pytest.mark.parametrize(
    ("module", "statement", "wrong"),
    [
        ("data.split", "from imbalearn_torch.plugin.table import Table", None),
        ("data.split", "from imbalearn_torch import __version__, errors", None),
        ("data.split", "from imbalearn_torch import run", "imbalearn_torch.run"),
        ("data.split", "import imbalearn_torch.cli", "imbalearn_torch.cli"),
        ("data.split", "def f():\n    import imbalearn_torch.training.step", "imbalearn_torch.training.step"),
        ("data.split", "from imbalearn_torch.losses import X", "imbalearn_torch.losses.X"),
        ("data.split", "from imbalearn_torch.plugin import conformance", "imbalearn_torch.plugin.conformance"),
        ("data.split", "import imbalearn_builtins", "imbalearn_builtins"),
        ("plugin.spec", "from imbalearn_torch.plugin.grammar import Bare", "imbalearn_torch.plugin.grammar.Bare"),
        ("plugin.grammar", "from imbalearn_torch.plugin.spec import KINDS", None),
        ("errors", "from imbalearn_torch.types import Batch", "imbalearn_torch.types.Batch"),
    ],
)
def test_the_rule_finds_what_breaks_it(module: str, statement: str, wrong: str | None) -> None:
    assert violations(f"imbalearn_torch.{module}", statement) == ([wrong] if wrong else [])


@pytest.mark.parametrize("folder", ["imbalearn_torch", "plugins", "examples", "tests"])
def test_files_are_short(folder: str) -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / folder).rglob("*.py")}
    assert {str(file): length for file, length in lengths.items() if length > 400} == {}
    assert not [file for file in lengths if file.name == "utils.py"]


def test_the_folder_of_plugins_is_no_package() -> None:
    assert not (ROOT / "plugins" / "__init__.py").exists()

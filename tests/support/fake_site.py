"""Distributions made on the fly: a dist-info folder and a module, as pip would leave them."""

from __future__ import annotations

import importlib
import textwrap
from pathlib import Path

HEADER = """\
from pathlib import Path
Path(__file__).with_suffix(".imported").touch()
from imbalearn_torch import Component, hookimpl
"""


class FakeSite:
    """A folder on `sys.path` into which distributions are installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, source: str, *, version: str = "1.0", module: str | None = None) -> str:
        """Install one plugin of one module, which is `source` below the usual imports; returns the module's name."""
        module = module or name.lower().replace("-", "_").replace(".", "_")
        self.write(f"{module}.py", HEADER + textwrap.dedent(source))
        self.describe(name, f"[imbalearn_torch]\nplugin = {module}\n", version=version)
        return module

    def describe(self, name: str, entry_points: str, *, version: str = "1.0", metadata: bool = True) -> Path:
        """Write the dist-info folder of a distribution."""
        info = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        if metadata:
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(entry_points)
        (info / "RECORD").write_text("")
        importlib.invalidate_caches()
        return info

    def write(self, path: str, source: str) -> Path:
        """Write a file below the folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))
        importlib.invalidate_caches()
        return file

    def imported(self, module: str) -> bool:
        """Whether a module made by `install` has ever been run."""
        return (self.folder / f"{module}.imported").exists()


def offers(kind: str, *names: str, factory: str = "collections:Counter") -> str:
    """The source of a hook that yields components of these names."""
    records = "\n".join(f"    yield Component(name={name!r}, factory={factory!r})" for name in names)
    return f"\n@hookimpl\ndef imbalearn_{kind}():\n{records}\n"

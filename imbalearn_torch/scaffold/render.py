"""The files of a new package, as text."""

from __future__ import annotations

from imbalearn_torch.plugin.spec import HOOKS, PLUGIN_API, PROJECT
from imbalearn_torch.scaffold.kinds import STARTERS
from imbalearn_torch.scaffold.names import package_name

__all__ = ["render"]

# path in the package -> template; {kind} and {package} are filled in
_FILES = {
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "{package}/__init__.py": "package.py",
    "{package}/hooks.py": "hooks.py",
    "{package}/{kind}.py": "{kind}.py",
    "tests/test_conformance.py": "conformance.py",
    "tests/test_{kind}.py": "{kind}_test.py",
}


def render(name: str, kind: str) -> dict[str, str]:
    """Every file of a new package: its path with `/`, and its text.

    Args:
        name: In its canonical spelling.
        kind: One of `KINDS`.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("imbalearn_torch.scaffold"),
        autoescape=False,  # Python and TOML, and only names that have been checked
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    starter = STARTERS[kind]
    words = {"name": name, "kind": kind, "package": package_name(name)}
    known = words | {
        "api": PLUGIN_API,
        "factory": starter.factory(name),
        "group": PROJECT,
        "hook": HOOKS[kind],
        "starter": starter,
    }
    return {
        path.format(**words): environment.get_template(f"{template.format(**words)}.jinja").render(known)
        for path, template in _FILES.items()
    }

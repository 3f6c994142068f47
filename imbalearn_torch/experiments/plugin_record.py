"""Which plugin files a run was started with. A configuration names none to be loaded: it holds their digests only."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError, ConfigError
from imbalearn_torch.plugin.registry import Registry

__all__ = ["PLUGINS", "check_plugins", "plugin_record", "recorded_plugins"]

PLUGINS = "plugins"  # the table in config.toml: the name of a file -> its sha256


def plugin_record(known: Registry) -> dict[str, dict[str, str]]:
    """The table as config.toml gets it; empty without plugin files."""
    return {PLUGINS: dict(known.digests)} if known.digests else {}


def recorded_plugins(folder: Path) -> dict[str, dict[str, Any]]:
    """The table as config.toml of a run folder has it; empty where it has none."""
    try:
        stored = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8")).get(PLUGINS)
    except (OSError, ValueError, RecursionError):  # whoever reads the rest of it says so
        return {}
    return {PLUGINS: stored} if stored and isinstance(stored, dict) else {}


def check_plugins(folder: Path, known: Registry) -> None:
    """See that a run is gone on with by the plugin files that it was started with.

    Raises:
        ConfigError: One is not given.
        CheckpointError: One has changed since.
    """
    problems, changed = [], []
    for name, digest in recorded_plugins(folder).get(PLUGINS, {}).items():
        here = known.digests.get(name)
        if here is None:
            problems.append(
                f"the run in {folder} was started with the plugin file {name}, and a configuration never loads one; "
                f"give it again: --plugin PATH/{name}"
            )
        elif here != digest:
            changed.append(
                f"the plugin file {name} is not the one that the run in {folder} was started with: its sha256 is "
                f"{here}, but config.toml has {digest}; give the file as it was, or start a new run"
            )
    if problems:
        raise ConfigError(problems)
    if changed:
        raise CheckpointError("\n".join(changed))

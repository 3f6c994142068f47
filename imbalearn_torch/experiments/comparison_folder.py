"""The folder of a comparison: which methods and seeds it holds, so that the same command goes on and no other does."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError, RunFolderError
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.grid import Replicate
from imbalearn_torch.experiments.methods import Method

__all__ = ["COMPARISON", "LEADERBOARD", "ComparisonFolder"]

COMPARISON, LEADERBOARD = "comparison.json", "leaderboard.json"  # what was asked for, and what has come of it


class ComparisonFolder(RunFolder):
    """A folder with one run folder for each method and seed.

    Args:
        path: The folder.

    Raises:
        RunFolderError: It holds something else.
        CheckpointError: Its record cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.stop_file = path / ".stop"
        self.look_at()
        self._is_new = not path.exists()
        self.record: dict[str, Any] | None = self._read()

    @property
    def stems(self) -> dict[str, str]:
        """By digest of a method, what the folders of its runs are called."""
        return {each["digest"]: each["stem"] for each in self._methods}

    @property
    def steps(self) -> dict[str, int]:
        """By digest of a method, the optimiser steps of one of its runs."""
        return {each["digest"]: each["steps"] for each in self._methods}

    @property
    def _methods(self) -> list[dict[str, Any]]:
        return [] if self.record is None else self.record["methods"]

    def check(self, methods: Sequence[Method], replicates: Sequence[Replicate]) -> None:
        """See that what is wanted goes on with what is there; more methods and more seeds may be asked for.

        Raises:
            RunFolderError: It would leave something out, or change it.
        """
        if self.record is None:
            return
        wanted = {method.digest for method in methods}
        lost = [each for each in self._methods if each["digest"] not in wanted]
        seeds = [str(each) for each in self.record["replicates"] if each not in replicates]
        differences = [_difference(each, methods) for each in lost] + [f"{each} there, not here" for each in seeds]
        if differences:
            raise RunFolderError(
                f"the output folder {self.path} holds another comparison ({'; '.join(differences)}); "
                "repeat its command, with more methods or seeds if you like, or give another --out"
            )

    def open(self) -> None:
        """Make the folder and lock it.

        Raises:
            RunFolderError: It cannot be made or written, or is in use.
        """
        self._make()
        self.acquire()
        self.stop_file.unlink(missing_ok=True)

    def write_record(
        self, methods: Sequence[Method], replicates: Sequence[Replicate], steps: dict[str, int], command: str
    ) -> None:
        """Say what the folder holds."""
        described = [
            {
                "name": each.name,
                "digest": each.digest,
                "stem": each.stem,
                "steps": steps[each.digest],
                "config": each.config,
            }
            for each in methods
        ]
        self.write_json(
            COMPARISON, {"command": command, "methods": described, "replicates": [list(each) for each in replicates]}
        )

    def discard_if_unused(self) -> None:
        """Take back a new folder in which nothing has been written, so that the corrected command may use it."""
        if self._is_new:
            self.release()
            with contextlib.suppress(OSError):
                self.path.rmdir()

    def _read(self) -> dict[str, Any] | None:
        if self.path.exists() and not self.path.is_dir():
            raise RunFolderError(f"the output folder {self.path} is a file")
        if self.holds_run:
            raise RunFolderError(f"the output folder {self.path} holds a run, no comparison; give another --out")
        file = self.path / COMPARISON
        if not file.exists():
            self._check_empty()
            return None
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            there = [Replicate(*each) for each in record["replicates"]]
            return {"replicates": there, "methods": [_entry(each) for each in record["methods"]]}
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise CheckpointError(
                f"{file} cannot be read ({error!r}); delete this file and the runs beside it, or give another --out"
            ) from error

    def _check_empty(self) -> None:
        strangers = sorted(each.name for each in self.path.glob("*") if not each.name.startswith("."))
        if strangers:
            names = ", ".join(strangers[:3])
            raise RunFolderError(
                f"the output folder {self.path} is no comparison, but holds {names}; give another --out"
            )


def _entry(method: dict[str, Any]) -> dict[str, Any]:
    return {name: method[name] for name in ("name", "digest", "stem", "steps", "config")}


def _difference(there: dict[str, Any], methods: Sequence[Method]) -> str:
    """How a method that is in the folder stands to what is wanted now."""
    here = next((method.config for method in methods if method.name == there["name"]), None)
    if here is None:
        return f"method {there['name']!r} there, not here"
    changed = [
        f"{name} {there['config'].get(name)!r} there, {here.get(name)!r} here"
        for name in {**there["config"], **here}
        if there["config"].get(name) != here.get(name)
    ]
    return f"method {there['name']!r}: {', '.join(changed)}"

"""Load one plugin in a fresh interpreter: only there can its import be timed, and there it can do no harm."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from imbalearn_torch.plugin.discovery import Plugin, distinct, load_entry_point, load_file

__all__ = ["HEAVY", "Probe", "Target", "probe"]

# A listing takes a tenth of a second: any one of these doubles that at least.
HEAVY = (
    "torch", "torchvision", "torchaudio", "timm", "lightning", "pytorch_lightning", "transformers", "datasets",
    "tensorflow", "keras", "jax", "sklearn", "imblearn", "scipy", "numpy", "pandas", "polars", "pyarrow", "matplotlib",
    "seaborn", "PIL", "cv2", "skimage", "statsmodels", "numba", "xgboost", "lightgbm",
)  # fmt: skip
_SCRIPT = Path(__file__).with_name("probe_script.py")
_TIMEOUT = 60.0  # seconds
_LAST_WORDS = 200  # characters


@dataclass(frozen=True)
class Target:
    """Where plugins come from: the entry points of one distribution, or one file.

    Args:
        distribution: Its normalised name.
        version: As installed.
        points: Its entry points.
        file: A plugin file, in the place of entry points.
    """

    distribution: str
    version: str = ""
    points: tuple[EntryPoint, ...] = ()
    file: Path | None = None

    def load(self) -> list[Plugin]:
        """Load it in this process."""
        if self.file is not None:
            return [load_file(self.file)]
        return distinct(load_entry_point(self.distribution, point) for point in self.points)


@dataclass(frozen=True)
class Probe:
    """What came of one trial.

    Args:
        died: Why there is no answer; None: there is one.
        seconds: Time of importing the plugin and asking its hooks.
        heavy: Heavy packages that this imported.
        threads: Threads that it left running, which keep every command from ending.
        errors: The cause of each failure; None for what is sound.
        names: (kind, name or alias) of every component.
    """

    died: str | None = None
    seconds: float | None = None
    heavy: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    errors: tuple[str | None, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def loads(self) -> bool:
        """Whether anything of it can be used."""
        return None in self.errors


def probe(target: Target, timeout: float = _TIMEOUT) -> Probe:
    """Load a plugin in an interpreter of its own, with the search path and the flags of this one.

    Args:
        target: What to load.
        timeout: Seconds after which it counts as hanging.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "answer.json")
        request = {
            "path": [str(each) for each in sys.path],
            "distribution": target.distribution,
            "points": [(point.name, point.value, point.group) for point in target.points],
            "file": str(target.file.absolute()) if target.file is not None else None,
            "heavy": HEAVY,
            "answer": str(file),
        }
        ending = _run(json.dumps(request), Path(folder), timeout)
        try:
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # none, or half of one
            return Probe(died=ending)
    names = tuple((kind, name) for kind, name in found["names"])
    return Probe(
        seconds=found["seconds"],
        heavy=tuple(found["heavy"]),
        threads=tuple(found["threads"]),
        errors=tuple(found["errors"]),
        names=names,
    )


def _run(request: str, folder: Path, timeout: float) -> str:
    """Run the script, and say how it ended."""
    # What multiprocessing gives its children.
    flags = subprocess._args_from_interpreter_flags()  # pyright: ignore[reportAttributeAccessIssue]
    # Files, not pipes: a process that a stranger leaves behind would keep a pipe open.
    with Path(folder, "output").open("w+b") as output, Path(folder, "request").open("w+", encoding="utf-8") as asked:
        asked.write(request)
        asked.seek(0)
        process = subprocess.Popen(
            [sys.executable, *flags, "-P", str(_SCRIPT)],
            stdin=asked,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            return f"it was not loaded within {timeout:g} s"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return _ending(code, output.read().decode(errors="replace").strip())


def _ending(code: int, output: str) -> str:
    if code < 0:
        names = {each.value: each.name for each in signal.Signals}
        how = f"the interpreter was ended by {names.get(-code, f'signal {-code}')}"
    else:
        how = f"it ended the interpreter with exit code {code}"
    last = output.rpartition("\n")[2].strip()[:_LAST_WORDS]
    return f"{how} while it was loaded" + (f"; the last line it wrote: {last}" if last else "")

"""One run from left to right, and resuming one."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError, ImbalearnError, NonFiniteError, RunFolderError, RunInterrupted
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.folder import RunFolder, default_folder
from imbalearn_torch.experiments.observer import LogObserver, Observer, log_file, logger
from imbalearn_torch.experiments.resolve import ResolvedRun, resolve_run
from imbalearn_torch.experiments.signals import stop_on_signals
from imbalearn_torch.plugin.registry import Registry, registry

__all__ = ["RunResult", "go_on", "read_result", "resume", "run", "start"]

Stop = Callable[[], int | None]


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Args:
        folder: The run folder.
        result: What its result.json holds.
    """

    folder: Path
    result: dict[str, Any]

    @property
    def metrics(self) -> dict[str, Any]:
        """`result["metrics"]`: `test`, `test_unadjusted` and `val`."""
        return self.result["metrics"]


def run(config: RunConfig, out: str | Path | None = None, observer: Observer | None = None) -> RunResult:
    """Do one run, as `imbalearn run` does.

    Args:
        config: What to do.
        out: The run folder; default: `runs/DATE-NAME`.
        observer: Told of every step and epoch.

    Raises:
        ConfigError: All problems of the configuration, together.
        DataError: The data are missing, unreadable or inconsistent.
        RunFolderError: The folder is in use or cannot be written.
        NonFiniteError: The loss or its gradient became NaN or infinite.
    """
    known = registry()
    return start(resolve_run(config, known), known, Path(out) if out is not None else None, observer or Observer())


def start(
    resolved: ResolvedRun, known: Registry, out: Path | None, observer: Observer, stop: Stop | None = None
) -> RunResult:
    """A run of a resolved configuration in a new folder, which is written before torch is imported.

    Args:
        resolved: What to do.
        known: Where its components are looked up.
        out: The run folder; None: `runs/DATE-NAME`.
        observer: Told of every step and epoch.
        stop: Asked after every step: a signal's number once the run shall stop; None: by signals to this process.
    """
    folder = RunFolder(out or default_folder(_short_name(resolved)))
    folder.create(resolved.asked.saved())
    try:
        return _execute(resolved, known, folder, observer, stop)
    except (NonFiniteError, RunInterrupted):
        raise  # what has been written tells why, or is gone on with
    except Exception:
        folder.discard_if_unused()
        raise
    finally:
        folder.release()


def resume(
    folder: str | Path,
    observer: Observer | None = None,
    files: Iterable[Path] = (),
    config: RunConfig | None = None,
) -> RunResult:
    """Go on with a run where its last checkpoint stands; a finished run is only read.

    Args:
        folder: The run folder.
        observer: Told of every step and epoch.
        files: Plugin files, which a configuration never names.
        config: As given to `run`, for a run with objects of your own, which no file can name.

    Raises:
        RunFolderError: It holds no run, or is in use.
        CheckpointError: Its checkpoints are damaged or belong to another run.
    """
    place, watcher = RunFolder(Path(folder)), observer or Observer()
    if not place.holds_run:
        raise RunFolderError(f"{folder} holds no run: there is no config.toml in it")
    if place.finished:
        watcher.on_message(f"the run in {folder} is finished")
        return RunResult(place.path, read_result(place.path))
    return go_on(place, registry(files), watcher, config)


def go_on(
    place: RunFolder, known: Registry, observer: Observer, config: RunConfig | None = None, stop: Stop | None = None
) -> RunResult:
    """What `resume` does with an unfinished run; the arguments are those of `start`."""
    if config is None:
        config = RunConfig(**config_from_toml(place.path / "config.toml"))
    resolved = resolve_run(config, known)
    place.acquire()
    try:
        return _execute(resolved, known, place, observer, stop)
    finally:
        place.release()


def read_result(folder: Path) -> dict[str, Any]:
    """The result.json of a finished run."""
    import json

    try:
        return json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder / 'result.json'} cannot be read: {error}") from error


def _short_name(resolved: ResolvedRun) -> str:
    """Loss, sampler and mix as they were asked for, without options and distribution."""
    words = [str(resolved.config.sampler), str(resolved.config.mix), str(resolved.config.loss)]
    return "-".join(word.partition(":")[0].rpartition("/")[2] if "/" in word else "own" for word in words)


def _execute(
    resolved: ResolvedRun, known: Registry, folder: RunFolder, observer: Observer, asked_to_stop: Stop | None
) -> RunResult:
    started = time.perf_counter()
    stopping = stop_on_signals() if asked_to_stop is None else contextlib.nullcontext(asked_to_stop)
    with log_file(folder.path / "log.txt"), stopping as stop:
        watcher = LogObserver(observer)
        # torch is imported here, after the folder and its config.toml exist.
        from imbalearn_torch.experiments.session import open_session

        session = open_session(resolved, known)
        folder.write_config(resolved.asked.saved() | session.machine())
        from imbalearn_torch.experiments.train import train

        plugins = [word for file in known.files for word in ("--plugin", str(file))]

        try:
            return RunResult(folder.path, train(session, folder, watcher, plugins=plugins, stop=stop, started=started))
        except RunInterrupted as error:
            command = shlex.join(["imbalearn", "resume", str(folder.path), *plugins])
            watcher.on_message(str(error))
            raise RunInterrupted(f"{error}; go on with: {command}", error.signal_number) from None
        except ImbalearnError as error:
            logger.error("%s", error)
            raise

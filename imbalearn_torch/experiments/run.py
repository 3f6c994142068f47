"""One run from left to right, and resuming one."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbalearn_torch.errors import (
    CheckpointError,
    ImbalearnError,
    MemoryLimitError,
    NonFiniteError,
    RunFolderError,
    RunInterrupted,
)
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.folder import RunFolder, default_folder
from imbalearn_torch.experiments.launched import (
    launched_folder,
    recorded_end,
    refuse_failed,
)
from imbalearn_torch.experiments.links import refuse_links
from imbalearn_torch.experiments.observer import LogObserver, Observer, log_file, logger
from imbalearn_torch.experiments.plugin_record import check_plugins, plugin_record
from imbalearn_torch.experiments.resolve import ResolvedRun, resolve_run
from imbalearn_torch.experiments.signals import StopRequest, stop_on_signals
from imbalearn_torch.experiments.stored_result import check_result
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.training.runtime import ALONE, Runtime

if TYPE_CHECKING:
    from imbalearn_torch.experiments.session import Session

__all__ = ["RunResult", "go_on", "read_result", "resume", "run", "start"]

Stop = Callable[[], int | None]


@dataclass(frozen=True)
class _How:
    """What every way to do a run needs.

    Args:
        known: Where components are looked up.
        observer: Told of every step and epoch.
        stop: Asked after every step; None: by signals to this process.
        runtime: The processes of the run.
    """

    known: Registry
    observer: Observer
    stop: Stop | None
    runtime: Runtime


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
        stop: Asked after every step: a signal's number once the run shall stop; None: by signals to this process. With
            it, the run is this process's alone.
    """
    runtime = Runtime.of_process() if stop is None else ALONE
    folder, how = RunFolder(out or default_folder(_short_name(resolved))), _How(known, observer, stop, runtime)

    def claim() -> tuple[Path, str]:
        nonlocal folder
        state = "new"
        if runtime.launch:
            folder, state = launched_folder(out, _short_name(resolved), runtime.launch, resolved, known)
        if state == "new":
            folder.create(resolved.asked.saved() | plugin_record(known))
        return folder.path, state

    with runtime.running(claim) as (path, state):
        folder = folder if runtime.is_main else RunFolder(path)
        if state == "finished":
            return _finished(folder, observer, runtime)
        with recorded_end(folder, runtime):
            if state == "begun":
                config = resolved.asked if resolved.asked.has_objects else None
                return _gone_on(folder, config, how)
            return _begun(resolved, folder, how)


def _begun(resolved: ResolvedRun, folder: RunFolder, how: _How) -> RunResult:
    try:
        return _execute(resolved, folder, how)
    except (NonFiniteError, RunInterrupted):
        raise  # what has been written tells why, or is gone on with
    except Exception:
        if how.runtime.is_main:
            folder.discard_if_unused()
        raise
    finally:
        folder.release()


def _finished(folder: RunFolder, observer: Observer, runtime: Runtime) -> RunResult:
    observer.on_message(f"the run in {folder.path} is finished")
    return RunResult(folder.path, runtime.on_main(lambda: read_result(folder.path)))


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
    place, watcher, runtime = RunFolder(Path(folder)), observer or Observer(), Runtime.of_process()
    with runtime.running(lambda: _looked_at(place, runtime)) as is_finished:
        if is_finished:
            return _finished(place, watcher, runtime)
        with recorded_end(place, runtime):
            return _gone_on(place, config, _How(registry(files), watcher, None, runtime))


def _looked_at(place: RunFolder, runtime: Runtime) -> bool:
    """Whether a run is finished."""
    if not place.holds_run:
        raise RunFolderError(f"{place.path} holds no run: there is no config.toml in it")
    refuse_links(place.path)
    if runtime.restarts and not place.finished:
        refuse_failed(place)
    return place.finished


def go_on(
    place: RunFolder, known: Registry, observer: Observer, config: RunConfig | None = None, stop: Stop | None = None
) -> RunResult:
    """What `resume` does with an unfinished run, in this process alone; the arguments are those of `start`."""
    return _gone_on(place, config, _How(known, observer, stop, ALONE))


def _gone_on(place: RunFolder, config: RunConfig | None, how: _How) -> RunResult:
    known, runtime = how.known, how.runtime
    runtime.on_main(lambda: check_plugins(place.path, known))
    if config is None:
        config = RunConfig(**runtime.on_main(lambda: config_from_toml(place.path / "config.toml")))
    resolved = resolve_run(config, known)
    runtime.on_main(place.acquire)
    try:
        # Another process may have ended it before the lock was ours.
        if runtime.on_main(lambda: place.finished):
            return _finished(place, how.observer, runtime)
        return _execute(resolved, place, how)
    finally:
        place.release()


def read_result(folder: Path) -> dict[str, Any]:
    """The result.json of a finished run."""
    import json

    try:
        stored = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        # The words alone: an OSError's own text names the file once more.
        cause = getattr(error, "strerror", None) or error
        raise CheckpointError(f"{folder / 'result.json'} cannot be read: {cause}") from error
    return check_result(folder / "result.json", stored)


def _short_name(resolved: ResolvedRun) -> str:
    """Loss, sampler and mix as they were asked for, without options and distribution."""
    words = [str(resolved.config.sampler), str(resolved.config.mix), str(resolved.config.loss)]
    return "-".join(word.partition(":")[0].rpartition("/")[2] if "/" in word else "own" for word in words)


def _execute(resolved: ResolvedRun, folder: RunFolder, how: _How) -> RunResult:
    started, runtime = time.perf_counter(), how.runtime
    request = StopRequest(at_once=True, quiet=not runtime.is_main)
    stopping = stop_on_signals(request) if how.stop is None else contextlib.nullcontext(how.stop)
    plugins = [word for file in how.known.files for word in ("--plugin", str(file))]
    logging = log_file(folder.path / "log.txt") if runtime.is_main else contextlib.nullcontext()
    with logging, stopping as stop:
        watcher = LogObserver(how.observer) if runtime.is_main else Observer()
        try:
            session = _opened(resolved, folder, how, request)
            from imbalearn_torch.experiments.train import train

            return RunResult(folder.path, train(session, folder, watcher, plugins=plugins, stop=stop, started=started))
        except RunInterrupted as error:
            command = shlex.join([*runtime.command, "resume", str(folder.path), *plugins])
            watcher.on_message(str(error))
            stopped = RunInterrupted(f"{error}; go on with: {command}", error.signal_number)
            stopped.is_said = not runtime.is_main
            raise stopped from None
        except ImbalearnError as error:
            # All processes of a run see the same loss.
            error.is_said = error.is_said or (isinstance(error, NonFiniteError) and not runtime.is_main)
            if runtime.is_main:
                logger.error("%s", error)
            raise
        except (MemoryError, RuntimeError, OSError) as error:
            from imbalearn_torch.training.memory_limit import lacks_memory

            if not lacks_memory(error):
                raise
            cause = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise MemoryLimitError(
                f"out of memory outside of the steps of training: {cause}; --loader stream holds no images in memory, "
                "--workers 0 and a smaller --backbone need less of it"
            ) from error


def _opened(resolved: ResolvedRun, folder: RunFolder, how: _How, request: StopRequest) -> Session:
    """The data and the components; a signal meanwhile stops at once, since nothing has been trained."""
    try:
        # torch is imported here, after the folder and its config.toml exist.
        from imbalearn_torch.experiments.readable import require_readable
        from imbalearn_torch.experiments.session import open_session

        with how.runtime.all_or_none():
            session = open_session(resolved, how.known, how.runtime)
            require_readable(session.data)
        if how.runtime.is_main:
            folder.write_config(resolved.asked.saved() | session.machine() | plugin_record(how.known))
        request.at_once = False  # in here as well, or a signal just now would be answered outside of this block
    except BaseException:
        if request.signal_number is None:
            raise
        raise RunInterrupted("stopped by a signal before the first step", request.signal_number) from None
    finally:
        request.at_once = False
    return session

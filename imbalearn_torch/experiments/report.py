"""Pages of runs that are finished: made again from their folders, without data and without torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import CheckpointError, OptionError, RunFolderError
from imbalearn_torch.experiments.comparison_folder import COMPARISON, LEADERBOARD
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.read_record import READ, read_record
from imbalearn_torch.experiments.stored_result import as_written
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.reporting.record import RunRecord

__all__ = [
    "comparison_record",
    "finished_record",
    "methods_of",
    "page_of_comparison",
    "page_of_run",
    "page_of_runs",
    "rewrite_comparison",
    "rewrite_page",
]

_PAGE, _BOARD = "report.html", "leaderboard.html"
_REPEAT = "the command of the comparison makes it again, and repeats no run that is finished"


def finished_record(folder: str | Path) -> RunRecord:
    """What the page of a run shows, after a look that its files are those that the run wrote.

    Raises:
        RunFolderError: It is no finished run.
        CheckpointError: A file is missing, or has changed.
    """
    run = FinishedRun(folder, registry(plugins=False))
    for name in READ:
        if name in run.digests or name != "mistakes.npz":
            run.intact(name)
    return read_record(run.place.path)


def page_of_run(folder: str | Path) -> str:
    """The page of one finished run; raises as `finished_record` does."""
    from imbalearn_torch.reporting.page import render_page
    from imbalearn_torch.reporting.run_figures import run_figures

    record = finished_record(folder)
    with as_written(Path(folder)):
        return render_page(record, run_figures(record))


def page_of_runs(
    methods: Mapping[str, Sequence[str | Path]],
    *,
    name: str,
    command: str | None = None,
    record: Mapping[str, Any] | None = None,
) -> str:
    """One page for several runs; raises as `finished_record` does.

    Args:
        methods: By name, the folders of the finished runs of each method; the first one is the reference.
        name: Of the page.
        command: Makes these runs again.
        record: What leaderboard.json of a comparison holds, for its table, its verdict and its warnings.

    Raises:
        OptionError: There is no run.
    """
    from imbalearn_torch.reporting.runs_page import render_runs

    records = {method: [finished_record(folder) for folder in folders] for method, folders in methods.items()}
    if record is None and not any(records.values()):
        raise OptionError("there is no run to report on")
    places = sorted({str(folder) for folders in methods.values() for folder in folders})
    with as_written(Path(places[0]) if len(places) == 1 else Path("one of the runs " + ", ".join(places[:3]))):
        return render_runs(records, name=name, command=command, record=record)


def page_of_comparison(folder: Path, record: Mapping[str, Any]) -> str:
    """The page of a comparison whose runs are finished or have failed; raises as `finished_record` does.

    Args:
        folder: Of the comparison.
        record: What its leaderboard.json holds.
    """
    return page_of_runs(
        methods_of(folder, record), name=folder.absolute().name, command=record["command"], record=record
    )


def methods_of(folder: Path, record: Mapping[str, Any]) -> dict[str, list[Path]]:
    """By name of a method of a comparison, the folders of its finished runs.

    Args:
        folder: Of the comparison; it may have been moved since.
        record: What its leaderboard.json holds.
    """
    methods = {}
    for row in record["rows"]:
        failed = {each["folder"] for each in row["failed"]}
        methods[row["name"]] = [folder / Path(each).name for each in row["folders"] if each not in failed]
    return methods


def comparison_record(folder: str | Path) -> dict[str, Any] | None:
    """What leaderboard.json of a comparison holds; None where the folder holds no comparison.

    Raises:
        RunFolderError: The comparison has not ended.
        CheckpointError: A file cannot be read.
    """
    asked, board = (Path(folder) / name for name in (COMPARISON, LEADERBOARD))
    if not asked.is_file():
        return None
    if not board.is_file():
        raise RunFolderError(
            f"the comparison in {folder} has not ended; go on with: {_read(asked, ['command'])['command']}"
        )
    record = _read(board, ["rows", "command", "warnings", "correction"])
    try:
        methods_of(Path(folder), record)
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{board} does not hold what a comparison writes: {error!r}; {_REPEAT}") from error
    return record


def _read(file: Path, keys: Sequence[str]) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return {**record, **{key: record[key] for key in keys}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{file} cannot be read ({error!r}); {_REPEAT}") from error


def rewrite_comparison(folder: str | Path, record: Mapping[str, Any]) -> Path:
    """Make leaderboard.html of a comparison again, in its place.

    Args:
        folder: Of the comparison.
        record: As `comparison_record` gives it.

    Returns:
        Its path.

    Raises:
        RunFolderError: It is in use; or a run in it is no longer there.
        CheckpointError: A file of a run is missing, or has changed.
        StorageError: The page cannot be written.
    """
    place = RunFolder(Path(folder))
    page = page_of_comparison(place.path, record)
    place.acquire()
    try:
        place.write_text(_BOARD, page)
    finally:
        place.release()
    return place.path / _BOARD


def rewrite_page(folder: str | Path) -> Path:
    """Make report.html of a finished run again, in its place; the manifest knows the new one.

    Returns:
        Its path.

    Raises:
        RunFolderError: It is no finished run, or is in use.
        StorageError: It cannot be written.
    """
    run = FinishedRun(folder, registry(plugins=False))
    content = page_of_run(folder).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    run.place.acquire()
    try:
        run.place.write_bytes(_PAGE, content)
        if run.digests.get(_PAGE) != digest:
            run.place.write_json("manifest.json", {"sha256": {**run.digests, _PAGE: digest}})
    finally:
        run.place.release()
    return run.place.path / _PAGE

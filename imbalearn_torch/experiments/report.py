"""Pages of runs that are finished: made again from their folders, without data and without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imbalearn_torch.errors import OptionError
from imbalearn_torch.experiments.finished_run import FinishedRun
from imbalearn_torch.experiments.read_record import READ, read_record
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.reporting.record import RunRecord

__all__ = ["finished_record", "page_of_comparison", "page_of_run", "page_of_runs", "rewrite_page"]

_PAGE = "report.html"


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
    return render_runs(records, name=name, command=command, record=record)


def page_of_comparison(record: Mapping[str, Any], *, name: str) -> str:
    """The page of a comparison whose runs are finished or have failed; raises as `finished_record` does.

    Args:
        record: What leaderboard.json holds.
        name: Of the comparison.
    """
    methods = {}
    for row in record["rows"]:
        failed = {each["folder"] for each in row["failed"]}
        methods[row["name"]] = [folder for folder in row["folders"] if folder not in failed]
    return page_of_runs(methods, name=name, command=record["command"], record=record)


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

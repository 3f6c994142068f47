"""`python -m benchmarks.studies [--only STUDY] [--jobs N] [--list] [--table]`."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.studies.code import use_commit
from benchmarks.studies.lanes import run_lanes
from benchmarks.studies.queue import QUEUE, Queue, QueuedRun, RunState, read_queue


@click.command()
@click.option("--only", multiple=True, metavar="STUDY", help="Only the runs of this study; may be repeated.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Lanes, one thread each.")
@click.option("--list", "as_list", is_flag=True, help="Show what is done, what is left and how long it takes; stop.")
@click.option("--table", is_flag=True, help="Only write the tables and figures from what is finished.")
@click.option("--queue", "file", type=click.Path(path_type=Path), default=QUEUE, help="Another queue, for a trial.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where its runs lie; nothing is then committed.")
def main(  # noqa: PLR0917 - click passes by name
    only: tuple[str, ...], jobs: int, as_list: bool, table: bool, file: Path, folder: Path | None
) -> None:
    """Make the missing runs of benchmarks/queue.toml, in order, and write benchmarks/results/studies."""
    queue = read_queue(file, folder.absolute()) if folder is not None else read_queue(file)
    runs = queue.of(*(each.lower() for each in only))
    if as_list:
        _list(queue, runs)
        return
    if not table:
        if queue.commit is not None:
            use_commit(queue.commit, runs[0].folder)
        run_lanes(queue, runs, jobs, lambda sentence: click.echo(sentence, err=True))
        _list(queue, runs)
    if folder is None:
        from benchmarks.studies.write import write_results

        for written in write_results(queue):
            click.echo(f"written: {written}")


def _list(queue: Queue, runs: list[QueuedRun]) -> None:
    states = {run.name: queue.state(run) for run in runs}
    for run in runs:
        click.echo(f"{states[run.name].value:<24}  {run.minutes:>4g} min  {run.name}")
    done = sum(state is RunState.DONE for state in states.values())
    left = sum(run.minutes for run in runs if states[run.name] in {RunState.MISSING, RunState.BEGUN})
    click.echo(f"{done} of {len(runs)} done; {left:g} minutes left on one core")


if __name__ == "__main__":
    main()

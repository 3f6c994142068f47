"""`imbalearn data check`: every image is read once and compared with all others."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import click

from imbalearn_torch.cli.config_options import once
from imbalearn_torch.cli.data.asked import data_options, resolved_data
from imbalearn_torch.errors import ConfigError

__all__ = ["command"]

_SHOWN = 10
_FAILED = 1


@click.command("check")
@data_options
@click.option(
    "--workers",
    multiple=True,
    callback=once,
    metavar="VALUE",
    help="Processes that decode; 0: none.  [default: all cores but one]",
)
def command(
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    as_json: bool,
    workers: str | None,
    **given: str | None,
) -> None:
    """Look for what is wrong with DATA: exit code 0 if nothing is, 1 if there are problems, 2 if it cannot be opened.

    Problems are labels that cannot be used, images that cannot be read or have another shape, the same picture (every
    pixel) in two parts, the same training picture with different labels, classes without an image in a part. Ten of
    each are printed, all are in --json. DATA is what `imbalearn run --data` takes.
    """
    processes = _number(workers)
    asked = resolved_data(given, plugin_files, no_plugins)
    if asked is None:
        return
    from imbalearn_torch.experiments.data_check import check_data

    with contextlib.redirect_stdout(sys.stderr):  # whatever a component prints
        found = check_data(asked[0], processes)
    if as_json:
        click.echo(json.dumps({"schema_version": 1, **found}, ensure_ascii=False, allow_nan=False, indent=1))
    else:
        _print(found)
    if found["problems"]:
        raise click.exceptions.Exit(_FAILED)


def _number(workers: str | None) -> int | None:
    if workers is None:
        return None
    if not workers.strip().isdecimal():
        raise ConfigError([f"option 'workers' expects an integer greater than or equal to 0, got {workers!r}"])
    return int(workers)


def _print(found: dict[str, Any]) -> None:
    from imbalearn_torch.experiments.data_check import KINDS
    from imbalearn_torch.reporting.labels import counted, printable

    for kind, title in KINDS.items():
        texts = [printable(problem["text"]) for problem in found["problems"] if problem["kind"] == kind]
        if not texts:
            continue
        click.echo(f"{title}: {len(texts)}")
        for text in texts[:_SHOWN]:
            click.echo(f"  - {text}")
        if len(texts) > _SHOWN:
            click.echo(f"  and {len(texts) - _SHOWN} more (all with --json)")
    if found["repeated"]:
        click.echo(f"note: {counted(found['repeated'], 'training image')} repeated with the same label")
    for warning in found["warnings"]:
        click.echo(f"note: {printable(warning)}")
    parts = ", ".join(f"{name} {sum(counts):,}" for name, counts in (found["counts"] or {}).items())
    verdict = counted(len(found["problems"]), "problem") if found["problems"] else "no problem found"
    click.echo(f"{verdict}; {found['images']:,} images looked at" + (f" ({parts})" if parts else ""))

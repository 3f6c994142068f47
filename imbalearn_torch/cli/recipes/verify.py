"""`imbalearn recipes verify NAME`: run a recipe, and say how its figure stands to the published one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from imbalearn_torch.cli.config_options import complete_recipe, config_options, config_values, once, plugin_options
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.experiments.recipes import Recipe, load_recipe
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.registry import Registry, registry

__all__ = ["command"]

_FAILED = 1
_STANDING = {
    "reached": "reaches what is published",
    "within": "is below what is published, by less than the interval of its test images",
    "below": "is below what is published, by more than the interval of its test images",
}


@click.command("verify")
@click.argument("recipe", metavar="NAME", shell_complete=complete_recipe)
@config_options
@click.option("--quick", is_flag=True, help="Two epochs, few images: whether it works. No verification.")
@click.option(
    "--run", "run_folder", multiple=True, callback=once, metavar="DIR", help="Judge a finished run; train nothing."
)
@click.option("--out", metavar="DIR", help="The run folder.  [default: runs/DATE-NAME]")
@plugin_options
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON on stdout.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0917 - click passes by name
    recipe: str,
    quick: bool,
    run_folder: str | None,
    out: str | None,
    plugin_files: tuple[str, ...],
    no_plugins: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Run the recipe NAME and say how its figure stands to the published one; options given beside it win.

    Exit code 1: the figure is below the published range by more than the 95 % interval of its test images, although
    everything was run as the recipe says. A run of fewer epochs, or with any other option that is not the recipe's, is
    shown beside the published figure, but verifies nothing, and exits with 0. A run that was interrupted is gone on
    with by `imbalearn resume DIR`, and judged by --run DIR.
    """
    from imbalearn_torch.experiments import verify

    known, found = registry(map(Path, plugin_files), plugins=not no_plugins), load_recipe(recipe)
    values = config_values(given, None, recipe)
    asked_imbalance = values.get("imbalance")
    if quick:
        values = verify.quick_values(values, {name for name, value in given.items() if value not in (None, ())})
    resolved = check_config(values, known) if run_folder is None else _finished(Path(run_folder), known)
    compared = resolved.config.imbalance if run_folder is not None else asked_imbalance
    references = verify.comparable(found, resolved.config, compared)
    differences = verify.protocol_differences(found, resolved.asked, known)
    folder, result = _made(resolved, known, out, quiet) if run_folder is None else _read(Path(run_folder))
    rows = verify.judged(references, result, folder)
    verifies = not (quick or differences)
    record = {
        "schema_version": 1,
        "recipe": found.name,
        "folder": str(folder),
        "data": str(resolved.config.data),
        "verifies": verifies,
        "quick": quick,
        "protocol": found.protocol,
        "differences": [{name: _text(value) for name, value in each.items()} for each in differences],
        "figures": rows,
    }
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1))
    else:
        _print(found, record)
    if verifies and any(row["standing"] == "below" for row in rows):
        raise click.exceptions.Exit(_FAILED)


def _finished(folder: Path, known: Registry) -> ResolvedRun:
    from imbalearn_torch.experiments.config import config_from_toml

    return check_config(config_from_toml(folder / "config.toml"), known)


def _read(folder: Path) -> tuple[Path, dict[str, Any]]:
    from imbalearn_torch.experiments.finished_run import FinishedRun

    return folder, FinishedRun(folder, registry(plugins=False)).result


def _made(resolved: ResolvedRun, known: Registry, out: str | None, quiet: bool) -> tuple[Path, dict[str, Any]]:
    from imbalearn_torch.cli.progress import watcher
    from imbalearn_torch.experiments.run import start

    with watcher(quiet) as observer:
        done = start(resolved, known, Path(out) if out else None, observer)
    return done.folder, done.result


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else "none" if value is None else str(value)


def _print(recipe: Recipe, record: dict[str, Any]) -> None:
    for row in record["figures"]:
        places = 4 if row["metric"] == "macro-F1" else 1
        ours, low, high = (f"{row[name]:.{places}f}" for name in ("ours", "low", "high"))
        published = " to ".join(str(each) for each in dict.fromkeys(row["published"]))
        click.echo(
            f"{row['metric']} on {row['data']} {row['imbalance']}: {ours} ({low} to {high}), published {published}"
        )
        note = f"; {row['note']}" if row["note"] else ""
        doubt = "" if row["checked"] else "; from memory, not checked against the source"
        click.echo(f"  published by: {row['source']}{note}{doubt}")
        click.echo(f"  {_STANDING[row['standing']]}")
    published_on = {row["data"] for row in record["figures"]}
    if parse_spec(record["data"]).name.rpartition("/")[2] not in published_on:
        click.echo(f"not checked: whether {record['data']} is {', '.join(sorted(published_on))}")
    if recipe.protocol:
        click.echo(f"protocol of what is published: {recipe.protocol}")
    for each in record["differences"]:
        click.echo(f"not as the recipe: {each['option']} {each['here']} instead of {each['recipe']}")
    if record["quick"]:
        click.echo("this was a quick look whether the recipe works, with few epochs and images: no verification")
    elif record["differences"]:
        click.echo("no verification, since not everything was as the recipe says")
    click.echo(f"folder: {record['folder']}")

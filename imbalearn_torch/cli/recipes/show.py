"""`imbalearn recipes show`: all that is known of one recipe, and the command that it stands for."""

from __future__ import annotations

import json
import shlex
import textwrap
from typing import Any

import click

from imbalearn_torch.cli.config_options import complete_recipe
from imbalearn_torch.cli.options_help import one_line
from imbalearn_torch.experiments.recipes import Recipe, Reference, load_recipe

__all__ = ["command"]

_WIDTH = 100


@click.command("show")
@click.argument("recipe", metavar="NAME", shell_complete=complete_recipe)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout.")
def command(recipe: str, as_json: bool) -> None:
    """Show the recipe NAME: source, protocol, reported figures, options, and the same as an `imbalearn run` command.

    NAME may also be the path of a TOML file of your own.
    """
    found = load_recipe(recipe)
    if as_json:
        record = {**found.model_dump(mode="json"), "command": _command(found.run)}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    click.echo("\n\n".join("\n".join(lines) for lines in _blocks(found)))


def _blocks(recipe: Recipe) -> list[list[str]]:
    blocks = [[f"recipe {recipe.name}", *_wrapped(recipe.title), *_wrapped(recipe.summary)]]
    if recipe.citation:
        blocks.append(["published in:", *_wrapped(str(recipe.citation))])
    if recipe.protocol:
        blocks.append(["protocol of the reported figures:", *_wrapped(recipe.protocol)])
    if recipe.reference:
        blocks.append(["reported:", *(line for each in recipe.reference for line in _reported(each))])
    if recipe.notes:
        notes = [line for note in recipe.notes for line in _point(note)]
        blocks.append(["what differs here, and what is not known:", *notes])
    width = max((len(name) for name in recipe.run), default=0)
    options = [f"  {name.ljust(width)}  {one_line(', '.join(_texts(value)))}" for name, value in recipe.run.items()]
    return [*blocks, ["options:", *options], [f"command: {one_line(_command(recipe.run))}"]]


def _reported(figure: Reference) -> list[str]:
    doubt = "" if figure.checked else "; from memory, not checked against the source"
    return _point(f"{figure}; {figure.source}{doubt}")


def _wrapped(text: str, first: str = "  ", other: str = "  ") -> list[str]:
    return textwrap.wrap(one_line(text), _WIDTH, initial_indent=first, subsequent_indent=other, break_on_hyphens=False)


def _point(text: str) -> list[str]:
    return _wrapped(text, "  - ", "    ")


def _command(run: dict[str, Any]) -> str:
    """The `imbalearn run` that does the same."""
    words = ["imbalearn", "run"]
    for name, value in run.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
            continue
        for each in _texts(value):
            words += [f"--{flag}", each]
    return shlex.join(words)


def _texts(value: Any) -> list[str]:
    """One text, or as many as the option is given times."""
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(each) for each in (value if isinstance(value, list) else [value])]

"""A lazy click group: names and help lines stand in a table, and only the command that is called is imported."""

from __future__ import annotations

import difflib
import importlib
import io
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from imbalearn_torch import __version__
from imbalearn_torch.cli.errors import errors_as_exit_codes

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["COMMANDS", "LazyGroup", "SuggestingGroup", "app"]

# name -> (module, which holds it as `command`; its line in `imbalearn --help`)
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("imbalearn_torch.cli.run", "Train once."),
    "resume": ("imbalearn_torch.cli.resume", "Go on with a run where it stopped."),
    "compare": ("imbalearn_torch.cli.compare", "Compare methods over seeds: intervals, paired differences."),
    "adjust": ("imbalearn_torch.cli.adjust", "Tune post-hoc methods on a finished run, in seconds."),
    "report": ("imbalearn_torch.cli.report", "Make the page of one run or of several again."),
    "recipes": ("imbalearn_torch.cli.recipes", "List, show, run and verify published settings."),
    "data": ("imbalearn_torch.cli.data", "Show and check data before training on them."),
    "plugins": ("imbalearn_torch.cli.plugins", "List, show, check and begin plugins."),
}


class SuggestingGroup(click.Group):
    """A group that names the nearest command when one is mistyped."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"commands: {', '.join(known)}"
            raise click.UsageError(f"No such command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(SuggestingGroup):
    """A group that imports a command's module when the command is asked for.

    Args:
        table: Each command's module and help line.
        arguments: As `click.Group` takes them.
    """

    def __init__(self, *, table: Mapping[str, tuple[str, str]], **arguments: Any) -> None:
        super().__init__(**arguments)
        self._table = dict(table)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        module, help_line = self._table[cmd_name]
        command: click.Command = importlib.import_module(module).command
        command.short_help = help_line
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in self._table.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=help_line)
            for name, (_, help_line) in self._table.items()
            if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        # A byte of a file name that is no text becomes an escape, on stdout as on stderr.
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")
        with errors_as_exit_codes():
            return super().invoke(ctx)


app = LazyGroup(
    name="imbalearn",
    table=COMMANDS,
    help="Imbalanced learning for PyTorch: samplers, mixing, losses, class weights and adjusters as plugins.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
click.version_option(__version__, prog_name="imbalearn", message="%(prog)s %(version)s")(app)

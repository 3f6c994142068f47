"""The command `imbalearn`. Importing this package costs nothing; a command's module is imported when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.lazy import lazy_exports

if TYPE_CHECKING:
    from imbalearn_torch.cli.group import app as app

__all__ = ["app", "main"]

__getattr__, __dir__ = lazy_exports(__name__, {"app": "imbalearn_torch.cli.group"})


def main() -> None:
    """Run the command with the arguments of this process, and exit."""
    from imbalearn_torch.cli.group import app

    app(prog_name="imbalearn")

"""The one place where an error becomes an exit code.

0 done; 1 an unexpected error, with its traceback, or a failed check; 2 bad input; 3 a loss or gradient that is not
finite; 4 a checkpoint that is damaged or of another run; 5 disk full or failing; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

import click

from imbalearn_torch.errors import ImbalearnError, StorageError

__all__ = ["errors_as_exit_codes"]

_STORAGE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
_INTERRUPTED = 130


@contextlib.contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Turn what a user can mend into `error: ...` lines and an exit code; leave click's own errors to click.

    Anything else passes, and Python shows its traceback and exits with 1.
    """
    try:
        yield
    except ImbalearnError as error:
        _leave("" if error.is_said else str(error) or type(error).__name__, error.exit_code)
    except KeyboardInterrupt:
        _leave("interrupted", _INTERRUPTED)
    except OSError as error:
        if error.errno not in _STORAGE:
            raise
        _leave(str(error), StorageError.exit_code)


def _leave(message: str, exit_code: int) -> None:
    for line in message.splitlines():
        click.echo(f"error: {line}", err=True)
    raise click.exceptions.Exit(exit_code) from None

"""The exception tree.

    ImbalearnError
    ├── OptionError (ValueError)          a value of an option cannot be used
    ├── ConfigError (ValueError)          one or more problems of a whole configuration, reported together
    ├── ComponentError (ValueError)       a component breaks the plugin contract
    ├── UnknownComponentError (LookupError)   no component of that name
    ├── PluginError (ValueError)          a plugin could not be loaded
    ├── DataError (ValueError)            data that is missing, unreadable or inconsistent
    │   └── UnreadableError               images that cannot be read, each with its reason
    ├── RunFolderError (ValueError)       the output folder is in use or cannot be written
    ├── NonFiniteError (ValueError)       a loss or gradient is NaN or infinite
    ├── MemoryLimitError (MemoryError)    the memory is not enough
    ├── CheckpointError (ValueError)      a checkpoint is damaged or belongs to another run
    ├── StorageError (OSError)            the disk is full or fails
    ├── PeerError (RuntimeError)          another process of the run has failed or is gone
    └── RunInterrupted                    a signal stopped the run; its checkpoint is written

The library raises these and nothing else for a user's mistake; only the command line turns them into exit codes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "CheckpointError",
    "ComponentError",
    "ConfigError",
    "DataError",
    "ImbalearnError",
    "MemoryLimitError",
    "NonFiniteError",
    "OptionError",
    "PeerError",
    "PluginError",
    "RunFolderError",
    "RunInterrupted",
    "StorageError",
    "UnknownComponentError",
    "UnreadableError",
]


class ImbalearnError(Exception):
    """The root of every error that this package raises on purpose."""

    exit_code = 2
    is_said = False  # by another process of the run: the command line shows it once


class OptionError(ImbalearnError, ValueError):
    """A value of an option cannot be used."""


class ConfigError(ImbalearnError, ValueError):
    """Several problems of one configuration, found together.

    Args:
        problems: One sentence a problem.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type, tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class ComponentError(ImbalearnError, ValueError):
    """A component breaks the plugin contract."""


class UnknownComponentError(ImbalearnError, LookupError):
    """No component of that name, or several."""


class PluginError(ImbalearnError, ValueError):
    """A plugin could not be loaded."""


class DataError(ImbalearnError, ValueError):
    """Data that is missing, unreadable or inconsistent."""


class UnreadableError(DataError):
    """Some images cannot be read; the message names ten of them.

    Args:
        what: `3 of 90 images in ./flowers cannot be read`.
        problems: One sentence for each of them.
        rest: The `Dataset` with all of them still in it, where there is one: decoding tells which they are.
    """

    def __init__(self, what: str, problems: Sequence[str], rest: object = None) -> None:
        self.what, self.problems, self.rest = what, tuple(problems), rest
        more = f"\n  and {len(self.problems) - 10} more" if len(self.problems) > 10 else ""
        listed = "\n  ".join(self.problems[:10])
        super().__init__(f"{what}:\n  {listed}{more}")

    def __reduce__(self) -> tuple[type, tuple[str, tuple[str, ...]]]:
        return type(self), (self.what, self.problems)


class RunFolderError(ImbalearnError, ValueError):
    """The output folder is in use or cannot be written."""


class NonFiniteError(ImbalearnError, ValueError):
    """A loss or gradient is NaN or infinite.

    Args:
        message: What happened.
        record: The step where it did, as failure.json has it; empty outside of training.
    """

    exit_code = 3

    def __init__(self, message: str, record: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.record = dict(record or {})

    def __reduce__(self) -> tuple[type, tuple[str, dict[str, Any]]]:
        return type(self), (str(self), self.record)


class MemoryLimitError(ImbalearnError, MemoryError):
    """The memory of the processor or of the accelerator is not enough."""


class CheckpointError(ImbalearnError, ValueError):
    """A checkpoint is damaged or belongs to another run."""

    exit_code = 4


class StorageError(ImbalearnError, OSError):
    """The disk is full or fails."""

    exit_code = 5


class PeerError(ImbalearnError, RuntimeError):
    """Another process of the run has failed or is gone; its own message says why."""

    exit_code = 1


class RunInterrupted(ImbalearnError):
    """A signal stopped the run; its checkpoint is written.

    Args:
        message: What happened and how to go on.
        signal_number: 2 for SIGINT, 15 for SIGTERM.
    """

    def __init__(self, message: str, signal_number: int = 2) -> None:
        super().__init__(message)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number

    def __reduce__(self) -> tuple[type, tuple[str, int]]:
        return type(self), (str(self), self.signal_number)

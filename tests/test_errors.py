"""The exception tree."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from imbalearn_torch import errors

EXIT_CODES = {
    "OptionError": 2,
    "ConfigError": 2,
    "ComponentError": 2,
    "UnknownComponentError": 2,
    "PluginError": 2,
    "DataError": 2,
    "RunFolderError": 2,
    "NonFiniteError": 3,
    "MemoryLimitError": 2,
    "CheckpointError": 4,
    "StorageError": 5,
}


@pytest.mark.parametrize("name", sorted(EXIT_CODES))
def test_exit_codes_are_those_of_the_command_line(name: str) -> None:
    error = getattr(errors, name)
    assert issubclass(error, errors.ImbalearnError)
    assert error.exit_code == EXIT_CODES[name]


@pytest.mark.parametrize(("number", "code"), [(2, 130), (15, 143)])
def test_a_signal_gives_the_shells_exit_code(number: int, code: int) -> None:
    error = errors.RunInterrupted("stopped", number)
    assert (error.exit_code, error.signal_number, str(error)) == (code, number, "stopped")


def test_each_is_also_the_builtin_that_callers_know() -> None:
    for name in EXIT_CODES:
        error = getattr(errors, name)
        others = {"UnknownComponentError": LookupError, "StorageError": OSError, "MemoryLimitError": MemoryError}
        builtin = others.get(name, ValueError)
        assert issubclass(error, builtin)


def test_every_class_is_exported_and_drawn_in_the_tree() -> None:
    defined = {
        name for name, value in vars(errors).items() if inspect.isclass(value) and value.__module__ == errors.__name__
    }
    assert defined == set(errors.__all__)
    assert all(name in str(errors.__doc__) for name in defined)


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_cross_processes(duplicate) -> None:
    for name in EXIT_CODES:
        if name != "ConfigError":
            assert str(duplicate(getattr(errors, name)("what happened"))) == "what happened"
    config = duplicate(errors.ConfigError(["first", "second"]))
    assert (config.problems, str(config)) == (("first", "second"), "first\nsecond")
    interrupted = duplicate(errors.RunInterrupted("stopped", 15))
    assert (str(interrupted), interrupted.signal_number, interrupted.exit_code) == ("stopped", 15, 143)

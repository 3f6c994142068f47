"""SIGINT and SIGTERM: the first asks the run to stop after its step, the second stops it at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["StopRequest", "stop_on_signals"]


class StopRequest:
    """Whether a signal has come, and which.

    Args:
        at_once: Stop where the process stands, by a KeyboardInterrupt whatever the signal, as long as this is true:
            there is nothing yet that could be lost.
        quiet: Say nothing: another process of the run does.
    """

    def __init__(self, at_once: bool = False, quiet: bool = False) -> None:
        self.at_once, self.quiet = at_once, quiet
        self.signal_number: int | None = None

    def __call__(self) -> int | None:
        return self.signal_number

    def handle(self, number: int, _frame: FrameType | None) -> None:
        again = self.signal_number is not None
        self.signal_number = number
        if self.at_once and not again:
            raise KeyboardInterrupt  # a component's SystemExit is taken for a fault of that component
        if again:
            # Raised, not killed by: the terminal is put back as it was.
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
        if self.quiet:
            return
        with contextlib.suppress(OSError):
            os.write(2, b"\nstopping after this step; once more to stop now\n")


@contextlib.contextmanager
def stop_on_signals(request: StopRequest | None = None) -> Iterator[StopRequest]:
    """Catch both signals while the block runs; in a thread other than the main one, catch none.

    Args:
        request: What handles them; default: a new one.
    """
    request = request or StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    previous = {number: signal.signal(number, request.handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)

"""A run that is asked to stop after so many steps."""

from __future__ import annotations

import signal

from imbalearn_torch.experiments.observer import Observer


class StopAt(Observer):
    """Sends this process a signal after a step.

    Args:
        step: How many steps from now.
        number: The signal.
    """

    def __init__(self, step: int, number: int = signal.SIGTERM) -> None:
        self._left, self._number = step, number

    def on_step(self, epoch: int, step: int, loss: float) -> None:
        self._left -= 1
        if self._left == 0:
            signal.raise_signal(self._number)

"""Loading: the time in which kernels are compiled, or read from the disk, is not that of the run which needs them first."""

from __future__ import annotations

import time
from typing import Protocol

from numba.core import event


class Clock(Protocol):
    """A clock that can be put back: ``ecosim.experiments.worker.Board``, or that of a value at which a world is led."""

    def delays(self, slot: int, seconds: float) -> None:
        """Let what a line stands for have begun some seconds later."""


class Loading(event.Listener):  # type: ignore[misc]  # numba is untyped
    """Stops the clock of a run as long as numba holds, or waits for, the lock under which it makes kernels.

    Where another process compiles the same kernel, a run waits for that under the lock as well.

    Args:
        clock: that is stopped.
        slot: its line of the run.

    Attributes:
        seconds: how long the clock has been stopped so far, in all.
    """

    def __init__(self, clock: Clock, slot: int) -> None:
        self.seconds = 0.0
        self._clock, self._slot, self._depth, self._began = clock, slot, 0, 0.0

    def begin(self) -> None:
        """Look on from now on."""
        event.register("numba:compiler_lock", self)

    def end(self) -> None:
        """Look on no more."""
        event.unregister("numba:compiler_lock", self)

    def on_start(self, event: object) -> None:
        """Stop the clock: a kernel calls others, which may have to be made as well."""
        if self._depth == 0:
            self._began = time.monotonic()
            self._clock.delays(self._slot, MOST_SECONDS)
        self._depth += 1

    def on_end(self, event: object) -> None:
        """Let the clock go on from where it was."""
        self._depth -= 1
        if self._depth == 0:
            seconds = time.monotonic() - self._began
            self._clock.delays(self._slot, seconds - MOST_SECONDS)
            self.seconds += seconds


MOST_SECONDS = 600.0
"""How long the clock may be stopped at a time, for a compiler that hangs must not hold up a sweep for ever."""

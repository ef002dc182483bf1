"""Loading: the time in which modules are imported, or kernels made or read, is not that of the run that is first to ask."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numba.core import event

if TYPE_CHECKING:
    from ecosim.experiments.worker import Board


class Loading(event.Listener):  # type: ignore[misc]  # numba is untyped
    """Stops the clock of a worker's run as long as Python imports a module for it, or numba makes a kernel.

    numba does so under a lock: where another process compiles the same kernel, a run waits for that under it as well. What
    other threads import or make, while the run goes on, is no time of its own and none that it waits.

    Args:
        board: on which the clock stands.
        slot: line of the worker.

    Attributes:
        seconds: how long the clock has been stopped so far, in all.
    """

    def __init__(self, board: Board, slot: int) -> None:
        self.seconds = 0.0
        self._board, self._slot, self._depth, self._began = board, slot, 0, 0.0

    def begin(self) -> None:
        """Look on from now on, at what this thread does."""
        self._thread = threading.get_ident()
        event.register("numba:compiler_lock", self)
        self._find_and_load = _IMPORTS._find_and_load
        _IMPORTS._find_and_load = _told(self._find_and_load, self)

    def end(self) -> None:
        """Look on no more."""
        event.unregister("numba:compiler_lock", self)
        _IMPORTS._find_and_load = self._find_and_load

    def on_start(self, event: object) -> None:
        """Stop the clock: a kernel calls others, and a module imports others, which may have to be made as well."""
        if threading.get_ident() != self._thread:
            return
        if self._depth == 0:
            self._began = time.monotonic()
            self._board.delays(self._slot, MOST_SECONDS)
        self._depth += 1

    def on_end(self, event: object) -> None:
        """Let the clock go on from where it was."""
        if threading.get_ident() != self._thread:
            return
        self._depth -= 1
        if self._depth == 0:
            seconds = time.monotonic() - self._began
            self._board.delays(self._slot, seconds - MOST_SECONDS)
            self.seconds += seconds


MOST_SECONDS = 600.0
"""How long the clock may be stopped at a time, for a compiler that hangs must not hold up a sweep for ever."""

_IMPORTS: Any = importlib._bootstrap
"""Every ``import`` of what has not been imported yet calls its ``_find_and_load``. Python tells of no other place that
hears both of the begin and of the end of an import, whatever loads the module and however that ends."""


def _told(find_and_load: Callable[..., Any], listener: Loading) -> Callable[..., Any]:
    def found_and_loaded(*words: Any) -> Any:
        listener.on_start(None)
        try:
            return find_and_load(*words)
        finally:
            listener.on_end(None)

    # Python leaves its own part of an import out of tracebacks, by the name of the file; and so this.
    theirs = find_and_load.__code__.co_filename
    found_and_loaded.__code__ = found_and_loaded.__code__.replace(co_filename=theirs)
    return found_and_loaded

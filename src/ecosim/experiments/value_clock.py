"""Value clock: ends this process where a world takes longer at a value than it may, though it hang in compiled code."""

from __future__ import annotations

import faulthandler
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End this process, with the place in the code on stderr, if the block takes longer.

    While something is imported, compiled or read for it, the clock stands still (``ecosim.experiments.loading``).

    Args:
        seconds: that it may take; 0 for no limit.
    """
    if not seconds:
        yield
        return
    from ecosim.experiments.loading import Loading

    clock = _ValueClock(seconds)
    loading = Loading(clock, 0)
    loading.begin()
    try:
        yield
    finally:
        loading.end()
        faulthandler.cancel_dump_traceback_later()


class _ValueClock:
    """The moment at which this process ends, which may be put off."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic()
        self.delays(0, seconds)

    def delays(self, slot: int, seconds: float) -> None:
        """Put the end off by some seconds; by fewer than none, bring it nearer again.

        Args:
            slot: of no account: there is one clock.
            seconds: how far.
        """
        self._end += seconds
        faulthandler.dump_traceback_later(max(self._end - time.monotonic(), 1e-3), exit=True)

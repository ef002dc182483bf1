"""Claims: of processes that need the same piece of work, one does it while the others wait for what it leaves."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 120.0
"""Seconds that a process waits for another: one that hangs keeps nobody from work for longer."""

_PAUSE = 0.005


class Claims:
    """Claims on pieces of work, held by processes against each other; those of a process that dies lapse.

    Each is a lock on one byte of a file, at a place that the name of the work decides: one file serves for all, and nothing
    is left to clear away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    def take(self, work: str) -> bool:
        """Claim a piece of work, and return whether somebody else had it until now, so that it may be done already.

        Waits for as long as another process holds it, two minutes at most: it is better done twice than never. Where there
        are no locks, nothing is claimed.
        """
        place, until, has_waited = _place(work), time.monotonic() + PATIENCE, False
        while True:
            try:
                if self._file < 0:
                    self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return has_waited
            except BlockingIOError:
                if time.monotonic() > until:
                    return has_waited
            except OSError:
                return has_waited
            has_waited = True
            time.sleep(_PAUSE)

    def give_back(self, work: str) -> None:
        """Let others have a piece of work; one that was never claimed is no matter."""
        if self._file >= 0:
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(work))


def _place(work: str) -> int:
    """Return a place in the file, of 2⁶²: that two pieces of work share one is out of the question, and would do no harm."""
    return int.from_bytes(hashlib.blake2b(work.encode(), digest_size=8).digest(), "big") >> 2

"""Dying: a process that ends, with all that it started, as soon as the one that started it has ended, however that died."""

from __future__ import annotations

import os
import select
import signal

MOST_FILES = 4096
"""Numbers of files that are open so early in a process are below."""


def end_with(line: int) -> None:
    """Let this process and its group be killed as soon as the other end of a line is closed, as by the other's death.

    A small process in the same group waits for that: it needs no turn of this one's interpreter, which may hang in a
    compiled function, and outlives this one, so that what a user's rule has started is found and killed as well.

    Args:
        line: file descriptor of a pipe or socket whose other end is held by whoever started this process, and by nobody
            else.
    """
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    if os.fork():
        return
    try:
        _close_all_but(line)
        waiting = select.poll()
        waiting.register(line, 0)  # nothing that is said there, only its end
        while not waiting.poll():
            continue
        os.killpg(0, signal.SIGKILL)
    finally:
        os._exit(1)


def _close_all_but(line: int) -> None:
    """Close all else: whoever reads what this process writes must not wait for another end than its own."""
    if line:  # closerange takes an empty range that begins with 0 for a full one
        os.closerange(0, line)
    os.closerange(line + 1, MOST_FILES)

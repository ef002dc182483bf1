"""Undisturbed: what a user's rule does to the process that runs it ends with the run, and reaches nothing after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def undisturbed() -> Iterator[None]:
    """Go back to the working folder at the end of the block, and let a child that was forked in it end there.

    Results would go elsewhere otherwise; and a child that comes out of the block would do once more whatever follows it,
    over the same lines and into the same files as its parent.
    """
    process, before = os.getpid(), ""
    with suppress(OSError):  # it has been removed
        before = os.getcwd()
    try:
        yield
    finally:
        if os.getpid() != process:
            os._exit(0)
        if before:
            with suppress(OSError):
                os.chdir(before)

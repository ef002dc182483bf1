"""Undisturbed: what a user's rule does to the process that runs it ends with the run, and reaches nothing after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn


@contextmanager
def undisturbed() -> Iterator[None]:
    """Go back to the working folder at the end of the block, open what is printed to again, and end a child forked in it.

    Results would go elsewhere otherwise, or be told to nobody; and a child that comes out of the block would do once more
    whatever follows it, over the same lines and into the same files as its parent.
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
        _open_again("stdout", 1)
        _open_again("stderr", 2)


def _open_again(name: str, number: int) -> None:
    """Open a stream that was closed: its file, which belongs to the process, Python has left open."""
    stream = getattr(sys, name)
    if stream is not None and stream.closed:
        with suppress(OSError):  # the file was closed as well
            setattr(sys, name, open(number, "w", encoding="utf-8", errors="replace", closefd=False))  # noqa: SIM115


@contextmanager
def not_ended() -> Iterator[None]:
    """Have ``os._exit`` raise SystemExit in this process as long as the block lasts, so that what calls it can be told of.

    It would end the process without a word, with an exit code of the rule's own, and leave what was begun lying about.
    Children that are forked meanwhile end by it as ever. What ends the process from outside Python cannot be held up.
    """
    process, end = os.getpid(), os._exit

    def told(status: int) -> NoReturn:
        if os.getpid() != process:
            end(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = told
    try:
        yield
    finally:
        os._exit = end

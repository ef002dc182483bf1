"""Stopping: whether somebody has asked for a stop, or a user's rule has only raised what looks like one."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopped(BaseException):
    """Raised in the middle of a run, or of waiting, in a process that is told to stop."""


@contextmanager
def noted() -> Iterator[Callable[[], bool]]:
    """Note, as long as the block lasts, whether Ctrl-C is pressed or this process told to end; both do what they did.

    Only signals count: a KeyboardInterrupt that code raises by itself is an error like any other. Where Python raises one in
    a callback of compiled code, such as the compiler's, it can only drop it; that is noted here, so it need not be told.

    Yields:
        What returns whether it has happened.
    """
    if threading.current_thread() is not threading.main_thread():  # signals arrive in the main thread alone
        yield lambda: False
        return
    happened = threading.Event()
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: handler for number, handler in found.items() if callable(handler)}

    def note(number: int, frame: Any) -> None:
        happened.set()
        before[signal.Signals(number)](number, frame)

    def dropped(what: Any) -> None:
        if not (happened.is_set() and issubclass(what.exc_type, KeyboardInterrupt)):
            tell(what)

    tell, sys.unraisablehook = sys.unraisablehook, dropped
    for number in before:
        signal.signal(number, note)
    try:
        yield happened.is_set
    finally:
        sys.unraisablehook = tell
        for number, handler in before.items():
            signal.signal(number, handler)

"""Ctrl-C in compiled code: a stop that arrives there is not lost, and not told as another error.

Python raises KeyboardInterrupt wherever it happens to be. Inside numba that becomes a SystemError or a RuntimeError, and
inside a callback of the compiler it is dropped. So it is noted as well.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """Raise KeyboardInterrupt at the end of the block, if not before, where Ctrl-C was pressed in it.

    Yields:
        What raises it at once, to be called now and then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    pressed = threading.Event()

    def note(number: int, frame: Any) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    def check() -> None:
        if pressed.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield check
        check()
    except Exception as error:
        if pressed.is_set():
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)

"""Ctrl-C in compiled code: a stop that arrives there is not lost, and not told as another error.

Python raises KeyboardInterrupt wherever it happens to be. Inside numba that becomes a SystemError or a RuntimeError, and
inside a callback of the compiler it is dropped. So it is noted as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ecosim.experiments.stopping import noted


class Heed:
    """Tells whether Ctrl-C was pressed; called, it raises KeyboardInterrupt if so."""

    def __init__(self, is_pressed: Callable[[], bool]) -> None:
        self.is_pressed = is_pressed

    def __call__(self) -> None:
        """Raise KeyboardInterrupt if it was."""
        if self.is_pressed():
            raise KeyboardInterrupt


@contextmanager
def heeded() -> Iterator[Heed]:
    """Raise KeyboardInterrupt at the end of the block, if not before, where Ctrl-C was pressed in it.

    Yields:
        What raises it at once, to be called now and then.
    """
    with noted() as is_pressed:
        check = Heed(is_pressed)
        try:
            yield check
            check()
        except Exception as error:
            if is_pressed():
                raise KeyboardInterrupt from error
            raise

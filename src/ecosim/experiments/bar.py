"""Bar: how much is done and the time left, where somebody looks: at a terminal, or in a notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecosim.experiments.work import Progress

SECONDS_BETWEEN = 0.1
"""How often a bar is drawn anew, at most."""


class Bar:
    """A bar with the time left, which comes with the first progress that it is told.

    Args:
        what: is counted, as it stands before the bar: ``runs``.
        is_shown: whether anybody is there to look at it.
        patience: seconds without a bar, for what may be done in a moment.
        has_count: whether numbers stand behind the bar, or only the note.
    """

    def __init__(self, what: str, is_shown: bool, *, patience: float = 0.0, has_count: bool = True) -> None:
        self.is_shown = is_shown
        self._what, self._has_count = what, has_count
        self._bar: Any = None
        self._task: Any = None
        self._next = time.monotonic() + patience

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, done: float, total: float, note: str = "") -> None:
        """Draw the bar anew, if it is time to.

        Args:
            done: how much is done.
            total: of how much.
            note: is told behind the bar.
        """
        if not self.is_shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN
        if self._bar is None:
            self._begin(total)
        self._bar.update(self._task, total=total, completed=done, note=note)

    def _begin(self, total: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        count = (MofNCompleteColumn(),) if self._has_count else ()
        columns = (
            TextColumn(self._what),
            BarColumn(),
            *count,
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._what, total=total, note="")
        self._bar.start()


@contextmanager
def looked_at(progress: Callable[[Progress], object] | None) -> Iterator[Callable[[Progress], object]]:
    """Lend what is told of progress: what the caller gave; else a bar, where somebody looks, which comes after a second.

    Args:
        progress: the caller's; None for the bar.
    """
    if progress is not None:
        yield progress
        return
    with Bar("runs", has_looker(), patience=1.0) as bar:
        yield lambda told: bar.advance(told.done, told.total, f"{told.failed:,} failed")


def has_looker() -> bool:
    """Return whether anybody sees a bar: standard error is a terminal, or this is a notebook."""
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())

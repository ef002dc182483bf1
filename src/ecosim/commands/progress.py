"""Progress on a terminal: how much is done, and the time left; and how many runs that are stopped are told of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ecosim.commands.ending import FAILED, STOPPED
from ecosim.commands.options import ManyRuns
from ecosim.commands.speech import say

if TYPE_CHECKING:
    from ecosim.experiments.sweep import Progress

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
def watched(order: ManyRuns, out: Path | None) -> Iterator[Callable[[Progress], None]]:
    """Show a bar while runs are made; where they are stopped, say how to go on, and end the command.

    Args:
        order: who is told.
        out: the folder with what is finished; None where it is kept nowhere.
    """
    from ecosim.errors import printable
    from ecosim.experiments.making import CannotGoOn

    with Bar("runs", order.shows_progress) as bar:
        goes_on = (
            "" if out is None else
            f"; what is finished is in {printable(out)}; the same command again goes on from there"
        )  # fmt: skip
        try:
            yield lambda progress: bar.advance(progress.done, progress.total, f"{progress.failed:,} failed")
        except KeyboardInterrupt:
            say(f"\nStopped{_counted(out)}{goes_on}.")
            raise typer.Exit(STOPPED) from None
        except CannotGoOn as error:
            say(f"Failed: {str(error).strip()}{goes_on}.")
            raise typer.Exit(FAILED) from None


def _counted(out: Path | None) -> str:
    """Return in words how many runs of a folder are finished, as far as it says so."""
    from ecosim.experiments.folder import MANIFEST

    if out is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            runs = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["runs"]
            return f": {runs['ok'] + runs['failed']:,} of {runs['all']:,} runs finished, {runs['failed']:,} failed"
    return ""

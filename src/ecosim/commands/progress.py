"""Progress of many runs, on a terminal: how many are done, the time left, and how many failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ecosim.experiments.sweep import Progress


class Bar:
    """A bar with the time left and the failures so far, on a terminal."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._bar: Any = None
        self._task: Any = None
        self._next = 0.0

    def __enter__(self) -> Callable[[Progress], None] | None:
        return self._advance if self._is_shown else None

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _advance(self, progress: Progress) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.1
        if self._bar is None:
            self._begin(progress.total)
        self._bar.update(
            self._task, total=progress.total, completed=progress.done, failed=f"{progress.failed:,} failed"
        )

    def _begin(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[failed]}"))
        self._bar = Bar(TextColumn("runs"), *columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("runs", total=total, failed="0 failed")
        self._bar.start()

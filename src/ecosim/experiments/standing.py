"""Standing: the folder of a search, and whoever makes its runs, kept from one batch to the next.

To start a process takes some seconds, for Python, libraries and compiled functions, and a batch of a search is often over
in less. Every process is told the plan of the next batch instead, and makes sure once more that its code is that with which
the search was begun. Whatever ends a batch before its time ends the processes, too, as it does for a sweep: they write what
they hold; and if this process is killed, they die with it.

The one table of all runs is made of all files of results. It is written when the search ends, however it ends: after every
batch, that would take longer and longer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.making import Makers
from ecosim.experiments.plan import Plan


class Standing:
    """What a search keeps; see :func:`standing`.

    Args:
        folder: of the search, held.
    """

    def __init__(self, folder: SweepFolder) -> None:
        self.folder = folder
        self._made: dict[int, Makers] = {}
        self._open = ExitStack()
        self._write: Callable[[bool], object] | None = None

    def has_processes(self) -> bool:
        """Return whether processes wait for more runs: then to start some is no reason any more to do without."""
        return any(self._made)

    @contextmanager
    def makers(self, plan: Plan, processes: int, new: AbstractContextManager[Makers]) -> Iterator[Makers]:
        """Lend whoever makes the runs of a batch, and keep them for the next.

        Args:
            plan: of the batch.
            processes: how many make its runs, 0 for this one alone: both may be needed in a search, by turns.
            new: begins them where there are none yet.
        """
        try:
            if processes in self._made:
                self._made[processes].take_up(plan.to_json())
            else:
                self._made[processes] = self._open.enter_context(new)
            yield self._made[processes]
        except BaseException:
            self._made.clear()
            self._open.__exit__(*sys.exc_info())
            raise

    def at_end(self, write: Callable[[bool], object]) -> None:
        """Have something written when the search ends, in place of what an earlier batch asked for.

        Args:
            write: is told whether the search ends before its time.
        """
        self._write = write

    def close(self, *, is_stopped: bool) -> None:
        """End the processes, and write what waits for that."""
        self._made.clear()
        self._open.close()
        if self._write is not None:
            self._write(is_stopped)


@contextmanager
def standing(folder: SweepFolder) -> Iterator[Standing]:
    """Lend what keeps a folder, and whoever makes runs in it, until the block ends."""
    kept, is_stopped = Standing(folder), True
    try:
        yield kept
        is_stopped = False
    finally:
        kept.close(is_stopped=is_stopped)

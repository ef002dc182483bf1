"""Verify: all cases asked for, each in a process of its own, as many at a time as there are cores."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ecosim.experiments.one_thread import one_thread_each
from ecosim.published.case import Cell, Effort
from ecosim.published.cases import SECONDS, find_case
from ecosim.published.verdict import Verdict, failed, hold
from ecosim.published.worker import from_line


class Verified(NamedTuple):
    """What a case came to.

    Attributes:
        name: of the case.
        cells: the numbers, in the order in which they came.
        verdicts: a row for each, and one more where the case failed.
        seconds: how long it took.
    """

    name: str
    cells: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]
    seconds: float


class Progress(NamedTuple):
    """How far it is: work done and work in all, in expected seconds; cases finished; numbers so far."""

    done: float
    total: float
    cases: int
    cells: int


def verify(
    names: Sequence[str],
    effort: Effort,
    *,
    workers: int | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> list[Verified]:
    """Compute all cells of these cases and hold each against its reference.

    Args:
        names: of the cases; each once.
        effort: how much work, and whose luck.
        workers: processes at a time; one for each core if None.
        progress: called some times a second with how far it is.

    Returns:
        What each case came to, in the order of the names; the same whatever the number of workers.

    Raises:
        InputError: if there is no such case, before any work.
    """
    for name in names:
        find_case(name)
    work = _Work(names, effort)
    longest_first = sorted(names, key=lambda name: -expected_seconds(name, effort))
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        futures = {name: pool.submit(work.do, name) for name in longest_first}
        try:
            while not all(future.done() for future in futures.values()):
                if progress is not None:
                    progress(work.progress())
                time.sleep(0.1)
        except BaseException:
            work.stop()
            pool.shutdown(cancel_futures=True)
            raise
    return [futures[name].result() for name in names]


def expected_seconds(name: str, effort: Effort) -> float:
    """Return about how long a case takes on one core, to say how far the work is; starting a process included."""
    quick, full = SECONDS.get(name, (5.0, 60.0))
    return 2.0 + (full if effort.full else quick)


class _Work:
    """The processes that are at work, and how far they are."""

    def __init__(self, names: Sequence[str], effort: Effort) -> None:
        self._effort = effort
        self._expected = {name: expected_seconds(name, effort) for name in names}
        self._began: dict[str, float] = {}
        self._ended: set[str] = set()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()
        self._is_stopping = False
        self._cells = 0

    def do(self, name: str) -> Verified:
        """Make one case."""
        self._began[name] = began = time.monotonic()
        cells: list[Cell] = []
        with tempfile.TemporaryFile("w+") as errors:
            with self._lock:
                if self._is_stopping:
                    return Verified(name, (), (), 0.0)
                process = self._processes[name] = subprocess.Popen(
                    self._command(name), stdout=subprocess.PIPE, stderr=errors, text=True, env=one_thread_each()
                )
            with process:
                for line in process.stdout or ():
                    cells.append(from_line(line))
                    self._cells += 1
            code = process.returncode
            errors.seek(0)
            why = errors.read().strip()
        self._ended.add(name)
        verdicts = [hold(name, cell) for cell in cells]
        if code != 0 or not cells:
            verdicts.append(failed(name, why.splitlines()[-1] if why else f"ended with exit code {code}"))
        return Verified(name, tuple(cells), tuple(verdicts), time.monotonic() - began)

    def stop(self) -> None:
        """End the processes that are at work, and begin no others."""
        with self._lock:
            self._is_stopping = True
            for process in self._processes.values():
                process.terminate()

    def progress(self) -> Progress:
        """Return how far the work is: a case at work counts by its time, but never as finished."""
        now = time.monotonic()
        done = sum(self._expected[name] for name in self._ended)
        for name in set(self._began) - self._ended:
            done += min(now - self._began[name], 0.95 * self._expected[name])
        return Progress(done, sum(self._expected.values()), len(self._ended), self._cells)

    def _command(self, name: str) -> list[str]:
        how = "full" if self._effort.full else "quick"
        return [sys.executable, "-m", "ecosim.published.worker", name, how, str(self._effort.seed)]

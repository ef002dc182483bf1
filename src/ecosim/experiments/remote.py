"""Remote: what a worker of a Dask cluster does with a batch of runs.

The runs are made by a process of ours under Dask's worker, the same as on one machine, so that a run that hangs, hoards
or crashes takes that process along and nothing else. What it wrote goes back as bytes: no file system need be shared.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecosim.experiments.crew import Crew
from ecosim.experiments.ids import as_words
from ecosim.experiments.making import Limits
from ecosim.experiments.running import Failure
from ecosim.experiments.shards import RUNS, SERIES, ids_there
from ecosim.experiments.surroundings import changes, surroundings

IDLE_SECONDS = 60.0
"""After so long without work a process ends, for its sweep may have been killed."""


@dataclass(frozen=True)
class Batch:
    """Runs that a worker is asked to make.

    Attributes:
        sweep: by which the worker knows the sweep again.
        run_ids: of the runs, by number.
        seconds: that a run may take; 0 for no limit.
        memory: bytes that a run may take; 0 for no limit; None for this thread's part of the worker's.
        surroundings: what code and libraries must be the same; see :func:`ecosim.experiments.surroundings.surroundings`.
        trust: packages whose rules and measures may be imported.
    """

    sweep: str
    run_ids: Mapping[int, str]
    seconds: float
    memory: int | None
    surroundings: Mapping[str, Any]
    trust: tuple[str, ...]


@dataclass
class Made:
    """What came of a batch.

    Attributes:
        files: name below the sweep's folder, and content; files of series before those of runs, which need them.
        done: numbers of the runs in these files.
        failures: of runs, by number.
        seconds: how long it took, without the start of a process.
        refused: how this worker's code and libraries differ; nothing was run then.
    """

    files: list[tuple[str, bytes]] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    failures: dict[int, Failure] = field(default_factory=dict)
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)


def make_batch(plan: str, batch: Batch) -> Made:
    """Make the runs of a batch; called by Dask in a thread of its worker.

    Args:
        plan: of the sweep, as JSON.
        batch: which of its runs.

    Raises:
        CannotGoOn: if this machine cannot make runs at all.
    """
    refused = changes(batch.surroundings, _here(batch.trust), ("here", "there"))
    if refused:
        return Made(refused=refused)
    hand = _take(plan, batch)
    if hand is None:
        return Made()
    try:
        made = hand.make(plan, batch)
    except BaseException:
        hand.close()
        raise
    _give_back(hand)
    return made


async def stop(sweep: str) -> None:
    """Have every batch of a sweep broken off on this worker, now and in future; what is finished is sent back."""
    _stopped.add(sweep)


async def forget(sweep: str) -> None:
    """End the processes that wait for more work of a sweep."""
    _stopped.add(sweep)
    with _lock:
        hands = [_idle.pop(k) for k in reversed(range(len(_idle))) if _idle[k].sweep == sweep]
    for hand in hands:
        threading.Thread(target=hand.close).start()  # Dask's own thread must not wait for it


class _BrokenOff(BaseException):
    """Raised in the middle of a batch when its sweep is stopped."""


class _Hand:
    """A process that makes runs of a sweep, with a folder of its own; and the listener to what becomes of them."""

    def __init__(self, plan: str, batch: Batch) -> None:
        self.sweep, self._plan = batch.sweep, plan
        self._folder = Path(tempfile.mkdtemp(prefix="ecosim-", dir=_scratch()))
        memory = _own_part() if batch.memory is None else batch.memory
        self._crew = Crew(plan, self._folder, 1, Limits(batch.seconds, memory), batch.surroundings)
        self._failures: dict[int, Failure] = {}
        self._clock: threading.Timer | None = None
        self._began = 0.0

    def make(self, plan: str, batch: Batch) -> Made:
        self._failures, self._began = {}, 0.0
        if plan != self._plan:
            self._plan = plan
            self._crew.take_up(plan)
        try:
            self._crew.make(batch.run_ids, batch.run_ids, self)
            done = [number for number in batch.run_ids if number not in self._failures]
        except _BrokenOff:
            self._crew.close()
            there = set(as_words(ids_there(self._folder)))
            done = [number for number, run_id in batch.run_ids.items() if run_id in there]
        return Made(self._files(), done, self._failures, time.monotonic() - (self._began or time.monotonic()))

    def finished(self, numbers: Sequence[int]) -> None:
        """Nothing to do: whatever is in the folder when the batch ends is sent back."""

    def failed(self, number: int, failure: Failure) -> None:
        self._failures[number] = failure

    def progress(self, done: int) -> None:
        if self.sweep in _stopped:
            raise _BrokenOff
        if not self._began and (done or self._crew.is_ready()):
            self._began = time.monotonic()

    def rest(self) -> None:
        """Wait for more, but not for ever."""
        self._clock = threading.Timer(IDLE_SECONDS, _let_go, [self])
        self._clock.daemon = True
        self._clock.start()

    def wake(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def close(self) -> None:
        self.wake()
        with suppress(ValueError, OSError):  # closed before
            self._crew.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _files(self) -> list[tuple[str, bytes]]:
        found = []
        for kind in (SERIES, RUNS):
            for path in sorted(self._folder.glob(f"{kind}/part-*")):
                found.append((f"{kind}/{path.name}", path.read_bytes()))
                path.unlink()
        return found


_lock = threading.Lock()
_idle: list[_Hand] = []
_stopped: set[str] = set()


def _take(plan: str, batch: Batch) -> _Hand | None:
    """Return a process for a batch, one that waits if there is one; None if the sweep is stopped."""
    if batch.sweep in _stopped:
        return None
    with _lock:
        for k, hand in enumerate(_idle):
            if hand.sweep == batch.sweep:
                hand.wake()
                return _idle.pop(k)
    return _Hand(plan, batch)


def _give_back(hand: _Hand) -> None:
    with _lock:
        is_over = hand.sweep in _stopped
        if not is_over:
            _idle.append(hand)
            hand.rest()
    if is_over:
        hand.close()


def _let_go(hand: _Hand) -> None:
    with _lock:
        if hand not in _idle:
            return
        _idle.remove(hand)
    hand.close()


@lru_cache(maxsize=8)
def _here(trust: tuple[str, ...]) -> dict[str, Any]:
    return surroundings(trust)


def _scratch() -> str:
    from distributed import get_worker

    return str(get_worker().local_directory)


def _own_part() -> int:
    """Return the memory (bytes) that a run may take: its thread's part of what Dask gave the worker."""
    from distributed import get_worker

    worker = get_worker()
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(0.9 * (worker.memory_manager.memory_limit or machine) / max(worker.state.nthreads, 1))

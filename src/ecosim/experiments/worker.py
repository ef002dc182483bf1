"""Worker: a process of its own that makes runs as it is told, writes them as shards, and dies with whoever started it.

It is a fresh interpreter, told everything over one connection: nothing is inherited, the caller's script is not run
again, and a worker that is killed holds no lock that others need.
"""

from __future__ import annotations

import faulthandler
import gc
import mmap
import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ecosim.errors import said
from ecosim.experiments.ceiling import Ceiling
from ecosim.experiments.dying import end_with
from ecosim.experiments.stopping import Stopped

if TYPE_CHECKING:
    from ecosim.experiments.running import Failure, Ran, Runner
    from ecosim.experiments.shards import Shard

RUNS_A_SHARD = 100
SECONDS_A_SHARD = 5.0
"""How much finished work may wait in memory: a worker that is killed loses no more, but where writing is slow."""

_WRITING, _LONGEST = 0.01, 20.0
"""Share of the time that writing may take, and how long (s) finished work then may wait at most."""

NO_RUN = -1


class Job(NamedTuple):
    """What a worker has to know before its first run.

    Attributes:
        plan: of the sweep, as JSON; later another may be ordered.
        folder: of the sweep.
        board: file on which it says what it does; see ``Board``.
        trace: file to which it writes where it was when it is aborted.
        slot: its line on the board.
        seconds: that a run may take; 0 for no limit.
        memory: bytes that a run may take beyond what the process has already; 0 for no limit.
        surroundings: code and libraries with which the sweep was begun; see ``ecosim.experiments.surroundings``.
    """

    plan: str
    folder: str
    board: str
    trace: str
    slot: int
    seconds: float
    memory: int
    surroundings: Mapping[str, Any]


class Board:
    """A small file in shared memory on which each worker says which run it is in, since when, and how far it is.

    A worker that dies cannot say any more what it died of: here it stands.

    Args:
        path: the file, of ``workers`` lines.
    """

    WIDTH = 3

    def __init__(self, path: str | Path) -> None:
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._cells = memoryview(self._map).cast("q")

    @classmethod
    def make(cls, path: Path, workers: int) -> Board:
        """Return a new board, on which nobody is in a run."""
        path.write_bytes(bytes(8 * cls.WIDTH * workers))
        board = cls(path)
        for slot in range(workers):
            board.clear(slot)
        return board

    def clear(self, slot: int) -> None:
        """Say that a worker is in no run and holds no results."""
        self.ends(slot)
        self.holds(slot, 0)

    def begins(self, slot: int, number: int) -> None:
        """Say which run a worker is in, from now on."""
        self._cells[slot * self.WIDTH + 1] = time.monotonic_ns()
        self._cells[slot * self.WIDTH] = number

    def delays(self, slot: int, seconds: float) -> None:
        """Let the run that a worker is in have begun some seconds later."""
        self._cells[slot * self.WIDTH + 1] += int(seconds * 1e9)

    def ends(self, slot: int) -> None:
        """Say that a worker is in no run."""
        self._cells[slot * self.WIDTH] = NO_RUN

    def holds(self, slot: int, runs: int) -> None:
        """Say how many finished runs wait to be written."""
        self._cells[slot * self.WIDTH + 2] = runs

    def run_of(self, slot: int) -> tuple[int, float]:
        """Return the run that a worker is in, and for how long (s), or a negative number; ``NO_RUN`` if in none."""
        number, since, _ = self._cells[slot * self.WIDTH : (slot + 1) * self.WIDTH]
        return number, (time.monotonic_ns() - since) / 1e9

    def held(self, slot: int) -> int:
        """Return how many finished runs of a worker wait to be written."""
        return self._cells[slot * self.WIDTH + 2]

    def close(self) -> None:
        """Let go of the file."""
        self._cells.release()
        self._map.close()


def main(connection_number: int) -> None:
    """Work until there is nothing more to do, or whoever gives the orders is gone.

    Args:
        connection_number: file descriptor over which orders come and answers go.
    """
    end_with(connection_number)
    connection = Connection(connection_number)
    try:
        _Worker(connection, Job(*connection.recv())).work()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # whoever gave the orders is gone


class _Unfit(Exception):
    """This process must make no runs: it has other code than the sweep was begun with, or cannot load it."""


class _Worker:
    def __init__(self, connection: Connection, job: Job) -> None:
        self._connection, self._job, self._slot, self._ceiling = connection, job, job.slot, Ceiling(job.memory)
        self._seconds, self._may_break_off, self._is_stopping = job.seconds, False, False
        self._has_loaded = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self._trace = open(job.trace, "w")  # noqa: SIM115  (open as long as the process lives)
        faulthandler.enable(self._trace)
        self._board = Board(job.board)
        self._prepare()
        gc.freeze()  # what is loaded by now stays: no need to look through it again and again
        self._since, self._patience = time.monotonic(), SECONDS_A_SHARD
        from numba.core.compiler_lock import global_compiler_lock

        from ecosim.experiments.loading import Loading

        self._loading = Loading(self._board, self._slot)
        self._loading.begin()
        self._is_compiling: Callable[[], bool] = global_compiler_lock.is_locked  # whether this very thread is in it
        connection.send(("ready",))

    def work(self) -> None:
        while not self._is_stopping:
            order, *details = self._order()
            if order == "end":
                break
            if order == "run":
                for number, run_id in details[0]:
                    if self._is_stopping:
                        break
                    self._make(number, run_id)
            if order == "save":
                self._save()
            if order == "plan":
                self._take_up(details[0])
            self._connection.send(("idle",))
        self._save()

    def _take_up(self, plan: str) -> None:
        from ecosim.results.provenance import source

        self._job = self._job._replace(plan=plan)
        source.cache_clear()  # it may be long since this process was started
        self._prepare()

    def _prepare(self) -> None:
        try:
            self._runner, self._shard = _prepared(self._job)
        except _Unfit as error:
            self._give_up(str(error))

    def _order(self) -> tuple[Any, ...]:
        try:
            self._may_break_off = True
            order: tuple[Any, ...] = ("end",) if self._is_stopping else self._connection.recv()
            self._may_break_off = False
        except Stopped:
            return ("end",)
        return order

    def _make(self, number: int, run_id: str) -> None:
        from ecosim.experiments.running import BrokenCode, Failure

        try:
            made = self._run(number)
        except BrokenCode as error:
            self._save()
            self._give_up(str(error))
        if made is None:
            return
        if isinstance(made, Failure):
            self._connection.send(("failed", number, tuple(self._ceiling.explained(made))))
            return
        if not self._shard.fits(made):
            self._save()
        if not len(self._shard):
            self._since = time.monotonic()
        self._shard.add(number, run_id, made)
        self._board.holds(self._slot, len(self._shard))
        if len(self._shard) >= RUNS_A_SHARD or time.monotonic() - self._since > self._patience:
            self._save()

    def _run(self, number: int) -> Ran | Failure | None:
        """Make a run; return why it failed if it took more than it may, though it came to its end; None if broken off."""
        is_first, self._has_loaded = not self._has_loaded, True
        made, seconds = self._tried(number)
        if is_first and (self._ceiling.is_exceeded() or 0 < self._seconds < seconds):
            # Whatever only a first run needs is neither memory nor time of its own.
            made, seconds = self._tried(number)
        if self._is_stopping or made is None:  # a user's rule may have caught what was to break its run off
            return None
        from ecosim.experiments.running import Ran, late

        if isinstance(made, Ran) and self._ceiling.is_exceeded():
            return self._ceiling.failure()
        if isinstance(made, Ran) and 0 < self._seconds < seconds:
            return late(f"finished only after {seconds:.2g} s", self._seconds)
        return made

    def _tried(self, number: int) -> tuple[Ran | Failure | None, float]:
        """Make a run, and return how long it took (s), without what was compiled or loaded for it."""
        began = time.monotonic() - self._loading.seconds
        self._board.begins(self._slot, number)
        try:
            with self._ceiling:
                try:
                    self._may_break_off = True
                    made = None if self._is_stopping else self._runner.run(number)
                finally:
                    self._may_break_off = False
        except Stopped:
            return None, 0.0
        finally:
            self._board.ends(self._slot)
        return made, time.monotonic() - self._loading.seconds - began

    def _save(self) -> None:
        began = time.monotonic()
        try:
            saved = self._shard.save()
        except OSError as error:
            self._give_up(error.strerror or str(error))
        self._board.holds(self._slot, 0)  # first: nobody shall count these runs twice
        self._connection.send(("saved", *saved))
        self._patience = min(max(SECONDS_A_SHARD, (time.monotonic() - began) / _WRITING), _LONGEST)

    def _give_up(self, why: str) -> NoReturn:
        self._connection.send(("cannot go on", why))
        raise SystemExit(1) from None

    def _stop(self, *_: object) -> None:
        self._is_stopping = True
        if not self._may_break_off:
            return
        self._may_break_off = False
        if self._is_compiling():  # whose callbacks would swallow what is raised, and print it
            try:
                self._ceiling.lift()
                self._save()
            finally:
                os._exit(0)
        raise Stopped


def _prepared(job: Job) -> tuple[Runner, Shard]:
    """Return what makes runs and what keeps them, ready for the first.

    Raises:
        _Unfit: if this process is not like the one that began the sweep.
    """
    try:
        prepared = _loaded(job)
    except Exception as error:
        why = f"a process cannot load what it needs ({type(error).__name__}: {said(error)})"
        raise _Unfit(_told(_others(job)) or why) from error
    if others := _others(job):  # only now: what has been changed while it was loaded is found as well
        raise _Unfit(_told(others))
    return prepared


def _loaded(job: Job) -> tuple[Runner, Shard]:
    # Only now: these take their time, and the worker can be stopped and dies with its parent already.
    import pyarrow.parquet

    from ecosim.experiments.plan import Plan
    from ecosim.experiments.running import Runner
    from ecosim.experiments.shards import Shard

    pyarrow.set_cpu_count(1)
    runner = Runner(Plan.from_json(job.plan))
    runner.warm_up()
    return runner, Shard(Path(job.folder), runner.plan.design)


def _others(job: Job) -> list[str]:
    """Return how this process's code and libraries differ from those with which the sweep was begun."""
    try:
        from ecosim.experiments.surroundings import changes, surroundings

        return changes(job.surroundings, surroundings(job.surroundings["trusted"]))
    except Exception as error:
        return [f"{type(error).__name__}: {said(error)}"]


def _told(others: list[str]) -> str:
    if not others:
        return ""
    return (
        f"code or libraries have changed since this sweep was begun ({'; '.join(others)}), and runs of both must not be "
        "mixed; allowed: to undo that change, or to start anew (a notebook, too) with another --out"
    )

"""Execute: worker processes, the runs they are in, and what happens when one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Protocol

from ecosim.experiments.plan import Plan
from ecosim.experiments.running import Failure, Runner
from ecosim.experiments.shards import Shard
from ecosim.experiments.worker import NO_RUN, RUNS_A_SHARD, SECONDS_A_SHARD, Board, Job

PATIENCE = 3.0
"""Seconds that a worker which is told to stop has for writing what it holds."""

RunIds = Sequence[str] | Mapping[int, str]
"""The id of each run, by its number."""

_LOOK = 0.2
_MOST_DEATHS = 3


class Listener(Protocol):
    """Whoever wants to hear what becomes of the runs."""

    def failed(self, number: int, failure: Failure) -> None:
        """Hear that a run failed."""

    def progress(self, done: int) -> None:
        """Hear how many runs of those asked for are finished, whichever way."""


@dataclass(frozen=True)
class Limits:
    """What a run may take.

    Attributes:
        seconds: of time; 0 for no limit. Compiling of what the first point needs does not count.
        memory: bytes beyond what an idle worker has; 0 for no limit.
    """

    seconds: float = 0.0
    memory: int = 0


class CannotGoOn(Exception):
    """The sweep cannot be continued now: the disk is full, or workers cannot start. What is written stays."""


class Makers(Protocol):
    """Whoever makes runs: this process, processes of its own, or a cluster."""

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        """Make runs and write them as shards; return when all are written or have failed.

        Args:
            numbers: of the runs to make.
            run_ids: of each of them, by number.
            listener: is told of failures and progress.

        Raises:
            KeyboardInterrupt: when stopped; what is finished is written, at the latest when the makers are closed.
            CannotGoOn: with the reason.
        """


@contextmanager
def makers(plan: Plan, folder: Path, workers: int, limits: Limits, *, one_first: bool = False) -> Iterator[Makers]:
    """Have runs made on this machine for as long as the block lasts.

    Args:
        plan: of the sweep.
        folder: of the sweep.
        workers: processes; 0 makes the runs in this process, where limits do not hold and a crash is a crash.
        limits: for each run, kept by the processes.
        one_first: whether the first process shall have compiled everything before others start.
    """
    if workers == 0:
        yield _Here(plan, folder)
        return
    crew = Crew(plan.to_json(), folder, workers, limits, one_first=one_first)
    try:
        yield crew
        crew.end()
    finally:
        crew.close()


def execute(
    plan: Plan, run_ids: RunIds, numbers: Iterable[int], folder: Path, workers: int, limits: Limits, listener: Listener
) -> None:
    """Make runs on this machine; arguments as for ``makers`` and ``Makers.make``."""
    with makers(plan, folder, workers, limits) as made:
        made.make(numbers, run_ids, listener)


class _Here:
    """Makes runs in this process."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._runner, self._shard = Runner(plan), Shard(folder, plan.design)

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        shard, since = self._shard, time.monotonic()
        try:
            for done, number in enumerate(numbers, start=1):
                made = self._runner.run(number)
                if isinstance(made, Failure):
                    listener.failed(number, made)
                else:
                    if not shard.fits(made):
                        shard.save()
                    shard.add(number, run_ids[number], made)
                if len(shard) >= RUNS_A_SHARD or time.monotonic() - since > SECONDS_A_SHARD:
                    shard.save()
                    since = time.monotonic()
                listener.progress(done)
        finally:
            try:
                shard.save()
            except OSError as error:
                raise CannotGoOn(error.strerror or str(error)) from error


@dataclass
class _Worker:
    """A process, as seen from outside.

    Attributes:
        pending: numbers of runs that it was given and that are neither written nor failed.
        late: the run for which it was killed, because it took too long.
    """

    slot: int
    process: subprocess.Popen[bytes]
    connection: Connection
    trace: Path
    pending: dict[int, None] = field(default_factory=dict)
    is_ready: bool = False
    is_busy: bool = True
    late: int = NO_RUN


class Crew:
    """Processes that make runs, kept from one call of ``make`` to the next.

    Args:
        plan: of the sweep, as JSON.
        folder: in which shards are written.
        size: most processes at a time.
        limits: for each run.
        one_first: whether the first process shall have compiled everything before others start.
    """

    def __init__(self, plan: str, folder: Path, size: int, limits: Limits, *, one_first: bool = False) -> None:
        self._plan, self._folder, self._limits = plan, folder, limits
        self._size, self._one_first = size, one_first
        self._board_file = folder / ".board"
        self._board = Board.make(self._board_file, size)
        self._workers: dict[int, _Worker] = {}
        self._queue: deque[int] = deque()
        self._alone: deque[int] = deque()
        self._suspects: set[int] = set()
        self._run_ids: RunIds = ()
        self._listener: Listener | None = None
        self._finished = self._deaths = 0
        self._began = time.monotonic()

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        """Make runs; see ``Makers``."""
        self._queue, self._run_ids, self._listener = deque(numbers), run_ids, listener
        self._finished, self._began = 0, time.monotonic()
        while self._is_work_left():
            self._start_workers(1 if self._one_first else self._size)
            self._listen()
            self._one_first = self._one_first and not self.is_ready()
            self._end_late_runs()
            self._hand_out()
            listener.progress(self._finished + sum(self._board.held(slot) for slot in self._workers))

    def is_ready(self) -> bool:
        """Return whether a process has started, and compiled what it needs."""
        return any(worker.is_ready for worker in self._workers.values())

    def end(self) -> None:
        """Tell the processes that no more runs will come."""
        for worker in self._workers.values():
            _send(worker, ("end",))

    def close(self) -> None:
        """Let the processes write what they hold, end them, and clear away what was needed for them."""
        try:
            self._stop()
        finally:
            self._board.close()
            for path in (self._board_file, *self._folder.glob(".trace-*")):
                path.unlink(missing_ok=True)

    def _is_work_left(self) -> bool:
        return bool(self._queue or self._alone or any(worker.pending for worker in self._workers.values()))

    # -- processes --------------------------------------------------------------------------------------------------

    def _start_workers(self, most: int) -> None:
        wanted = min(most, len(self._queue) + len(self._alone) + len(self._workers))
        for slot in range(self._size):
            if len(self._workers) < wanted and slot not in self._workers:
                self._workers[slot] = self._start(slot)

    def _start(self, slot: int) -> _Worker:
        ours, theirs = Pipe()
        trace = self._folder / f".trace-{slot}"
        self._board.clear(slot)
        words = f"import sys; sys.path[:] = {sys.path!r}; from ecosim.experiments.worker import main; "
        process = subprocess.Popen(
            [sys.executable, "-c", f"{words}main({theirs.fileno()})  # for process {os.getpid()}"],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=_stderr(),  # what a user's rule prints must not mix with results
            env=_environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for the coordinator alone
        )
        theirs.close()
        worker = _Worker(slot, process, ours, trace)
        job = Job(self._plan, str(self._folder), str(self._board_file), str(trace), slot, self._limits.memory)
        _send(worker, tuple(job))
        return worker

    def _end_late_runs(self) -> None:
        if not self._limits.seconds:
            return
        for worker in self._workers.values():
            number, seconds = self._board.run_of(worker.slot)
            if number == NO_RUN or seconds <= self._limits.seconds or worker.late != NO_RUN:
                continue
            worker.late = number
            worker.process.send_signal(signal.SIGABRT)  # it writes where it is, and ends
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(0.5)
            _kill(worker)

    # -- what workers say -------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Hear what workers say, and bury those that have died.

        The end of what a worker says is not enough to know it by: what a user's rule started may hold the line open.
        """
        heard = wait([worker.connection for worker in self._workers.values()], timeout=_LOOK)
        for worker in list(self._workers.values()):
            has_ended = worker.process.poll() is not None
            if has_ended:
                _kill(worker)
            elif worker.connection not in heard:
                continue
            try:
                while worker.connection.poll():
                    self._hear(worker, worker.connection.recv())
            except (EOFError, ConnectionResetError):
                has_ended = True
            if has_ended:
                self._bury(worker)

    def _hear(self, worker: _Worker, message: tuple[Any, ...]) -> None:
        kind, *details = message
        if kind == "ready":
            worker.is_ready, worker.is_busy = True, False
        elif kind == "idle":
            worker.is_busy = False
        elif kind == "saved":
            for number in details[0]:
                worker.pending.pop(number, None)
            self._finished += len(details[0])
            self._deaths = 0
        elif kind == "failed":
            number, failure = details
            self._fail(worker, number, Failure(*failure))
        elif kind == "cannot write":
            raise CannotGoOn(details[0])

    def _fail(self, worker: _Worker, number: int, failure: Failure) -> None:
        if number in worker.pending:
            del worker.pending[number]
            self._finished += 1
            if self._listener is not None:
                self._listener.failed(number, failure)

    def _bury(self, worker: _Worker) -> None:
        """See to the runs of a worker that died: one is to blame at most, the others are made again."""
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(PATIENCE)
        _kill(worker)
        code = worker.process.wait()
        worker.connection.close()
        del self._workers[worker.slot]
        number, seconds = self._board.run_of(worker.slot)
        trace = worker.trace.read_text(errors="replace") if worker.trace.exists() else ""
        self._board.clear(worker.slot)
        if number in worker.pending:
            if number == worker.late:
                told = f"not finished after {seconds:.1f} s; allowed: {self._limits.seconds:g} s (--timeout)"
                self._fail(worker, number, Failure("timeout", told, trace))
            elif number in self._suspects:
                self._fail(worker, number, Failure("killed", f"its process ended twice: {_ending(code)}", trace))
            else:  # perhaps somebody killed the process, and the run is innocent: once more, by itself
                self._suspects.add(number)
                del worker.pending[number]
                self._alone.append(number)
        else:
            self._deaths += 1
            if self._deaths >= _MOST_DEATHS:
                raise CannotGoOn(f"worker processes end before they run anything ({_ending(code)})\n{trace}".strip())
        self._queue.extendleft(reversed(worker.pending))

    # -- what workers are told --------------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        for worker in self._workers.values():
            if worker.is_busy or not worker.is_ready:
                continue
            if self._alone and not worker.pending:
                batch = [self._alone.popleft()]
            elif self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._batch_size(), len(self._queue)))]
            else:
                batch = []
            if batch:
                worker.pending.update(dict.fromkeys(batch))
                order: tuple[Any, ...] = ("run", [(number, self._run_ids[number]) for number in batch])
            elif worker.pending:
                order = ("save",)
            else:
                continue
            worker.is_busy = True
            _send(worker, order)

    def _batch_size(self) -> int:
        """Return how many runs to hand out at once: a quarter of a second's work, so that all are made about in order."""
        done = self._finished + sum(self._board.held(slot) for slot in self._workers)
        quick = int(0.25 * done / max(time.monotonic() - self._began, 1e-9) / self._size)
        return max(1, min(RUNS_A_SHARD, quick))

    def _stop(self) -> None:
        """Let every worker write what it holds and end; kill those that do not."""
        for worker in self._workers.values():
            if worker.process.poll() is None:
                worker.process.terminate() if worker.is_ready else _kill(worker)
        until = time.monotonic() + PATIENCE
        try:
            for worker in self._workers.values():
                self._last_words(worker, until)
        finally:
            for worker in self._workers.values():
                _kill(worker)
                worker.process.wait()
                worker.connection.close()

    def _last_words(self, worker: _Worker, until: float) -> None:
        try:
            while worker.connection.poll(max(0.0, until - time.monotonic())):
                message = worker.connection.recv()
                if message[0] != "cannot write":
                    self._hear(worker, message)
        except (EOFError, OSError):
            return


def _send(worker: _Worker, order: tuple[Any, ...]) -> None:
    try:
        worker.connection.send(order)
    except OSError:
        return  # it has died, which will be heard


def _kill(worker: _Worker) -> None:
    """Kill a worker and whatever was started in it: its session is its own."""
    with suppress(ProcessLookupError, PermissionError):  # all gone; or, on some systems, dead and not yet buried
        os.killpg(worker.process.pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"by the signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def _environment() -> dict[str, str]:
    """Return the environment of a worker: one thread each, for the processes share the machine already."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return {**os.environ, **one}


def _stderr() -> int | None:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # in a notebook it is no file
        return subprocess.DEVNULL

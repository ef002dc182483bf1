"""Crew: worker processes, the runs they are in, and what happens when one of them dies."""

from __future__ import annotations

import subprocess
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from ecosim.experiments.making import CannotGoOn, Limits, Listener, RunIds
from ecosim.experiments.running import Failure, late
from ecosim.experiments.shards import Saved
from ecosim.experiments.waiting import Waiting
from ecosim.experiments.worker import NO_RUN, RUNS_A_SHARD, Board, Job
from ecosim.experiments.worker_process import WorkerProcess
from ecosim.experiments.written import Written

PATIENCE = 3.0
"""Seconds that a worker which is told to stop has for writing what it holds."""

_LOOK = 0.2
_MOST_DEATHS = 3


class Crew:
    """Processes that make runs, kept from one call of ``make`` to the next.

    Args:
        plan: of the sweep, as JSON.
        folder: in which shards are written.
        size: most processes at a time.
        limits: for each run.
        surroundings: code and libraries that every process must have; see ``ecosim.experiments.surroundings``.
        one_first: whether the first process shall have compiled everything before others start.
    """

    def __init__(
        self,
        plan: str,
        folder: Path,
        size: int,
        limits: Limits,
        surroundings: Mapping[str, Any],
        *,
        one_first: bool = False,
    ) -> None:
        self._plan, self._limits, self._surroundings = plan, limits, dict(surroundings)
        self._folder = folder = folder.absolute()  # workers and their rules may be in another
        self._size, self._one_first = size, one_first
        self._written = Written(folder)
        self._board_file = folder / ".board"
        self._board = Board.make(self._board_file, size)
        self._workers: dict[int, WorkerProcess] = {}
        self._queue = Waiting()
        self._alone: deque[int] = deque()
        self._suspects: set[int] = set()
        self._run_ids: RunIds = ()
        self._listener: Listener | None = None
        self._finished = self._deaths = 0
        self._has_lost = False
        self._began = time.monotonic()

    def take_up(self, plan: str) -> None:
        """Go over to another plan; see ``Makers``. Each process makes sure again that it has the code it must have."""
        self._plan = plan
        self._suspects.clear()
        for worker in self._workers.values():
            worker.order("plan", plan)

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        """Make runs; see ``Makers``."""
        self._queue, self._run_ids, self._listener = Waiting(numbers), run_ids, listener
        self._finished, self._began, furthest = 0, time.monotonic(), 0
        while self._is_work_left():
            self._start_workers(1 if self._one_first else self._size)
            self._listen()
            self._one_first = self._one_first and not self.is_ready()
            self._end_late_runs()
            self._hand_out()
            held = sum(self._board.held(slot) for slot in self._workers)
            furthest = max(furthest, self._finished + held)  # runs are neither held nor told of for a moment
            listener.progress(furthest)
        if self._has_lost:  # perhaps between the two files of a shard; now nobody writes
            self._written.drop_halves()
            self._has_lost = False

    def is_ready(self) -> bool:
        """Return whether a process has started, and compiled what it needs."""
        return any(worker.is_ready for worker in self._workers.values())

    def end(self) -> None:
        """Tell the processes that no more runs will come."""
        for worker in self._workers.values():
            worker.order("end")

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

    def _start(self, slot: int) -> WorkerProcess:
        trace = self._folder / f".trace-{slot}"
        self._board.clear(slot)
        worker = WorkerProcess.start(slot, trace)
        board, limits = str(self._board_file), self._limits
        job = Job(
            self._plan, str(self._folder), board, str(trace), slot, limits.seconds, limits.memory, self._surroundings
        )
        worker.order(*job)
        return worker

    def _end_late_runs(self) -> None:
        if not self._limits.seconds:
            return
        for worker in self._workers.values():
            number, seconds = self._board.run_of(worker.slot)
            if number == NO_RUN or seconds <= self._limits.seconds or worker.late != NO_RUN:
                continue
            worker.late = number
            worker.abort(0.5)

    # -- what workers say -------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Hear what workers say, and bury those that have died.

        The end of what a worker says is not enough to know it by: what a user's rule started may hold the line open.
        """
        heard = wait([worker.connection for worker in self._workers.values()], timeout=_LOOK)
        for worker in list(self._workers.values()):
            has_ended = worker.process.poll() is not None
            if has_ended:
                worker.kill()
            elif worker.connection not in heard:
                continue
            try:
                while worker.connection.poll():
                    self._hear(worker, worker.connection.recv())
            except (EOFError, ConnectionResetError):
                has_ended = True
            if has_ended:
                self._bury(worker)

    def _hear(self, worker: WorkerProcess, message: tuple[Any, ...]) -> None:
        kind, *details = message
        if kind == "ready":
            worker.is_ready = True
            worker.unanswered -= 1
        elif kind == "idle":
            worker.unanswered -= 1
        elif kind == "saved":
            saved = Saved(*details)
            self._written.add(saved)
            self._take_in(worker, saved.numbers)
        elif kind == "failed":
            number, failure = details
            self._fail(worker, number, Failure(*failure))
        elif kind == "cannot go on":
            raise CannotGoOn(details[0])

    def _take_in(self, worker: WorkerProcess, numbers: Sequence[int]) -> None:
        """Note that runs of a worker are on disk."""
        if not numbers:
            return
        for number in numbers:
            worker.pending.pop(number, None)
        self._finished += len(numbers)
        self._deaths = 0
        if self._listener is not None:
            self._listener.finished(numbers)

    def _fail(self, worker: WorkerProcess, number: int, failure: Failure) -> None:
        if number in worker.pending:
            del worker.pending[number]
            self._finished += 1
            if self._listener is not None:
                self._listener.failed(number, failure)

    def _bury(self, worker: WorkerProcess) -> None:
        """See to the runs of a worker that died: one is to blame at most, the others are made again."""
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(PATIENCE)
        worker.kill()
        ending = worker.ended()
        worker.connection.close()
        del self._workers[worker.slot]
        self._has_lost = True
        self._take_in(worker, self._written.untold(worker.pending, self._run_ids))
        number, seconds = self._board.run_of(worker.slot)
        trace = worker.traced()
        self._board.clear(worker.slot)
        if number in worker.pending:
            if number == worker.late:
                failure = late(f"not finished after {seconds:.1f} s", self._limits.seconds)
                self._fail(worker, number, failure._replace(traceback=trace))
            elif number in self._suspects:
                self._fail(worker, number, Failure("killed", f"its process ended twice: {ending}", trace))
            else:  # perhaps somebody killed the process, and the run is innocent: once more, by itself
                self._suspects.add(number)
                del worker.pending[number]
                self._alone.append(number)
        else:
            self._deaths += 1
            if self._deaths >= _MOST_DEATHS:
                raise CannotGoOn(f"worker processes end before they run anything ({ending})\n{trace}".strip())
        self._queue.put_back(worker.pending)

    # -- what workers are told --------------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        size = self._batch_size()
        # A second batch lies ready while the first is made, where runs are quick and there is enough for everyone.
        ahead = 2 if size > 1 and len(self._queue) > 2 * size * self._size else 1
        for worker in self._workers.values():
            while worker.is_ready and worker.unanswered < ahead:
                is_by_itself = worker.unanswered > 0 and not self._suspects.isdisjoint(worker.pending)
                if is_by_itself or not self._give(worker, size):
                    break

    def _give(self, worker: WorkerProcess, size: int) -> bool:
        """Give a worker the next runs, or have it write what it holds; return whether there was anything to do."""
        batch: list[int] = []
        if self._alone and not worker.pending:
            batch = [self._alone.popleft()]
        elif self._queue:
            batch = self._queue.take(size)
        if batch:
            worker.pending.update(dict.fromkeys(batch))
            worker.order("run", [(number, self._run_ids[number]) for number in batch])
        elif worker.pending and not worker.unanswered:
            worker.order("save")
        else:
            return False
        return True

    def _batch_size(self) -> int:
        """Return how many runs to hand out at once: a quarter of a second's work, so that all are made about in order."""
        done = self._finished + sum(self._board.held(slot) for slot in self._workers)
        quick = int(0.25 * done / max(time.monotonic() - self._began, 1e-9) / self._size)
        return max(1, min(RUNS_A_SHARD, quick))

    def _stop(self) -> None:
        """Let every worker write what it holds and end; kill those that do not."""
        for worker in self._workers.values():
            if worker.process.poll() is None:
                worker.process.terminate() if worker.is_ready else worker.kill()
        until = time.monotonic() + PATIENCE
        try:
            for worker in self._workers.values():
                self._last_words(worker, until)
        finally:
            for worker in self._workers.values():
                worker.kill()
                worker.process.wait()
                worker.connection.close()
        for worker in self._workers.values():  # some were killed while they wrote
            self._take_in(worker, self._written.untold(worker.pending, self._run_ids))
        self._written.drop_halves()

    def _last_words(self, worker: WorkerProcess, until: float) -> None:
        try:
            while worker.connection.poll(max(0.0, until - time.monotonic())):
                message = worker.connection.recv()
                if message[0] != "cannot go on":
                    self._hear(worker, message)
        except (EOFError, OSError):
            return

"""Cluster: runs made by the workers of a Dask scheduler, and written here; whatever workers die.

Workers send back the very files that processes of this machine would have written, in batches of which few are under way
at a time, so that this process needs no more memory for a million runs than for a thousand.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Iterable
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ecosim.experiments import remote
from ecosim.experiments.making import CannotGoOn, Listener, RunIds
from ecosim.experiments.plan import Plan
from ecosim.experiments.running import Failure
from ecosim.experiments.schedulers import Connection
from ecosim.experiments.shards import keep
from ecosim.experiments.surroundings import surroundings
from ecosim.experiments.waiting import Waiting
from ecosim.experiments.worker import RUNS_A_SHARD, SECONDS_A_SHARD

MOST_DEATHS = 3
"""A run during which so many workers have died, each time, is to blame for it."""

_LOOK = 0.2
_COUNT_EVERY = 2.0
_GATHER_SECONDS = 30.0
_PATIENCE = 2.0
"""Seconds that workers have for sending what is finished when the sweep is stopped; taking leave of Dask needs another."""


class OnCluster:
    """Makes the runs of a plan on the workers of a scheduler.

    Args:
        connection: to the scheduler.
        plan: of the sweep.
        folder: of the sweep, on this machine.
        seconds: that a run may take; 0 for no limit.
        memory: bytes that a run may take; 0 for no limit; None for its thread's part of its worker's.
    """

    def __init__(self, connection: Connection, plan: Plan, folder: Path, seconds: float, memory: int | None) -> None:
        self._client, self._folder, self._seconds, self._memory = connection.client, folder, seconds, memory
        self._trust, self._surroundings = plan.trust, surroundings(plan.trust)
        self._plans = self._batches = 0
        self._sweep = uuid.uuid4().hex
        self._plan = self._sent(plan.to_json())
        self._expected = self._slots = max(connection.expected, 1)
        self._counted = 0.0
        self._flying: dict[Any, dict[int, str]] = {}
        self._landed: SimpleQueue[Any] = SimpleQueue()
        self._queue = Waiting()
        self._alone: deque[int] = deque()
        self._is_one_alone = False
        self._deaths: dict[int, int] = {}
        self._run_ids: RunIds = ()
        self._finished = 0
        self._seconds_a_run = 0.5

    def take_up(self, plan: str) -> None:
        """Go over to another plan; see :class:`ecosim.experiments.making.Makers`."""
        self._plan.release()
        self._plan = self._sent(plan)
        self._deaths.clear()

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        """Make runs; see :class:`ecosim.experiments.making.Makers`."""
        self._queue, self._run_ids, self._finished = Waiting(numbers), run_ids, 0
        self._is_one_alone = False
        try:
            while self._queue or self._alone or self._flying:
                self._count_slots()
                self._hand_out()
                self._collect(listener, _LOOK)
                listener.progress(self._finished)
        except KeyboardInterrupt:
            self._break_off(listener)
            raise
        finally:
            for future in self._flying:
                future.cancel()
            self._flying.clear()

    def close(self) -> None:
        """Let the workers end what they started for this sweep."""
        self._plan.release()
        if self._client.status == "running":
            with suppress(Exception):  # whoever is gone has ended it already
                self._client.run(remote.forget, self._sweep, wait=False, on_error="ignore")

    # -- what workers are told --------------------------------------------------------------------------------------

    def _sent(self, plan: str) -> Any:
        self._plans += 1
        return self._client.submit(str, plan, key=f"plan-{self._sweep}-{self._plans}")

    def _count_slots(self) -> None:
        if time.monotonic() - self._counted > _COUNT_EVERY:
            with suppress(Exception):  # a scheduler that does not answer is noticed elsewhere
                self._slots = max(sum(self._client.nthreads().values()), self._expected)
            self._counted = time.monotonic()

    def _hand_out(self) -> None:
        """Keep two batches under way for each thread: one at work, one that waits for it.

        Dask blames everything that a worker held when it died. So while it is sought which run ends workers, one run at a
        time is under way, and nothing else.
        """
        if not self._flying:
            self._is_one_alone = bool(self._alone)
            if self._is_one_alone:
                self._submit([self._alone.popleft()])
        while self._queue and not (self._alone or self._is_one_alone) and len(self._flying) < 2 * self._slots:
            self._submit(self._queue.take(self._batch_size()))

    def _submit(self, numbers: Iterable[int]) -> None:
        run_ids = {number: self._run_ids[number] for number in numbers}
        batch = remote.Batch(self._sweep, run_ids, self._seconds, self._memory, self._surroundings, self._trust)
        self._batches += 1
        key = f"runs-{self._sweep}-{self._batches}"
        future = self._client.submit(remote.make_batch, self._plan, batch, key=key)
        self._flying[future] = run_ids
        future.add_done_callback(self._landed.put)

    def _batch_size(self) -> int:
        """Return how many runs to hand out at once: few towards the end, unless they are over in no time."""
        fair = len(self._queue) // (2 * self._slots)
        most, quick = SECONDS_A_SHARD / self._seconds_a_run, 0.25 / self._seconds_a_run
        return int(max(1, min(RUNS_A_SHARD, most, max(fair, quick))))

    # -- what workers say -------------------------------------------------------------------------------------------

    def _collect(self, listener: Listener, seconds: float, longest: float = _GATHER_SECONDS) -> None:
        try:
            future = self._landed.get(timeout=seconds)
        except Empty:
            if self._client.status in ("closing", "closed"):
                raise CannotGoOn("the scheduler is gone") from None
            return
        run_ids = self._flying.get(future)
        if run_ids is None:
            return
        try:
            made = future.result(timeout=longest)
        except TimeoutError:  # the worker died between its last word and our asking: Dask has it done again
            future.add_done_callback(self._landed.put)
            return
        except CannotGoOn:
            raise
        except Exception as error:
            del self._flying[future]
            self._fallen(run_ids, error, listener)
            return
        del self._flying[future]
        self._take(run_ids, made, listener)

    def _take(self, run_ids: dict[int, str], made: remote.Made, listener: Listener) -> None:
        if made.refused:
            raise CannotGoOn("a worker has other code or libraries than this process:\n" + "\n".join(made.refused))
        try:
            for name, content in made.files:
                keep(self._folder, name, content)
        except OSError as error:
            raise CannotGoOn(error.strerror or str(error)) from error
        except ValueError as error:
            raise CannotGoOn(str(error)) from error
        listener.finished(made.done)
        for number, failure in made.failures.items():
            listener.failed(number, failure)
        self._finished += len(made.done) + len(made.failures)
        if made.done:
            latest = made.seconds / (len(made.done) + len(made.failures))
            self._seconds_a_run = max(1e-5, 0.5 * (self._seconds_a_run + latest))

    def _fallen(self, run_ids: dict[int, str], error: Exception, listener: Listener) -> None:
        """See to a batch whose workers died: its runs are made again one by one, and the one to blame is found."""
        from distributed import KilledWorker

        if isinstance(error, CancelledError):
            raise CannotGoOn("the scheduler is gone") from error
        if not isinstance(error, KilledWorker):
            told = str(error) or type(error).__name__
            raise CannotGoOn(f"the cluster cannot make runs: {type(error).__name__}: {told}") from error
        if not self._is_one_alone:
            self._alone.extend(run_ids)
            return
        (number,) = run_ids
        self._deaths[number] = self._deaths.get(number, 0) + error.allowed_failures + 1
        if self._deaths[number] < MOST_DEATHS:
            self._alone.append(number)
            return
        self._finished += 1
        listener.failed(number, Failure("killed", f"{self._deaths[number]} workers of the cluster ended in this run"))

    def _break_off(self, listener: Listener) -> None:
        """Take in what is finished by now; the rest is left."""
        until = time.monotonic() + _PATIENCE
        self._queue = Waiting()
        self._alone.clear()
        with suppress(Exception):
            self._client.run(remote.stop, self._sweep, wait=False, on_error="ignore")
        while self._flying and time.monotonic() < until:
            with suppress(CannotGoOn):
                self._collect(listener, _LOOK, longest=max(until - time.monotonic(), 0.0))

"""Execute: the runs of a plan made on this machine, in processes of their own or in this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ecosim.experiments.crew import Crew
from ecosim.experiments.making import CannotGoOn, Limits, Listener, Makers, RunIds
from ecosim.experiments.plan import Plan
from ecosim.experiments.running import BrokenCode, Failure, Runner
from ecosim.experiments.shards import Shard
from ecosim.experiments.stopping import noted
from ecosim.experiments.surroundings import surroundings
from ecosim.experiments.worker import RUNS_A_SHARD, SECONDS_A_SHARD


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
        with noted() as is_stopped:
            yield _Here(plan, folder, is_stopped)
        return
    crew = Crew(plan.to_json(), folder, workers, limits, surroundings(plan.trust), one_first=one_first)
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

    def __init__(self, plan: Plan, folder: Path, is_stopped: Callable[[], bool]) -> None:
        self._folder, self._is_stopped = folder, is_stopped
        self._runner, self._shard = Runner(plan, is_stopped), Shard(folder, plan.design)

    def take_up(self, plan: str) -> None:
        now = Plan.from_json(plan)
        self._runner, self._shard = Runner(now, self._is_stopped), Shard(self._folder, now.design)

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        shard, since = self._shard, time.monotonic()
        try:
            for done, number in enumerate(map(int, numbers), start=1):
                made = self._runner.run(number)
                if isinstance(made, Failure):
                    listener.failed(number, made)
                else:
                    if not shard.fits(made):
                        listener.finished(shard.save().numbers)
                    shard.add(number, run_ids[number], made)
                if len(shard) >= RUNS_A_SHARD or time.monotonic() - since > SECONDS_A_SHARD:
                    listener.finished(shard.save().numbers)
                    since = time.monotonic()
                listener.progress(done)
        except BrokenCode as error:
            raise CannotGoOn(str(error)) from error
        finally:
            try:
                listener.finished(shard.save().numbers)
            except OSError as error:
                raise CannotGoOn(error.strerror or str(error)) from error

"""Sweep: one scenario with many values of its parameters, several runs each, over all cores; resumed and extended."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ecosim.errors import InputError
from ecosim.experiments.execute import CannotGoOn, Limits, makers
from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.plan import Plan, Runs, plan_of
from ecosim.experiments.running import Failure
from ecosim.experiments.shards import DESIGN, ids_there, look_through, read_runs, save_failed
from ecosim.results.store import write_table
from ecosim.scenario_file import shown
from ecosim.settings import Settings
from ecosim.sizes import bytes_in_words, seconds_in_words
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd

MANY_POINTS = 2000
MANY_RUNS = 10**6
MANY_SECONDS = 12 * 3600.0
MANY_BYTES = 2e10
SECONDS_A_RUN = 3600.0
"""How long a run may take where nothing else is said."""

SECONDS_A_PROCESS = 2.5
"""Rough processor time that a process takes until its first run: Python, libraries, compiled functions from the cache."""

_BYTES_A_VALUE = 6.0


class Progress(NamedTuple):
    """How far a sweep is: runs asked for, finished (failed ones among them), failed."""

    total: int
    done: int
    failed: int


class Outcome(NamedTuple):
    """What a sweep came to.

    Attributes:
        ok: runs of the design with results.
        failed: runs of the design that failed, earlier ones among them.
        made: runs made now.
        damaged: files that were found damaged; their runs were made again.
        seconds: how long it took.
    """

    ok: int
    failed: int
    made: int
    damaged: int
    seconds: float


@dataclass(frozen=True)
class Execution:
    """How the runs are made; none of it changes a result.

    Attributes:
        workers: processes; 0 makes the runs in this process; None takes one for each core.
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take; 0 for no limit; None for its process's part of the machine.
        retry: whether runs that failed before are tried once more.
        yes: whether a very large sweep is meant.
    """

    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    retry: bool = False
    yes: bool = False

    def processes(self) -> int:
        """Return the number of processes."""
        return os.cpu_count() or 1 if self.workers is None else self.workers

    def limits(self) -> Limits:
        """Return what a run may take."""
        if self.memory is not None:
            return Limits(self.timeout, int(self.memory * 1e6))
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Limits(self.timeout, int(0.9 * machine / max(self.processes(), 1)))

    def check(self) -> None:
        """Refuse numbers that make no sense.

        Raises:
            InputError: naming them.
        """
        faults = []
        if self.workers is not None and (not isinstance(self.workers, int) or not 0 <= self.workers <= 1024):
            faults.append(f"workers: {shown(self.workers)}; allowed: 0 to 1024")
        if not 0 <= self.timeout < float("inf"):
            faults.append(f"timeout: {shown(self.timeout)}; allowed: seconds, or 0 for no limit")
        if self.memory is not None and not 0 <= self.memory < 1e12:
            faults.append(f"memory: {shown(self.memory)}; allowed: megabytes, or 0 for no limit")
        if faults:
            raise InputError(faults)


def sweep(
    scenario: str | Settings | None,
    parameters: Mapping[str, Any],
    *overrides: str,
    replicates: int = 1,
    design: str = "grid",
    seed: int | None = None,
    out: str | Path | None = None,
    file: str | Path | None = None,
    actors: Actors | None = None,
    trust: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = SECONDS_A_RUN,
    memory: float | None = None,
    retry: bool = False,
    yes: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> pd.DataFrame:
    """Run a scenario with many values of its parameters and return a row a run.

    Every point has the same seeds, so that points differ by their parameters and not by luck. A run that raises, hangs,
    blows up or takes too much memory fails by itself; its row says so in ``status``, ``failures.jsonl`` says why.

    Args:
        scenario: name of a scenario, or settings.
        parameters: key of the configuration, such as ``"dynamics.stance.tolerance"``, to a list of values: numbers,
            words, whole mechanisms as mappings, or names of files (``ecosystem``, ``dynamics``, ``measures``).
        *overrides: further changes of the scenario, the same for all points, in Hydra's grammar.
        replicates: runs of each point.
        design: ``grid``, every combination; or ``zip``, the first value of each, then the second of each.
        seed: of the sweep; by default the scenario's. Those of the replicates are derived from it.
        out: folder for the results. If it holds this sweep already, only what is missing is run. By default they are
            kept nowhere but in the returned frame.
        file: a scenario of your own, instead of or upon the named one.
        actors: organisations and ties of your own, the same in every run (``ecosim.read_actors``).
        trust: top-level packages whose rules and measures may be imported.
        workers: processes, by default one for each core; 0 makes the runs in this process (for debugging: there, limits
            do not hold).
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take; by default its process's part of the machine.
        retry: whether runs that failed earlier are tried once more.
        yes: whether a very large sweep is meant.
        progress: called now and then with how far it is.

    Returns:
        pandas.DataFrame: see :func:`ecosim.experiments.shards.read_runs`.

    Raises:
        InputError: before any run, naming every fault of every point.
        KeyboardInterrupt: when stopped by Ctrl-C; what is finished is in ``out``.
        CannotGoOn: if results cannot be written any more, or workers cannot start.

    Examples:
        >>> ecosim.sweep("town", {"dynamics.stance.tolerance": [0.2, 0.4]}, replicates=30)  # doctest: +SKIP
    """
    plan = plan_of(
        scenario,
        parameters,
        overrides,
        scenario=file,
        trust=trust,
        design=design,
        replicates=replicates,
        seed=seed,
        actors=actors,
    )
    execution = Execution(workers, timeout, memory, retry, yes)
    if out is not None:
        run_sweep(plan, Path(out), execution, progress=progress)
        return read_runs(out)
    with tempfile.TemporaryDirectory(prefix="ecosim-sweep-") as folder:
        run_sweep(plan, Path(folder), execution, progress=progress)
        return read_runs(folder)


def run_sweep(
    plan: Plan,
    out: Path,
    execution: Execution,
    *,
    say: Callable[[str], object] = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
) -> Outcome:
    """Make the runs of a plan that its folder lacks.

    Args:
        plan: which runs.
        out: folder of the sweep.
        execution: how they are made.
        say: is told, in sentences, what is going to happen.
        progress: is told how far it is.

    Raises:
        InputError: before any run.
        KeyboardInterrupt: when stopped.
        CannotGoOn: if results cannot be written any more, or workers cannot start.
    """
    execution.check()
    with SweepFolder(out) as folder:
        if folder.is_begun():
            folder.refuse_another(plan)
        if plan.design.points >= MANY_POINTS:
            say(f"Checking {plan.design.points:,} points.")
        runs = plan.check(execution.yes)
        work = _Work(plan, folder, runs, execution, progress)
        told = work.told()
        if work.is_large() and not execution.yes:
            raise InputError(f"{told}; if that is meant, say --yes")
        say(f"{told}.")
        return work.do()


class _Work:
    """The runs of a sweep that are still to be made, and those that have been."""

    def __init__(
        self,
        plan: Plan,
        folder: SweepFolder,
        runs: Runs,
        execution: Execution,
        progress: Callable[[Progress], object] | None,
    ) -> None:
        self._plan, self._folder, self._runs, self._execution = plan, folder, runs, execution
        self._progress = progress
        self._damaged: list[str] = []
        self._there: set[str] = set()
        if folder.is_begun():
            self._there, self._damaged = look_through(folder.path)
        before = folder.failures()
        retried = {run_id for run_id in runs.run_ids if execution.retry and run_id in before}
        self._failures = {
            run_id: one for run_id, one in before.items() if run_id not in retried and run_id not in self._there
        }
        first = dict(reversed([(run_id, number) for number, run_id in enumerate(runs.run_ids)]))
        self._to_do = self._plan.design.order(
            number for run_id, number in first.items() if run_id not in self._there and run_id not in self._failures
        )
        self._failed_now = 0

    def told(self) -> str:
        """Return in words what is going to be run, and what that takes."""
        design, processes = self._plan.design, self._execution.processes()
        told = f"{_count(design.points, 'point')} × {_count(design.replicates, 'replicate')} = {_count(design.runs, 'run')}"
        if len(self._to_do) < design.runs:
            told += f", {len(self._to_do):,} of them still to do"
        where = _count(processes, "process") if processes else "this process"
        seconds, size = self._seconds(), self._bytes()
        return f"{told}: {seconds_in_words(seconds)} on {where} and {bytes_in_words(size)} on disk"

    def is_large(self) -> bool:
        """Return whether nobody would start this by mistake and be glad."""
        is_long = self._seconds() > MANY_SECONDS or self._bytes() > MANY_BYTES
        return is_long or len(self._to_do) > MANY_RUNS

    def do(self) -> Outcome:
        """Make the runs."""
        began = time.monotonic()
        folder, plan = self._folder, self._plan
        try:
            folder.write_manifest(plan, "begun", self._counts())
            write_table(folder.path / DESIGN, plan.design.table(self._runs.run_ids))
            folder.rewrite_failures(self._failures.values())
        except OSError as error:
            raise CannotGoOn(error.strerror or str(error)) from error
        state = "stopped"
        try:
            self._execute()
            self._there |= ids_there(self._folder.path)
            state = "complete"
        except OSError as error:
            raise CannotGoOn(error.strerror or str(error)) from error
        finally:
            self._close(state)
        counts = self._counts()
        seconds = time.monotonic() - began
        return Outcome(counts["ok"], counts["failed"], len(self._to_do), len(self._damaged), seconds)

    def failed(self, number: int, failure: Failure) -> None:
        """Write down that a run failed."""
        run_id = self._runs.run_ids[number]
        self._failures[run_id] = self._folder.add_failure(self._plan, number, run_id, failure)
        self._failed_now += 1

    def progress(self, done: int) -> None:
        """Hand on how far it is."""
        if self._progress is not None:
            self._progress(Progress(len(self._to_do), done, self._failed_now))

    def _execute(self) -> None:
        if not self._to_do:
            return
        from ecosim.kernels import is_cold

        execution = self._execution
        processes = min(execution.processes(), len(self._to_do))
        with makers(self._plan, self._folder.path, processes, execution.limits(), one_first=is_cold()) as made:
            made.make(self._to_do, self._runs.run_ids, self)

    def _close(self, state: str) -> None:
        """Write the rows of failed runs and how far it came; where that is impossible, the results stand all the same."""
        try:
            numbers = [number for number, run_id in enumerate(self._runs.run_ids) if run_id in self._failures]
            ids = [self._runs.run_ids[number] for number in numbers]
            kinds = [str(self._failures[run_id]["kind"]) for run_id in ids]
            save_failed(self._folder.path, self._plan.design, numbers, ids, kinds)
            self._folder.write_manifest(self._plan, state, self._counts())
        except OSError as error:
            if state == "complete":
                raise CannotGoOn(error.strerror or str(error)) from error

    def _counts(self) -> dict[str, int]:
        ids = self._runs.run_ids
        ok = sum(run_id in self._there for run_id in ids)
        failed = sum(run_id in self._failures for run_id in ids)
        return {"all": len(ids), "ok": ok, "failed": failed}

    def _seconds(self) -> float:
        share = len(self._to_do) / max(self._plan.design.runs, 1)
        processes = min(self._execution.processes(), len(self._to_do))
        starting = SECONDS_A_PROCESS * max(1.0, processes / (os.cpu_count() or 1)) if processes else 0.0
        return starting + self._runs.seconds * share / max(processes, 1)

    def _bytes(self) -> float:
        share = len(self._to_do) / max(self._plan.design.runs, 1)
        return self._runs.values * share * _BYTES_A_VALUE


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'es' if word.endswith('ss') else 's'}" if number != 1 else f"1 {word}"

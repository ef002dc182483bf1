"""Work: what of a sweep is there already, what is still to be made, and how that is carried out."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.experiments.execute import makers
from ecosim.experiments.failing import Failures
from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.ids import IdArray, among, as_words, each_once, room_for
from ecosim.experiments.making import CannotGoOn, Makers
from ecosim.experiments.plan import Plan, Runs
from ecosim.experiments.running import Failure
from ecosim.experiments.runs_table import RUNS_TABLE, Asked, write_runs_table
from ecosim.experiments.shards import DESIGN, ids_there, look_through, save_failed
from ecosim.experiments.starting import seconds_to_start
from ecosim.experiments.uncounted import uncounted
from ecosim.experiments.until import Ended, Goal, Rounds
from ecosim.results.store import write_tables
from ecosim.sizes import bytes_in_words, seconds_in_words
from ecosim.wording import some

if TYPE_CHECKING:
    from ecosim.experiments.schedulers import Connection
    from ecosim.experiments.sweep import Execution

MANY_RUNS = 10**6
MANY_SECONDS = 12 * 3600.0
MANY_BYTES = 2e10

ALL_OF_THE_FIRST = 10
"""Runs that have failed, and none has not, of which is told at once: most often the rest will fail as well."""

SECONDS_AT_A_STOP, SECONDS_FOR_COLUMNS = 1.5, 0.5
"""How long a sweep that is stopped may take for its table of runs, and for what columns that has: it shall end in five."""

BYTES_A_VALUE = 6.0
_ROWS_A_PART = 10_000


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
        until: how many replicates the points took, where there were goals.
        why: the reason that most failed runs share, and how many do.
    """

    ok: int
    failed: int
    made: int
    damaged: int
    seconds: float
    until: Ended | None = None
    why: str = ""


class Work:
    """The runs of a sweep that are still to be made, and those that have been.

    Args:
        plan: of the sweep; with goals, its replicates are the most of a point.
        folder: of the sweep, held.
        runs: what checking the plan found.
        execution: how runs are made.
        progress: is told how far it is.
        connection: to a cluster that makes the runs; None for this machine.
        goals: how well measures shall be known; with none, all replicates are made.
        say: is told, in a sentence, if all of the first runs fail.
    """

    def __init__(
        self,
        plan: Plan,
        folder: SweepFolder,
        runs: Runs,
        execution: Execution,
        progress: Callable[[Progress], object] | None = None,
        connection: Connection | None = None,
        goals: Sequence[Goal] = (),
        say: Callable[[str], object] = lambda sentence: None,
    ) -> None:
        self._plan, self._folder, self._execution = plan, folder, execution
        self._ids, self._all_seconds, self._all_values = runs.run_ids, runs.seconds, runs.values
        self._progress, self._connection, self._goals = progress, connection, goals
        self._say, self._has_warned = say, False
        self._damaged: list[str] = []
        self._there: IdArray = room_for(0)
        self._rows_of_failed: list[Path] = []
        if folder.is_begun():
            self._there, self._damaged, self._rows_of_failed = look_through(folder.path)
        self._is_new = np.zeros(plan.design.runs, np.bool_)
        self._failures = self._known_failures()
        self._asked: NDArray[np.int64] = np.arange(plan.design.runs)
        self._different = each_once(self._ids.array).size
        self._to_do = self._missing(self._asked)
        self._made = self._made_before = self._failed_now = 0
        self._state, self._was_removed = "stopped", False

    def told(self) -> str:
        """Return in words what is going to be run, and what that takes."""
        design, goals = self._plan.design, self._goals
        replicates = f"{'8 to ' if goals else ''}{some(design.replicates, 'replicate')}"
        runs = f"{'at most ' if goals else ''}{some(design.runs, 'run')}"
        told = f"{some(design.points, 'point')} × {replicates} = {runs}"
        if goals:
            told += ", until " + " and ".join(f"{goal.measure} ± {goal.width:g}" for goal in goals)
            told += " in the difference from the first" if any(goal.is_paired for goal in goals) else ""
        if self._different < design.runs:  # points that were drawn, or listed, may coincide
            told += f", {self._different:,} of them different"
        if len(self._to_do) < self._different:
            told += f", {len(self._to_do):,} of them still to do"
        seconds, size = seconds_in_words(self._seconds()), bytes_in_words(self._bytes())
        most = ", if it takes the most" if goals else ""
        return f"{told}: {seconds} on {self._where()} and {size} on disk{most}{uncounted(self._plan)}"

    def is_large(self) -> bool:
        """Return whether nobody would start this by mistake and be glad."""
        is_long = self._seconds() > MANY_SECONDS or self._bytes() > MANY_BYTES
        return is_long or len(self._to_do) > MANY_RUNS

    def do(self) -> Outcome:
        """Make the runs.

        Raises:
            KeyboardInterrupt: when stopped.
            CannotGoOn: with the reason.
        """
        began, folder, ended, standing = time.monotonic(), self._folder, None, self._execution.standing
        if standing is not None:
            standing.at_end(self._end_search)
        try:
            (folder.path / RUNS_TABLE).unlink(missing_ok=True)  # it is of another design, or lacks what is made now
            folder.write_manifest(self._plan, "begun", self._counts())
            self._write_design()
            still = set(as_words(self._failures.ids))
            folder.rewrite_failures(one for one in folder.failures() if one["run_id"] in still)
        except OSError as error:
            raise CannotGoOn(error.strerror or str(error)) from error
        try:
            if self._goals:
                ended = self._make_until()
            elif len(self._to_do):
                with self._makers(len(self._to_do)) as made:
                    self._make(made, self._to_do)
            self._state = "complete"
        except (CannotGoOn, OSError) as error:
            with suppress(OSError, ValueError):  # more may be on disk than anybody had the time to say
                self._there = ids_there(folder.path)
            if isinstance(error, OSError):
                raise CannotGoOn(error.strerror or str(error)) from error
            raise
        finally:
            self._close()
        counts = self._counts()
        if lost := counts["all"] - counts["ok"] - counts["failed"]:
            why = "its folder was removed, or emptied, meanwhile: " if self._was_removed else ""
            raise CannotGoOn(f"{why}of {some(counts['all'], 'run')}, {lost:,} came to neither results nor a failure")
        seconds = time.monotonic() - began
        why = self._failures.commonest_of(self._failed())
        return Outcome(counts["ok"], counts["failed"], self._made, len(self._damaged), seconds, ended, why)

    def finished(self, numbers: Sequence[int]) -> None:
        """Note that the results of runs are on disk."""
        self._is_new[numbers] = True

    def failed(self, number: int, failure: Failure) -> None:
        """Write down that a run failed."""
        run_id = self._ids[number]
        self._folder.add_failure(self._plan, number, run_id, failure)
        self._failures.add(run_id, failure.kind, failure.message)
        self._failed_now += 1

    def progress(self, done: int) -> None:
        """Hand on how far it is, and warn if nothing but failures has come of it."""
        is_all = self._failed_now == self._made_before + done
        if is_all and self._failed_now >= ALL_OF_THE_FIRST and not self._has_warned:
            self._has_warned = True
            reason = self._failures.commonest_of_last(self._failed_now)
            self._say(f"All of the first {self._failed_now:,} runs have failed ({reason}); Ctrl-C stops the sweep.")
        if self._progress is not None:
            self._progress(Progress(self._made, self._made_before + done, self._failed_now))

    def _known_failures(self) -> Failures:
        """Return what failed before, but for what has a result by now, or shall be tried once more."""
        before = Failures()
        for one in self._folder.failures():
            before.add(one["run_id"], one["kind"], one["message"])
        is_over = among(before.ids, self._there)
        if self._execution.retry:
            is_over |= among(before.ids, self._ids.array)
        return before.without(is_over)

    def _make(self, made: Makers, numbers: NDArray[np.int64]) -> None:
        self._made_before, self._made = self._made, self._made + len(numbers)
        made.make(numbers, self._ids, self)

    def _make_until(self) -> Ended:
        """Make runs in rounds until the goals are reached, and say how it came out."""
        rounds = Rounds(self._goals, self._plan.design, self._ids, self._folder.path)
        with self._makers(self._execution.processes()) as made:
            for asked in rounds:
                self._asked = np.array(asked, np.int64)
                self._write_design()
                self._make(made, self._missing(self._asked))
                self._take_in()
        return rounds.ended()

    def _makers(self, most: int) -> AbstractContextManager[Makers]:
        """Return whoever makes the runs, at most so many: for these alone, or those that a search keeps."""
        standing, processes = self._execution.standing, self._execution.processes()
        if standing is None:
            return self._new_makers(min(processes, most))
        return standing.makers(self._plan, processes, self._new_makers(processes))

    @contextmanager
    def _new_makers(self, processes: int) -> Iterator[Makers]:
        execution, plan, folder = self._execution, self._plan, self._folder.path
        if self._connection is not None:
            from ecosim.experiments.cluster import OnCluster

            memory = None if execution.memory is None else int(execution.memory * 1e6)
            cluster = OnCluster(self._connection, plan, folder, execution.timeout, memory)
            try:
                yield cluster
            finally:
                cluster.close()
            return
        from ecosim.kernels import is_cold

        with makers(plan, folder, processes, execution.limits(), one_first=is_cold()) as local:
            yield local

    def _take_in(self) -> None:
        """Count what was made since, as those who made it said: to read it takes a second for a thousand files."""
        self._there = np.concatenate([self._there, self._ids.array[self._is_new]])
        self._is_new[:] = False

    def _missing(self, asked: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which of these runs have no result and have not failed, each once, in the order of their making."""
        ids = self._ids.array[asked]
        is_known = among(ids, self._there) | among(ids, self._failures.ids)
        first = each_once(ids)
        return self._plan.design.order(asked[first[~is_known[first]]])

    def _write_design(self) -> None:
        """Write a row for each run that is asked for, a part at a time: as words and columns, a million take their room."""
        asked = self._asked
        parts = (asked[k : k + _ROWS_A_PART] for k in range(0, max(asked.size, 1), _ROWS_A_PART))
        design, ids = self._plan.design, self._ids.array
        write_tables(self._folder.path / DESIGN, (design.rows(part, as_words(ids[part])) for part in parts))

    def _close(self) -> None:
        """Write the rows of failed runs and how far it came; where that is impossible, the results stand all the same."""
        try:
            self._take_in()
            self._mend_folder()
            counts = self._counts()
            if counts["ok"] + counts["failed"] < counts["all"]:
                self._state = "stopped"
            self._write_rows_of_failed()
            if self._execution.standing is None:
                self._write_runs_table(is_stopped=self._state != "complete")
            self._folder.write_manifest(self._plan, self._state, counts)
        except OSError as error:
            if self._state == "complete":
                raise CannotGoOn(error.strerror or str(error)) from error

    def _mend_folder(self) -> None:
        """Where somebody removed the folder meanwhile, write the design anew, and count only the results that are there."""
        if (self._folder.path / DESIGN).is_file():
            return
        self._was_removed = True
        self._write_design()
        self._there = ids_there(self._folder.path)

    def _write_rows_of_failed(self) -> None:
        patience = math.inf if self._state == "complete" else SECONDS_FOR_COLUMNS
        numbers = self._asked[among(self._ids.array[self._asked], self._failures.ids)]
        ids = self._ids.array[numbers]
        failed = list(zip(numbers.tolist(), as_words(ids), self._failures.kinds_of(ids), strict=True))
        before, design = self._rows_of_failed, self._plan.design
        self._rows_of_failed = save_failed(self._folder.path, design, failed, before, patience)

    def _end_search(self, is_stopped: bool) -> None:
        """Write the table of all runs of a search whose last batch this is, and that it is there."""
        try:
            self._write_runs_table(is_stopped=is_stopped)
            self._folder.write_manifest(self._plan, self._state, self._counts())
        except OSError as error:
            if not is_stopped:
                raise CannotGoOn(error.strerror or str(error)) from error

    def _write_runs_table(self, *, is_stopped: bool) -> None:
        """Write the one table of all runs; whoever stops a sweep does not wait for it long, nor for its faults."""
        asked, ids = Asked(self._plan.design, self._asked, self._ids.array[self._asked]), self._failed()
        failed = dict(zip(as_words(ids), self._failures.kinds_of(ids), strict=True))
        if not is_stopped:
            write_runs_table(self._folder.path, asked, failed)
            return
        with suppress(OSError, InputError):
            write_runs_table(self._folder.path, asked, failed, SECONDS_AT_A_STOP)

    def _failed(self) -> IdArray:
        """Return the ids of runs that were asked for and have failed."""
        ids = self._ids.array[self._asked]
        return ids[among(ids, self._failures.ids)]

    def _counts(self) -> dict[str, int]:
        ids = self._ids.array[self._asked]
        ok, failed = among(ids, self._there), among(ids, self._failures.ids)
        return {"all": ids.size, "ok": int(ok.sum()), "failed": int(failed.sum())}

    def _where(self) -> str:
        if self._connection is not None:
            return f"{some(self._connection.threads, 'thread')} of the cluster"
        processes = self._execution.processes()
        return some(processes, "process") if processes else "this process"

    def _seconds(self) -> float:
        share = len(self._to_do) / max(self._plan.design.runs, 1)
        if self._connection is not None:
            processes = cores = max(self._connection.threads, 1)
        else:
            processes, cores = self._execution.processes(), os.cpu_count() or 1
        processes = min(processes, len(self._to_do))
        return seconds_to_start(processes, cores) + self._all_seconds * share / max(processes, 1)

    def _bytes(self) -> float:
        share = len(self._to_do) / max(self._plan.design.runs, 1)
        return self._all_values * share * BYTES_A_VALUE

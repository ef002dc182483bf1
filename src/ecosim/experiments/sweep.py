"""Sweep: one scenario with many values of its parameters, several runs each, over all cores; resumed and extended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.errors import InputError, shown
from ecosim.experiments.bar import looked_at
from ecosim.experiments.failing import warn_of_failures
from ecosim.experiments.folder import FAILURES, SweepFolder
from ecosim.experiments.keeping import kept
from ecosim.experiments.making import Limits
from ecosim.experiments.plan import Plan, plan_of
from ecosim.experiments.stored import read_runs
from ecosim.experiments.time_limit import SECONDS_A_RUN
from ecosim.experiments.until import Goal, check_goals, goals_of, most_replicates
from ecosim.experiments.work import MANY_RUNS, Work
from ecosim.experiments.work import Outcome as Outcome
from ecosim.experiments.work import Progress as Progress
from ecosim.settings import Settings
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.experiments.schedulers import Connection
    from ecosim.experiments.standing import Standing

MANY_POINTS = 2000
QUICK = 5.0
"""Seconds of processor time below which starting processes takes longer than the runs."""


@dataclass(frozen=True)
class Execution:
    """How the runs are made; none of it changes a result.

    Attributes:
        workers: processes; 0 makes the runs in this process; None takes one for each core.
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take; 0 for no limit; None for its process's part of the machine.
        retry: whether runs that failed before are tried once more.
        yes: whether a very large sweep is meant.
        cluster: the scheduler whose workers make the runs (:func:`ecosim.experiments.schedulers.connected`), or a
            connection to it that outlasts the sweep.
        standing: the folder and the processes of a search, which outlast the sweep (:mod:`ecosim.experiments.standing`).
    """

    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    retry: bool = False
    yes: bool = False
    cluster: str | Path | Connection | None = None
    standing: Standing | None = None

    def processes(self) -> int:
        """Return the number of processes."""
        return os.cpu_count() or 1 if self.workers is None else self.workers

    def has_default_limits(self) -> bool:
        """Return whether nobody has said what a run may take: only then may runs be moved to where no limit holds."""
        return self.timeout == SECONDS_A_RUN and self.memory is None

    def at_its_quickest(self, plan: Plan, seconds: float) -> Execution:
        """Return the same, in this process if the runs take less than starting others.

        Not where limits have to hold, nor where code from outside is run: it might end this process, or hang for ever.

        Args:
            plan: of the runs.
            seconds: of processor time that they take.
        """
        may_stay = self.workers is None and self.cluster is None and self.has_default_limits()
        may_stay = may_stay and not (self.standing is not None and self.standing.has_processes())
        return replace(self, workers=0) if may_stay and plan.is_of_ecosim_alone and seconds < QUICK else self

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
        if self.cluster is not None and self.workers is not None:
            faults.append("workers: a cluster has its own; allowed: one of --workers and --cluster")
        if self.workers == 0 and (self.timeout not in (0, SECONDS_A_RUN) or self.memory):
            faults.append(
                "timeout, memory: hold for runs in processes of their own, not in this one; allowed: --workers 1, or more; "
                "or --workers 0 without them"
            )
        if faults:
            raise InputError(faults)


def sweep(
    scenario: str | Settings | None,
    parameters: Mapping[str, Any] | pd.DataFrame,
    *overrides: str,
    replicates: int | None = None,
    design: str = "grid",
    samples: int | None = None,
    levels: int | None = None,
    second_order: bool = False,
    luck: str = "common",
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
    cluster: str | Path | None = None,
    until: str | Iterable[str] = (),
    say: Callable[[str], object] = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
) -> pd.DataFrame:
    """Run a scenario with many values of its parameters and return a row a run.

    Every point has the same seeds, so that points differ by their parameters and not by luck. Runs are made in an order
    that has sampled evenly whenever it is stopped (``ecosim.experiments.order``). A run that raises, hangs, blows up or
    takes too much memory fails by itself; its row says so in ``status``, ``failures.jsonl`` says why, and a warning tells
    how many there were and what most of them share.

    Args:
        scenario: name of a scenario, or settings.
        parameters: key of the configuration, such as ``"dynamics.stance.tolerance"``, to a list of values: numbers,
            words, whole mechanisms as mappings, or names of files (``ecosystem``, ``dynamics``, ``measures``). For the
            designs that draw, to ``ecosim.Interval(low, high)`` or ``ecosim.Choice(a, b, c)``; ``ecosim.Interval()``
            takes the range that the parameter declares. A DataFrame lists points outright: a row a point, a column a key.
        *overrides: further changes of the scenario, the same for all points, in Hydra's grammar.
        replicates: runs of each point, by default 1; with ``until`` the most of a point, by default 1,000.
        design: ``grid``, every combination; ``zip``, the first value of each, then the second of each; or points drawn:
            ``lhs``, a Latin hypercube; ``sequence``, a Sobol' sequence; ``sobol``, Saltelli's points for Sobol' indices;
            ``morris``, trajectories for elementary effects (``ecosim.experiments.sampling``).
        samples: how many points to draw; base points of ``sobol``, a power of two; trajectories of ``morris``.
        levels: of ``morris``, even; by default 4.
        second_order: whether ``sobol`` has the points for indices of pairs, twice as many.
        luck: ``common``, replicate r has the same seed at every point; or ``independent``, each point has its own.
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
        cluster: a Dask scheduler whose workers make the runs: its address (``tcp://host:port``), its scheduler file
            (.json), or a file that describes a cluster (.yaml).
        until: ``"measure ± width"``, or several: replicates are added to a point until the 95 % interval of the
            measure's mean is at most that wide on either side (``ecosim.experiments.until``).
        say: is told, in sentences, what is going to happen: ``say=print`` shows them.
        progress: is told now and then how far it is; by default a bar, at a terminal or in a notebook.

    Returns:
        pandas.DataFrame: see :func:`ecosim.experiments.stored.read_runs`.

    Raises:
        InputError: before any run, naming every fault of every point.
        KeyboardInterrupt: when stopped by Ctrl-C; what is finished is in ``out``.
        CannotGoOn: if results cannot be written any more, or workers cannot start.

    Examples:
        >>> ecosim.sweep("town", {"dynamics.stance.tolerance": [0.2, 0.4]}, replicates=30)  # doctest: +SKIP
    """
    goals = goals_of([until] if isinstance(until, str) else until)
    plan = plan_of(
        scenario,
        parameters,
        overrides,
        scenario=file,
        trust=trust,
        design=design,
        replicates=most_replicates(replicates, goals),
        seed=seed,
        actors=actors,
        samples=samples,
        levels=levels,
        second_order=second_order,
        luck=luck,
    )
    execution = Execution(workers, timeout, memory, retry, yes, cluster)
    with kept(out) as folder:
        with looked_at(progress) as heard:
            outcome = run_sweep(plan, folder, execution, say=say, progress=heard, goals=goals)
        file = None if out is None else folder / FAILURES
        warn_of_failures(outcome.failed, outcome.ok + outcome.failed, outcome.why, file)
        return read_runs(folder)


def run_sweep(
    plan: Plan,
    out: Path,
    execution: Execution,
    *,
    say: Callable[[str], object] = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
    goals: Sequence[Goal] = (),
) -> Outcome:
    """Make the runs of a plan that its folder lacks.

    Args:
        plan: which runs.
        out: folder of the sweep.
        execution: how they are made.
        say: is told, in sentences, what is going to happen.
        progress: is told how far it is.
        goals: how well measures shall be known at every point; the plan's replicates are the most then.

    Raises:
        InputError: before any run.
        KeyboardInterrupt: when stopped.
        CannotGoOn: if results cannot be written any more, or workers cannot start.
    """
    out = out.absolute()  # whatever a rule makes the working folder
    execution.check()
    if goals:
        check_goals(goals, plan)
    with _held(out, execution) as folder, connection_of(execution, say) as connection:
        _refuse_another(plan, folder, execution, say)
        work = Work(plan, folder, plan.check(execution.yes), execution, progress, connection, goals, say)
        if copies := plan.design.said_of_copies():
            say(copies)
        told = work.told()
        if work.is_large() and not execution.yes:
            raise InputError(f"{told}; if that is meant, say --yes")
        say(f"{told}.")
        return work.do()


def _refuse_another(plan: Plan, folder: SweepFolder, execution: Execution, say: Callable[[str], object]) -> None:
    """Refuse a plan that is not the one of the folder, or so large that to check it alone takes long."""
    if folder.is_begun():
        folder.refuse_another(plan)
        if told := plan.design.drawn_anew(folder.design()):
            say(told)
    if plan.design.points > MANY_RUNS and not execution.yes:
        raise InputError(f"{plan.design.points:,} points, which take long to check alone; if that is meant, say --yes")
    if plan.design.points >= MANY_POINTS:
        say(f"Checking {plan.design.points:,} points.")


def _held(out: Path, execution: Execution) -> AbstractContextManager[SweepFolder]:
    return SweepFolder(out) if execution.standing is None else nullcontext(execution.standing.folder)


@contextmanager
def connection_of(execution: Execution, say: Callable[[str], object]) -> Iterator[Connection | None]:
    """Lend the connection to the cluster that makes the runs; None where none does.

    Args:
        execution: how the runs are made.
        say: is told if there are no workers yet.

    Raises:
        InputError: as :func:`ecosim.experiments.schedulers.connected`.
    """
    if not isinstance(execution.cluster, str | Path):
        yield execution.cluster
        return
    from ecosim.experiments.schedulers import connected

    with connected(str(execution.cluster), say) as connection:
        yield connection

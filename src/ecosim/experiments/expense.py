"""Expense: what a search takes that chooses its points as it goes, told before its first run, and refused if it is much."""

from __future__ import annotations

import os
from collections.abc import Callable

from ecosim.errors import InputError
from ecosim.experiments.plan import Plan
from ecosim.experiments.schedulers import Connection
from ecosim.experiments.starting import seconds_to_start
from ecosim.experiments.sweep import Execution
from ecosim.experiments.uncounted import uncounted
from ecosim.experiments.work import BYTES_A_VALUE, MANY_BYTES, MANY_RUNS, MANY_SECONDS
from ecosim.sizes import bytes_in_words, seconds_in_words
from ecosim.wording import some


def tell_expense(
    sample: Plan,
    points: int,
    what: str,
    execution: Execution,
    say: Callable[[str], object],
    *,
    rounds: int = 1,
    is_most: bool = False,
) -> None:
    """Say what a search takes, as rough as what a sweep says of itself; refuse it if nobody would start it by mistake.

    Args:
        sample: a plan of a few points that stand for all, with the replicates of each.
        points: how many there will be.
        what: they are called: ``trials``.
        execution: how the runs are made.
        say: is told the sentence.
        rounds: in how many batches they are made: one that takes less than to start processes is made in this process.
            Processes are started once, for all batches.
        is_most: whether there may be fewer points.

    Raises:
        InputError: if it is more than a sweep may take without ``--yes``.
    """
    checked = sample.check(execution.yes)
    runs, share = points * sample.design.replicates, points / sample.design.points
    threads = execution.cluster.threads if isinstance(execution.cluster, Connection) else None
    how = execution.at_its_quickest(sample, checked.seconds * share / rounds)
    processes = min(how.processes() if threads is None else max(threads, 1), runs)
    starting = seconds_to_start(processes, (os.cpu_count() or 1) if threads is None else processes)
    seconds = starting + checked.seconds * share / max(processes, 1)
    size = checked.values * share * BYTES_A_VALUE
    where = f"{processes:,} process{'' if processes == 1 else 'es'}" if processes else "this process"
    where = where if threads is None else f"{some(threads, 'thread')} of the cluster"
    told = (
        f"{'At most ' if is_most else ''}{points:,} {what} × {sample.design.replicates:,} "
        f"replicate{'' if sample.design.replicates == 1 else 's'} = {runs:,} runs: {seconds_in_words(seconds)} on {where} "
        f"and {bytes_in_words(size)} on disk{uncounted(sample)}"
    )
    if (seconds > MANY_SECONDS or size > MANY_BYTES or runs > MANY_RUNS) and not execution.yes:
        raise InputError(f"{told}; if that is meant, say --yes")
    say(f"{told}.")

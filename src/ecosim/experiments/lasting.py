"""Lasting: what a search has for all its batches of runs: one connection to a cluster, one more try for what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.plan import Plan
from ecosim.experiments.sweep import Execution, connection_of


@contextmanager
def lasting(execution: Execution, plan: Plan, out: Path, say: Callable[[str], object]) -> Iterator[Execution]:
    """Lend the way in which all batches of a search make their runs.

    A cluster that a file describes is started once, not for each batch. Runs that failed in an earlier call are
    forgotten here, where that is asked for, so that each is tried once more when the search comes to it, and what fails
    again is not tried in every batch.

    Args:
        execution: as the user asked for it.
        plan: of any batch, by which the search is known.
        out: folder of the search.
        say: is told if the cluster has no workers yet.

    Raises:
        InputError: if the folder holds something else, or there is no such cluster.
        OSError: if what failed cannot be forgotten.
    """
    if execution.retry:
        _forget_failures(plan, out)
    with connection_of(execution, say) as connection:
        yield replace(execution, retry=False, cluster=connection)


def _forget_failures(plan: Plan, out: Path) -> None:
    with SweepFolder(out) as folder:
        if folder.is_begun():
            folder.refuse_another(plan)
            folder.rewrite_failures(())

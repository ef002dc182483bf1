"""Lasting: what a search has for all its batches: one folder, one cluster or crew, one more try for what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.plan import Plan
from ecosim.experiments.standing import standing
from ecosim.experiments.sweep import Execution, connection_of


@contextmanager
def lasting(execution: Execution, plan: Plan, out: Path, say: Callable[[str], object]) -> Iterator[Execution]:
    """Lend the way in which all batches of a search make their runs.

    The folder is held from the first batch to the last, a cluster that a file describes is started once, and so are the
    processes, not for each batch (``ecosim.experiments.standing``). Runs that failed in an earlier call are
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
    with SweepFolder(out) as folder:
        if execution.retry and folder.is_begun():
            folder.refuse_another(plan)
            folder.rewrite_failures(())
        with connection_of(execution, say) as connection, standing(folder) as kept:
            yield replace(execution, retry=False, cluster=connection, standing=kept)

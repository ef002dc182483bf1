"""Trials: points of a box of parameters, each run several times under the same luck, and how far they are off targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.factor import Factor
from ecosim.experiments.shards import OK
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, Progress, run_sweep
from ecosim.experiments.targets import Target

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]

WORST = 1e12
"""Loss of a trial whose runs failed or have no value: finite, so that a search may go on from it."""


@dataclass
class Trials:
    """All trials so far; those of an interrupted search are found in its folder, and not run again.

    Attributes:
        factors: what is varied.
        targets: what trials are held against.
        plan: makes the plan of a sweep from the values of each key.
        folder: of the runs.
        execution: how they are made.
        progress: is told how far a batch is.
        shares: place of each trial in the box (n, k), 0 to 1 along each parameter.
        means: of each measure over the replicates of each trial in which it is defined (n, m); NaN where a run failed.
        errors: standard error of each mean, by the spread over those replicates (n, m); NaN, unknown, of fewer than two.
        defined: replicates of each trial in which each measure is defined (n, m).
        replicates: of each trial.
        failing: whether any run of a trial failed (n,), so that it has no means.
        failed: runs that failed, each once.
        undefined: runs that went well in which a measure is not defined, for each target; each run once.
        runs: runs that were made.
    """

    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    plan: Callable[[dict[str, list[Any]]], Any]
    folder: Path
    execution: Execution
    progress: Callable[[Progress], object] | None = None
    shares: Numbers = field(default_factory=lambda: np.empty((0, 0)))
    means: Numbers = field(default_factory=lambda: np.empty((0, 0)))
    errors: Numbers = field(default_factory=lambda: np.empty((0, 0)))
    defined: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 0), np.int64))
    replicates: int = 1
    failing: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    failed: int = 0
    undefined: tuple[int, ...] = ()
    runs: int = 0

    def add(self, shares: Numbers) -> Numbers:
        """Run trials at some places of the box (n, k), and return the loss of each (n,)."""
        self.shares = np.vstack([self.shares, shares]) if self.shares.size else shares
        values = [factor.at(self.shares[:, k]) for k, factor in enumerate(self.factors)]
        rows = list(zip(*values, strict=True))
        first = {row: place for place, row in reversed(list(enumerate(rows)))}  # whole numbers may come twice
        points = sorted(first.values())
        numbers = {rows[place]: number for number, place in enumerate(points)}
        axes = {factor.key: [values[k][place] for place in points] for k, factor in enumerate(self.factors)}
        plan = self.plan(axes)
        seconds = plan.check(self.execution.yes).seconds * len(shares) / len(points)
        run_sweep(plan, self.folder, self.execution.at_its_quickest(plan, seconds), progress=self.progress)
        runs = read_runs(self.folder)
        failing = _failing(runs, len(points))
        means, errors, defined = _outcomes(runs, failing, [target.measure for target in self.targets])
        place_of = [numbers[row] for row in rows]
        self.means, self.errors, self.failing = means[place_of], errors[place_of], failing[place_of]
        self.defined, self.replicates = defined[place_of], int(runs["replicate"].nunique())
        good = int((runs["status"] == OK).sum())
        self.undefined = tuple((good - defined.sum(axis=0)).tolist())
        self.runs, self.failed = len(runs), int((runs["status"] != OK).sum())
        return self.losses()[-len(shares) :]

    def losses(self) -> Numbers:
        r"""Return the loss of each trial: :math:`\sum_m (\bar y_m - t_m)^2 / (s_m^2 + e_m^2)`, targets t ± s, errors e."""
        off: Numbers = (self.distances() ** 2).sum(axis=1)
        return np.where(np.isfinite(off), np.minimum(off, WORST), WORST)

    def distances(self) -> Numbers:
        """Return by how many standard deviations each measure is off its target (n, m).

        The variance is the target's and that of the mean of the trial's own replicates. NaN where the latter is unknown:
        of one run among several that were asked for, nobody can tell how far it is off by chance, and it must not pass for
        exact. Where one run of each trial is all that was asked for, chance counts as none, in all trials alike.
        """
        value, sd = (np.array([target[place] for target in self.targets], float) for place in (1, 2))
        errors = self.errors if self.replicates > 1 else np.zeros_like(self.means)
        off: Numbers = (self.means - value) / np.sqrt(sd**2 + errors**2)
        return off

    def values(self) -> dict[str, Sequence[Any]]:
        """Return the value of each key in each trial."""
        return {factor.key: factor.at(self.shares[:, k]) for k, factor in enumerate(self.factors)}


def _failing(runs: pd.DataFrame, points: int) -> NDArray[np.bool_]:
    """Return whether any run of a point failed (points,)."""
    failing = np.zeros(points, np.bool_)
    failing[runs.loc[runs["status"] != OK, "point"].unique()] = True
    return failing


def _outcomes(
    runs: pd.DataFrame, failing: NDArray[np.bool_], measures: Sequence[str]
) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """Return mean, standard error, and number of runs with a value, of each measure at each point (points, m).

    No mean where a run failed or none has a value; no standard error of fewer than two.
    """
    shape = (failing.size, len(measures))
    means, errors, defined = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, np.int64)
    good = runs[runs["status"] == OK]
    for m, measure in enumerate(measures):
        if measure not in good:
            continue
        by_point = good.groupby("point")[measure]
        mean, count, spread = by_point.mean(), by_point.count(), by_point.std()
        means[mean.index, m], defined[mean.index, m] = mean, count
        errors[mean.index, m] = spread / np.sqrt(count)
    means[failing] = np.nan
    return means, errors, defined

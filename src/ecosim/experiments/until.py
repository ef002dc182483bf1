r"""Until: replicates of a point until the interval of a measure's mean is narrow enough there.

After 8 replicates, and then whenever there are half as many again, each point is looked at: with n values, their mean and
standard deviation s, it is done as soon as

.. math:: t_{n-1}\, s / \sqrt n \le w

for every measure that was asked for, with t the 97.5 % quantile of Student's distribution. The looks do not depend on how
fast runs were made, on processes, or on interruptions: a sweep that is stopped and resumed ends with the same runs.

Whoever looks often, and stops when it suits, stops a little too early: the interval at the stop holds the true mean less
often than in 95 of 100 cases. As the width goes to 0 the coverage goes to 95 % (Chow & Robbins 1965); a test here
finds 92 % or more for normal values at several widths. A measure that is the same in the first eight runs has no width at
all and is done, however it varies in rarer ones.

In a comparison the values are the differences of a scenario from the first in the same replicate, and the first takes as
many replicates as the scenario that takes the most.

A look after every run is not advised for a width in units of the measure, since the coverage then depends much on the
width (Law & Kelton), but a few looks with many runs in between; so it is here.

References:
    Chow & Robbins (1965), Annals of Mathematical Statistics 36, 457. Law & Kelton, Simulation modeling and analysis,
    §9.4.1 (checked in an early edition, pp. 538–540, not in the fifth).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.design import Design
from ecosim.experiments.effects import half_width
from ecosim.experiments.ids import IdArray, Ids, Places, as_array
from ecosim.experiments.plan import Plan
from ecosim.experiments.shards import OK, RUNS
from ecosim.results.measured import MEAN, column_named

FEWEST = 8
MOST = 1000
"""Replicates of a point before the first look, and at most where nothing else is said."""

_GROWTH = 1.5
_GOAL = re.compile(r"\s*(\S+)\s*(?:±|\+/-|\+-)\s*(\S+)\s*")


class Goal(NamedTuple):
    """How well a measure's mean shall be known at every point.

    Attributes:
        measure: column of the table of runs.
        width: half the width of its 95 % interval, in the measure's unit.
        is_paired: whether its difference from the first point is meant, of runs with the same luck.
    """

    measure: str
    width: float
    is_paired: bool = False


class Ended(NamedTuple):
    """How the replicates of the points came out.

    Attributes:
        fewest: replicates of the point with the fewest.
        most: of the one with the most.
        short: points that did not get there, each with the half-width of each goal that was missed; NaN if unknown.
    """

    fewest: int
    most: int
    short: dict[int, dict[str, float]]


def goals_of(words: Iterable[str], *, paired: bool = False) -> tuple[Goal, ...]:
    """Return what ``"measure ± width"`` says; ``+-`` and ``+/-`` are as good.

    Args:
        words: a goal each.
        paired: whether differences from the first point are meant.

    Raises:
        InputError: naming every word that cannot be read.
    """
    goals: dict[str, Goal] = {}
    faults = []
    for word in words:
        found = _GOAL.fullmatch(word)
        width = _number(found[2]) if found else math.nan
        if found is None or not 0 < width < math.inf:
            faults.append(
                f'until: {shown(word)}; allowed: a measure and a width above 0, such as "dispersion.mean ± 0.01"'
            )
        elif (measure := column_named(found[1])) in goals:
            faults.append(f"until: {found[1]}: given twice; allowed: once")
        else:
            goals[measure] = Goal(measure, width, paired)
    if faults:
        raise InputError(faults)
    return tuple(goals.values())


def most_replicates(given: int | None, goals: Sequence[Goal]) -> int:
    """Return how many replicates a point has, or may have where there are goals."""
    if given is not None:
        return given
    return MOST if goals else 1


def check_goals(goals: Iterable[Goal], plan: Plan) -> None:
    """Refuse measures that the first point does not have, and fewer replicates than there are before the first look.

    Of goals for differences, every point is asked.

    Raises:
        InputError: naming them, and the nearest name.
    """
    from ecosim.rules import find_measures
    from ecosim.world.founding import labels_of

    goals, faults = tuple(goals), []
    for point in range(plan.design.points if any(goal.is_paired for goal in goals) else 1):
        settings = plan.settings(point)
        labels = labels_of(settings.ecosystem)
        columns = [name for one in find_measures(settings.measures, labels) for name in one.columns(labels)]
        known = [*columns, *(name + MEAN for name in columns)]
        where = f" in {shown(plan.design.values(point)[0])}" if point else ""
        faults += [
            f"until: {shown(goal.measure)} is not measured{where}; {did_you_mean(goal.measure, known)}"
            for goal in goals
            if goal.measure not in known
        ]
    if plan.design.replicates < FEWEST:
        faults.append(
            f"replicates: {plan.design.replicates}; allowed with --until: at least {FEWEST}, the most of a point"
        )
    if faults:
        raise InputError(faults)


def looks(most: int) -> list[int]:
    """Return after how many replicates a point is looked at: 8, then half as many again each time, up to the most."""
    counts = [min(FEWEST, most)]
    while counts[-1] < most:
        counts.append(min(most, math.ceil(counts[-1] * _GROWTH)))
    return counts


class Rounds:
    """The rounds of replicates of a sweep.

    Args:
        goals: what shall be known, and how well.
        design: whose ``replicates`` are the most that a point may have.
        run_ids: of all its runs, by number.
        folder: of the sweep.
    """

    def __init__(self, goals: Sequence[Goal], design: Design, run_ids: Ids, folder: Path) -> None:
        self._goals, self._design, self._ids, self._folder = goals, design, run_ids.array, folder
        self._is_paired = any(goal.is_paired for goal in goals)
        self._places = Places(self._ids)
        # Zeros take no memory before they are written to, and most points need few of their replicates: so a replicate
        # of all points lies together.
        self._values = np.zeros((design.replicates, design.points, len(goals)))
        self._is_known = np.zeros((design.replicates, design.points), np.bool_)
        self._read: set[str] = set()
        self._used = np.zeros(design.points, np.int64)
        self._open = list(range(design.points))

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the numbers of the runs of all rounds so far; they have to be made before the next is asked for."""
        most = self._design.replicates
        for count in looks(most):
            self._used[self._open] = count
            yield self.numbers()
            self._read_runs()
            self._open = self._still_open(count)
            if not self._open:
                return

    def numbers(self) -> list[int]:
        """Return the numbers of the runs that have been asked for so far."""
        most = self._design.replicates
        return [point * most + replicate for point, used in enumerate(self._used.tolist()) for replicate in range(used)]

    def ended(self) -> Ended:
        """Return how it came out."""
        short = {}
        for point in range(int(self._is_paired), self._design.points):
            wide = self._too_wide(self._of(point, int(self._used[point])))
            if wide:
                short[point] = wide
        return Ended(int(self._used.min()), int(self._used.max()), short)

    def _still_open(self, count: int) -> list[int]:
        """Return the points that need more replicates; the first needs them where others are held against it."""
        still = [point for point in self._open if not (self._is_paired and point == 0) and self._goes_on(point, count)]
        return [0, *still] if still and self._is_paired else still

    def _goes_on(self, point: int, count: int) -> bool:
        values = self._of(point, count)
        return bool(len(values)) and bool(self._too_wide(values))  # where every run failed, more would fail as well

    def _too_wide(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return the half-width of each goal that is missed by these values (runs or differences, goals)."""
        missed = {}
        for k, goal in enumerate(self._goals):
            there = values[:, k][~np.isnan(values[:, k])]
            half = half_width(float(there.std(ddof=1)), there.size) if there.size >= 2 else math.nan
            if there.size < FEWEST or not half <= goal.width:
                missed[goal.measure] = half
        return missed

    def _of(self, point: int, count: int) -> NDArray[np.float64]:
        """Return what is known of a point (runs, goals), or how it differs from the first in the same replicates."""
        where = self._where(point, count)
        if not self._is_paired:
            return self._values[where][self._is_known[where]]
        first = self._where(0, count)
        both = self._is_known[where] & self._is_known[first]
        return (self._values[where] - self._values[first])[both]

    def _where(self, point: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the values of the first replicates of a point are: those of equal points are at the first of them."""
        first = point * self._design.replicates
        return self._place_of(self._ids[first : first + count])[1]

    def _read_runs(self) -> None:
        import pyarrow.parquet

        for path in self._folder.glob(f"{RUNS}/part-*.parquet"):
            if path.name in self._read:
                continue
            self._read.add(path.name)
            there = set(pyarrow.parquet.read_schema(path).names)
            columns = ["run_id", "status", *(goal.measure for goal in self._goals if goal.measure in there)]
            table = pyarrow.parquet.read_table(path, columns=columns, page_checksum_verification=True)
            is_asked, where = self._place_of(as_array(table["run_id"].to_pylist()))
            is_asked &= np.array([status == OK for status in table["status"].to_pylist()], np.bool_)
            where = where[0][is_asked], where[1][is_asked]
            self._is_known[where] = True
            for k, goal in enumerate(self._goals):
                values = table[goal.measure].to_pylist() if goal.measure in there else [None] * table.num_rows
                numbers = np.array([math.nan if one is None else one for one in values], np.float64)
                self._values[(*where, k)] = numbers[is_asked]

    def _place_of(self, ids: IdArray) -> tuple[NDArray[np.bool_], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return which of some runs are of the design, and where the values of each are."""
        number = self._places.of(ids)
        point, replicate = np.divmod(number, self._design.replicates)
        return number >= 0, (replicate, point)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

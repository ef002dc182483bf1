"""Missing: the runs of a sweep that have no value of a measure, why, where they gather, and how much they might decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.cases import Box, Cases, cases_of
from ecosim.experiments.failing import commonest
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.rule_words import conditions, where, with_interval
from ecosim.experiments.shards import OK
from ecosim.experiments.tested_rules import Rule, tested_rules
from ecosim.results.phrases import percent
from ecosim.wording import in_a_row

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Missing:
    """Runs that were planned and have no value.

    Attributes:
        cases: all points of the sweep, with the share of their runs that have none.
        failed: runs that failed.
        undefined: runs that went well, in which the measure is not defined.
        unmade: runs that have not been made: the sweep was stopped before.
        why: the commonest reason why runs failed, with how often it stands.
        gathers: where they gather, as a rule that was tested as those of the answer are; None where none is seen.
    """

    cases: Cases
    failed: int
    undefined: int
    unmade: int
    why: str
    gathers: Rule | None

    @property
    def count(self) -> int:
        """How many they are."""
        return self.failed + self.undefined + self.unmade

    @property
    def runs(self) -> int:
        """How many were planned."""
        return int(self.cases.runs.sum())

    @property
    def points(self) -> int:
        """How many points have no value at all."""
        return int((self.cases.share == 1.0).sum())

    def within(self, box: Box, known: Cases) -> float:
        """Return the share of the runs that lie in a box which have no value.

        Args:
            box: in the space of the factors that vary where values are known; a word of which no run has a value lies
                outside of a box that restricts its factor.
            known: the points with a value, in whose numbers of words the box is told.
        """
        factors = self._as_known(known)
        inside = box.holds(factors)
        for k in box.restricted():
            inside &= factors[:, k] >= 0 if known.words[k] else True
        runs = self.cases.runs[inside]
        return float(self.cases.share[inside] @ runs / runs.sum()) if inside.any() else 0.0

    def nowhere(self, known: Cases) -> Numbers:
        """Return the factors of the points that have no value at all (points, factors), as they are told among others."""
        found: Numbers = self._as_known(known)[self.cases.share == 1.0]
        return found

    def _as_known(self, known: Cases) -> Numbers:
        """Return the factors of all points as they are told where values are known; -1 for a word that is not there."""
        columns = []
        for key, ours in zip(known.keys, known.words, strict=True):
            here = self.cases.keys.index(key)
            column, words = self.cases.factors[:, here], self.cases.words[here]
            number = {word: float(place) for place, word in enumerate(ours)}
            told = [number.get(word, -1.0) if ours else float(word) for word in words]
            columns.append(np.array(told)[column.astype(int)] if words else column)
        return np.column_stack(columns) if columns else np.zeros((self.cases.share.size, 1))

    def reasons(self) -> str:
        """Return in words how many of all runs and points have no value, and why."""
        named = (
            (self.failed, f"failed ({self.why})" if self.why else "failed"),
            (self.undefined, "went well, but the measure is not defined there"),
            (self.unmade, "have not been made"),
        )
        told = in_a_row([f"{count:,} {what}" for count, what in named if count])
        points = f"; {self.points:,} of {self.cases.share.size:,} points have none at all" if self.points else ""
        return f"{self.count:,} of {self.runs:,} runs have no value: {told}{points}"

    def says(self, base: float) -> tuple[str, ...]:
        """Return in sentences what is missing, how much it might decide, and where it gathers.

        Args:
            base: share of the runs with a value in which it holds.
        """
        least, most = self.bounds(base)
        told = (
            f"{self.reasons()}. All that follows is of the rest: over all runs, the share in which it holds may lie "
            f"anywhere from {percent(least)} to {percent(most)}."
        )
        if self.gathers is None:
            return (f"{told} No part of the space is seen in which they gather.",)
        return (
            told,
            f"They gather {where(self.gathers.box, self.cases)}: {with_interval(self.gathers.density)} of runs there have "
            f"no value, which is {percent(self.gathers.tested.coverage)} of all that have none. Of that part little is "
            "known, and a bound of a rule that lies at its edge may be where values end, and not where it ceases to hold.",
        )

    def bounds(self, base: float) -> tuple[float, float]:
        """Return the least and the greatest share of all runs in which it may hold: in none of the missing, or in all."""
        least = base * (self.runs - self.count) / self.runs
        return least, least + self.count / self.runs

    def to_dict(self, base: float) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "runs": self.runs, "runs_without_value": self.count, "points": int(self.cases.share.size),
            "points_without_value": self.points, "failed": self.failed, "undefined": self.undefined, "unmade": self.unmade,
            "why": self.why, "base_of_all_runs": dict(zip(("least", "most"), self.bounds(base), strict=True)),
            "gathers": None if self.gathers is None else {
                "where": conditions(self.gathers.box, self.cases), "density": self.gathers.density._asdict(),
                "coverage": self.gathers.tested.coverage, "mass": self.gathers.tested.mass, "p_value": self.gathers.p_value,
            },
        }  # fmt: skip


def missing_of(tables: SweepTables, values: Numbers, seed: int = 0) -> Missing | None:
    """Return which runs of a sweep have no value; None where all have one.

    Args:
        tables: of the sweep.
        values: of the measure (points, replicates), as ``tables.laid_out`` returns them.
        seed: of the halves in which is sought, and tested, where they gather.

    Raises:
        InputError: if the sweep has fewer than twenty different points, or varies nothing.
    """
    planned = tables.planned()
    lacking = planned & np.isnan(values)
    if not lacking.any():
        return None
    cases = cases_of(tables.keys, tables.points_table, np.where(planned, lacking, np.nan))
    failed = int((tables.made["status"] != OK).sum())
    unmade = len(tables.distinct) - len(tables.made)
    undefined = int(lacking.sum()) - failed - unmade
    gathers = next(tested_rules(*cases.halves(seed), None, seed), None)
    return Missing(cases, failed, undefined, unmade, commonest(tables.failures), gathers)

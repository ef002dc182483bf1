"""Usable: which replicates of a search have a value all along a parameter; how many have none somewhere, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, RunsFailed
from ecosim.experiments.failing import said_of_failures
from ecosim.experiments.shards import OK
from ecosim.wording import in_a_row, some

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]

FEWEST = 6
"""Replicates of a model in which there is chance: of fewer, even their whole span holds the value at which half go over in
less than 95 % of cases (1 - 2^(1 - n))."""


@dataclass(frozen=True)
class Usable:
    """What came out of the replicates of a search, and which of them can be used: those with a value everywhere.

    A replicate is used with all of its runs or with none: they share their luck, and are compared along the parameter.

    Attributes:
        key: of the parameter.
        measure: what came out.
        values: of the parameter (k,).
        laid: what came out (replicates, k); NaN where a run failed, or the measure is undefined.
        failed: runs that failed, at each value (k,).
        why: the commonest reason, with how often it stands; empty where none failed.
    """

    key: str
    measure: str
    values: Numbers
    laid: Numbers
    failed: NDArray[np.int64]
    why: str

    @property
    def outcome(self) -> Numbers:
        """What came out of the replicates that can be used (replicates, k)."""
        return whole(self.laid)

    @property
    def asked(self) -> int:
        """Number of replicates that were asked for."""
        return len(self.laid)

    @property
    def used(self) -> int:
        """Number of replicates that can be used."""
        return len(self.outcome)

    @property
    def undefined(self) -> int:
        """Number of runs that went well, but have no value."""
        return int(np.isnan(self.laid).sum() - self.failed.sum())

    @property
    def is_by_chance(self) -> bool:
        """Whether replicates differ at all; they do, too, where some have a value and others have none."""
        known = ~np.isnan(self.laid)
        first = self.laid[known.argmax(axis=0), np.arange(self.values.size)]
        is_other = known & (self.laid != first)
        return bool(is_other.any() or (known.any(axis=0) & ~known.all(axis=0)).any())

    def refuse_too_few(self, more: str = "") -> None:
        """Refuse to tell anything of too few replicates: fewer than ``FEWEST``, or than two where fewer were asked for.

        Args:
            more: clause on where to read more of what failed.

        Raises:
            InputError: if none but undefined values are the reason.
            RunsFailed: if runs failed.
        """
        if self.used >= (FEWEST if self.asked >= FEWEST else min(self.asked, 2)):
            return
        allowed = "allowed: a range in which runs do not fail and the measure is defined"
        told = f"{self.measure}: {self._too_few()}: {self._reasons()}"
        if self.failed.any():
            raise RunsFailed(f"{told}{more}; {allowed}")
        raise InputError(f"{told}; {allowed}")

    def says(self) -> tuple[str, ...]:
        """Return, in a sentence, how many replicates are left out, and why; nothing if none is."""
        out = self.asked - self.used
        if not out:
            return ()
        lacking, where = self._worst()
        return (
            f"{out:,} of {some(self.asked, 'replicate')} {'is' if out == 1 else 'are'} left out, for some of their runs "
            f"have no value: {self._reasons()}; most often at {where} ({lacking:,} of them). What is told is "
            f"that of the other {self.used:,} alone: where it depends on the outcome whether a run has a value, it is off.",
        )

    def plain(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "asked": self.asked, "used": self.used, "runs": self.laid.size, "failed_runs": int(self.failed.sum()),
            "undefined_runs": self.undefined, "why": self.why or None,
        }  # fmt: skip

    def _too_few(self) -> str:
        """Return in words that too few replicates can be used: at one value already, or taken together."""
        lacking, where = self._worst()
        here = f"{lacking:,} of {some(self.asked, 'replicate')} have no value at {where}"
        if lacking == self.asked or self.asked < FEWEST:
            return here
        return (
            f"{self.used:,} of {some(self.asked, 'replicate')} can be used, which have a value everywhere, but runs differ "
            f"by chance, and no 95 % interval comes of fewer than {FEWEST}; {here}"
        )

    def _worst(self) -> tuple[int, str]:
        """Return how many replicates have no value where most have none, and where that is."""
        lacking = np.isnan(self.laid).sum(axis=0)
        place = int(lacking.argmax())
        ends = {0: ", where the range begins", self.values.size - 1: ", where the range ends"}
        return int(lacking[place]), f"{self.key}={self.values[place]:g}{ends.get(place, '')}"

    def _reasons(self) -> str:
        reasons = []
        if self.failed.any():
            reasons.append(said_of_failures(int(self.failed.sum()), self.laid.size, self.why))
        if self.undefined:
            reasons.append(f"in {self.undefined:,} of {some(self.laid.size, 'run')} the measure is undefined")
        return in_a_row(reasons)


def usable_of(
    runs: pd.DataFrame, key: str, measure: str, values: Numbers, replicates: int, why: Callable[[], str]
) -> Usable:
    """Return which replicates can be used.

    Args:
        runs: a row a run, as of a sweep.
        key: of the parameter.
        measure: column that is looked at.
        values: of the parameter, each with all replicates.
        replicates: the first so many are looked at.
        why: tells the commonest reason of failures; called only if there is one.
    """
    bad = runs.loc[(runs["status"] != OK) & (runs["replicate"] < replicates), key]
    failed = np.asarray(bad.value_counts().reindex(values, fill_value=0), np.int64)
    return Usable(
        key, measure, values, laid_out(runs, key, measure, values, replicates), failed, why() if len(bad) else ""
    )


def laid_out(runs: pd.DataFrame, key: str, measure: str, values: Numbers, replicates: int) -> Numbers:
    """Return what came out of all replicates (replicates, values); NaN where there is no value.

    Args:
        runs: a row a run, as of a sweep.
        key: of the parameter.
        measure: column that is looked at.
        values: of the parameter.
        replicates: the first so many are looked at.
    """
    good = runs[(runs["status"] == OK) & (runs["replicate"] < replicates)]
    if good.empty:  # where no run went well, there are no columns of measures
        return np.full((replicates, values.size), np.nan)
    wide = good.pivot(index="replicate", columns=key, values=measure)
    laid: Numbers = wide.reindex(index=range(replicates), columns=values).to_numpy(float)
    return laid


def whole(laid: Numbers) -> Numbers:
    """Return the replicates that have a value everywhere (replicates, values)."""
    found: Numbers = laid[~np.isnan(laid).any(axis=1)]
    return found

r"""Survival: how long coalitions last, told rightly although many still stand when the run ends.

Those that stand at the end have lasted at least as long as they have: they count among those at risk up to then, and
not as ended.

References:
    Kaplan & Meier (1958), Nonparametric estimation from incomplete observations, J. Am. Stat. Assoc. 53, 457. Greenwood
    (1926), Reports on Public Health and Medical Subjects 33, 1, for the variance (as others give it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.world.coalitions import FOUNDER_BITS, TICK_BITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


class Survival(NamedTuple):
    """The share that lasts longer than so many ticks, at each length at which one ended.

    Attributes:
        lasting: lengths at which some ended, ascending (k,), in ticks.
        share: estimated share that lasts longer than each (k,).
        error: its standard error after Greenwood (k,); NaN once none is left.
        at_risk: how many had lasted at least so long and were still seen (k,).
        hazard: ends a tick at risk, over all: where the chance to end does not depend on age, its best estimate; NaN
            where nothing was ever at risk.
    """

    lasting: NDArray[np.float64]
    share: NDArray[np.float64]
    error: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    hazard: float

    def at(self, ticks: float) -> float:
        """Return the share that lasts longer than so many ticks."""
        before = np.flatnonzero(self.lasting <= ticks)
        return float(self.share[before[-1]]) if before.size else 1.0

    @property
    def median(self) -> float:
        """Ticks within which half have ended; infinite where more than half outlast what was seen."""
        ended = np.flatnonzero(self.share <= 0.5)
        return float(self.lasting[ended[0]]) if ended.size else float("inf")


def survival(lasted: ArrayLike, ended: ArrayLike) -> Survival:
    r"""Return the estimate of Kaplan and Meier.

    .. math:: S(t) = \prod_{t_k \le t} \left(1 - \frac{d_k}{n_k}\right),
              \qquad \mathrm{var}\, S(t) = S(t)^2 \sum_{t_k \le t} \frac{d_k}{n_k (n_k - d_k)}

    with :math:`d_k` ended at length :math:`t_k` of :math:`n_k` at risk.

    Args:
        lasted: ticks for which each was seen (n,), ≥ 0.
        ended: whether it had ended then (n,), or still stood when the run was over.

    Raises:
        InputError: if the two differ in length, or a length is missing or negative.
    """
    lengths, is_over = np.asarray(lasted, float), np.asarray(ended, bool)
    if lengths.ndim != 1 or lengths.shape != is_over.shape:
        raise InputError(f"ended: shape {is_over.shape}; allowed: that of lasted, {lengths.shape}, one entry each")
    if not np.all(lengths >= 0):
        raise InputError("lasted: a length is missing or negative; allowed: ticks, from 0")
    lasting, count = np.unique(lengths[is_over], return_counts=True)
    at_risk = lengths.size - np.searchsorted(np.sort(lengths), lasting)
    share = np.asarray(np.cumprod(1.0 - count / at_risk), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.asarray(share * np.sqrt(np.cumsum(count / (at_risk * (at_risk - count)))), np.float64)
    total = float(lengths.sum())
    return Survival(lasting, share, error, at_risk, float(is_over.sum()) / total if total > 0.0 else float("nan"))


def coalition_survival(events: Mapping[str, NDArray[Any]], last: int) -> Survival:
    """Return how long coalitions lasted, from a run's events.

    A coalition begins at the tick in its number, and ends when it dissolves, be it that it is taken in by another.

    Args:
        events: the columns "tick", "kind" and "coalition" (rows,) of the events; -1 where no coalition is meant.
        last: last tick of the run.
    """
    numbers = np.asarray(events["coalition"], np.int64)
    there, place = np.unique(numbers, return_inverse=True)
    end = np.full(there.size, last, np.int64)
    is_over = np.zeros(there.size, bool)
    dissolved = np.flatnonzero(np.asarray(events["kind"]) == "dissolved")
    end[place[dissolved]] = np.asarray(events["tick"], np.int64)[dissolved]
    is_over[place[dissolved]] = True
    begun = (there >> FOUNDER_BITS) & ((1 << TICK_BITS) - 1)
    known = there >= 0
    return survival(np.maximum(end - begun, 0)[known], is_over[known])

"""Noise: how much of what differs between the points of a sweep is luck, and how many replicates would settle it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.effects import Layout, half_width, nanmean, nanvar

if TYPE_CHECKING:
    import pandas as pd

MOST_STEPS = 24
MOST_NEEDED = 10**9
A_TENTH = 0.1


class Noise(NamedTuple):
    """How much of a measure is luck.

    Attributes:
        within: standard deviation of runs of the same point.
        apart: that part of it which differs from point to point: what blurs comparisons. Smaller than ``within`` under
            common luck, where good luck lifts all points alike.
        between: standard deviation of the points' means, luck included.
        luck: share of the variance of the points' means that is luck, 0 to 1.
        signal: share of the variance of single runs that is not luck, 0 to 1.
    """

    within: float
    apart: float
    between: float
    luck: float
    signal: float


def noise_of(values: NDArray[np.float64], *, common: bool) -> Noise:
    r"""Return how much of a measure is luck, from its values (points, replicates).

    With :math:`y_{pr} = \mu + a_p + b_r + e_{pr}` under common luck (without :math:`b_r` otherwise) the variance of e is
    the residual mean square of the two-way table, and the points' means over n replicates carry a share
    :math:`\sigma_e^2 / n` of their variance from luck. NaN where there is one replicate only.
    """
    means = nanmean(values, 1)
    between = float(nanvar(means, 0))
    within = float(nanmean(nanvar(values, 1), 0))
    apart = _residual(values) if common else within
    count = (~np.isnan(values)).sum(axis=1)
    if math.isnan(apart) or not (between > 0):
        luck = 1.0 if between == 0 and apart > 0 else math.nan
        return Noise(math.sqrt(within), math.sqrt(apart), math.sqrt(between), luck, math.nan if luck != 1.0 else 0.0)
    from_luck = apart * float((1 / count[count > 0]).mean())
    caused = max(between - from_luck, 0.0)
    return Noise(
        math.sqrt(within), math.sqrt(apart), math.sqrt(between), min(from_luck / between, 1.0), caused / (caused + within)
        if caused + within > 0 else 0.0,
    )  # fmt: skip


def table_of_noise(layout: Layout, measures: Iterable[str], *, common: bool) -> pd.DataFrame:
    """Return a row a measure: runs, mean, what :class:`Noise` holds, half width, replicates needed.

    ``half_width`` is that of a point's mean as things are; ``needed`` is the number of replicates for which that of a
    difference between two points would be a tenth of the range of the points' means.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for measure in measures:
        values = layout.values(measure)
        means = nanmean(values, 1)
        found = noise_of(values, common=common)
        there = means[~np.isnan(means)]
        reach = float(np.ptp(there)) if there.size else math.nan
        replicates = int(np.median((~np.isnan(values)).sum(axis=1))) if values.size else 0
        rows.append(
            {
                "measure": measure,
                "runs": int((~np.isnan(values)).sum()),
                "mean": float(there.mean()) if there.size else math.nan,
                "lowest": float(there.min()) if there.size else math.nan,
                "highest": float(there.max()) if there.size else math.nan,
                **found._asdict(),
                "replicates": replicates,
                "half_width": half_width(found.within, replicates),
                "needed": needed(found.apart * math.sqrt(2), A_TENTH * reach),
            }
        )
    return pd.DataFrame(rows)


def convergence(values: NDArray[np.float64]) -> pd.DataFrame:
    """Return how the interval of a point's mean narrows with replicates: ``replicates``, ``half_width``, ``expected``.

    ``half_width`` is from the first n replicates alone, the root mean square over the points that have n; ``expected`` is
    t s / √n with the spread s that all replicates of these same points together show.
    """
    import pandas as pd

    there = ~np.isnan(values)
    values = np.take_along_axis(values, np.argsort(~there, axis=1, kind="stable"), axis=1)  # what is missing comes last
    count = there.sum(axis=1)
    most = int(count.max(initial=0))
    steps = np.unique(np.geomspace(2, max(most, 2), MOST_STEPS).round().astype(int)) if most >= 2 else np.empty(0, int)
    made = [values[count >= n] for n in steps]
    return pd.DataFrame(
        {
            "replicates": steps,
            "half_width": [half_width(_spread(own[:, :n]), n) for own, n in zip(made, steps, strict=True)],
            "expected": [half_width(_spread(own), n) for own, n in zip(made, steps, strict=True)],
        }
    )


def _spread(values: NDArray[np.float64]) -> float:
    return math.sqrt(float(nanmean(nanvar(values, 1), 0)))


def needed(spread: float, width: float) -> float:
    """Return the fewest replicates whose interval is at most ± width; NaN if unknown, infinite beyond a billion."""
    if math.isnan(spread) or math.isnan(width) or (width <= 0 and spread > 0):
        return math.nan
    low, high = 2, 2
    while half_width(spread, high) > width:
        low, high = high, high * 2
        if high > MOST_NEEDED:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(spread, middle) <= width else (middle, high)
    return high


def _residual(values: NDArray[np.float64]) -> float:
    """Return the residual mean square of points by replicates; of complete replicates where some runs are missing."""
    rows = values[(~np.isnan(values)).any(axis=1)]
    complete = rows[:, ~np.isnan(rows).any(axis=0)]
    if complete.shape[1] < 2:
        complete = rows[~np.isnan(rows).any(axis=1)]
    points, replicates = complete.shape
    if points < 2 or replicates < 2:
        return float(nanmean(nanvar(values, 1), 0))
    residual = complete - complete.mean(axis=1, keepdims=True) - complete.mean(axis=0, keepdims=True) + complete.mean()
    return float((residual**2).sum() / ((points - 1) * (replicates - 1)))

"""Intervals: how sure a mean over replicates is, and a share of runs."""

from __future__ import annotations

import math
from typing import Any

from ecosim.experiments.crossing import Estimate


def half_width(sample: Any) -> float:
    r"""Return half of the 95 % interval of a mean over replicates by Student's t.

    .. math:: t_{n-1,\,0.975}\, s / \sqrt n

    Args:
        sample: finite values (n,), at least 2.
    """
    from scipy.stats import t

    return float(t.ppf(0.975, sample.size - 1) * sample.std(ddof=1) / math.sqrt(sample.size))


def wilson(share: float, points: int) -> Estimate:
    """Return a share with its 95 % interval by Wilson's score.

    Points are counted as if each held or did not; shares in between scatter less, so the interval is rather too wide.

    References:
        Wilson (1927), Journal of the American Statistical Association 22, 209.
    """
    if points < 1:
        return Estimate(math.nan, 0.0, 1.0)
    z = 1.959964
    middle, scale = share + z * z / (2 * points), 1 + z * z / points
    half = z * math.sqrt(share * (1 - share) / points + z * z / (4 * points * points))
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return Estimate(share, low if share > 0.0 else 0.0, high if share < 1.0 else 1.0)  # rounding would miss these ends

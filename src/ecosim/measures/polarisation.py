"""Polarisation of one column of values: a panel of measures that need not agree, in one cheap pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.kernels import inner, kernel
from ecosim.measures.checks import as_column, require_between, require_bins

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BINS = 21
RATING_POINTS = 7


class Polarisation(NamedTuple):
    """The panel; each number is explained at the function of its name. Missing numbers are NaN.

    Attributes:
        esteban_ray: identification times alienation, in units of the values, ≥ 0.
        bimodality: 0 to 1; uniform 5/9, normal 1/3.
        spread: in units of the values, ≥ 0.
        dispersion: in units of the values, ≥ 0.
        coverage: 0 to 1.
        regionalisation: number of gaps, ≥ 0.
        van_der_eijk: (1 − agreement)/2 on a rating of seven points, 0 to 1.
    """

    esteban_ray: float
    bimodality: float
    spread: float
    dispersion: float
    coverage: float
    regionalisation: float
    van_der_eijk: float


def polarisation(
    values: ArrayLike, *, alpha: float = 1.3, bins: int = BINS, lowest: float = -1.0, highest: float = 1.0
) -> Polarisation:
    """Return the whole panel for values (n,), in time linear in n.

    Args:
        values: (n,), any unit; numbers that are not finite count as missing and are left out.
        alpha: sensitivity of Esteban–Ray to identification, above 0 to 1.6.
        bins: odd number of equal bins from ``lowest`` to ``highest``; values beyond fall into the outermost.
        lowest: lower end of the scale, in units of the values.
        highest: upper end of the scale.

    Raises:
        InputError: if a parameter is out of range.
    """
    _require_alpha(alpha)
    require_bins(bins, lowest, highest)
    return Polarisation(*_panel(as_column(values), alpha, bins, lowest, highest, RATING_POINTS))


def esteban_ray(
    values: ArrayLike,
    masses: ArrayLike | None = None,
    alpha: float = 1.3,
    *,
    bins: int = BINS,
    lowest: float = -1.0,
    highest: float = 1.0,
) -> float:
    r"""Return the polarisation of Esteban and Ray: how much camps identify within and stand apart between.

    .. math:: P = \sum_i \sum_j p_i^{1 + \alpha} p_j |y_i - y_j|

    With masses, every value is a camp, and the sum is exact over all pairs, by sorting: O(k log k) for k camps.
    Without, each value is one organisation and a camp is a bin: its share is the bin's share and its place the mean
    of the values in it, so that camps narrower than a bin and not split by an edge are exact, and the cost is linear
    in n. (Without camps there is no identification: with all values different the sum falls with n to nothing.)

    Args:
        values: (n,), any unit; missing numbers are left out.
        masses: (n,), weights ≥ 0 of the camps, of any sum; None for organisations of equal weight.
        alpha: above 0 to 1.6.
        bins: odd number of bins; used only without masses.
        lowest: lower end of the bins.
        highest: upper end of the bins.

    Returns:
        P with K = 1, in units of the values; the most is (highest − lowest)/2^(1 + α). NaN without any mass.

    Raises:
        InputError: if a parameter is out of range or a mass is negative.

    References:
        Esteban & Ray (1994), On the measurement of polarization, Econometrica 62, 819, Eq. 3 (number of the
        equation unchecked).
    """
    _require_alpha(alpha)
    places = as_column(values)
    if masses is None:
        require_bins(bins, lowest, highest)
        return float(_esteban_ray_of_bins(places, alpha, bins, lowest, highest))
    weights = as_column(masses, "masses")
    if weights.shape != places.shape or not (weights >= 0.0).all():
        raise InputError("masses: one weight ≥ 0 is needed for each value")
    present = np.isfinite(places) & (weights > 0.0)
    places, weights = places[present], weights[present]
    order = np.argsort(places, kind="stable")
    return float(_esteban_ray_of_camps(places[order], weights[order], alpha))


def bimodality(values: ArrayLike) -> float:
    r"""Return the bimodality coefficient of values (n,): high with two humps, but with skewness too.

    .. math:: b = \frac{g_1^2 + 1}{g_2 + 3 (n - 1)^2 / ((n - 2)(n - 3))}

    with sample skewness :math:`g_1` and sample excess kurtosis :math:`g_2`, both corrected for bias. Uniform 5/9,
    normal 1/3, two equal spikes 1 as n grows. NaN below four values or when all are equal.

    References:
        Pfister et al. (2013), Good things peak in pairs, Frontiers in Psychology 4, 700.
    """
    return float(_moments(as_column(values))[4])


def spread(values: ArrayLike) -> float:
    """Return the largest minus the smallest of values (n,), in their unit; NaN when there is none."""
    moments = _moments(as_column(values))
    return float(moments[2] - moments[1])


def dispersion(values: ArrayLike) -> float:
    """Return the mean distance of values (n,) from their mean, in their unit; NaN when there is none."""
    return float(_moments(as_column(values))[3])


def coverage(values: ArrayLike, *, bins: int = BINS, lowest: float = -1.0, highest: float = 1.0) -> float:
    """Return the share of equal bins from ``lowest`` to ``highest`` that hold a value, 0 to 1; NaN without values."""
    require_bins(bins, lowest, highest)
    return float(_occupation(histogram(values, bins=bins, lowest=lowest, highest=highest))[0])


def regionalisation(values: ArrayLike, *, bins: int = BINS, lowest: float = -1.0, highest: float = 1.0) -> float:
    """Return the number of gaps: runs of empty bins with occupied bins on both sides. NaN without values.

    Coverage says how much of the scale is empty, regionalisation how many stretches that emptiness is in
    (Bramson et al. 2016, J. Math. Sociol. 40, 80; that the outer margins do not count is our choice).
    """
    return float(_occupation(histogram(values, bins=bins, lowest=lowest, highest=highest))[1])


def histogram(
    values: ArrayLike, *, bins: int = BINS, lowest: float = -1.0, highest: float = 1.0
) -> NDArray[np.float64]:
    """Return how many of values (n,) fall into each of an odd number of equal bins, (bins,).

    A value on an edge goes to the bin farther from the middle, so that a mirrored population has mirrored counts.
    Values beyond the ends fall into the outermost bins; missing ones into none.
    """
    require_bins(bins, lowest, highest)
    counts: NDArray[np.float64] = _binned(as_column(values), bins, lowest, highest)[0]
    return counts


def van_der_eijk_agreement(counts: ArrayLike) -> float:
    """Return the agreement A of answers on an ordered rating scale, −1 (two extremes) to 1 (one answer).

    The counts are cut into layers in which each category is either empty or equally full. A layer with pattern of
    K categories, S of them full, has agreement U·(1 − (S − 1)/(K − 1)), where

        U = ((K − 2)·T_U − (K − 1)·T_DU) / ((K − 2)·(T_U + T_DU))

    compares triples of categories in order that are unimodal (110, 011) with those that are not (101). A is the mean
    over layers by weight; 0 when all categories are equally full.

    Args:
        counts: (K,), answers in each category in order, ≥ 0, K ≥ 3.

    Returns:
        A; NaN without answers.

    Raises:
        InputError: below three categories or with a negative count.

    References:
        van der Eijk (2001), Measuring agreement in ordered rating scales, Quality & Quantity 35, 325, Eq. 2.
    """
    answers = as_column(counts, "counts")
    if answers.size < 3 or not (answers >= 0.0).all():
        raise InputError("counts: at least three categories are needed, each with a count ≥ 0")
    return float(_agreement(answers))


def van_der_eijk_polarisation(counts: ArrayLike) -> float:
    """Return (1 − A)/2 of van der Eijk's agreement A: 0 with one answer, .5 uniform, 1 with two equal extremes."""
    return (1.0 - van_der_eijk_agreement(counts)) / 2.0


def _require_alpha(alpha: float) -> None:
    require_between("alpha", alpha, np.nextafter(0.0, 1.0), 1.6)


@kernel
def _panel(values: Any, alpha: Any, bins: Any, lowest: Any, highest: Any, points: Any) -> Any:
    _, least, most, mean_distance, two_humps = _moments(values)
    counts, sums = _binned(values, bins, lowest, highest)
    covered, gaps = _occupation(counts)
    camps, places = _camps(counts, sums)
    rating, _ = _binned(values, points, lowest, highest)
    return (
        _esteban_ray_of_camps(places, camps, alpha),
        two_humps,
        most - least,
        mean_distance,
        covered,
        gaps,
        (1.0 - _agreement(rating)) / 2.0,
    )


@kernel
def _esteban_ray_of_bins(values: Any, alpha: Any, bins: Any, lowest: Any, highest: Any) -> Any:
    counts, sums = _binned(values, bins, lowest, highest)
    camps, places = _camps(counts, sums)
    return _esteban_ray_of_camps(places, camps, alpha)


@kernel
def _moments(values: Any) -> Any:
    """Return count, smallest, largest, mean distance from the mean and bimodality coefficient."""
    n, total, least, most = 0, 0.0, np.inf, -np.inf
    for value in values:
        if np.isfinite(value):
            n += 1
            total += value
            least, most = min(least, value), max(most, value)
    if n == 0:
        return 0, np.nan, np.nan, np.nan, np.nan
    if most == least:  # exactly: rounding of the mean would make moments out of nothing
        return n, least, most, 0.0, np.nan
    # In units of the spread, so that neither tiny nor huge values leave the range of a double.
    mean, unit = total / n, most - least
    distances, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    for value in values:
        if np.isfinite(value):
            deviation = (value - mean) / unit
            square = deviation * deviation
            distances += abs(deviation)
            second += square
            third += square * deviation
            fourth += square * square
    return n, least, most, distances / n * unit, _bimodality(n, second / n, third / n, fourth / n)


@inner
def _bimodality(n: Any, second: Any, third: Any, fourth: Any) -> Any:
    if n < 4:
        return np.nan
    skewness = third / second**1.5 * np.sqrt(n * (n - 1.0)) / (n - 2.0)
    excess = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * (fourth / second**2 - 3.0) + 6.0)
    return (skewness**2 + 1.0) / (excess + 3.0 * (n - 1.0) ** 2 / ((n - 2.0) * (n - 3.0)))


@kernel
def _binned(values: Any, bins: Any, lowest: Any, highest: Any) -> Any:
    """Return count and sum of the values in each bin."""
    counts, sums = np.zeros(bins), np.zeros(bins)
    middle, half = 0.5 * (lowest + highest), bins // 2
    per_bin = bins / (highest - lowest)
    for value in values:
        if np.isfinite(value):
            # Rounded away from the middle, clipped while still a float: far values do not fit an integer.
            steps = int(min(abs(value - middle) * per_bin + 0.5, half))
            bin_ = half + steps if value >= middle else half - steps
            counts[bin_] += 1.0
            sums[bin_] += value
    return counts, sums


@inner
def _camps(counts: Any, sums: Any) -> Any:
    """Return masses and places of the bins that hold someone, in order."""
    occupied = counts > 0.0
    masses = counts[occupied]
    return masses, sums[occupied] / masses


@kernel
def _esteban_ray_of_camps(places: Any, masses: Any, alpha: Any) -> Any:
    """Sum over pairs of camps in order of place, in one sweep: the distance to all others changes by what is passed."""
    total = masses.sum()
    if total <= 0.0:
        return np.nan
    distance = 0.0
    for j in range(places.size):
        distance += masses[j] / total * (places[j] - places[0])
    polarised, passed = 0.0, 0.0
    for i in range(places.size):
        share = masses[i] / total
        if i > 0:
            distance += (places[i] - places[i - 1]) * (2.0 * passed - 1.0)
        polarised += share ** (1.0 + alpha) * distance
        passed += share
    return max(polarised, 0.0)


@kernel
def _occupation(counts: Any) -> Any:
    """Return the share of bins that hold someone, and the number of gaps between such bins."""
    occupied, gaps, last = 0, 0, -1
    for b in range(counts.size):
        if counts[b] > 0.0:
            occupied += 1
            if last >= 0 and b > last + 1:
                gaps += 1
            last = b
    if occupied == 0:
        return np.nan, np.nan
    return occupied / counts.size, float(gaps)


@kernel
def _agreement(counts: Any) -> Any:
    total = counts.sum()
    if total <= 0.0:
        return np.nan
    agreement, below = 0.0, 0.0
    while True:  # one layer for each different height, from the bottom
        height = np.inf
        for count in counts:
            if count > below:
                height = min(height, count)
        if height == np.inf:
            return agreement / total
        full, pattern_agreement = _pattern_agreement(counts, below)
        agreement += full * (height - below) * pattern_agreement
        below = height


@inner
def _pattern_agreement(counts: Any, below: Any) -> Any:
    """Return how many categories are full above a height, and the agreement of that pattern."""
    k, full = counts.size, 0
    for count in counts:
        full += count > below
    if full == 1:
        return full, 1.0
    unimodal, bimodal, left = 0.0, 0.0, 0
    for count in counts:
        if count > below:
            left += 1
        else:  # an empty category ends triples 110, starts 011 and splits 101
            right = full - left
            unimodal += 0.5 * (left * (left - 1) + right * (right - 1))
            bimodal += left * right
    if unimodal + bimodal == 0.0:
        return full, 0.0
    u = ((k - 2.0) * unimodal - (k - 1.0) * bimodal) / ((k - 2.0) * (unimodal + bimodal))
    return full, u * (1.0 - (full - 1.0) / (k - 1.0))

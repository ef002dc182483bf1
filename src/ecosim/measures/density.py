r"""Measures that need a density: polarisation after Duclos, Esteban & Ray, and the number of modes.

The density is a Gaussian kernel estimate on an even grid from the smallest to the largest value. Each value is shared
between its two nearest grid points by distance (linear binning), which keeps means exact; the kernel is cut at four
bandwidths. Bandwidth, unless given: Silverman's rule .9·s·n^(−1/5) with s the standard deviation (for two camps that is
wide, so modes are counted with caution), and never less than one step of the grid. Cost: n plus at most grid², about
8 µs at n = 200. The ends of the range are not reflected: an estimate near them is low, by half at a cut-off density.

References:
    Silverman (1986), Density Estimation for Statistics and Data Analysis, Eq. 3.31 (there with the smaller
    of s and interquartile range / 1.34, which for bounded stances is s whenever there are camps).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.errors import InputError
from ecosim.kernels import inner, kernel
from ecosim.measures.checks import as_column, require_between

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

GRID = 129


def duclos_esteban_ray(
    values: ArrayLike, alpha: float = 0.5, *, bandwidth: float | None = None, grid: int = GRID
) -> float:
    r"""Return the polarisation of a continuous distribution: identification is density, alienation distance.

    .. math:: P_\alpha = \iint f(x)^{1 + \alpha} f(y) |x - y| \, dx \, dy
              \approx \frac{1}{n} \sum_i \hat f(y_i)^\alpha \, \hat a(y_i)

    with :math:`\hat f` the density estimate and :math:`\hat a` the mean distance to all others: only the power needs
    smoothing, distances are those of the values themselves.

    Args:
        values: (n,), any unit; missing numbers are left out.
        alpha: sensitivity to identification, .25 to 1.
        bandwidth: standard deviation of the kernel, in units of the values, above 0; None for Silverman's rule.
        grid: number of grid points, at least 3.

    Returns:
        P, in units of the values to the power 1 − alpha, ≥ 0. All values equal: the limit of ever narrower
        distributions, 0; at alpha = 1, where that limit depends on the shape, NaN. NaN without values.

    Raises:
        InputError: if a parameter is out of range.

    References:
        Duclos, Esteban & Ray (2004), Polarization: concepts, measurement, estimation, Econometrica 72, 1737
        (estimator after their Eq. 10; equation number unchecked).
    """
    require_between("alpha", alpha, 0.25, 1.0)
    return float(_duclos_esteban_ray(as_column(values), alpha, _bandwidth(bandwidth), _grid(grid)))


def fracturing(
    values: ArrayLike,
    *,
    bandwidth: float | None = None,
    valley: float = 0.1,
    smallest_share: float = 0.01,
    grid: int = GRID,
) -> float:
    """Return the number of modes of the density: into how many camps the values fall (Bramson et al. 2016).

    Two peaks count as two modes where the density between them falls by at least the share ``valley`` below the lower
    one, and a mode counts where at least ``smallest_share`` of the values lie between the valleys around it. A camp
    at the very end of the range is a mode too.

    Args:
        values: (n,), any unit; missing numbers are left out.
        bandwidth: as in :func:`duclos_esteban_ray`.
        valley: 0 to 1, depth of a valley that separates.
        smallest_share: 0 to 1, share of all values.
        grid: number of grid points, at least 3.

    Returns:
        A whole number from 1; NaN without values.

    Raises:
        InputError: if a parameter is out of range.
    """
    require_between("valley", valley, 0.0, 1.0)
    require_between("smallest_share", smallest_share, 0.0, 1.0)
    return float(_modes(as_column(values), _bandwidth(bandwidth), valley, smallest_share, _grid(grid)))


def density(
    values: ArrayLike, *, bandwidth: float | None = None, grid: int = GRID
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return grid points, the share of values at each, and the density there, each (grid,).

    All three are empty when there are no values or all are equal.
    """
    points, shares, heights = _density(as_column(values), _bandwidth(bandwidth), _grid(grid))
    return points, shares, heights


def _bandwidth(bandwidth: float | None) -> float:
    if bandwidth is None:
        return 0.0  # the kernels' sign for the rule
    require_between("bandwidth", bandwidth, np.nextafter(0.0, 1.0), np.finfo(np.float64).max)
    return bandwidth


def _grid(grid: int) -> int:
    if grid < 3:
        raise InputError(f"grid: {grid} found, at least 3 points are needed")
    return grid


@kernel
def _duclos_esteban_ray(values: Any, alpha: Any, bandwidth: Any, grid: Any) -> Any:
    points, shares, heights = _density(values, bandwidth, grid)
    if points.size == 0:
        some = False
        for value in values:
            some = some or np.isfinite(value)
        return 0.0 if some and alpha < 1.0 else np.nan
    distance, step = 0.0, points[1] - points[0]
    for j in range(grid):
        distance += shares[j] * (points[j] - points[0])
    polarised, passed = 0.0, 0.0
    for i in range(grid):
        if i > 0:
            distance += step * (2.0 * passed - 1.0)
        if shares[i] > 0.0:
            polarised += shares[i] * heights[i] ** alpha * distance
        passed += shares[i]
    return polarised


@kernel
def _modes(values: Any, bandwidth: Any, valley: Any, smallest_share: Any, grid: Any) -> Any:
    """Walk the density up and down; what rises or falls by less than the valley's depth does not turn the walk."""
    _, shares, heights = _density(values, bandwidth, grid)
    if heights.size == 0:
        for value in values:
            if np.isfinite(value):
                return 1.0
        return np.nan
    modes, rising, extreme = 0, True, 0.0
    share, share_to_valley = 0.0, 0.0
    for i in range(grid):
        height = heights[i]
        if rising:
            extreme = max(extreme, height)
            if height < extreme * (1.0 - valley):
                rising, extreme, share_to_valley = False, height, share
        elif height < extreme:
            extreme, share_to_valley = height, share
        elif extreme < height * (1.0 - valley):
            modes += share_to_valley >= smallest_share
            rising, extreme, share = True, height, share - share_to_valley
        share += shares[i]
    modes += share >= smallest_share
    return float(max(modes, 1))


@kernel
def _density(values: Any, bandwidth: Any, grid: Any) -> Any:
    n, deviation, least, most = _summary(values)
    if n == 0 or most == least:
        return np.empty(0), np.empty(0), np.empty(0)
    step = (most - least) / (grid - 1)
    points, shares, heights = np.empty(grid), np.zeros(grid), np.zeros(grid)
    for i in range(grid):
        points[i] = least + step * i
    for value in values:
        if np.isfinite(value):
            place = (value - least) / step
            left = min(int(place), grid - 2)
            shares[left] += (1.0 - (place - left)) / n
            shares[left + 1] += (place - left) / n
    width = bandwidth if bandwidth > 0.0 else 0.9 * deviation * n**-0.2
    width = max(width, step)
    reach = min(int(4.0 * width / step), grid - 1)
    bell = np.empty(2 * reach + 1)
    for d in range(reach + 1):
        bell[reach + d] = bell[reach - d] = np.exp(-0.5 * (d * step / width) ** 2) / (width * np.sqrt(2.0 * np.pi))
    for i in range(grid):
        if shares[i] > 0.0:
            start, stop = max(0, i - reach), min(grid, i + reach + 1)
            share, offset = shares[i], start - i + reach
            for j in range(stop - start):
                heights[start + j] += share * bell[offset + j]
    return points, shares, heights


@inner
def _summary(values: Any) -> Any:
    """Return count, standard deviation, smallest and largest of the values that are not missing."""
    n, total, least, most = 0, 0.0, np.inf, -np.inf
    for value in values:
        if np.isfinite(value):
            n += 1
            total += value
            least, most = min(least, value), max(most, value)
    if n < 2:
        return n, 0.0, least, most
    mean, squares = total / n, 0.0
    for value in values:
        if np.isfinite(value):
            squares += (value - mean) ** 2
    return n, np.sqrt(squares / (n - 1)), least, most

r"""Early warnings: what fluctuates more widely and more slowly may be about to tip.

Near a fold a system returns ever more slowly from small pushes, so variance and lag-1 autocorrelation of what is left of
a series after its slow trend rise. For an Ornstein–Uhlenbeck process of rate κ and noise σ sampled every Δt,

.. math:: \rho_1 = e^{-\kappa \Delta t}, \qquad \operatorname{var} = \sigma^2 / 2\kappa .

A rise is a warning, no proof: other things make series noisier, and sudden shocks give none.

References:
    Scheffer et al. (2009), Nature 461, 53. Dakos et al. (2012), PLoS ONE 7(7) e41010.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.measures.checks import as_column
from ecosim.rng import Key, normals

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class EarlyWarning(NamedTuple):
    """Indicators in a window that moves along a series.

    Attributes:
        tick: last place of each window in the series (windows,), from 0.
        variance: of what is left of the series after its trend, in each window (windows,).
        autocorrelation: its lag-1 autocorrelation (windows,); NaN where nothing fluctuates.
        variance_trend: Kendall's τ of variance with time, −1 to 1; NaN where it is undefined.
        autocorrelation_trend: the same of autocorrelation.
    """

    tick: NDArray[np.int64]
    variance: NDArray[np.float64]
    autocorrelation: NDArray[np.float64]
    variance_trend: float
    autocorrelation_trend: float


def early_warning(series: ArrayLike, *, window: float = 0.5, bandwidth: float = 0.1) -> EarlyWarning:
    """Return variance and lag-1 autocorrelation in a moving window, and whether they rise.

    Args:
        series: values at equal distances of time (ticks,), without gaps.
        window: its length as a share of the series.
        bandwidth: standard deviation of the Gaussian kernel whose smooth is taken for the trend, as a share of the
            series; 0 takes away the mean only.

    Raises:
        InputError: if the window holds fewer than five ticks, or values are missing.
    """
    values = _complete(series)
    length = round(window * values.size)
    if not 0.0 < window <= 1.0 or length < 5:
        raise InputError(
            f"window is {window} of {values.size} ticks; allowed: a share up to 1 that holds at least 5 ticks"
        )
    if not 0.0 <= bandwidth <= 1.0:
        raise InputError(f"bandwidth is {bandwidth}; allowed: a share of the series, 0 to 1")
    left = values - trend(values, bandwidth * values.size)
    windows = np.lib.stride_tricks.sliding_window_view(left, length)
    variance = windows.var(axis=1, ddof=1)
    memory = np.array([lag_one(one) for one in windows])
    tick = np.arange(length - 1, values.size)
    return EarlyWarning(tick, variance, memory, kendall(variance), kendall(memory))


def warning_p(
    series: ArrayLike, key: Key, *, surrogates: int = 199, window: float = 0.5, bandwidth: float = 0.1
) -> tuple[float, float]:
    """Return how often series whose resilience does not change show trends as strong: of variance, of autocorrelation.

    Surrogates are first-order autoregressions with the memory and variance that the detrended series has as a whole.

    Args:
        series: as for :func:`early_warning`.
        key: source of the surrogates.
        surrogates: how many, at least 19.
        window: as for :func:`early_warning`.
        bandwidth: as for :func:`early_warning`.
    """
    if surrogates < 19:
        raise InputError(f"surrogates is {surrogates}; allowed: at least 19")
    values = _complete(series)
    found = early_warning(values, window=window, bandwidth=bandwidth)
    left = values - trend(values, bandwidth * values.size)
    memory = float(np.clip(np.nan_to_num(lag_one(left)), -0.99, 0.99))
    noise = normals(key, np.arange(surrogates * values.size)).reshape(surrogates, values.size)
    as_strong = np.zeros(2)
    for one in noise:
        made = early_warning(_autoregression(one, memory) * left.std(), window=window, bandwidth=bandwidth)
        as_strong += (
            made.variance_trend >= found.variance_trend,
            made.autocorrelation_trend >= found.autocorrelation_trend,
        )
    p = (1 + as_strong) / (surrogates + 1)
    return float(p[0]), float(p[1])


def trend(values: NDArray[np.float64], bandwidth: float) -> NDArray[np.float64]:
    """Return the smooth of a series (ticks,) by a Gaussian kernel of this standard deviation in ticks; 0: its mean."""
    if bandwidth == 0.0:
        return np.full(values.size, values.mean())
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, bandwidth, mode="nearest"))


def lag_one(values: NDArray[np.float64]) -> float:
    """Return the lag-1 autocorrelation of a series (ticks,); NaN where it does not fluctuate."""
    apart = values - values.mean()
    total = float(apart @ apart)
    return float(apart[1:] @ apart[:-1]) / total if total > 1e-300 else float("nan")


def kendall(values: NDArray[np.float64]) -> float:
    """Return Kendall's τ of a series with time, over the values that are there; NaN where it is undefined."""
    from scipy.stats import kendalltau

    there = np.flatnonzero(np.isfinite(values))
    return float(kendalltau(there, values[there]).statistic) if there.size > 1 else float("nan")


def _autoregression(noise: NDArray[np.float64], memory: float) -> NDArray[np.float64]:
    """Return a stationary first-order autoregression of variance 1 driven by standard normal noise (ticks,)."""
    from scipy.signal import lfilter

    scaled = noise * np.sqrt(1.0 - memory**2)
    scaled[0] = noise[0]
    return np.asarray(lfilter([1.0], [1.0, -memory], scaled))


def _complete(series: ArrayLike) -> NDArray[np.float64]:
    values = as_column(series, "series")
    if not np.isfinite(values).all():
        raise InputError("series: missing or infinite numbers; allowed: a series without gaps")
    return values

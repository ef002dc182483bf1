r"""Resilience: how deep a fall, how long until it is made good, and whether the way back is another than the way there.

References:
    Holling (1973), Annu. Rev. Ecol. Syst. 4, 1, for resilience beside return time. Scheffer et al. (2009),
    Nature 461, 53, for hysteresis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.measures.checks import as_column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Response(NamedTuple):
    """What became of a series after it was shaken.

    Attributes:
        baseline: its mean before.
        depth: greatest distance from the baseline afterwards in the harmful direction, in the series' unit; 0 if it never
            went there.
        depth_at: ticks after the shock at which that was.
        recovery: ticks after the shock from which it stays within ``tolerance`` of the baseline as long as asked; NaN if
            never.
        loss: sum of harmful distances from the baseline over all ticks after the shock, in unit × tick.
        settled: its mean over the last quarter after the shock, less the baseline: what a new normal would be.
    """

    baseline: float
    depth: float
    depth_at: int
    recovery: float
    loss: float
    settled: float


def response(
    series: ArrayLike, at: int, *, before: int = 20, tolerance: float = 0.1, staying: int = 5, harm: int = -1
) -> Response:
    """Return how a series answered a shock.

    Args:
        series: a value a tick (ticks,).
        at: place of the first value that the shock may have touched.
        before: how many values before it make the baseline.
        tolerance: how close to the baseline counts as recovered, as a share of the baseline's size.
        staying: for how many ticks in a row it must be so close.
        harm: −1 where less is worse, 1 where more is.

    Raises:
        InputError: if there are no values before or after, some are missing, or harm is neither.
    """
    values = as_column(series, "series")
    if not 1 <= at < values.size or before < 1 or staying < 1:
        raise InputError(
            f"at is {at} of {values.size} values, before {before}, staying {staying}; allowed: values before and after"
        )
    if harm not in (-1, 1):
        raise InputError(f"harm is {harm}; allowed: -1 (less is worse) or 1 (more is worse)")
    if not np.isfinite(values).all():
        raise InputError("series: missing or infinite numbers; allowed: a series without gaps")
    baseline = float(values[max(0, at - before) : at].mean())
    after = values[at:]
    worse = np.maximum(harm * (after - baseline), 0.0)
    is_close = worse <= tolerance * abs(baseline)
    last = after[-max(1, after.size // 4) :]
    return Response(
        baseline,
        float(worse.max()),
        int(worse.argmax()),
        _first_run(is_close[int(worse.argmax()) :], staying) + int(worse.argmax()),
        float(worse.sum()),
        float(last.mean() - baseline),
    )


def hysteresis_area(parameter: ArrayLike, up: ArrayLike, down: ArrayLike) -> float:
    """Return the area between the way up and the way down of an outcome, in unit × unit of the parameter.

    0 where both ways are the same; a fold leaves a loop. The sign tells which branch lies higher: positive where the outcome
    is higher on the way down.

    Args:
        parameter: values in rising order (p,).
        up: outcome at each of them on the way up (p,).
        down: outcome at each of them on the way down (p,), in the same order.

    Raises:
        InputError: if the three do not go together, or the parameter does not rise.
    """
    x, there, back = as_column(parameter, "parameter"), as_column(up, "up"), as_column(down, "down")
    if not x.size == there.size == back.size or x.size < 2:
        raise InputError(
            f"parameter, up, down hold {x.size}, {there.size}, {back.size} values; allowed: as many each, at least 2"
        )
    if (np.diff(x) <= 0).any():
        raise InputError("parameter does not rise throughout; allowed: values in rising order, each once")
    return float(np.trapezoid(back - there, x))


def _first_run(holds: NDArray[np.bool_], length: int) -> float:
    """Return the first place from which something holds so many times in a row; NaN if it never does."""
    if holds.size < length:
        return float("nan")
    runs = np.lib.stride_tricks.sliding_window_view(holds, length).all(axis=1)
    return float(runs.argmax()) if runs.any() else float("nan")

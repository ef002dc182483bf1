"""Question: what a search for tipping asks: along which parameter, for which measure, between which values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, shown
from ecosim.experiments.columns import column_of
from ecosim.experiments.crossing import Crossing
from ecosim.experiments.declared import Declared, declared
from ecosim.settings import Settings

Numbers = NDArray[np.float64]

FIRST_VALUES = 9
INNER_VALUES = 3


@dataclass(frozen=True)
class Question:
    """What is searched for.

    Attributes:
        key: of the parameter.
        measure: column of the runs: ``name`` at the end, ``name.mean`` over the second half.
        start, stop: between which values.
        threshold: of the measure, between the regimes; None takes the middle between the means at both ends.
        width: how wide the 95 % interval may be.
        is_whole: whether the parameter takes whole numbers only.
    """

    key: str
    measure: str
    start: float
    stop: float
    threshold: float | None
    width: float
    is_whole: bool


def question_of(
    settings: Settings,
    key: str,
    measure: str,
    start: float | None,
    stop: float | None,
    threshold: float | None,
    width: float | None,
    replicates: int,
) -> Question:
    """Return a question; arguments as in :func:`ecosim.experiments.tipping.tip`.

    Raises:
        InputError: naming every fault at once.
    """
    faults: list[str] = []
    allowed = Declared(False, -math.inf, math.inf, False)
    try:
        allowed = declared(settings, key)
    except InputError as error:
        faults += error.faults
    try:
        measure = column_of(measure, settings)
    except InputError as error:
        faults += error.faults
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 1:
        faults.append(f"replicates: {shown(replicates)}; allowed: a whole number of at least 1")
    low = allowed.low if start is None and allowed.is_closed else start
    high = allowed.high if stop is None and allowed.is_closed else stop
    if not faults and (low is None or high is None):
        faults.append(f"{key}: has no closed range of its own; allowed: --from and --to")
    if low is not None and high is not None:
        faults += _faults_of_range(key, float(low), float(high), allowed)
        if width is not None and not 0 < width < abs(high - low):
            faults.append(f"width: {shown(width)}; allowed: above 0 and below the range, {abs(high - low):g}")
    if threshold is not None and not math.isfinite(threshold):
        faults.append(f"threshold: {shown(threshold)}; allowed: a number")
    if faults or low is None or high is None:
        raise InputError(faults)
    wide = 0.01 * (high - low) if width is None else float(width)
    return Question(key, measure, float(low), float(high), threshold, wide, allowed.is_whole)


def _faults_of_range(key: str, low: float, high: float, allowed: Declared) -> list[str]:
    if not math.isfinite(low) or not math.isfinite(high) or low >= high:
        return [f"{key}: from {low:g} to {high:g}; allowed: a range that begins below where it ends"]
    if low < allowed.low or high > allowed.high:
        return [f"{key}: from {low:g} to {high:g}; allowed: within {allowed.low:g} to {allowed.high:g}"]
    if allowed.is_whole and (low != round(low) or high != round(high)):
        return [f"{key}: from {low:g} to {high:g}; allowed: whole numbers"]
    return []


def first_values(question: Question) -> Numbers:
    """Return evenly spaced values from the one end to the other; whole numbers where others are not allowed."""
    values = np.linspace(question.start, question.stop, FIRST_VALUES)
    return np.unique(np.round(values)) if question.is_whole else values


def next_values(question: Question, values: Numbers, found: Crossing) -> Numbers:
    """Return the values to try next, within those between which a quarter and three quarters have gone over."""
    low, high = found.quarter, found.three_quarters
    inner = np.linspace(low, high, INNER_VALUES + 2)[1:-1]
    if question.is_whole:
        inner = np.unique(np.round(inner))
    near = np.abs(inner[:, None] - values[None]).min(axis=1)
    fine: Numbers = inner[near > 1e-9 * (question.stop - question.start)]
    return fine

"""Verdict: whether an outcome tips along a parameter or slides, and in which words that is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.crossing import Crossing, Estimate
from ecosim.experiments.intervals import half_width
from ecosim.experiments.question import Question
from ecosim.results.phrases import percent

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]

ABRUPT = 0.25
"""Share of the whole change between the ends that must happen at the critical value for it to be called tipping."""

PARTED = 4.0
"""Distance of the two regimes where runs go over, in standard deviations within them. Halves of a normal distribution
are 2.65 apart, of an even one 3.46: so little is no sign of two regimes."""

STEEP = 4.0
"""How many times the mean slope the outcome must at least rise between the last value before and the first one after, where
runs separate: between values that lie far apart a mere slope, or a bend, makes a large share of the change too."""

STILL = 0.02
"""Share of the leap by which the ends of runs near the critical value may differ, on average over replicates, from their
means over the second half."""


def is_over(outcome: Numbers, question: Question) -> NDArray[np.bool_]:
    """Return which runs are in the regime of the range's end (replicates, values)."""
    assert question.threshold is not None
    rises = outcome[:, -1].mean() >= outcome[:, 0].mean()
    over: NDArray[np.bool_] = outcome > question.threshold if rises else outcome < question.threshold
    return over


def why_not(question: Question, outcome: Numbers) -> tuple[str, ...]:
    """Return, in sentences, why nothing can go over between the ends; nothing if it can."""
    first, last = estimate(outcome[:, 0]), estimate(outcome[:, -1])
    difference = estimate(outcome[:, -1] - outcome[:, 0])
    told = (
        f"{question.measure} is {words(first)} at {question.start:g} and {words(last)} at {question.stop:g}: a difference "
        f"of {words(difference, True)}"
    )
    if difference.low <= 0.0 <= difference.high or difference.value == 0.0:
        return (f"No tipping found: {told}, which is compatible with none.",)
    over = is_over(outcome, question)
    if over[:, 0].mean() >= 0.5 or over[:, -1].mean() <= 0.5:
        shares = " and ".join(percent(share) for share in (over[:, 0].mean(), over[:, -1].mean()))
        return (f"No tipping found at {question.threshold:g}: {told}; {shares} of the runs at the ends are beyond it.",)
    return ()


def is_located(question: Question, found: Crossing) -> bool:
    """Return whether anything is known of where runs go over: its interval leaves out some of the range searched."""
    critical = found.critical
    return found.is_separated or critical.low > question.start or critical.high < question.stop


class Leap(NamedTuple):
    """How abruptly an outcome changes where runs go over.

    Attributes:
        share: of the change between the ends that happens there: the mean of runs in the second regime less that of runs
            in the first, at values at which both are found, over the difference between the ends; with its 95 % interval.
        parted: distance of the two, in standard deviations within them; infinite where runs separate.
        gap: distance of the two values between which runs go over where they separate, as a share of the range; else 0.
    """

    share: Estimate
    parted: float
    gap: float = 0.0

    @property
    def is_abrupt(self) -> bool:
        """Whether two regimes can be told from one outcome that slides, with chance around it."""
        return self._is_large() and not self.is_too_coarse

    @property
    def is_too_coarse(self) -> bool:
        """Whether much changes between two values, but these lie too far apart to tell a leap from a slope."""
        return self._is_large() and self.share.low < STEEP * self.gap

    @property
    def is_unsettled(self) -> bool:
        """Whether there are two regimes, but the interval of what happens at once holds the least share that tips."""
        return self.parted >= PARTED and self.share.low < ABRUPT <= self.share.high

    def _is_large(self) -> bool:
        return self.share.low >= ABRUPT and self.parted >= PARTED


def leap_of(values: Numbers, outcome: Numbers, over: NDArray[np.bool_], found: Crossing, draws: int = 500) -> Leap:
    """Return how abruptly the outcome changes where runs go over; the interval is the bootstrap's over replicates.

    Where runs separate, the last value before and the first one after count.
    """
    near = near_of(values, over, found)

    def share(rows: Any) -> float:
        y, there = outcome[rows], over[rows]
        inside, beyond = y[:, near], there[:, near]
        whole = y[:, -1].mean() - y[:, 0].mean()
        if not whole or beyond.all() or not beyond.any():
            return math.nan
        return float((inside[beyond].mean() - inside[~beyond].mean()) / whole)

    runs = outcome.shape[0]
    luck = np.random.default_rng(1)
    again = np.array([share(luck.integers(runs, size=runs)) for _ in range(draws)])
    again = again[np.isfinite(again)]
    low, high = np.quantile(again, (0.025, 0.975)) if again.size else (math.nan, math.nan)
    estimate_of_share = Estimate(share(np.arange(runs)), float(low), float(high)).widened(runs)
    inside, beyond = outcome[:, near], over[:, near]
    within = (
        math.sqrt(0.5 * (inside[beyond].var() + inside[~beyond].var())) if beyond.any() and not beyond.all() else 0.0
    )
    apart = abs(inside[beyond].mean() - inside[~beyond].mean()) if beyond.any() and not beyond.all() else math.nan
    parted = math.inf if found.is_separated or within == 0.0 else float(apart / within)
    gap = (found.high - found.low) / float(values[-1] - values[0]) if found.is_separated else 0.0
    return Leap(estimate_of_share, parted, gap)


def near_of(values: Numbers, over: NDArray[np.bool_], found: Crossing) -> NDArray[np.bool_]:
    """Return which values are near the critical one (k,): between the quartiles, or those at which both regimes occur."""
    if found.is_separated:
        return np.isin(values, (found.low, found.high))
    between = np.logical_and(values >= found.quarter, values <= found.three_quarters)
    both = np.logical_and(over.any(axis=0), ~over.all(axis=0))
    inner = np.logical_and(between, both)
    return inner if inner.any() else both


def says(
    question: Question,
    outcome: Numbers,
    values: Numbers,
    found: Crossing,
    leap: Leap,
    moved: Numbers | None = None,
    asked: int | None = None,
) -> tuple[str, ...]:
    """Return what was found, in sentences.

    Args:
        question: what was asked.
        outcome: what came out (replicates, values).
        values: that were tried.
        found: where runs go over.
        leap: how abruptly.
        moved: by how much each run's end differs from its mean over the second half (replicates, values).
        asked: replicates that were asked for, where some of them had no outcome; None for as many as there are.
    """
    first, last = float(outcome[:, 0].mean()), float(outcome[:, -1].mean())
    change = f"{question.measure} goes from {first:.4g} to {last:.4g} along {question.key}"
    known = is_located(question, found)
    asked = outcome.shape[0] if asked is None else asked
    sentences = _located(question, asked, change, found, leap) if known else [_unlocated(question, change)]
    over = is_over(outcome, question)
    if moved is not None and known:
        moves = np.abs(moved[:, near_of(values, over, found)].mean(axis=0)).max()
        near = moves / abs((last - first) * max(leap.share.value, ABRUPT))
        if near > STILL:
            sentences.append(
                "Runs near the critical value are still on the move at their end, as everything slows there: with more "
                "ticks it may lie elsewhere."
            )
    share = over.mean(axis=0)
    back = (np.maximum.accumulate(share) - share).max()
    if back > max(0.2, 2.0 / math.sqrt(outcome.shape[0])):
        one = "; this is one place" if known else ""
        sentences.append(f"The outcome comes back on the way: it passes the threshold more than once{one}.")
    return tuple(sentences)


def _located(question: Question, replicates: int, change: str, found: Crossing, leap: Leap) -> list[str]:
    """Return where runs go over and how abruptly, and what the interval is due to."""
    low, high = found.critical.low, found.critical.high
    sentences = [
        f"{_verdict(leap)}: {change}, and passes {question.threshold:.4g} {_where(found)}.",
        _abruptness(question, leap),
    ]
    if high - low > question.width and not question.is_whole:
        times = ((high - low) / question.width) ** 2
        sentences.append(
            f"The interval is wider than the {question.width:.3g} asked for: chance sets it; about "
            f"{math.ceil(times * replicates):,} replicates would do."
        )
    if not found.is_separated and (low <= question.start or high >= question.stop):
        end = "begins" if low <= question.start else "ends"
        sentences.append(
            f"The interval ends where the range searched {end}: a wider range may show that it reaches further."
        )
    return sentences


def _unlocated(question: Question, change: str) -> str:
    return (
        f"Not located: {change}, but the 95 % interval of where it passes {question.threshold:.4g} is the whole range "
        f"searched, {question.start:g} to {question.stop:g}: chance in the runs is too large, or the change too gradual, to "
        "tell a value. More replicates, a measure with less chance in it, or a wider range may."
    )


def _verdict(leap: Leap) -> str:
    if leap.is_abrupt:
        return "Tipping"
    if leap.is_too_coarse:
        return "A crossing, tipping or not"
    return "A crossing; whether it tips is not settled" if leap.is_unsettled else "A gradual crossing, no tipping"


def _where(found: Crossing) -> str:
    """Return where runs go over: at a value with its interval; between two where no more than that is known."""
    low, high = found.critical.low, found.critical.high
    if not found.is_separated:
        return f"at {words(found.critical)}"
    form = ".6g" if high - low < 1e-3 * abs(found.critical.value) else ".4g"
    return f"between {low:{form}} and {high:{form}}"


def _abruptness(question: Question, leap: Leap) -> str:
    share = percent(leap.share.value)
    if leap.is_abrupt:
        return f"{share} of that change happens there at once."
    if leap.is_too_coarse:
        finer = "the parameter takes whole numbers only" if question.is_whole else "a smaller width tells"
        return (
            f"{share} of that change happens between two values that are {percent(leap.gap)} of the range apart: the "
            f"values lie too far apart to tell a leap from a slope ({finer})."
        )
    if leap.is_unsettled:
        return (
            f"{share} [{percent(leap.share.low)}, {percent(leap.share.high)}] of that change happens there at once: it is "
            f"called tipping from {percent(ABRUPT)} on, and the interval reaches from below that to above; more replicates "
            "may settle it."
        )
    if leap.share.value < ABRUPT:
        return (
            f"{share} of that change happens there at once: the outcome slides through the threshold, and there are no two "
            "regimes to see."
        )
    return (
        f"Chance scatters runs there over {share} of that change, but in one heap and not in two: there are no two regimes "
        "to see."
    )


def estimate(sample: Numbers) -> Estimate:
    """Return a mean with its 95 % interval (Student's t); of a single value, that value."""
    mean = float(sample.mean())
    if sample.size < 2:
        return Estimate(mean, mean, mean)
    half = half_width(sample)
    return Estimate(mean, mean - half, mean + half)


def table_of(values: Numbers, outcome: Numbers, over: NDArray[np.bool_]) -> pd.DataFrame:
    """Return a row for each value tried."""
    import pandas as pd

    rows = [
        {"value": value, "runs": outcome.shape[0], "mean": mean, "low": low, "high": high, "share_over": share}
        for value, (mean, low, high), share in zip(
            values, (estimate(column) for column in outcome.T), over.mean(axis=0), strict=True
        )
    ]
    return pd.DataFrame(rows)


def words(number: Estimate, signed: bool = False) -> str:
    """Return an estimate as text: 2.604 [2.603, 2.606]; one without any width, such as of a single run, as its value."""
    form = "+.4g" if signed else ".4g"
    if number.low == number.high:
        return f"{number.value:{form}}"
    finer = abs(number.high - number.low)
    if not signed and 0 < finer < 1e-3 * abs(number.value):
        form = ".6g"
    return f"{number.value:{form}} [{number.low:{form}}, {number.high:{form}}]"

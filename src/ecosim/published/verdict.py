"""Verdict: one number of ours held against its reference, by a test whose false-alarm rate is stated."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

from ecosim.published.case import Cell, Standing

FALSE_ALARM = 1e-4
"""Chance that a number that is right is called different, for each number that chance has a part in, both sides."""
CONFIDENCE = 0.95
COARSE = 0.15
"""Greatest bound, as a share of all that a measure can be, with which a test tells anything: three tenths of its range then
agree. Where the range has no upper end, the reference itself: with a wider bound nothing at all would agree, too."""

Word = Literal["agrees", "too coarse to tell", "differs", "known difference", "failed"]


class Verdict(NamedTuple):
    """A row of the table.

    Attributes:
        case: name of the case.
        setting: what is varied.
        measure: what is compared.
        reference: the published, recomputed, derived or exact value.
        error: standard error of the reference; 0 where it is exact.
        standing: where the reference is from.
        ours: mean over our runs.
        low: lower end of its 95 % interval.
        high: upper end of it.
        runs: how many; 1 for a number in which chance has no part.
        bound: greatest distance between ours and the reference that agrees.
        false_alarm: chance to differ although it is right; 0 where chance has no part.
        verdict: agrees; too coarse to tell, where so wide a bound could hardly be missed; differs; known difference; or
            failed, where nothing came out.
        note: where ours differs and why; what is allowed for.
    """

    case: str
    setting: str
    measure: str
    reference: float
    error: float
    standing: Standing
    ours: float
    low: float
    high: float
    runs: int
    bound: float
    false_alarm: float
    verdict: Word
    note: str


def hold(case: str, cell: Cell) -> Verdict:
    r"""Hold a cell's runs against its reference.

    They agree if :math:`|\bar x - \text{reference}| \le a + \sqrt{t^2 s^2 / r + z^2 e^2}`, with the allowance a, the
    standard error e of the reference, s the standard deviation of our r runs, and t and z the quantiles of Student's law
    with r − 1 degrees of freedom, and of the normal law, that are left with probability 10⁻⁴: at least as wide as that
    asks. A single number must lie within the allowance, and z standard errors of the reference where that has one.

    Where chance has a part and the bound is more than :data:`COARSE` of what the measure can be, a number within it is not
    said to agree: the test is too coarse to tell. One beyond it differs all the same.

    References:
        Banerjee (1960), Sankhyā 22, 357, for intervals of sums with few degrees of freedom each (as a later paper
        cites it; itself unchecked).
    """
    ours = np.asarray(cell.ours, np.float64)
    runs = ours.size
    mean = float(ours.mean()) if runs else math.nan
    own_error = float(ours.std(ddof=1)) / math.sqrt(runs) if runs > 1 else 0.0
    spread = math.hypot(own_error, cell.error)
    left = 1.0 - FALSE_ALARM / 2
    own_part = _quantile(left, runs) * own_error if own_error > 0.0 else 0.0
    bound = cell.allowance + math.hypot(own_part, _quantile(left, 1) * cell.error)
    agrees = abs(mean - cell.reference) <= bound
    half = _quantile(0.5 + CONFIDENCE / 2, runs) * own_error if own_error > 0.0 else 0.0
    word: Word = "known difference" if cell.known and not math.isnan(mean) else "differs"
    if agrees:
        word = "too coarse to tell" if spread > 0.0 and _is_coarse(bound, cell) else "agrees"
    return Verdict(
        case, cell.setting, cell.measure, float(cell.reference), float(cell.error), cell.standing,
        mean, mean - half, mean + half, runs, bound, FALSE_ALARM if spread > 0.0 else 0.0, word, cell.note,
    )  # fmt: skip


def _is_coarse(bound: float, cell: Cell) -> bool:
    """Return whether a bound is so wide beside what the measure can be that hardly anything would lie beyond it."""
    if cell.extent is not None:
        return bound > COARSE * cell.extent
    return bound > abs(cell.reference) > 0.0


def failed(case: str, why: str) -> Verdict:
    """Return the row of a case that raised, or died, before all its numbers were there."""
    nan = math.nan
    return Verdict(case, "", "", nan, 0.0, "exact", nan, nan, nan, 0, 0.0, 0.0, "failed", why)


def all_well(verdicts: Iterable[Verdict]) -> bool:
    """Return whether nothing differs that is not known to differ, and nothing failed."""
    return all(verdict.verdict not in ("differs", "failed") for verdict in verdicts)


def overall_false_alarm(verdicts: Iterable[Verdict]) -> float:
    """Return a bound on the chance that at least one number that is right is called different (Bonferroni)."""
    return min(1.0, sum(verdict.false_alarm for verdict in verdicts))


def _quantile(probability: float, runs: int) -> float:
    """Return the quantile of Student's law for so many runs; of the normal law for a single one."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(runs - 1, probability) if runs > 1 else ndtri(probability))

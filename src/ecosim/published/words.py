"""Words: numbers and tests of a verdict as tables and pages show them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ecosim.published.verdict import CONFIDENCE, Verdict, overall_false_alarm
from ecosim.results.phrases import percent

HEADINGS = ("setting", "measure", "reference", "standing", "ours", "95 % interval", "test", "verdict")


def cells_of(verdict: Verdict) -> tuple[str, ...]:
    """Return a verdict as the words of a row under :data:`HEADINGS`."""
    digits = _decimals(verdict)
    reference = number(verdict.reference, digits)
    if verdict.error > 0.0:
        reference += f" ± {number(verdict.error, digits)}"
    interval = f"{number(verdict.low, digits)} to {number(verdict.high, digits)}" if verdict.runs > 1 else "–"
    ours = number(verdict.ours, digits)
    words = (verdict.setting, verdict.measure, reference, verdict.standing, ours, interval, test_of(verdict))
    return (*words, verdict.verdict)


def test_of(verdict: Verdict) -> str:
    """Return how far ours may lie from the reference, and on what grounds."""
    bound = f"±{verdict.bound:.2g}"
    if verdict.false_alarm == 0.0:
        return f"{bound}, fixed"
    law = f"t of {verdict.runs} runs" if verdict.runs > 1 else "normal"
    return f"{bound}, {law}"


def number(value: float, decimals: int) -> str:
    """Return a number with so many decimals."""
    return "–" if math.isnan(value) else f"{value:.{decimals}f}"


def conclusion(verdicts: Sequence[Verdict]) -> str:
    """Return in two or three sentences how many numbers agree, and how often chance alone would say otherwise."""
    count = Counter(verdict.verdict for verdict in verdicts)
    differ, failed, known = count["differs"], count["failed"], count["known difference"]
    coarse = count["too coarse to tell"]
    told = f"{count['agrees']} of {len(verdicts) - failed} numbers agree with their reference"
    told += f"; {differ} differ{'s' if differ == 1 else ''}" if differ else ""
    told += f"; of {coarse} the test is too coarse to tell" if coarse else ""
    told += f"; {known} {'is' if known == 1 else 'are'} known to differ, for the reason given" if known else ""
    told += f"; {failed} case{'s' if failed != 1 else ''} failed" if failed else ""
    by_chance = [verdict.false_alarm for verdict in verdicts if verdict.false_alarm > 0.0]
    if by_chance:
        told += (
            f". Chance has a part in {len(by_chance)} of them; a right one would be called different with probability "
            f"{max(by_chance):g} each, at least one of all with at most {overall_false_alarm(verdicts):.2g}"
        )
    return f"{told}. Intervals are of {percent(CONFIDENCE)}, for the mean of our runs."


def _decimals(verdict: Verdict) -> int:
    """Return how many decimals are worth showing: two digits of the interval, or of what the test allows."""
    half = (verdict.high - verdict.low) / 2
    scale = half if half > 0.0 else verdict.bound
    if not (math.isfinite(scale) and scale > 0.0):
        scale = max(abs(verdict.reference), 1e-6) * 1e-4 if math.isfinite(verdict.reference) else 1e-3
    return min(9, max(0, 1 - math.floor(math.log10(scale))))

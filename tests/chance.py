"""Chance: how far a mean of runs may lie from what it should be, so that a test with chance in it rarely cries wolf."""

from scipy import stats

RATE = 1e-6
"""The false-alarm rate of a test: the probability that it fails though all is right, for means that are near normal."""


def errors_allowed(runs: int, comparisons: int = 1, rate: float = RATE) -> float:
    """Return how many standard errors, estimated from as many runs, a mean may be off on either side.

    Student's t with runs − 1 degrees of freedom at ``rate`` over the comparisons that a test makes (Bonferroni).
    """
    return float(stats.t.isf(rate / comparisons / 2, runs - 1))


def deviations_allowed(comparisons: int = 1, rate: float = RATE) -> float:
    """Return how many known standard deviations a number may be off on either side, in each of some comparisons."""
    return float(stats.norm.isf(rate / comparisons / 2))

"""Measured: how the name of a column says when in a run a measure was taken."""

from __future__ import annotations

MEAN = ".mean"
"""Added to a measure's name for its mean over the second half of the run, of the ticks on record there (``record.every``);
the name alone is its value at the end."""

END = ".end"
"""May be added to a measure's name to say that its value at the end is meant, as with the name alone."""

AT_THE_END, OVER_SECOND_HALF = "at the end: ", "mean over the second half of the run, ticks on record: "
"""How the meaning of a column of runs begins: it says when the measure was taken."""


def column_named(measure: str) -> str:
    """Return the column of the table of runs that a measure's name stands for, wherever one is asked for."""
    return measure.removesuffix(END)


def series_named(measure: str) -> str:
    """Return the series that a measure's name stands for: over time, its end and its mean are the same one."""
    return column_named(measure).removesuffix(MEAN)


def without_when(meaning: str) -> str:
    """Return the meaning of a column of runs without when it was taken."""
    return meaning.removeprefix(AT_THE_END).removeprefix(OVER_SECOND_HALF)

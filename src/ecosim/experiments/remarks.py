"""Remarks: what a sensitivity analysis leaves out, and what to keep in mind when reading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ecosim.experiments import choice
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.searched import NO_SAMPLE
from ecosim.results.measured import MEAN
from ecosim.wording import some

FEWEST_REPLICATES, MOST_NAMED = 3, 6
"""Replicates from which a grid has intervals, and measures that are named of those of which nothing is said."""


def remarks_on(tables: SweepTables, method: str, dropped: int, unsure: int) -> Iterator[str]:
    """Yield in sentences which points were left out, and what to keep in mind.

    Args:
        tables: of the sweep.
        method: see ``ecosim.experiments.sensitivity.METHODS``.
        dropped: how many points are left out, at most.
        unsure: how many measures of a grid have no interval.
    """
    yield from _on_points(tables, method, dropped)
    yield from _on_factors(tables, method)
    yield from _on_intervals(tables, unsure)


def _on_points(tables: SweepTables, method: str, most: int) -> Iterator[str]:
    if tables.search is not None:
        yield f"{NO_SAMPLE}, so what matters most among them need not matter most over all of it."
    points = f"{some(most, 'point')} {'is' if most == 1 else 'are'}"
    if most and method in ("sobol", "morris"):
        what = "blocks" if method == "sobol" else "trajectories"
        yield f"Failed runs and missing values: up to {points} left out, as whole {what}."
    elif most:
        yield f"Failed runs and missing values: up to {points} left out."
    elif copies := tables.said_of_copies():
        yield copies
    if tables.replicates == 1:
        yield (
            "Each point was run once, so luck and effect cannot be told apart"
            + (": luck lifts every total index alike, and the least of them bounds it from above." if method == "sobol"
               else ": replicates (--replicates) would tell.")
        )  # fmt: skip


def _on_factors(tables: SweepTables, method: str) -> Iterator[str]:
    if len(tables.keys) == 1 and method in ("grid", "sobol"):
        yield (
            "One factor was varied: its share is all there is, so 1 whatever it does. How far it moves a measure is told by "
            "ecosim report, and by a sweep that varies others beside it."
        )
    elif method == "grid":
        yield (
            "On a grid the shares depend on the values chosen: a factor with a wider range gets a larger share. What luck "
            "is expected to add is subtracted, so a share near 0 or 1 may come out a little beyond it."
        )
    if method == "given" and tables.kind == "zip":
        yield "In a zip all keys change together: their shares cannot be told apart."


def _on_intervals(tables: SweepTables, unsure: int) -> Iterator[str]:
    """Tell why so many measures of a grid have no intervals: these leave out a replicate at a time."""
    if not unsure or tables.replicates == 1:
        return
    if tables.replicates < FEWEST_REPLICATES:
        yield (
            f"There are no intervals: they come of leaving out one replicate after the other, and of {tables.replicates} "
            f"that tells nothing. From {FEWEST_REPLICATES} on there are (--replicates)."
        )
    else:
        yield (
            f"{some(unsure, 'measure')} {'has' if unsure == 1 else 'have'} no interval: fewer than {FEWEST_REPLICATES} "
            f"replicates have a value of {'it' if unsure == 1 else 'them'} at every point, and "
            "intervals come of leaving out one replicate after the other."
        )


def on_skipped(skipped: Mapping[str, str]) -> Iterator[str]:
    """Tell of which measures nothing is said, by reason, the commonest first; a few of each are named as in the table.

    Args:
        skipped: measure to why nothing is said of it.
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in skipped.items():
        by_reason.setdefault(reason, []).append(name)
    told = []
    for reason, names in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        shown = _best_known(names)[:MOST_NAMED]
        told.append(
            f"{reason} ({', '.join(shown)}{f' and {len(names) - len(shown)} more' if len(names) > len(shown) else ''})"
        )
    if told:
        yield f"Nothing is said of a measure where {'; or where '.join(told)}."


def _best_known(names: Sequence[str]) -> list[str]:
    """Return names of measures, success first, then those best known of collaboration and polarisation."""
    success = [name for name in names if name.startswith("success_")]
    known = [one + suffix for one in (*choice.COLLABORATION, *choice.POLARISATION) for suffix in ("", MEAN)]
    best = [name for name in known if name in names]
    return list(dict.fromkeys([*success, *best, *names]))

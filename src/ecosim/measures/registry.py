"""Registry: every measure by its fixed name.

A measure with one value for each issue, sector or axis fills a column for each: ``success`` fills
``success_business``, ``success_government`` and so on. Where the plain name is also that of a mean over axes
(``esteban_ray``), the one with a value for each axis is listed as ``esteban_ray_by_axis``; its columns are
``esteban_ray_<axis>``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ecosim.errors import InputError, did_you_mean
from ecosim.measures import (
    citizens,
    closer_look,
    coalition_ledger,
    coalitions,
    conduct,
    culture,
    intelligence,
    interactions,
    issues,
    levels,
    opinions,
    panel,
    pattern,
    practices,
    success,
)
from ecosim.measures.measure import Measure
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels

GROUPS: dict[str, tuple[Measure, ...]] = {
    "pattern of relationships": pattern.MEASURES,
    "what passes between partners": interactions.MEASURES,
    "coalitions": (*coalitions.MEASURES, *coalition_ledger.MEASURES, *intelligence.MEASURES),
    "opinions and polarisation": (*opinions.MEASURES, *panel.MEASURES),
    "culture": culture.MEASURES,
    "members and coalitions as actors": levels.MEASURES,
    "conduct": conduct.MEASURES,
    "success and means": success.MEASURES,
    "practices and technology": practices.MEASURES,
    "issues": issues.MEASURES,
    "citizens": citizens.MEASURES,
    "a closer look": closer_look.MEASURES,
}
"""Every measure, by what it is about."""

_LISTED = tuple(measure for group in GROUPS.values() for measure in group)

MEASURES: dict[str, Measure] = {measure.word: measure for measure in _LISTED}
"""Every measure by the name that configuration uses."""


def find(names: Iterable[str], labels: Labels | None = None) -> list[Measure]:
    """Return the measures of these names, each once, in the order of the names.

    A column's name finds the measure that fills it, so ``success_business`` brings the success of every sector.

    Args:
        names: words of :data:`MEASURES`, or names of columns.
        labels: the words of sectors, issues and axes, by which names of columns are held against what there is. Without
            them any word is taken for one.

    Raises:
        InputError: naming every name that is unknown, with the nearest that is, and every column that two fill.
    """
    found: dict[int, Measure] = {}
    faults = []
    for name in names:
        measure = MEASURES.get(name) or _that_fills(name, labels)
        if measure is None:
            columns = [] if labels is None else [c for each in MEASURES.values() for c in each.columns(labels)]
            faults.append(f"measures: there is no '{name}'; {did_you_mean(name, [*MEASURES, *columns])}")
        else:
            found[id(measure)] = measure
    measures = list(found.values())
    faults += _filled_twice(measures, labels)
    if faults:
        raise InputError(faults)
    return measures


def everything_for(columns: Collection[str]) -> list[Measure]:
    """Return every measure that a world with these columns (and those every world has) can compute, in order."""
    known = {*columns, *(column.name for column in COLUMNS.values() if column.always)}
    return [measure for measure in MEASURES.values() if known.issuperset(measure.reads)]


def _that_fills(name: str, labels: Labels | None) -> Measure | None:
    """Return the measure that fills a column of this name, the one with the longest name where several could."""
    could = [measure for measure in MEASURES.values() if measure.per and name.startswith(f"{measure.name}_")]
    if labels is not None:
        could = [measure for measure in could if name in measure.columns(labels)]
    return max(could, key=lambda measure: len(measure.name), default=None)


def _filled_twice(measures: Iterable[Measure], labels: Labels | None) -> list[str]:
    by: dict[str, str] = {}
    faults = []
    for measure in measures if labels is not None else ():
        for column in measure.columns(labels or Labels()):
            if by.setdefault(column, measure.name) != measure.name:
                faults.append(
                    f"measures: '{by[column]}' and '{measure.name}' would both fill the column '{column}'; "
                    "allowed: another name for that issue, sector or axis, or one of the two measures"
                )
    return faults

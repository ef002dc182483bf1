"""Plan of a record: what is looked at for a row, each thing once, and which column each number goes to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.world.labels import Labels
from ecosim.world.world import World

Fill = Callable[[World, NDArray[np.float64]], None]
"""Writes numbers of a world into an array."""


class Plan(NamedTuple):
    """What is found for a row of the record.

    Attributes:
        looks: what writes numbers, and the part of ``found`` that they are written into.
        found: all those numbers.
        places: which of them are asked for.
        columns: the columns of the record that these go to.
    """

    looks: list[tuple[Fill, NDArray[np.float64]]]
    found: NDArray[np.float64]
    places: NDArray[np.int64]
    columns: NDArray[np.int64]

    def look(self, world: World, row: NDArray[np.float64]) -> None:
        """Find all numbers of a world, and write those that are asked for into a row of the record."""
        for fill, numbers in self.looks:
            fill(world, numbers)
        row[self.columns] = self.found[self.places]


def plans(measures: Sequence[Measure], labels: Labels, world: World) -> tuple[Plan, Plan]:
    """Return what is found at every row, and what is costly."""
    asked: tuple[dict[int, list[tuple[Measure, range]]], ...] = ({}, {})
    column = 0
    for measure in measures:
        columns = range(column, column + len(measure.columns(labels)))
        column = columns.stop
        if columns and world.has(*measure.reads):
            asked[measure.costly].setdefault(id(measure.compute), []).append((measure, columns))
    return _plan(list(asked[False].values()), labels), _plan(list(asked[True].values()), labels)


def _plan(asked: list[list[tuple[Measure, range]]], labels: Labels) -> Plan:
    """Return the plan for measures, those that share a computation together, and the columns that each fills."""
    looks: list[tuple[Fill, slice]] = []
    places: list[int] = []
    columns: list[int] = []
    size = 0
    for together in asked:
        compute, start = together[0][0].compute, size
        columns += [column for _, filled in together for column in filled]
        if isinstance(compute, Survey):
            size += compute.size(labels)
            numbers = np.arange(start, size)
            arranged = compute.arranged(numbers, labels)
            for measure, _ in together:
                places += np.ravel(numbers if measure.part is None else arranged[measure.part]).tolist()
            fill = _unless_as_before(compute)
        else:
            parts = [(measure.part, len(filled)) for measure, filled in together]
            size += sum(count for _, count in parts)
            places += range(start, size)
            fill = _each_of(compute, parts)
        looks.append((fill, slice(start, size)))
    found = np.empty(size)
    return Plan(
        [(fill, found[part]) for fill, part in looks], found, np.array(places, np.int64), np.array(columns, np.int64)
    )


def _unless_as_before(survey: Survey) -> Fill:
    """Return what fills in a survey's numbers, but leaves those that are there while the world it sees is the same."""
    fill, sees = survey.fill, survey.sees
    if sees is None:
        return fill
    unknown: Hashable = object()
    before = unknown

    def fill_if_new(world: World, numbers: NDArray[np.float64]) -> None:
        nonlocal before
        now = sees(world)
        if now != before:
            before = unknown  # should it fail half-way
            fill(world, numbers)
            before = now

    return fill_if_new


def _each_of(compute: Callable[[World], Any], parts: Sequence[tuple[int | None, int]]) -> Fill:
    """Return what calls a function of the world and writes down these entries of what it returns, of so many numbers."""

    def fill(world: World, numbers: NDArray[np.float64]) -> None:
        found, start = compute(world), 0
        for part, count in parts:
            value = found if part is None else found[part]
            if count > 1 and len(value) != count:  # one number would be written into all places
                raise ValueError(f"a measure has {len(value)} numbers; {count} are needed, one for each column")
            numbers[start : start + count] = value
            start += count

    return fill

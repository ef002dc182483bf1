"""Ties between a stranger's organisations: reports of two directions become relationships with a bond."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, shown
from ecosim.world.actor_mapping import TieMapping, WeightMapping
from ecosim.world.actor_table import SOURCE_WORDS, TARGET_WORDS, Table, number_of, said_of_thousands
from ecosim.world.faults import Faults
from ecosim.world.nearest_name import NearestNames
from ecosim.world.workbook import Row


@dataclass(frozen=True, eq=False)
class Ties:
    """Relationships between organisations, in the order of their rows.

    Attributes:
        a: (m,) row of the one organisation, the lower.
        b: (m,) row of the other.
        weight: (m,) initial bond in [0, 1], the mean of what either side reported; NaN where neither said.
        reports: (m,) directions in which the tie was reported: 1 or 2.
        rows_read: rows of the table, repeated ones included.
        directed_merged: relationships that both sides reported.
        repeated: rows left out because their direction had been given before.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    weight: NDArray[np.float64]
    reports: NDArray[np.int64]
    rows_read: int = 0
    directed_merged: int = 0
    repeated: int = 0


def no_ties() -> Ties:
    """Return ties of nobody."""
    nobody = np.empty(0, dtype=np.int64)
    return Ties(nobody, nobody, np.empty(0), nobody)


def read_ties(
    table: Table, mapping: TieMapping, missing: Sequence[str], rows: Mapping[str, int], faults: Faults, warnings: Faults
) -> Ties:
    r"""Return the relationships that a table of directed reports describes.

    A weight w on a scale from `from` to `to` becomes the bond

    .. math:: 1 - \frac{w - \text{from}}{\text{to}} \;\text{(distance)} \qquad \frac{w}{\text{to}} \;\text{(strength)}

    so that on 1 … 4 the closest tie has 1 and the loosest 1/4 either way, in equal steps. A relationship that both
    sides reported has the mean of the two bonds, or the one that is there.

    Args:
        table: the ties.
        mapping: which columns say what.
        missing: texts that count as an empty cell.
        rows: row of each organisation, by name.
        faults: where a tie to nobody, to oneself, or with a weight that cannot be is noted.
        warnings: where a tie given twice in one direction is noted; the first counts.
    """
    columns = _end_columns(table, mapping, faults)
    weighing = _weighing(table, mapping, faults, warnings)
    if columns is None:
        return no_ties()
    first_line: dict[tuple[int, int], int] = {}
    weights: dict[tuple[int, int], float] = {}
    repeated = 0
    nearest = NearestNames(rows)
    for row in table.rows:
        line = row[0]
        direction = _direction(table, row, columns, rows, nearest, faults)
        weight = _weight(table, row, weighing, missing, faults) if weighing else math.nan
        if direction is None:
            continue
        if direction in first_line:
            repeated += 1
            warnings.add(f"{table.where(line)}: tie given before, in line {first_line[direction]}; the first counts")
            continue
        first_line[direction] = line
        weights[direction] = weight
    bonds = _bonds(table, weighing, weights, faults, warnings)
    return _merge(bonds, len(table.rows), repeated)


def _merge(bonds: Mapping[tuple[int, int], float], rows_read: int, repeated: int) -> Ties:
    """Make one relationship of a direction and its return, in the order of rows."""
    pairs = sorted({(min(direction), max(direction)) for direction in bonds})
    weight, reports = np.full(len(pairs), np.nan), np.zeros(len(pairs), dtype=np.int64)
    for position, (a, b) in enumerate(pairs):
        there = [bonds[direction] for direction in ((a, b), (b, a)) if direction in bonds]
        reported = [bond for bond in there if not math.isnan(bond)]
        reports[position] = len(there)
        if reported:
            weight[position] = sum(reported) / len(reported)
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Ties(ends[:, 0].copy(), ends[:, 1].copy(), weight, reports, rows_read, int((reports == 2).sum()), repeated)


def _end_columns(table: Table, mapping: TieMapping, faults: Faults) -> tuple[int, int] | None:
    """Return where the two columns that name a tie's organisations stand."""
    found = []
    for said, words in ((mapping.source, SOURCE_WORDS), (mapping.target, TARGET_WORDS)):
        word = words[0]
        try:
            found.append(table.find(said or table.guess(*words) or word))
        except InputError as error:
            faults.add(f"{error}; name it in the mapping under ties.{word}")
    return (found[0], found[1]) if len(found) == 2 else None


def _weighing(
    table: Table, mapping: TieMapping, faults: Faults, warnings: Faults
) -> tuple[int, str, WeightMapping] | None:
    """Return where the column of weights stands, what it is called, and what it means."""
    weight = mapping.weight
    if weight is None:
        strength, distance = table.guess("weight", "strength", "bond"), table.guess("distance")
        if strength is None and distance is None:
            if len(table.header) > 2:
                warnings.add(f"{table.file}: no column of weights used; a mapping names one under ties.weight")
            return None
        weight = WeightMapping(column=strength or distance or "", means="strength" if strength else "distance")
        warnings.add(
            f"{table.file}: column {shown(weight.column)} taken for the {weight.means} of ties; "
            "a mapping says otherwise under ties.weight"
        )
    try:
        column = table.find(weight.column)
        for told in said_of_thousands(table, column):
            warnings.add(told)
        return column, weight.column, weight
    except InputError as error:
        faults.add_all(error)
        return None


def _direction(
    table: Table,
    row: Row,
    columns: tuple[int, int],
    rows: Mapping[str, int],
    nearest: NearestNames,
    faults: Faults,
) -> tuple[int, int] | None:
    """Return the rows of the two organisations that a tie names, in the order it names them."""
    line, cells = row
    ends = []
    for column in columns:
        name = cells[column]
        where = table.where(line, table.header[column])
        if not name:
            faults.add(f"{where}: no organisation named; allowed: the name of an organisation")
        elif name not in rows:
            faults.add(partial(_unknown, where, name, nearest))
        else:
            ends.append(rows[name])
    if len(ends) < 2:
        return None
    if ends[0] == ends[1]:
        faults.add(f"{table.where(line)}: {shown(cells[columns[0]])} is tied to itself; allowed: ties between two")
        return None
    return ends[0], ends[1]


def _unknown(where: str, name: str, nearest: NearestNames) -> str:
    return f"{where}: unknown organisation {shown(name)}{nearest.clause(name)}"


def _weight(
    table: Table, row: Row, weighing: tuple[int, str, WeightMapping], missing: Sequence[str], faults: Faults
) -> float:
    line, cells = row
    column, called, meaning = weighing
    text = cells[column]
    if not text or text in missing:
        return math.nan
    number = number_of(text)
    low, high = meaning.low or 0.0, meaning.high if meaning.high is not None else math.inf
    if number is None:
        faults.add(f"{table.where(line, called)}: {shown(text)} is not a number; allowed: a number, or nothing")
    elif not low <= number <= high:
        scale = f"{low:g} to {high:g}" if high < math.inf else f"{low:g} or more"
        faults.add(f"{table.where(line, called)}: weight {text} is out of range; allowed: {scale}")
    else:
        return number
    return math.nan


def _bonds(
    table: Table,
    weighing: tuple[int, str, WeightMapping] | None,
    weights: dict[tuple[int, int], float],
    faults: Faults,
    warnings: Faults,
) -> dict[tuple[int, int], float]:
    """Return each reported weight as a bond."""
    reported = [weight for weight in weights.values() if not math.isnan(weight)]
    if weighing is None or not reported:
        return weights
    _, called, meaning = weighing
    if sum(reported) == 0:
        faults.add(f"{table.file}: column {shown(called)}: the weights sum to 0; allowed: at least one above 0")
        return weights
    far = meaning.means == "distance"
    low = meaning.low if meaning.low is not None else min(reported) if far else 0.0
    high = meaning.high if meaning.high is not None else max(reported)
    if meaning.high is None or (far and meaning.low is None):
        warnings.add(f"{table.file}: column {shown(called)}: scale read off the table: from {low:g} to {high:g}")
    return {direction: 1.0 - (weight - low) / high if far else weight / high for direction, weight in weights.items()}

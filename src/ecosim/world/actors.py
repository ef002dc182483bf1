"""A user's own organisations and ties, read from CSV, Excel or YAML and held to what a world can be."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, ascii_controls, did_you_mean, shown
from ecosim.world.actor_mapping import ColumnMapping, TableMapping, mapping_of, read_mapping
from ecosim.world.actor_sectors import read_sectors
from ecosim.world.actor_suggestion import to_save
from ecosim.world.actor_table import (
    MISSING_WORDS,
    NAME_WORDS,
    WORKBOOKS,
    Table,
    file_and_sheet,
    holds_ties,
    number_of,
    read_table,
    said_of_thousands,
)
from ecosim.world.actor_ties import Ties, no_ties, read_ties
from ecosim.world.columns import COLUMNS
from ecosim.world.faults import Faults

SECTORS = ("business", "government", "civil_society")
MOST_WORDS = 30
"""Words that a column may stand for, of which as many are listed: all of most scenarios'."""

KNOWN_COLUMNS = ("capital", "purpose", "contribution", "reputation")
LONGEST_NAME = 500


@dataclass(frozen=True, eq=False)
class Actors:
    """Organisations and ties as a table gave them. What was not recorded stays missing.

    Attributes:
        names: n names, unchanged but for blanks around them; escape them wherever they are written.
        sector: n sectors.
        columns: for each of ecosim's words that the table speaks of, (n,) numbers in its range; NaN where not recorded.
        missing: for each of those words, how many are NaN.
        ties: the relationships.
        warnings: what was odd but could be read.
        own_sectors: where the table says which sectors there are: each, with the scenario's sector that it takes after,
            or "". None where the scenario says.
    """

    names: list[str]
    sector: list[str]
    columns: dict[str, NDArray[np.float64]]
    missing: dict[str, int]
    ties: Ties
    warnings: list[str] = field(default_factory=list)
    own_sectors: dict[str, str] | None = None

    @cached_property
    def digest(self) -> str:
        """A digest of all that a run depends on, 32 hexadecimal digits."""
        return _digest(self.plain(), 16)

    def digests(self) -> dict[str, str]:
        """Return a short digest of each part, to tell which are others: names, sectors, each column, ties."""
        plain = self.plain()
        parts = {
            "names": plain["names"],
            "sectors": [plain["sector"], plain["own_sectors"]],
            **plain["columns"],
            "ties": plain["ties"],
        }
        return {name: _digest(part, 4) for name, part in parts.items()}

    def plain(self) -> dict[str, Any]:
        """Return all that a run depends on as plain data, from which :meth:`of` makes the same actors."""
        ties = {name: _without_nan(getattr(self.ties, name)) for name in ("a", "b", "weight", "reports")}
        counts = {name: getattr(self.ties, name) for name in ("rows_read", "directed_merged", "repeated")}
        return {
            "names": self.names,
            "sector": self.sector,
            "columns": {word: _without_nan(numbers) for word, numbers in self.columns.items()},
            "ties": {**ties, **counts},
            "own_sectors": self.own_sectors,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Actors:
        """Return the actors of which :meth:`plain` told."""
        columns = {word: np.array(numbers, np.float64) for word, numbers in plain["columns"].items()}
        given = plain["ties"]
        kinds = {"a": np.int64, "b": np.int64, "weight": np.float64, "reports": np.int64}
        ties = Ties(**{**given, **{name: np.array(given[name], kind) for name, kind in kinds.items()}})
        missing = {word: int(np.isnan(numbers).sum()) for word, numbers in columns.items()}
        return cls(plain["names"], plain["sector"], columns, missing, ties, [], plain["own_sectors"])

    def told(self) -> dict[str, Any]:
        """Return what a summary says of the tables, as plain data.

        ``digest``; ``columns`` {word: {given, missing}}; ``ties`` {relationships, reports, both_sides, repeated,
        weighed, bond: [least, mean, greatest] or None}.
        """
        ties, bonds = self.ties, self.ties.weight[~np.isnan(self.ties.weight)]
        return {
            "digest": self.digest,
            "columns": {
                word: {"given": len(self.names) - self.missing.get(word, 0), "missing": self.missing.get(word, 0)}
                for word in self.columns
            },
            "ties": {
                "relationships": int(ties.a.size),
                "reports": ties.rows_read,
                "both_sides": ties.directed_merged,
                "repeated": ties.repeated,
                "weighed": int(bonds.size),
                "bond": [float(bonds.min()), float(bonds.mean()), float(bonds.max())] if bonds.size else None,
            },
        }


def _digest(plain: object, size: int) -> str:
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def _without_nan(numbers: NDArray[Any]) -> list[float | int | None]:
    return [None if number != number else number for number in numbers.tolist()]


def read_actors(
    organisations: str | Path,
    ties: str | Path | None = None,
    mapping: TableMapping | Mapping[str, Any] | str | Path | None = None,
    *,
    known_columns: Collection[str] = KNOWN_COLUMNS,
    sectors: Sequence[str] = SECTORS,
) -> Actors:
    """Return the organisations of a file and the ties between them.

    Args:
        organisations: CSV, Excel or YAML; a workbook or YAML file may hold the ties too. ``town.xlsx#Members`` names a
            sheet.
        ties: CSV, Excel or YAML of directed reports, or None.
        mapping: what the columns mean, or a YAML file that says so; what it leaves out is guessed from the header.
        known_columns: ecosim's words that a column may stand for: columns of organisations, or one axis of one that has
            several, such as ``stance_trade``.
        sectors: sectors that there are.

    Raises:
        InputError: what cannot be read or cannot be, with file, line and column, all faults at once.
    """
    faults, warnings = Faults(), Faults()
    organisations, ties = Path(organisations), None if ties is None else Path(ties)
    mapping = _mapping(mapping, organisations, ties, faults)
    table, ties_table = _tables(organisations, ties, mapping, faults)
    if table is None:
        faults.refuse()
        raise InputError(f"{organisations}: cannot be read")

    def guess() -> str:
        return to_save(table, ties_table, sectors, mapping)

    rows, names = _names(table, mapping, faults, warnings, guess)
    as_given = mapping.sectors == "as_given"
    sector = read_sectors(table, mapping.sector, names, sectors, faults, as_given=as_given, guess=guess)
    columns = {
        word: numbers
        for word, said in _columns(table, mapping, known_columns, faults).items()
        if (numbers := _numbers(table, word, said, mapping.missing, faults, warnings)) is not None
    }
    found = no_ties()
    if ties_table is not None and rows:
        found = read_ties(ties_table, mapping.ties, mapping.missing, rows, faults, warnings)
    faults.refuse()
    missing = {word: int(np.isnan(numbers).sum()) for word, numbers in columns.items()}
    own = {word: mapping.sector.like.get(word, "") for word in dict.fromkeys(sector)} if as_given else None
    return Actors(names, sector, columns, missing, found, warnings.listed(), own)


def faults_of_files(
    organisations: str | Path,
    ties: str | Path | None = None,
    mapping: TableMapping | Mapping[str, Any] | str | Path | None = None,
) -> list[str]:
    """Return what is wrong with the files by themselves, whatever the settings: unreadable, or what no mapping says."""
    faults = Faults()
    organisations, ties = Path(organisations), None if ties is None else Path(ties)
    try:
        _tables(organisations, ties, _mapping(mapping, organisations, ties, faults), faults)
    except InputError as error:
        return list(error.faults)
    return faults.listed()


def _mapping(
    mapping: TableMapping | Mapping[str, Any] | str | Path | None,
    organisations: Path,
    ties: Path | None,
    faults: Faults,
) -> TableMapping:
    """Return what the columns mean; where that cannot be known, refuse it with what is wrong with the tables besides."""
    try:
        if isinstance(mapping, str | Path):
            return read_mapping(mapping)
        if mapping is None or isinstance(mapping, TableMapping):
            return mapping or TableMapping()
        return mapping_of(mapping)
    except InputError as error:
        faults.add_all(error)
        of_sheets = [
            file_and_sheet(path)[0].suffix.lower() in WORKBOOKS for path in (organisations, ties or organisations)
        ]
        if not any(of_sheets):  # which sheet of a workbook is meant, the mapping may say
            _tables(organisations, ties, TableMapping(), faults)
        faults.refuse()
        raise


def _tables(
    organisations: Path, ties: Path | None, mapping: TableMapping, faults: Faults
) -> tuple[Table | None, Table | None]:
    """Read both tables, so that the faults of both are told."""
    table = ties_table = None
    try:
        table = read_table(organisations, "organisations", mapping.sheet)
        if not table.rows:
            faults.add(f"{table.file}: no organisation below the header; allowed: at least one")
        if ties is None and (mapping.ties.sheet is not None or holds_ties(organisations)):
            ties, _ = file_and_sheet(organisations)
    except InputError as error:
        faults.add_all(error)
    try:
        ties_table = None if ties is None else read_table(ties, "ties", mapping.ties.sheet)
    except InputError as error:
        faults.add_all(error)
    return table, ties_table


def _names(
    table: Table, mapping: TableMapping, faults: Faults, warnings: Faults, guess: Callable[[], str]
) -> tuple[dict[str, int], list[str]]:
    """Return the row of each name and the names in order.

    Where no column is called so, that is a fault, and the one most like it stands in, so that ties are looked at as well.
    """
    said = mapping.name or table.guess(*NAME_WORDS) or "name"
    try:
        column = table.find(said)
    except InputError as error:
        near = table.nearest(*([mapping.name.casefold()] if mapping.name else NAME_WORDS))
        perhaps = f": perhaps {shown(near)}" if near is not None else ""
        faults.add(f"{error}; name it in the mapping under name{perhaps}")
        if table.header:
            faults.add_last(guess)
        if near is None:
            return {}, ["" for _ in table.rows]
        column, said = table.header.index(near), near
    rows: dict[str, int] = {}
    alike: dict[str, int] = {}
    names = [cells[column] for _, cells in table.rows]
    for row, name in enumerate(names):
        line = table.rows[row][0]
        where = table.where(line, said)
        if not name:
            faults.add(f"{where}: no name; allowed: a name on every row")
        elif name in rows:
            first = table.rows[rows[name]][0]
            faults.add(f"{where}: {shown(name)} is named twice, first in {table.line_word} {first}; allowed: once")
        elif len(name) > LONGEST_NAME or _NOT_ONE_LINE.search(name):
            faults.add(f"{where}: {shown(name)} is no name; allowed: one line of at most {LONGEST_NAME} characters")
        folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if name not in rows and folded in alike:
            warnings.add(f"{where}: {shown(name)} differs from {table.line_word} {alike[folded]} by spelling only")
        alike.setdefault(folded, line)
        rows.setdefault(name, row)
    return rows, names


_NOT_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _columns(
    table: Table, mapping: TableMapping, known_columns: Collection[str], faults: Faults
) -> dict[str, ColumnMapping]:
    """Return which column stands for which of ecosim's words; without a mapping, those called like one."""
    if not mapping.columns:
        guessed = {word: table.guess(word.casefold()) for word in known_columns}
        return {word: ColumnMapping(column=column) for word, column in guessed.items() if column is not None}
    known = {}
    for word, said in mapping.columns.items():
        if word in known_columns:
            known[word] = said
            continue
        valid = did_you_mean(word, known_columns, most=MOST_WORDS)
        faults.add(f"mapping, columns.{ascii_controls(word)}: {shown(word)} is no number of ecosim's; {valid}")
        try:
            table.find(said.column)
        except InputError as error:
            faults.add_all(error)
    return known


def _numbers(
    table: Table, word: str, said: ColumnMapping, missing: Sequence[str], faults: Faults, warnings: Faults
) -> NDArray[np.float64] | None:
    """Return the numbers that a column gives for one of ecosim's words; NaN where nothing was recorded."""
    try:
        column = table.find(said.column)
    except InputError as error:
        faults.add_all(error)
        return None
    for told in said_of_thousands(table, column):
        warnings.add(told)
    cells = [row_cells[column] for _, row_cells in table.rows]
    raw = np.full(len(cells), np.nan)
    for row, text in enumerate(cells):
        where = table.where(table.rows[row][0], said.column)
        if not text or text in missing:
            continue
        number = number_of(text)
        if number is None:
            faults.add(
                f"{where}: {shown(text)} is not a number; allowed: a finite decimal number, or nothing{_hint(text)}"
            )
        elif said.transform == "log1p" and number < 0:
            faults.add(f"{where}: {text} has no log1p; allowed: 0 or more")
        else:
            raw[row] = number
    numbers = _scaled(raw, said, faults, table)
    _check_range(table, word, said, numbers, cells, faults)
    return numbers


def _hint(text: str) -> str:
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
        return " (write the decimal point as .)"
    return " (list the text under missing in the mapping)" if text.casefold() in MISSING_WORDS else ""


def _scaled(raw: NDArray[np.float64], said: ColumnMapping, faults: Faults, table: Table) -> NDArray[np.float64]:
    """Return scale · transform(raw)."""
    there = ~np.isnan(raw)
    numbers = raw.copy()
    if said.transform == "log1p":
        numbers = np.log1p(raw)
    elif said.transform == "rank" and there.any():
        _, position, count = np.unique(raw[there], return_inverse=True, return_counts=True)
        mean_rank = np.cumsum(count) - (count + 1) / 2.0
        numbers[there] = mean_rank[position] / (there.sum() - 1) if there.sum() > 1 else 0.5
    if said.scale != "mean":
        return numbers * said.scale
    mean = float(numbers[there].mean()) if there.any() else 1.0
    if mean <= 0.0:
        faults.add(f"{table.file}: column {shown(said.column)} has mean {mean:g}; allowed with scale 'mean': above 0")
        return numbers
    return numbers / mean


def _check_range(
    table: Table, word: str, said: ColumnMapping, numbers: NDArray[np.float64], cells: Sequence[str], faults: Faults
) -> None:
    """Note each number outside the range that the table of state allows."""
    known = COLUMNS.get(word) or COLUMNS.get(word.split("_")[0])
    low, high = (known.low, known.high) if known else (-math.inf, math.inf)
    allowed = f"{low:g} or more" if high == math.inf else f"{low:g} to {high:g}"
    for row in np.flatnonzero((numbers < low) | (numbers > high)).tolist():
        made = "" if said == ColumnMapping(column=said.column) else f", which makes {numbers[row]:g},"
        where = table.where(table.rows[row][0], said.column)
        faults.add(f"{where}: {cells[row]}{made} is out of range for {word}; allowed: {allowed}")

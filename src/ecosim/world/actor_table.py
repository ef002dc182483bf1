"""A stranger's table as text cells with line numbers, whether it came as CSV, Excel or YAML."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.scenario_file import read_scenario_with_places, read_text
from ecosim.world.workbook import MOST_COLUMNS, Row, cell_text, sheet_names, sheet_rows

MOST_TABLE_BYTES = 256 * 2**20
WORKBOOKS = (".xlsx", ".xlsm")
NAME_WORDS = ("name", "organisation", "organization", "actor", "node", "label")
SECTOR_WORDS = ("sector", "type", "sponsorship", "kind", "category", "organisation_type")
SOURCE_WORDS = ("source", "from", "sender", "ego", "a")
TARGET_WORDS = ("target", "to", "receiver", "alter", "partner", "b")
MISSING_WORDS = ("na", "n/a", "-", "null", "none")
"""How strangers say that a number was not recorded, in small letters; taken for it only where the mapping says so."""

ALIKE = 0.75
"""Least likeness (``difflib``) of a misspelt name of a column to what is looked for: two letters of eight changed."""

Part = Literal["organisations", "ties"]


@dataclass(frozen=True)
class Table:
    """A table read from a file.

    Attributes:
        file: its name, for messages.
        header: names of the columns.
        rows: for each row the line of the file (the row of the sheet) it begins in, from 1, and one text a column.
        line_word: what such a number is called: "line", or "row" in a sheet.
    """

    file: str
    header: list[str]
    rows: list[Row]
    line_word: str = "line"

    def where(self, line: int, column: str | None = None) -> str:
        """Return how a message names a place."""
        return f"{self.file}, {self.line_word} {line}" + (f", column {shown(column)}" if column is not None else "")

    def find(self, column: str) -> int:
        """Return where a column stands; refuse one that is missing or whose name two columns bear."""
        if column not in self.header:
            raise InputError(f"{self.file}: no column {shown(column)}; {did_you_mean(column, self.header)}")
        if self.header.count(column) > 1:
            raise InputError(
                f"{self.file}: {self.header.count(column)} columns are called {shown(column)}; allowed: one"
            )
        return self.header.index(column)

    def guess(self, *words: str) -> str | None:
        """Return the first column, in the order of the words, that is called like one of them."""
        for word in words:
            for column in self.header:
                if column.casefold() == word:
                    return column
        return None

    def nearest(self, *words: str) -> str | None:
        """Return the column whose name is most like one of the words, as a misspelt one is; None where none is."""
        likeness = {
            column: max(difflib.SequenceMatcher(None, column.casefold()[:50], word).ratio() for word in words)
            for column in reversed(self.header)
        }
        best = max(reversed(likeness), key=likeness.__getitem__, default=None)
        return best if best is not None and likeness[best] >= ALIKE else None


def file_and_sheet(path: Path) -> tuple[Path, str | None]:
    """Return a workbook and the sheet that is named after it, as in ``town.xlsx#Members``; None where none is."""
    file, mark, sheet = path.name.rpartition("#")
    if not mark or path.exists() or Path(file).suffix.lower() not in WORKBOOKS:
        return path, None
    return path.with_name(file), sheet


def read_table(path: Path, part: Part, sheet: str | None = None) -> Table:
    """Return the organisations or the ties of a file; the ending of its name says how it is written.

    ``.csv``, ``.tsv``, ``.txt``: UTF-8 with a header, cells parted by comma, semicolon or tab. ``.xlsx``, ``.xlsm``:
    the sheet that is named, otherwise the one called like the part, otherwise the first. ``.yaml``, ``.yml``: a list of
    mappings under the part's name.

    Args:
        path: the file; of a workbook, perhaps with its sheet, as in ``town.xlsx#Members``.
        part: which of the two.
        sheet: the sheet of a workbook, where the path does not say one.

    Raises:
        InputError: the file is missing, empty, too large, or not what its name says; or a row has too many or too few
            cells (all such rows are named).
    """
    path, named = file_and_sheet(path)
    if path.is_dir():
        raise InputError(
            f"{printable(path)}: is a folder; allowed: a file that ends in .csv, .tsv, .txt, .xlsx or .yaml"
        )
    ending, sheet = path.suffix.lower(), named or sheet
    if sheet is not None and ending not in WORKBOOKS:
        raise InputError(f"{printable(path)}: has no sheets, so not {shown(sheet)} either; allowed: with .xlsx, .xlsm")
    if ending in (".csv", ".tsv", ".txt"):
        return _with_header(printable(path), _csv_rows(read_text(path, most_bytes=MOST_TABLE_BYTES), printable(path)))
    if ending in WORKBOOKS:
        return _with_header(printable(path), sheet_rows(path, part, sheet), line_word="row", padded=True)
    if ending in (".yaml", ".yml"):
        return _yaml_table(path, part)
    if not ending:
        raise InputError(f"{printable(path)}: its name has no ending; valid: .csv, .tsv, .txt, .xlsx, .yaml")
    hint = "; save it as .xlsx or .csv" if ending in (".xls", ".ods") else ""
    raise InputError(f"{printable(path)}: ends in {shown(ending)}{hint}; valid: .csv, .tsv, .txt, .xlsx, .yaml")


def holds_ties(path: Path) -> bool:
    """Return whether a file of organisations also brings ties: a sheet or a key called ``ties``."""
    path, _ = file_and_sheet(path)
    ending = path.suffix.lower()
    if ending in (".yaml", ".yml"):
        return "ties" in read_scenario_with_places(path)[0]
    if ending in WORKBOOKS:
        return any(name.casefold() == "ties" for name in sheet_names(path))
    return False


def number_of(text: str) -> float | None:
    """Return the finite number that a cell says in plain decimal notation, or None where it says none."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def said_of_thousands(table: Table, column: int) -> Iterator[str]:
    """Yield a sentence where a point may part thousands: three digits behind it in a column of whole numbers else.

    Whoever writes 1,200 as 1.200 means a thousand times what is read.
    """
    there = [(line, cells[column]) for line, cells in table.rows if number_of(cells[column]) is not None]
    odd = [(line, text) for line, text in there if _MAYBE_THOUSANDS.fullmatch(text)]
    rest = {text for _, text in there if not _MAYBE_THOUSANDS.fullmatch(text)}
    if odd and rest and all(_WHOLE.fullmatch(text) for text in rest):
        line, text = odd[0]
        more = f" ({len(odd) - 1} more such)" if len(odd) > 1 else ""
        yield (
            f"{table.where(line, table.header[column])}: {text} is read as {float(text):g}, beside whole numbers{more}; "
            f"where the point parts thousands, write {text.replace('.', '')}"
        )


_WHOLE = re.compile(r"[-+]?[0-9]+")
_MAYBE_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def _csv_rows(text: str, name: str) -> Iterator[Row]:
    """Yield each row with the line it begins in; blank lines are passed over but counted."""
    text, skipped, separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {line}: not CSV: {error}; check the quotes of this row") from None
        if any(cells):
            yield line, cells


def _separator(text: str) -> tuple[str, int, str]:
    """Return the text, how many lines were taken off it, and the sign that parts its cells.

    The sign is the one of comma, semicolon and tab that the header has most of outside quotes; Excel's ``sep=;`` line
    decides where there is one.
    """
    said = re.match(r"sep=([,;\t])\r?\n", text)
    if said:
        return text[said.end() :], 1, said.group(1)
    header = re.sub(r'"[^"]*"', "", text.lstrip()[:100_000]).split("\n", 1)[0]
    return text, 0, max(",;\t", key=header.count)


def _with_header(name: str, rows: Iterator[Row], *, line_word: str = "line", padded: bool = False) -> Table:
    """Make a table of rows whose first is the header. In a sheet (padded), empty cells at the end may be left out."""
    first = next(rows, None)
    if first is None:
        raise InputError(f"{name}: the file is empty; allowed: a header and one row each")
    header = list(first[1])
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise InputError(f"{name}, {line_word} {first[0]}: {len(header):,} columns; allowed: at most {MOST_COLUMNS:,}")
    kept, faults = [], []
    for line, cells in rows:
        if padded:
            cells += [""] * (len(header) - len(cells))
        if len(cells) < len(header) or any(cells[len(header) :]):
            faults.append(f"{name}, {line_word} {line}: {len(cells)} cells where the header has {len(header)}")
        kept.append((line, cells[: len(header)]))
    if faults:
        more = [f"and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise InputError(faults[:20] + more)
    return Table(name, header, kept, line_word)


def _yaml_table(path: Path, part: Part) -> Table:
    name = printable(path)
    data, places = read_scenario_with_places(path)
    faults = [
        f"{name}, line {places[key,][0]}: unknown key {shown(key)}; {did_you_mean(key, ('organisations', 'ties'))}"
        for key in data
        if key not in ("organisations", "ties")
    ]
    entries = data.get(part)
    if not isinstance(entries, list):
        faults.append(f"{name}: no list called '{part}'; allowed: {part}: [{{{_EXAMPLE[part]}}}, …]")
        raise InputError(faults)
    header: dict[str, None] = {}
    for position, entry in enumerate(entries):
        line = places[part, position][0]
        if not isinstance(entry, dict):
            faults.append(f"{name}, line {line}: {shown(entry)} in '{part}'; allowed: {{{_EXAMPLE[part]}}}")
            continue
        header.update(dict.fromkeys(entry))
        faults += [
            f"{name}, line {places[part, position, key][0]}: {key} is a list or mapping; allowed: text or a number"
            for key, value in entry.items()
            if isinstance(value, dict | list)
        ]
    if faults:
        raise InputError(faults)
    rows = [
        (places[part, position][0], [cell_text(entry.get(column)) for column in header])
        for position, entry in enumerate(entries)
    ]
    return Table(name, list(header), rows)


_EXAMPLE = {"organisations": "name: Acme, sector: business", "ties": "source: Acme, target: Red Cross"}

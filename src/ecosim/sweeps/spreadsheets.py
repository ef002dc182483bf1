"""Spreadsheets: the tables of a sweep as CSV or as one Excel file, in which no text can act as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.reading import SweepTables
from ecosim.results.store import write_bytes, write_text
from ecosim.sweeps.findings import compared
from ecosim.world.names import defuse_for_spreadsheet

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("csv", "xlsx")
MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384
"""What a sheet of Excel holds below its head."""


def save_tables(tables: SweepTables, kind: str, folder: Path) -> list[Path]:
    """Write runs, effects and failures as CSV files, or as sheets of one Excel file, and return the files.

    Text that a spreadsheet would take for a formula gets an apostrophe in front, as in a run's tables. Seeds, of 64 bits,
    are text in Excel's file. In CSV they stand bare, so that what is copied from there is a seed; whoever reads one has to
    say that the column is text (``colClasses`` in R), for 64 bits do not fit into a floating-point number.

    Args:
        tables: of the sweep.
        kind: ``csv`` or ``xlsx``.
        folder: where to; made if need be.

    Raises:
        InputError: if the kind is unknown, openpyxl is missing, or a table is too large for a sheet.
        OSError: if a file cannot be written.
    """
    if kind not in KINDS:
        raise InputError(f"--tables {shown(kind)}: {did_you_mean(kind, KINDS)}")
    made = {name: defused(frame) for name, frame in _frames(tables)}
    if kind == "csv":
        files = [folder / f"{name}.csv" for name in made]
        for file, frame in zip(files, made.values(), strict=True):
            write_text(file, frame.to_csv(index=False, lineterminator="\n"))
        return files
    return [_workbook(made, folder / "tables.xlsx")]


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose words, names of columns among them, no spreadsheet takes for a formula."""
    safe = frame.copy()
    for column, values in safe.items():
        if values.dtype.kind not in "fiub":
            safe[column] = [defuse_for_spreadsheet(one) if isinstance(one, str) else one for one in values]
    safe.columns = [defuse_for_spreadsheet(str(column)) for column in safe.columns]
    return safe


def _frames(tables: SweepTables) -> Iterator[tuple[str, pd.DataFrame]]:
    import pandas as pd

    runs = tables.runs.copy()
    runs["seed"] = runs["seed"].astype(str)  # 64 bits: in a cell of numbers they would be rounded
    yield "runs", runs
    yield "effects", compared(tables, tables.measures)
    if tables.failures:
        columns = ["run_id", "kind", "message", "replicate"]
        failed = [
            {**{name: one.get(name) for name in columns}, **(one.get("parameters") or {})} for one in tables.failures
        ]
        yield "failures", pd.DataFrame([{key: _flat(value) for key, value in one.items()} for one in failed])


def _flat(value: Any) -> Any:
    return value if isinstance(value, int | float | str | None) else str(value)


def _workbook(frames: dict[str, pd.DataFrame], path: Path) -> Path:
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            "--tables xlsx: openpyxl is not installed; it comes with the extra excel: pip install 'ecosim[excel]'"
        ) from None
    for name, frame in frames.items():
        if len(frame) > MOST_ROWS or frame.shape[1] > MOST_COLUMNS:
            raise InputError(
                f"--tables xlsx: {name} has {len(frame):,} rows; a sheet holds {MOST_ROWS:,}; allowed: csv"
            )
    book = openpyxl.Workbook(write_only=True)
    for name, frame in frames.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(column) for column in frame.columns])
        for row in frame.itertuples(index=False, name=None):
            sheet.append([_cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    write_bytes(path, content.getvalue())
    return path


def _cell(value: Any) -> Any:
    """Return a value for a cell: numbers as they are, nothing for what is missing, all else as words."""
    import pandas as pd
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if pd.isna(value):
        return None
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub(" ", value)[:32_767]
    return value.item() if hasattr(value, "item") else value

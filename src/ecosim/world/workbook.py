"""Sheets of an Excel workbook as rows of text, read only after the archive has proved harmless."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.scenario_file import read_bytes

MOST_WORKBOOK_BYTES = 64 * 2**20
MOST_PARTS = 1000
MOST_COLUMNS = 1000

Row = tuple[int, list[str]]


def sheet_rows(path: Path, part: str, sheet: str | None = None) -> Iterator[Row]:
    """Yield each row that is not empty of a sheet, with its number.

    Formulas count as what they last showed.

    Args:
        path: the workbook.
        part: what is looked for: without a name, the sheet called like it is read, otherwise the first.
        sheet: name of the sheet, capitals or not.

    Raises:
        InputError: there is no such sheet, openpyxl is not installed, or the file is no workbook, unpacks to more than
            64 MiB, declares entities, or has more than 1,000 columns.
    """
    with _opened(path) as book:
        wanted = part if sheet is None else sheet.casefold()
        named = [name for name in book.sheetnames if name.casefold() == wanted]
        if sheet is not None and not named:
            raise InputError(f"{printable(path)}: no sheet {shown(sheet)}; {did_you_mean(sheet, book.sheetnames)}")
        table = book[named[0] if named else book.sheetnames[0]]
        table.reset_dimensions()
        for number, row in enumerate(table.iter_rows(values_only=True), start=1):
            if len(row) > MOST_COLUMNS:
                raise InputError(f"{printable(path)}, row {number}: more than {MOST_COLUMNS:,} columns")
            cells = [cell_text(value) for value in row]
            if any(cells):
                yield number, cells


def sheet_names(path: Path) -> list[str]:
    """Return the names of a workbook's sheets."""
    with _opened(path) as book:
        return list(book.sheetnames)


def cell_text(value: Any) -> str:
    """Return a cell of a sheet or of YAML as CSV would have written it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    name = printable(path)
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{name}: Excel files need openpyxl; install it with: pip install 'ecosim[excel]', or save the sheet as CSV"
        ) from None
    _check_archive(path, name)
    book = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about formats and extensions of Excel that a table does not need
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            yield book
    except InputError:
        raise
    except Exception as error:  # a broken workbook fails in any way at all inside openpyxl
        raise InputError(f"{name}: not an Excel workbook that can be read ({type(error).__name__})") from None
    finally:
        if book is not None:
            book.close()


def _check_archive(path: Path, name: str) -> None:
    """Refuse an archive that unpacks to too much, or whose XML declares entities (which can grow without bound)."""
    read_bytes(path, most_bytes=MOST_WORKBOOK_BYTES)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_WORKBOOK_BYTES:
                raise InputError(f"{name}: unpacks to more than {MOST_WORKBOOK_BYTES:,} bytes, the most that is read")
            for part in parts:
                content = archive.read(part).replace(b"\0", b"")
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise InputError(f"{name}: {printable(part.filename)} declares entities, which no table needs")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise InputError(f"{name}: not an Excel workbook; allowed: .xlsx as Excel and LibreOffice save it") from None

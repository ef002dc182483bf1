"""Workbooks bring tables as text files do; hostile ones are refused at once."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.world.actors import read_actors
from tests.clock import at_most_seconds

THREE = "name,sector\nAcme,business\nTown,government\nRed Cross,civil_society\n"


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Save sheets as an Excel workbook."""
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl, an optional extra, is not installed")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_brings_organisations_and_ties(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "town.xlsx",
        {
            "notes": [["nothing to see"]],
            "Organisations": [["name", "sector", "capital"], [], ["Acme", "business", 2], ["Town", "government", None]],
            "Ties": [["source", "target", "strength"], ["Acme", "Town", 0.5], ["Town", "Acme", 1]],
        },
    )
    actors = read_actors(path)
    assert actors.names == ["Acme", "Town"]
    np.testing.assert_array_equal(actors.columns["capital"], [2.0, np.nan])
    assert actors.ties.weight.tolist() == [0.75]


@pytest.fixture
def members(tmp_path: Path) -> Path:
    head, ties = ["name", "sector", "capital"], ["source", "target"]
    return workbook(
        tmp_path / "town.xlsx",
        {
            "Organisations": [head, ["Old", "business", 1], ["Older", "business", 1]],
            "Members 2026": [head, ["Acme", "business", 2], ["Town", "government", 3]],
            "Contacts": [ties, ["Acme", "Town"]],
        },
    )


def test_the_sheet_of_a_workbook_can_be_named_after_the_file(members: Path) -> None:
    assert read_actors(members).names == ["Old", "Older"]
    assert read_actors(f"{members}#members 2026").names == ["Acme", "Town"]
    both = read_actors(f"{members}#Members 2026", f"{members}#Contacts")
    assert (both.names, len(both.ties.weight)) == (["Acme", "Town"], 1)


def test_the_sheet_of_a_workbook_can_be_named_in_the_mapping(members: Path) -> None:
    actors = read_actors(members, mapping={"sheet": "Members 2026", "ties": {"sheet": "Contacts"}})
    assert (actors.names, len(actors.ties.weight)) == (["Acme", "Town"], 1)


def test_a_sheet_that_is_not_there_is_refused_with_the_nearest(members: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no sheet 'Member 2026'; did you mean 'Members 2026'\?"):
        read_actors(f"{members}#Member 2026")
    (tmp_path / "t.csv").write_text("name,sector\nAcme,business\n")
    with pytest.raises(InputError, match=r"t\.csv: has no sheets"):
        read_actors(tmp_path / "t.csv", mapping={"sheet": "a"})


def test_a_workbook_whose_own_name_has_the_mark_is_read(members: Path) -> None:
    assert read_actors(members.rename(members.with_name("a#b.xlsx"))).names == ["Old", "Older"]


def test_a_fault_in_a_workbook_names_the_row_of_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"a": [["name", "sector", "capital"], [], ["Acme", "business", "much"]]})
    with pytest.raises(InputError, match="row 3, column 'capital': 'much' is not a number"):
        read_actors(path)


def test_a_formula_in_a_workbook_is_never_computed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"a": [["name", "sector", "capital"], ["Acme", "business", "=1+1"]]})
    assert read_actors(path).missing == {"capital": 1}


def test_hostile_workbooks_are_refused_within_a_second(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl, an optional extra, is not installed")
    good = workbook(tmp_path / "good.xlsx", {"a": [["name", "sector"], ["Acme", "business"]]})
    entities = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + "".join(
        f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, 2000)
    )
    hostile = {
        "bomb": ("xl/media/image.png", b"\0" * (65 * 2**20), "unpacks to more than 67,108,864 bytes"),
        "entities": ("xl/worksheets/sheet1.xml", entities.encode(), "declares entities, which no table needs"),
        "entities in utf-16": ("xl/worksheets/sheet1.xml", entities.encode("utf-16"), "declares entities"),
        "endless rows": ("xl/worksheets/sheet1.xml", f"{far}</sheetData></worksheet>".encode(), "row 1: more"),
        "cut off": ("xl/worksheets/sheet1.xml", far.encode(), "not an Excel workbook that can be read"),
        "no workbook": ("xl/workbook.xml", b"<nothing/>", "not an Excel workbook"),
    }  # fmt: skip
    for name, (part, content, expected) in hostile.items():
        path = tmp_path / f"{name}.xlsx"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.namelist():
                if entry != part:
                    target.writestr(entry, source.read(entry))
            target.writestr(part, content)
        with at_most_seconds(1), pytest.raises(InputError) as refused:
            read_actors(path)
        assert expected in str(refused.value), name
    (tmp_path / "text.xlsx").write_text(THREE)
    with pytest.raises(InputError, match="not an Excel workbook"):
        read_actors(tmp_path / "text.xlsx")


def test_without_openpyxl_a_workbook_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (tmp_path / "town.xlsx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"pip install 'ecosim\[excel\]', or save the sheet as CSV"):
        read_actors(tmp_path / "town.xlsx")

"""Tables of points: a design that is listed outright, and where in the table a fault stands."""

import pandas as pd
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.plan import plan_of
from ecosim.experiments.points_table import PointsTable, read_points
from tests.experiments.sweeps import TINY, TOLERANCE


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return a function that writes a table and reads it."""
    monkeypatch.chdir(tmp_path)

    def written(text, name="points.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_points(name)

    return written


def test_a_row_is_a_point_and_a_column_a_key(table):
    points = table(f'{TOLERANCE},ticks,dynamics.stance\n0.2,5,{{every: 2}}\n0.4,6,"{{every: 3, reach: 0}}"\n')
    plan = plan_of("opinions", points)
    settings = [plan.settings(point) for point in (0, 1)]
    assert [(one.dynamics["stance"].tolerance, one.dynamics["stance"].every, one.ticks) for one in settings] == [
        (0.2, 2, 5),
        (0.4, 3, 6),
    ]
    assert plan.design.kind == "table"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_cells_are_parted_as_in_other_tables_of_ours(table, separator):
    assert table(f"a{separator}b\n1{separator}x\n").columns == {"a": [1], "b": ["x"]}


def test_wrong_cells_are_refused_with_file_row_and_column(table):
    points = table(f"{TOLERANCE},ticks\n0.2,5\n\n-1,five\n0.3,6\n")
    with pytest.raises(InputError) as refused:
        plan_of("opinions", points).check()
    assert set(refused.value.faults) == {
        f"points.csv, line 4, column '{TOLERANCE}': -1; allowed: a number from 0 to 4",
        "points.csv, line 4, column 'ticks': 'five'; allowed: a whole number from 0 to 100,000,000",
    }


def test_a_fault_inside_a_cell_names_the_cell(table):
    points = table("dynamics.stance,ticks\n{tolernace: 1},5\n")
    with pytest.raises(InputError, match=r"points\.csv, line 2, column 'dynamics.stance': .*did you mean 'tolerance'"):
        plan_of("opinions", points).check()


def test_unknown_keys_empty_cells_and_values_that_are_none_are_refused(table):
    with pytest.raises(InputError, match=r"points\.csv, line 2, column 'dynamics.stance.tolernace': no such key"):
        plan_of("opinions", table("dynamics.stance.tolernace\n1\n")).check()
    with pytest.raises(InputError) as refused:
        table('a,b\n1,\n"1,2",3\n')
    assert [fault.split(":")[0] for fault in refused.value.faults] == [
        "points.csv, line 2, column 'b'",
        "points.csv, line 3, column 'a'",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("a,b\n", "no rows"),
        ("a,a\n1,2\n", "2 columns are called 'a'"),
        ("a,,b\n1,2,3\n", "a column without a name"),
        ("a,b\n1\n", "1 cells where the header has 2"),
    ],
)
def test_tables_that_are_none_are_refused(table, text, told):
    with pytest.raises(InputError, match=told):
        table(text)


def test_rows_of_one_content_columns_that_may_not_vary_and_other_designs_are_refused(table):
    for text, more, told in (
        ("ticks\n1\n1\n", {}, r"table: \[1\] twice"),
        ("seed\n1\n2\n", {}, "seed: the luck is the same"),
        ("ticks\n1\n2\n", {"design": "lhs", "samples": 3}, "a table lists all points"),
    ):
        with pytest.raises(InputError, match=told):
            plan_of("opinions", table(text), **more)


def test_a_frame_is_a_table():
    frame = pd.DataFrame({TOLERANCE: [0.2, 0.4], "ticks": [5, 6]}, index=[7, 7])
    plan = plan_of("opinions", frame)
    assert [plan.settings(point).ticks for point in (0, 1)] == [5, 6]
    runs = ecosim.sweep("opinions", frame, *TINY[:1], TINY[2], workers=0)
    assert runs[TOLERANCE].tolist() == [0.2, 0.4]
    with pytest.raises(InputError, match=f"table, row 2, column '{TOLERANCE}': 9.0; allowed: a number from 0 to 4"):
        ecosim.sweep("opinions", frame.assign(**{TOLERANCE: [0.2, 9.0]}), workers=0)
    with pytest.raises(InputError, match="row 1, column 'ticks': missing"):
        plan_of("opinions", pd.DataFrame({"ticks": [None, 3.0]}))


def test_a_table_in_excel_is_read_as_one_in_text(tmp_path):
    frame = pd.DataFrame({TOLERANCE: [0.2, 0.4], "ticks": [5, 6]})
    frame.to_excel(tmp_path / "points.xlsx", index=False)
    frame.to_csv(tmp_path / "points.csv", index=False)
    excel, text = (read_points(tmp_path / f"points.{ending}") for ending in ("xlsx", "csv"))
    assert isinstance(excel, PointsTable)
    assert excel.columns == text.columns

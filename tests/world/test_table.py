"""A table: rows move where they are, and none is lost, written over or left behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.world.columns import COLUMNS
from ecosim.world.table import Table

NAMES = ("trust", "bond", "translation", "rung", "apart")
SHAPES = tuple((2,) if COLUMNS[name].extent else () for name in NAMES)


def a_table(rows: int) -> tuple[Table, dict[str, np.ndarray]]:
    """A table of ties, each value of which is another."""
    table, shown = Table(tuple(COLUMNS[name] for name in NAMES), SHAPES, {"partner": 2}), {}
    table.show(shown, 0)
    table.gather(shown, np.full(rows, -1))
    for place, name in enumerate(NAMES):
        shown[name][...] = np.arange(1, shown[name].size + 1).reshape(shown[name].shape) + 1000 * place
    return table, shown


@given(before=st.integers(0, 40), choice=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=41))
def test_rows_go_on_wherever_they_come_to_lie_and_new_ones_are_initial(before, choice):
    """Whether there are more or fewer of them, and whether new ones come first, between or last."""
    table, shown = a_table(before)
    old = {name: shown[name].copy() for name in NAMES}
    source = np.array(
        [row for k, (stays, new) in enumerate(choice) for row in [-1] * new + [k] * (stays and k < before)], np.int64
    )
    table.gather(shown, source)
    for name in NAMES:
        initial = np.full(old[name].shape[1:], COLUMNS[name].initial).tolist()
        expected = [old[name][row].tolist() if row >= 0 else initial for row in source]
        assert shown[name].tolist() == expected
    assert table.rows == source.size <= table.places
    used = sum(shown[name].size for name in NAMES)
    assert np.count_nonzero(table.words) <= used  # places that stand for no row hold nothing
    assert np.count_nonzero(table.numbers) <= sum(shown[name].size for name in NAMES[:3])


def test_a_table_that_grows_row_by_row_is_copied_seldom_and_keeps_what_it_has():
    """With an eighth to spare, n rows need at most log(n / 64) / log(9/8) + 1 blocks, here 44; each row is there."""
    table, shown = a_table(0)
    blocks, rows = 1, 10_000
    for row in range(1, rows + 1):
        before = table.words
        table.make_room(row)
        table.show(shown, row)
        blocks += table.words is not before
        shown["bond"][-1], shown["partner"][-2:] = row, (2 * row - 2, 2 * row - 1)
    assert blocks <= 1 + np.log(rows / 64) / np.log(9 / 8) + 1
    assert shown["bond"].tolist() == list(range(1, rows + 1))
    assert shown["partner"].tolist() == list(range(2 * rows))
    assert table.places <= rows * 9 / 8 + 64


def test_arrays_are_made_anew_only_where_there_are_more_or_fewer_rows():
    table, shown = a_table(10)
    before = dict(shown)
    table.gather(shown, np.array([0, 1, 2, 3, 4, 5, 6, 7, 9, -1]))
    assert all(shown[name] is before[name] for name in shown)
    assert shown["rung"].tolist()[8:] == [3010, 0]
    table.gather(shown, np.arange(9))
    assert not any(shown[name] is before[name] for name in shown)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_contiguous_whatever_room_there_is(name):
    _, shown = a_table(100)
    assert shown[name].flags.c_contiguous
    assert shown[name].dtype == COLUMNS[name].dtype

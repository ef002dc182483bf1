"""In words: how a level is told at which an outcome goes over, and how numbers stand in a table."""

import numpy as np
import pandas as pd
import pytest

from ecosim.experiments.in_words import as_markdown, brackets, cells, crossed, crossing

LEVELS = (0.05, 0.1, 0.2, 0.4)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ([0.0, 0.0, 0.0, 0.0], "beyond the grid: above 0.4"),
        ([1.0, 1.0, 1.0, 1.0], "beyond the grid: below 0.05"),
        ([0.0, 0.0, 1.0, 1.0], "between 0.1 and 0.2"),
        ([0.0, 0.0, 0.0, 1.0], "between 0.2 and 0.4"),
    ],
)
def test_where_all_replicates_agree_no_number_is_told_that_nobody_knows(outcome, said):
    found = crossing(LEVELS, np.tile(outcome, (30, 1)), 0.5)
    assert crossed(LEVELS, found) == said


def test_an_interval_that_leaves_the_levels_says_beyond_which():
    """Half of the replicates are over from the first level on, half only from the third, and one never."""
    half = np.repeat([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]], 8, axis=0)
    told = crossed(LEVELS, crossing(LEVELS, half, 0.55))
    assert "[below 0.05, 0." in told
    assert "inf" not in told
    rare = np.repeat([[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]], (9, 7), axis=0)
    assert crossed(LEVELS, crossing(LEVELS, rare, 0.5), 1).endswith(", above 0.4]")
    assert crossed(LEVELS, (-0.1, -0.2, 0.1)) == "−0.10 [−0.20, 0.10]"


def test_a_level_between_two_is_found_on_the_straight_line_between_their_means():
    """Means −1, 0, 1, 3 at .05, .1, .2, .4 cross .5 at .15; without spread between runs the interval is that number."""
    level, low, high = crossing(LEVELS, np.tile([-1.0, 0.0, 1.0, 3.0], (5, 1)), 0.5)
    assert level == low == high == pytest.approx(0.15)


def test_a_number_has_its_interval_behind_it_and_a_true_minus_sign():
    assert brackets(-0.05, -0.1, 0.0) == "−0.05 [−0.10, 0.00]"
    assert brackets(0.05, -0.1, 0.2, 1, signed=True) == "+0.1 [−0.1, +0.2]"
    assert cells(pd.DataFrame({"a": [1.0, 1.0], "b": [0.0, 0.0]}), 1) == ["+1.0 [+1.0, +1.0]", "+0.0 [+0.0, +0.0]"]


def test_a_table_has_words_at_the_left_and_numbers_at_the_right():
    assert as_markdown(["what", "much"], [["a", "1"]]) == "| what | much |\n| --- | --: |\n| a | 1 |"

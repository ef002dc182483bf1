"""The summary says what was measured, with its numbers, and is silent about the rest."""

import pytest

from ecosim.measures.measure import Measure
from ecosim.results.words import number, percent, plain
from tests.results.toys import a_run


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0"),
        (3.0, "3"),
        (1234.0, "1,234"),
        (0.12345, "0.123"),
        (-1.2345, "−1.23"),
        (12.345, "12.3"),
        (123.45, "123"),
        (1.5e-7, "1.50e−07"),
        (2.5e9, "2.50e+09"),
        (None, "–"),
    ],
)
def test_a_number_has_three_digits_that_count(value, told):
    assert number(value) == told


def test_small_shares_keep_a_decimal():
    assert [percent(share) for share in (0.0, 0.004, 0.25, 1.0)] == ["0 %", "0.4 %", "25 %", "100 %"]


def test_markup_in_a_name_is_text():
    assert plain("<b>*x*</b>|\n") == r"&lt;b\>\*x\*&lt;/b\>\| "


def test_the_words_carry_the_numbers_of_the_summary():
    run = a_run(ticks=20)
    share = run.summary["measures"]["cross_sector_share"]
    assert f"{percent(share['start'])} of the relationships" in run.words
    assert "12 organisations (4 businesses, 4 government bodies and 4 civil-society groups), 2 issues" in run.words
    assert "2 missing values of your tables were drawn at random (2 of 12 of capital)." in run.words
    assert (
        "5 rows of your table, 2 relationships from both sides; their weights became bonds from 0.250 to 1" in run.words
    )
    assert "2.50 standard deviations more" in run.words
    assert "housing (1, 16, 21) got worse" in run.words
    assert "health (1, 1, 1) hardly changed" in run.words
    assert "businesses (0.150 to 1.50) gained; government bodies (−0.150 to −1.50) lost" in run.words
    assert "**Stage at the end: network.**" in run.words


def test_what_was_not_measured_is_not_mentioned():
    words = a_run(measured=[Measure("other", "something else", "1", lambda world: 1.0)]).words
    for topic in ("Collaboration", "olaris", "Issues", "Success", "Win-win", "Stage"):
        assert topic not in words
    assert "| `other` | 1 | 1 | 1 | 1 | something else |" in words


def test_before_anything_has_happened_nothing_is_told_to_have_happened():
    words = a_run(ticks=0).words
    assert "Nothing: the run has 0 ticks." in words
    assert "grew" not in words


def test_the_mean_is_over_the_second_half_and_the_early_success_over_the_first_tenth():
    summary = a_run(ticks=20).summary
    assert summary["measures"]["severity_housing"] == {"start": 1.0, "final": 21.0, "mean": 16.0, "unit": "severity"}
    assert summary["success"]["business"]["early"] == pytest.approx(0.15)
    assert summary["stage"] == {"number": 1, "word": "network"}
    assert summary["missing_values_drawn"] == {"total": 2, "columns": {"capital": 2}}
    assert set(summary["ledger"]) == {"win_win_share"}

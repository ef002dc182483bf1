"""Verdicts: the test alarms as seldom as it says, and sees what it should."""

import numpy as np
import pytest
from scipy import stats

from ecosim.published import verdict as module
from ecosim.published.case import Cell
from ecosim.published.output import notes_of
from ecosim.published.verdict import FALSE_ALARM, all_well, failed, hold, overall_false_alarm
from ecosim.published.words import cells_of, conclusion


def cell(ours, reference=1.0, **rest) -> Cell:
    return Cell("a setting", "a measure", reference, "exact", np.atleast_1d(np.asarray(ours, float)), **rest)


def test_a_number_without_chance_must_lie_within_the_allowance():
    assert hold("c", cell(1.0009, allowance=0.001)).verdict == "agrees"
    assert hold("c", cell(1.0011, allowance=0.001)).verdict == "differs"
    assert hold("c", cell(1.0009, allowance=0.001)).false_alarm == 0.0


def test_what_is_right_is_called_different_as_often_as_is_said(monkeypatch):
    """At 5 % instead of 10⁻⁴, to need few draws: 20,000 of them lie within ±.8 points but once in 10⁶."""
    monkeypatch.setattr(module, "FALSE_ALARM", 0.05)
    rng = np.random.default_rng(1)
    alarms = [hold("c", cell(rng.normal(1.0, 2.0, 5))).verdict == "differs" for _ in range(20_000)]
    assert abs(np.mean(alarms) - 0.05) < 0.008


def test_the_errors_of_the_reference_and_of_ours_add_up_as_squares_each_with_its_own_quantile():
    """Two runs tell little of their own spread, which makes the known error of the reference no larger."""
    spread = np.array([0.0, 2.0])  # standard error 1
    narrow, wide = hold("c", cell(spread)), hold("c", cell(spread, error=1.0))
    assert wide.bound == pytest.approx(np.hypot(narrow.bound, stats.norm.ppf(1 - FALSE_ALARM / 2)))


def test_with_an_error_of_the_reference_false_alarms_are_no_more_than_said(monkeypatch):
    """At 5 %, few runs and a reference as uncertain as they are: 20,000 draws, at most .8 points above but once in 10⁶."""
    monkeypatch.setattr(module, "FALSE_ALARM", 0.05)
    rng = np.random.default_rng(4)
    alarms = [
        hold("c", cell(rng.normal(1.0, 1.0, 4), rng.normal(1.0, 0.5), error=0.5)).verdict == "differs"
        for _ in range(20_000)
    ]
    assert np.mean(alarms) < 0.058


def test_a_shift_of_six_standard_errors_is_seen():
    ours = np.random.default_rng(2).normal(0.0, 1.0, 400)
    ours = ours - ours.mean() + 6 / 20
    assert hold("c", cell(ours, reference=0.0)).verdict == "differs"


def test_what_is_undefined_differs_even_where_a_difference_is_known():
    assert hold("c", cell(np.nan, allowance=1e9)).verdict == "differs"
    assert hold("c", cell(np.nan, known=True, note="why")).verdict == "differs"
    assert hold("c", cell([])).verdict == "differs"


def test_a_known_difference_counts_for_nothing_and_a_failure_against_us():
    known = hold("c", cell(2.0, known=True, note="a mean of ten runs"))
    assert known.verdict == "known difference"
    assert all_well([known, hold("c", cell(1.0))])
    assert not all_well([known, failed("c", "it raised")])
    assert "1 is known to differ" in conclusion([known])


def test_a_bound_as_wide_as_what_the_measure_can_be_tells_nothing_and_is_not_said_to_agree():
    """A share of which runs end near 0 or near 1, and a count of which two runs tell next to nothing."""
    fates = np.repeat([0.0, 1.0], 15)
    assert hold("c", cell(fates, 0.5, extent=1.0)).verdict == "too coarse to tell"
    assert hold("c", cell(np.tile(fates, 60), 0.5, extent=1.0)).verdict == "agrees"
    assert hold("c", cell([0.0, 12.0], 6.0)).verdict == "too coarse to tell"
    assert hold("c", cell(np.tile([5.0, 7.0], 20), 6.0)).verdict == "agrees"


def test_what_is_too_coarse_to_tell_is_counted_apart_and_a_coarse_test_that_fails_still_differs():
    coarse = hold("c", cell(np.repeat([0.0, 1.0], 15), 0.5, extent=1.0))
    assert all_well([coarse])
    assert "0 of 1 numbers agree with their reference; of 1 the test is too coarse to tell" in conclusion([coarse])
    assert hold("c", cell(np.repeat([0.0, 1.0], 15), 1.0, extent=1.0)).verdict == "differs"


def test_a_number_without_chance_is_told_however_wide_its_allowance():
    assert hold("c", cell(0.3, 0.5, allowance=0.4, extent=1.0)).verdict == "agrees"


def test_the_chance_of_any_false_alarm_is_at_most_the_sum():
    held = [hold("c", cell([0.9, 1.1])), hold("c", cell([0.9, 1.1])), hold("c", cell(1.0))]
    assert overall_false_alarm(held) == pytest.approx(2 * FALSE_ALARM)
    assert "2 of them" in conclusion(held)


def test_numbers_are_shown_as_precisely_as_they_are_known():
    words = cells_of(hold("c", cell([0.9, 1.0, 1.1], error=0.1)))
    assert words[2:5] == ("1.00 ± 0.10", "exact", "1.00")
    assert cells_of(hold("c", cell(0.318207, 0.318207, allowance=1e-6)))[2] == "0.3182070"
    assert cells_of(failed("c", "it raised"))[2] == "–"


def test_a_note_is_told_once_and_says_what_it_is_about():
    noted, bare = hold("c", cell(1.0, note="why")), hold("c", cell(1.0)._replace(setting="b"))
    others = [noted._replace(setting=name) for name in "cdefg"]
    assert notes_of([noted, noted]) == ["why."]
    assert notes_of([noted, bare]) == ["a setting: why."]
    assert notes_of([noted, bare._replace(measure="another")]) == ["a measure: why."]
    assert notes_of([noted, bare, *others]) == ["a setting; c; d and 3 more: why."]

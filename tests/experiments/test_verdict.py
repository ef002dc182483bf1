"""Verdict: what slides is not called tipping, what leaps is, and no value is told where nothing was located."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ecosim.drawing.tipping import tipping
from ecosim.experiments import both_ways
from ecosim.experiments.crossing import Crossing, Estimate, crossing
from ecosim.experiments.question import Question
from ecosim.experiments.ramp import Route
from ecosim.experiments.tipping import Tipping
from ecosim.experiments.verdict import Leap, estimate, is_over, leap_of, says, table_of, why_not

WHOLE = Question("key", "measure", 1.0, 4.0, 2.5, 0.03, True)
FINE = Question("key", "measure", 0.0, 1.0, 0.5, 0.2, False)


def test_noise_around_a_slope_is_no_tipping_and_noise_around_two_levels_is():
    draw = np.random.default_rng(2)
    values = np.linspace(0.0, 1.0, 21)
    for outcome, tips in (
        (values + 0.3 * draw.normal(size=(40, 21)), False),
        ((draw.logistic(0.5, 0.05, size=(40, 21)) < values) + 0.05 * draw.normal(size=(40, 21)), True),
    ):
        over = outcome > 0.5
        assert leap_of(values, outcome, over, crossing(values, over)).is_abrupt is tips


@pytest.mark.parametrize(
    ("asked", "values", "outcome"),
    [
        (WHOLE, np.arange(1.0, 5.0), np.arange(1.0, 5.0)),
        (FINE, np.linspace(0.0, 1.0, 9), 1.0 / (1.0 + np.exp(-8.0 * (np.linspace(0.0, 1.0, 9) - 0.4375)))),
    ],
)
def test_a_line_or_a_bend_between_values_far_apart_is_not_called_tipping(asked, values, outcome):
    """On 1, 2, 3, 4 a line leaps by a third between two values; a bend does a quarter within an eighth of the range."""
    runs = np.tile(outcome, (2, 1))
    over = is_over(runs, asked)
    found = crossing(values, over)
    leap = leap_of(values, runs, over, found)
    assert leap.share.value >= 0.25
    assert not leap.is_abrupt
    told = says(asked, runs, values, found, leap)
    assert not told[0].startswith("Tipping")
    assert "too far apart to tell" in told[1]


def test_a_leap_between_the_same_values_is_tipping():
    values = np.linspace(0.0, 1.0, 9)
    runs = np.tile((values > 0.4) + 0.1 * values, (2, 1))
    over = is_over(runs, FINE)
    assert leap_of(values, runs, over, crossing(values, over)).is_abrupt


def test_a_leap_that_may_be_less_than_a_quarter_is_not_called_gradual_but_not_settled():
    """The share of the change that happens at once is called tipping from a quarter on; 17 % to 91 % tells neither."""
    values = np.linspace(0.0, 1.0, 41)
    runs = (values > np.linspace(0.45, 0.55, 6)[:, None]) + 0.1 * values
    found = crossing(values, is_over(runs, FINE))
    leap = Leap(Estimate(0.67, 0.17, 0.91), 5.0)
    assert leap.is_unsettled
    assert not leap.is_abrupt
    first, second = says(FINE, runs, values, found, leap)[:2]
    assert first.startswith("A crossing; whether it tips is not settled")
    assert second.startswith("67 % [17 %, 91 %] of that change happens there at once")
    for settled in (Estimate(0.1, 0.05, 0.2), Estimate(0.6, 0.3, 0.9)):
        assert not Leap(settled, 5.0).is_unsettled
    assert not Leap(Estimate(0.67, 0.17, 0.91), 2.0).is_unsettled


def test_where_all_runs_agree_no_more_is_told_than_between_which_values_they_go_over():
    values = np.linspace(0.0, 1.0, 9)
    runs = np.tile((values > 0.4) * 1.0, (6, 1))
    over = is_over(runs, FINE)
    found = crossing(values, over)
    assert "passes 0.5 between 0.375 and 0.5." in says(FINE, runs, values, found, leap_of(values, runs, over, found))[0]


def anywhere(replicates=6):
    """Return a search in which each replicate goes over somewhere else, all over the range and beyond."""
    values = np.linspace(0.0, 1.0, 9)
    runs = (np.linspace(-0.3, 1.3, replicates)[:, None] < values) * 1.0
    over = is_over(runs, FINE)
    found = crossing(values, over)
    leap = leap_of(values, runs, over, found)
    table = pd.DataFrame({"key": np.tile(values, replicates), "measure": runs.ravel(), "status": "ok"})
    told = says(FINE, runs, values, found, leap)
    ends = estimate(runs[:, 0]), estimate(runs[:, -1])
    return Tipping(FINE, table, table_of(values, runs, over), ends, found, leap, None, True, told)


def test_an_interval_of_the_whole_range_is_no_answer_and_none_is_told_or_drawn():
    found = anywhere()
    assert (found.crossing.critical.low, found.crossing.critical.high) == (0.0, 1.0)
    assert found.is_unlocated
    assert found.critical is None
    assert not found.is_tipping
    assert found.says[0].startswith("Not located: measure goes from")
    assert "is the whole range searched, 0 to 1" in found.says[0]
    assert f"{found.crossing.critical.value:.4g} [" not in " ".join(found.says)
    told = found.to_dict()
    assert (told["critical"], told["unlocated"], told["quarter_to_three_quarters"]) == (None, True, None)
    figure = tipping(found)
    assert figure.get_suptitle() == "It passes the threshold somewhere: not located"
    assert not [text for text in figure.axes[0].get_legend().get_texts() if "critical" in text.get_text()]


def test_more_replicates_locate_what_few_do_not():
    found = anywhere(replicates=60)
    assert not found.is_unlocated
    assert found.critical.low > 0.2
    assert found.critical.high < 0.8


def test_an_interval_that_reaches_one_end_of_the_range_is_said_to():
    found = Crossing(Estimate(0.2, 0.0, 0.5), 0.1, 0.3, False, 0.0, 0.0)
    runs = np.tile(np.linspace(0.0, 1.0, 9), (6, 1))
    told = says(FINE, runs, np.linspace(0.0, 1.0, 9), found, Leap(Estimate(0.6, 0.3, 0.9), 5.0))
    assert "at 0.2 [0, 0.5]" in told[0]
    assert "The interval ends where the range searched begins: a wider range" in " ".join(told)


def test_worlds_that_go_over_anywhere_on_the_way_give_no_value():
    route = Route({}, (), "key", (0.0, 0.5, 1.0), "measure", 5, 0.5, True, 0.1, False, None)
    turns = [([0.1, 0.1], [0.0, 0.0]), ([0.9, 0.9], [0.0, 0.1])]
    way = {"up": [(0.0, 0.0), (1.0, 1.0)], "down": [(1.0, 1.0), (0.0, 0.0)]}
    found = both_ways._told(route, [{**way, "rising": up, "falling": down} for up, down in turns])
    assert found.rising is None
    assert found.falling is not None
    assert found.says[0] == (
        "On the way up, 2 of 2 worlds go over; by so few, or so scattered, their mean may lie anywhere from 0 to 1."
    )


def led(*turns):
    """Return what is told of worlds led along 0 to 1: where each goes over, up and down; None for one that failed."""
    route = Route({}, (), "key", (0.0, 0.5, 1.0), "measure", 5, 0.5, True, 0.1, False, None)
    way = {"up": [(0.0, 0.0), (1.0, 1.0)], "down": [(1.0, 1.0), (0.0, 0.0)]}
    failed = {"failed": {"kind": "error", "message": "bad luck"}}
    between = [one and [None if value is None else [value, value] for value in one] for one in turns]
    return both_ways._told(route, [{**way, "rising": one[0], "falling": one[1]} if one else failed for one in between])


def test_one_world_of_several_that_goes_over_gives_no_interval():
    """Its own critical value may be known to a hair, but that of its kind is not."""
    found = led((0.7, 0.3), *[(None, None)] * 7)
    assert (found.rising, found.falling, found.hysteresis) == (None, None, None)
    assert found.says[:3] == (
        "On the way up, 1 of 8 worlds goes over, at 0.7; no interval comes of one among several.",
        "On the way down, 1 of 8 worlds goes over, at 0.3; no interval comes of one among several.",
        "Only one world goes over and back again: of one among several, no hysteresis is told.",
    )
    assert led((0.7, 0.3)).hysteresis.value == pytest.approx(0.4), "without chance, one stands for all"


@pytest.mark.parametrize(("good", "tells"), [(1, False), (5, False), (6, True)])
def test_of_fewer_than_six_worlds_that_failures_leave_nothing_is_told(good, tells):
    found = led(*[(0.7 + 0.01 * k, 0.3) for k in range(good)], *[None] * 4)
    assert found.failed == 4
    assert (found.rising is not None, found.hysteresis is not None) == (tells, tells)
    assert f"4 of {good + 4} worlds could not be led (4 × bad luck)" in found.says[-1]
    assert ("what is told is off" if tells else "no 95 % interval comes of fewer than 6") in found.says[-1]
    assert len(found.says) == (4 if tells else 1)


def test_equal_levels_give_a_false_alarm_as_rarely_as_five_percent_promise():
    """1,000 searches of 10 replicates without any effect; false alarm 1e-6 at 5 %."""
    draw = np.random.default_rng(4)
    asked = Question("key", "measure", 0.0, 1.0, 0.0, 0.01, False)
    seen = [why_not(asked, draw.normal(size=(10, 2))) for _ in range(1000)]
    alarms = sum(not told or "compatible with none" not in told[0] for told in seen)
    assert alarms <= stats.binom.ppf(1 - 1e-6, 1000, 0.05)

"""What a scenario names to watch is told with its first and last values, and how a shock moved it."""

import numpy as np
import pytest

from ecosim.results.watched import around_the_turn, from_start_to_end, not_measured, watched
from tests.results.toys import SETTINGS, a_run

SECTORS = ("firms", "towns")
TICKS = np.arange(5)


def columns(**values):
    return {"tick": TICKS, **{name: np.array(given, float) for name, given in values.items()}}


def told(names, recorded, units=None, settings=None):
    settings = {"watch_measures": names, **(settings or {})}
    looks = watched(settings, recorded, SECTORS)
    return from_start_to_end(looks, units or {}, TICKS), around_the_turn(looks, units or {}, settings, TICKS)


def test_a_measure_of_sectors_has_a_line_for_each_and_one_for_all_together():
    recorded = columns(contribution_firms=[0.1] * 5, contribution_towns=[0.3] * 5, contribution_mean=[0.2] * 5)
    (effort,) = watched({"watch_measures": ["contribution"]}, recorded, SECTORS)
    assert [(line.label, line.kind) for line in effort.lines] == [
        ("firms", "sector"), ("towns", "sector"), ("all together", "all"),
    ]  # fmt: skip
    (alone,) = watched({"watch_measures": ["contribution_mean"]}, recorded, SECTORS)
    assert [line.label for line in alone.lines] == [""]


def test_first_and_last_values_are_told_and_the_highest_where_they_hide_it():
    recorded = columns(contribution_mean=[0.2, 0.4, 0.9, 0.5, 0.3], trust_mean=[np.nan, 0.1, 0.2, 0.3, 0.4])
    assert told(["contribution_mean", "trust_mean"], recorded, {"contribution_mean": "share"})[0] == (
        "From start to end: effort: 20 % to 30 % (highest 90 % in tick 2); trust: 0.100 to 0.400."
    )


def test_what_is_counted_for_pairs_of_sectors_is_watched_as_its_sum():
    recorded = columns(
        introductions_firms_firms=[0, 1, 2, 3, 4], introductions_firms_towns=[0, 1, 1, 1, 1],
        introductions_accepted_firms_firms=[9] * 5,
    )  # fmt: skip
    (seen,) = watched({"watch_measures": ["introductions"]}, recorded, SECTORS)
    assert seen.lines[0].values.tolist() == [0, 2, 3, 4, 5]


SHOCK = {"interventions": [{"do": "shock", "at": 3, "of": "severity", "add": 2.0}]}
ARRIVAL = {"dynamics": {"matchmaker": {"rule": "synergist", "arrives": 3, "budget": 1}}}


@pytest.mark.parametrize(
    ("settings", "words"), [(SHOCK, "the shock of tick 3"), (ARRIVAL, "the matchmaker arrives in tick 3")]
)
def test_a_shock_or_an_arrival_is_told_with_the_value_before_and_the_range_after_it(settings, words):
    recorded = columns(severity_mean=[1, 1, 1.5, 4, 3], trust_mean=[0.5] * 5)
    said = told(["severity_mean", "trust_mean"], recorded, settings=settings)[1]
    assert said == (
        f"Just before {words}, and from lowest to highest in 20 ticks: severity of problems: 1.50, then 3 to 4."
    )
    assert told(["severity_mean"], recorded)[1] == ""
    assert told(["trust_mean"], recorded, settings=settings)[1] == ""  # it does not move


def test_who_names_nothing_watches_effort_approval_and_trust_as_far_as_they_are_measured():
    recorded = columns(contribution_mean=[0.2] * 5, trust_mean=[0.5] * 5, clustering=[1] * 5)
    assert [one.name for one in watched({}, recorded, SECTORS)] == ["contribution", "trust_mean"]
    assert not_measured({}, recorded, SECTORS) == []
    assert not_measured({"watch_measures": ["payoff_mean", "trust_mean"]}, recorded, SECTORS) == ["payoff_mean"]


def test_the_summary_tells_what_was_to_be_watched_where_a_scenario_names_it():
    words = a_run(settings={**SETTINGS, "watch_measures": ["esteban_ray"]}).words
    assert "**What was to be watched.** From start to end: esteban ray: 0.010 to 0.050." in words
    assert "to be watched" not in a_run().words

"""What no rule of a run moves is not measured: it is missing in the series, and nothing is told of it."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.unfed import unmoved
from ecosim.world.founding import is_founded

SMALL = ("ecosystem.organisations=24", "ecosystem.citizens.count=40", "ticks=12")


def lived(*changes):
    model = Ecosystem(load("town", *SMALL, *changes), rng=1)
    model.run()
    return model.results()


@pytest.mark.parametrize(
    ("without", "names", "topic"),
    [
        ("~dynamics.ledger", ("success_business", "success_collective"), "**Success**"),
        ("~dynamics.relationship", ("win_win_share", "rung_share_contact", "lose_share"), "**Win-win:**"),
    ],
)
def test_without_the_rule_that_moves_it_a_measure_is_missing_and_not_told(without, names, topic):
    with_it, run = lived(), lived(without)
    assert topic in with_it.words
    assert topic not in run.words
    for name in names:
        assert np.isfinite(with_it.recorded[name][-1])
        assert np.isnan(run.recorded[name]).all()
        assert f"| `{name}` | – | – | – |" in run.words
    assert np.isfinite(run.recorded["gini_capital"]).all()
    assert np.isfinite(run.recorded["cross_sector_share"]).all()


def test_what_is_moved_by_hand_all_the_same_is_measured():
    model = Ecosystem(load("town", *SMALL, "~dynamics.ledger"), rng=1)
    model.step()
    model.world.success[:] = 0.25
    model.step()
    found = model.recorder.series()["success_collective"]
    assert np.isnan(found[:2]).all()
    assert found[2] == pytest.approx(0.25)


@pytest.mark.parametrize("scenario", ["town", "opinions", "public_goods", "many_levels", "learning_town"])
def test_whatever_a_shipped_scenario_measures_is_moved_or_founded(scenario):
    settings = load(scenario, "ecosystem.organisations=24")
    measured = {name for measure in Ecosystem(settings).measures for name in measure.reads}
    assert measured
    assert unmoved(measured, settings.in_order(), settings.interventions) == frozenset()


def test_what_is_drawn_at_founding_says_something_though_no_rule_moves_it():
    assert all(map(is_founded, ("stance", "capital", "trust", "identity", "coalition_issue")))
    assert not any(map(is_founded, ("success", "rung", "gain", "payoff")))

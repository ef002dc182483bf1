"""The terms that are told of decisions about memberships are those by which they were taken."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.dynamics.coalition.utility import willing
from ecosim.ecosystem import Ecosystem


@pytest.fixture(scope="module")
def decided():
    """Return the events of a world whose reasons are kept, and its rule of joining."""
    small = (
        "ticks=15",
        "ecosystem.organisations=80",
        "ecosystem.citizens.count=0",
        "measures=[]",
        "record.reasons=true",
    )
    model = Ecosystem(load("town", *small, "record.figures=false"))
    model.run()
    return model.results().events, model.settings.dynamics["coalition"]


def of_kind(events, kind, why):
    found = events[(events["kind"] == kind) & (events["why"] == why)]
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("kind", ["joined", "founded"])
def test_the_chance_that_is_told_follows_from_the_terms_that_are_told(decided, kind):
    events, rule = decided
    told = of_kind(events, kind, "expected to do better")
    assert set(told["threshold"]) == {rule.hurdle}
    for _, one in told.iterrows():
        chance = willing(one["gain"], one["present"], one["cost"], (rule.selectivity, rule.hurdle, rule.upkeep))
        assert chance == pytest.approx(one["chance"], rel=1e-6)


def test_the_chance_to_leave_is_what_the_chance_to_stay_leaves(decided):
    events, rule = decided
    told = of_kind(events, "left", "did better alone")
    stays = [
        willing(one["gain"], one["present"], rule.upkeep, (rule.selectivity, rule.hurdle, rule.upkeep))
        for _, one in told.iterrows()
    ]
    assert 1.0 - told["chance"].to_numpy(float) == pytest.approx(np.array(stays), rel=1e-6)


def test_who_founds_together_is_told_of_each_the_other(decided):
    events, _ = decided
    founded = of_kind(events, "founded", "expected to do better")
    assert (founded["chance"].between(0.0, 1.0)).all()
    assert (founded.groupby("tick").size() % 2 == 0).all()

"""A run ends before its last tick where the settings say what ends it."""

import numpy as np
import pytest

from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.settings import plain, settings_from
from tests.ecosystems import opinion_settings


def culture(**more):
    return settings_from(
        {
            "ticks": 5000,
            "stop": {"measure": "active_ties", "at_most": 0.0},
            "ecosystem": {"organisations": 25, "network": {"kind": "lattice"}, "culture": {"likeness": 0.0}},
            "dynamics": {"culture": {"rule": "culture_dissemination", "activation": "random", "steps": 200}},
            **more,
        }
    )


def test_a_run_ends_as_soon_as_its_measure_is_low_enough_and_not_before():
    model = Ecosystem(culture(measures=["active_ties"]))
    model.run()
    active = model.recorder.series()["active_ties"]
    assert model.tick < 5000
    assert active[-1] == 0.0
    assert (active[:-1] > 0.0).all()


def test_a_run_that_is_over_stays_where_it_is():
    model = Ecosystem(culture())
    model.run()
    ended = model.tick
    model.run(10)
    assert model.tick == ended
    model.step()  # whoever asks for a tick gets one
    assert model.tick == ended + 1


@pytest.mark.parametrize("limit", [{"at_most": 0.3}, {"at_least": 0.0}])
def test_a_run_may_be_over_before_it_begins(limit):
    model = Ecosystem(opinion_settings(stop={"measure": "coverage", "at_least": 0.0} | limit))
    model.run()
    assert model.tick == 0


def test_the_last_tick_is_recorded_with_all_that_is_costly_however_seldom_rows_are():
    model = Ecosystem(culture(measures=["active_ties", "clustering_z"], record={"every": 1000}))
    model.run()
    series = model.recorder.series()
    assert series["tick"].tolist() == [0, model.tick]
    assert np.isfinite(series["clustering_z"]).all()
    assert series["active_ties"][-1] == 0.0


def test_what_ends_a_run_need_not_be_among_the_measures_nor_change_it():
    long = Ecosystem(culture(stop=None))
    short = Ecosystem(culture())
    short.run()
    long.run(short.tick)
    assert (long.world.culture == short.world.culture).all()
    assert "active_ties" not in short.results().series


def test_an_undefined_measure_ends_nothing():
    settings = opinion_settings(ticks=3, stop={"measure": "bimodality", "at_most": 9.0}, organisations=1)
    model = Ecosystem(settings)
    model.run()
    assert model.tick == 3


def test_one_of_several_columns_may_end_a_run():
    model = Ecosystem(opinion_settings(stop={"measure": "spread_axis_2", "at_most": 1.85}))
    model.run()
    assert 0 < model.tick < 20
    assert float(np.ptp(model.world.stance[:, 1])) <= 1.85


def test_what_ends_a_run_survives_the_way_through_plain_data():
    settings = culture()
    assert settings_from(plain(settings)) == settings


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ({"measure": "active_tie", "at_most": 0.0}, "'active_tie'.*'active_ties'"),
        ({"measure": "active_ties"}, "neither at_most nor at_least"),
        ({"measure": "spread_by_axis", "at_most": 0.0}, "stop.measure: 'spread_by_axis' has several values"),
        ({"measure": "active_ties", "at_most": 0.0, "at_least": "much"}, "at_least"),
    ],
)
def test_what_cannot_end_a_run_is_refused_in_words(stop, told):
    with pytest.raises(InputError, match=f"(?s){told}"):
        opinion_settings(stop=stop)

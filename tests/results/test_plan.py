"""What is looked at for a row of the record: each thing once, and not again where nothing new is to be seen."""

from functools import partial

import numpy as np
import pytest

import ecosim
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.results.recorder import Recorder
from ecosim.settings import RecordSettings
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.threads import run_at_once

RECORD = RecordSettings()


def counting_looks(looks, sees=None):
    """A survey of mean and greatest capital that notes every look."""

    def fill(world, numbers):
        looks.append(world.tick)
        numbers[:] = world.capital.mean(), world.capital.max()

    return Survey(fill, lambda labels: 2, sees=sees)


def record_of(survey, world, ticks):
    """Record both numbers of a survey while everybody's capital grows at every third tick."""
    measures = [Measure(name, "", "", survey, ("capital",), part) for part, name in enumerate(("mean", "most"))]
    recorder = Recorder(measures, world.labels, RECORD, ticks)
    recorder.record(world)
    for tick in range(1, ticks + 1):
        world.tick = tick
        world.capital += tick % 3 == 0
        recorder.record(world)
    return recorder.series()


def test_measures_that_share_a_survey_share_its_look():
    looks = []
    found = record_of(counting_looks(looks), World(Labels(), 4, ("capital",)), 6)
    assert looks == list(range(7))
    assert found["mean"].tolist() == [1, 1, 1, 2, 2, 2, 3]


def test_what_a_survey_sees_decides_whether_it_looks_again():
    looks = []
    survey = counting_looks(looks, sees=lambda world: world.capital.tobytes())
    found = record_of(survey, World(Labels(), 4, ("capital",)), 7)
    assert looks == [0, 3, 6]
    assert found["most"].tolist() == [1, 1, 1, 2, 2, 2, 3, 3]


def test_a_look_that_failed_is_not_taken_for_one_that_was_made():
    attempts = []

    def fill(world, numbers):
        attempts.append(1)
        numbers[:] = np.nan
        if len(attempts) == 2:
            raise FloatingPointError
        numbers[:] = world.capital.sum()

    world = World(Labels(), 4, ("capital",))
    world.capital[:] = 0.0
    survey = Survey(fill, lambda labels: 1, sees=lambda world: world.capital.tobytes())
    recorder = Recorder([Measure("sum", "", "", survey, ("capital",), 0)], world.labels, RECORD, 9)
    recorder.record(world)
    world.tick, world.capital[:] = 1, 1.0
    with pytest.raises(FloatingPointError):
        recorder.record(world)
    world.tick, world.capital[:] = 2, 0.0
    recorder.record(world)
    assert recorder.series()["sum"].tolist()[-1] == 0.0


@pytest.mark.parametrize("scenario", ["town", "fractured_square"])
def test_every_number_on_record_is_what_a_fresh_look_finds(scenario):
    """Through 24 ticks of a world in which stances and ties change at some ticks only, for each cheap measure."""
    model = ecosim.Ecosystem(ecosim.load(scenario, "ticks=24", "ecosystem.organisations=60"), rng=5)
    measures = [measure for measure in model.recorder.measures if not measure.costly]
    for _ in range(24):
        model.step()
        row = {name: column[-1] for name, column in model.recorder.series().items()}
        for measure in measures:
            for column in measure.columns(model.world.labels):
                assert row[column] == pytest.approx(measure.of(model.world, column), rel=0, abs=0, nan_ok=True), column


def test_a_measure_of_several_issues_that_returns_too_few_numbers_is_refused():
    world = World(Labels(issues=("housing", "health")), 4, ("capital",))
    measure = Measure("mine", "", "", lambda world: [world.capital.sum()], ("capital",), per="issue")
    with pytest.raises(ValueError, match="2 are needed"):
        Recorder([measure], world.labels, RECORD, 1).record(world)


def test_a_copy_of_a_record_that_goes_on_at_the_same_time_keeps_to_its_own_world():
    """Two futures of one town, each in a thread of its own, are told as they are one after the other."""
    model = ecosim.Ecosystem(
        ecosim.load("town", "ticks=20", "ecosystem.organisations=40", "record.events=false"), rng=2
    )
    model.run(4)
    apart, together = [model.copy() for _ in range(2)], [model.copy() for _ in range(2)]
    for one in (*apart, *together):
        one.world.capital[:] *= 1.0 if one in (apart[0], together[0]) else 3.0
    for one in apart:
        one.run(12)
    run_at_once(*(partial(one.run, 12) for one in together))
    for alone, beside in zip(apart, together, strict=True):
        for name, column in alone.recorder.series().items():
            assert np.array_equal(column, beside.recorder.series()[name], equal_nan=True), name

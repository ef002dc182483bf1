"""The recorder keeps what it was asked for, when it was asked for, and nothing else."""

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.measure import Measure
from ecosim.results.recorder import Recorder
from tests.results.toys import LABELS, Keep, a_world, counted, tie


def follow(recorder, world, ticks):
    recorder.record(world)
    for tick in range(1, ticks + 1):
        world.tick = tick
        recorder.record(world)


def test_a_series_has_one_row_a_tick_and_the_first_describes_the_world_before_anything_happened():
    measure, _ = counted()
    recorder = Recorder([measure], LABELS, Keep(), 3)
    follow(recorder, a_world(), 3)
    series = recorder.series()
    assert list(series) == ["tick", "seen"]
    assert series["tick"].tolist() == [0, 1, 2, 3]
    assert series["seen"].tolist() == [0.0, 10.0, 20.0, 30.0]


def test_the_first_and_the_last_tick_are_there_whatever_the_rows_between():
    measure, seen = counted()
    recorder = Recorder([measure], LABELS, Keep(every=4), 10)
    follow(recorder, a_world(), 10)
    assert recorder.series()["tick"].tolist() == seen == [0, 4, 8, 10]


def test_a_run_that_stops_early_ends_with_the_row_of_where_it_stopped():
    measure, _ = counted()
    recorder, world = Recorder([measure], LABELS, Keep(every=4), 10), a_world()
    follow(recorder, world, 6)
    assert recorder.closed(world).series()["tick"].tolist() == [0, 4, 6]


def test_what_a_tick_brings_is_missing_before_the_first_tick():
    flow, _ = counted("flow", flow=True)
    state, _ = counted("state")
    each = Measure("each", "one for each issue", "1", lambda world: [1.0, 2.0], per="issue", flow=True)
    recorder = Recorder([state, flow, each], LABELS, Keep(), 2)
    follow(recorder, a_world(), 2)
    series = recorder.series()
    np.testing.assert_array_equal(series["flow"], [np.nan, 10.0, 20.0])
    np.testing.assert_array_equal(series["each_housing"], [np.nan, 1.0, 1.0])
    np.testing.assert_array_equal(series["each_health"], [np.nan, 2.0, 2.0])
    np.testing.assert_array_equal(series["state"], [0.0, 10.0, 20.0])


def test_looking_at_the_results_changes_nothing():
    measure, _ = counted(costly=True)
    recorder, world = Recorder([measure], LABELS, Keep(every=4), 10), a_world()
    follow(recorder, world, 6)
    before = recorder.series()
    recorder.closed(world)
    after = recorder.series()
    assert all(np.array_equal(before[name], after[name], equal_nan=True) for name in before)
    assert len(recorder.frames) == 2


def test_a_costly_measure_is_taken_at_the_start_and_the_end():
    measure, seen = counted(costly=True)
    recorder, world = Recorder([measure], LABELS, Keep(), 5), a_world()
    follow(recorder, world, 5)
    assert seen == [0, 5]
    assert np.isnan(recorder.series()["seen"][1:5]).all()
    assert recorder.series()["seen"][[0, 5]].tolist() == [0.0, 50.0]


def test_a_costly_measure_is_taken_now_and_then_where_asked():
    measure, seen = counted(costly=True)
    follow(Recorder([measure], LABELS, Keep(costly_every=2), 5), a_world(), 5)
    assert seen == [0, 2, 4, 5]


def test_a_run_that_stops_early_still_has_its_costly_measures_at_the_end():
    measure, _ = counted(costly=True)
    recorder, world = Recorder([measure], LABELS, Keep(), 9), a_world()
    follow(recorder, world, 3)
    assert recorder.closed(world).series()["seen"][-1] == 30.0


def test_measures_that_share_a_computation_share_its_work():
    calls = []

    def pair(world):
        calls.append(world.tick)
        return 1.0, 2.0

    both = [Measure("first", "", "1", pair, part=0), Measure("second", "", "1", pair, part=1)]
    recorder = Recorder(both, LABELS, Keep(), 1)
    follow(recorder, a_world(), 1)
    assert calls == [0, 1]
    assert recorder.series()["first"].tolist() == [1.0, 1.0]
    assert recorder.series()["second"].tolist() == [2.0, 2.0]


def test_a_measure_for_each_issue_fills_a_column_for_each():
    measure = Measure("relief", "", "1", lambda world: [3.0, 4.0], per="issue")
    recorder = Recorder([measure], LABELS, Keep(), 0)
    recorder.record(a_world())
    series = recorder.series()
    assert list(series) == ["tick", "relief_housing", "relief_health"]
    assert (series["relief_housing"][0], series["relief_health"][0]) == (3.0, 4.0)


def test_a_measure_is_missing_where_the_world_lacks_what_it_reads():
    measure = Measure("wealth", "", "1", lambda world: world.capital.sum(), reads=("capital",))
    recorder = Recorder([measure], LABELS, Keep(), 0)
    recorder.record(a_world(columns=()))
    assert np.isnan(recorder.series()["wealth"]).all()


def test_two_measures_of_one_name_are_refused():
    measure, _ = counted()
    with pytest.raises(InputError, match="seen"):
        Recorder([measure, measure], LABELS, Keep(), 1)


def test_the_rows_of_a_run_that_goes_on_beyond_its_plan_are_kept():
    measure, _ = counted()
    recorder = Recorder([measure], LABELS, Keep(), 2)
    follow(recorder, a_world(), 300)
    assert recorder.series()["tick"].tolist() == list(range(301))
    assert recorder.series()["seen"][-1] == 3000.0


def test_pictures_are_kept_of_the_start_the_middle_and_the_end():
    recorder, world = Recorder([], LABELS, Keep(), 10), a_world()
    follow(recorder, world, 10)
    assert [frame.tick for frame in recorder.closed(world).frames] == [0, 5, 10]
    follow(without := Recorder([], LABELS, Keep(figures=False), 10), world, 10)
    assert without.closed(world).frames == []


def test_what_is_not_wanted_is_not_kept():
    recorder, world = Recorder([], LABELS, Keep(1, "never", "never", "never", False, False), 2), a_world()
    follow(recorder, world, 2)
    assert list(recorder.closed(world).tables()) == ["series"]


def test_a_table_kept_at_every_row_tells_the_tick_of_each():
    recorder, world = Recorder([], LABELS, Keep(organisations="every"), 2), a_world(2)
    recorder.record(world)
    for tick in (1, 2):
        world.tick = tick
        world.capital[:] = tick
        recorder.record(world)
    table = recorder.closed(world).tables()["organisations"].columns
    assert table["tick"].tolist() == [0, 0, 1, 1, 2, 2]
    assert table["capital"].tolist() == [1, 1, 1, 1, 2, 2]


def test_a_copy_goes_its_own_way():
    measure, _ = counted()
    recorder, world = Recorder([measure], LABELS, Keep(), 9), a_world()
    follow(recorder, world, 2)
    twin = recorder.copy()
    world.tick = 3
    tie(world, (0, 1))
    twin.record(world)
    assert recorder.series()["tick"].tolist() == [0, 1, 2]
    assert twin.series()["tick"].tolist() == [0, 1, 2, 3]
    assert twin.events.table().rows == 1
    assert recorder.events.table().rows == 0


def test_what_is_kept_does_not_change_with_the_world():
    recorder, world = Recorder([], LABELS, Keep(), 0), a_world()
    recorder.record(world)
    closed = recorder.closed(world)
    world.capital[:] = 99.0
    assert closed.tables()["organisations"].columns["capital"].tolist() == [1.0] * 6

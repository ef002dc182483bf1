"""What a process wrote and did not live to tell of is found without opening what is known; halves go, whole shards stay."""

import numpy as np
import pytest

from ecosim.experiments import written
from ecosim.experiments.design import design_of
from ecosim.experiments.ids import as_words
from ecosim.experiments.running import Ran
from ecosim.experiments.shards import RUNS, SERIES, Shard, look_into, save_failed
from ecosim.experiments.written import Written
from ecosim.results.table import Note

DESIGN = design_of({"a": [1, 2, 3]}, "grid", 4, 1)
IDS = [f"{number:032x}" for number in range(DESIGN.runs)]


def shard(folder, *numbers):
    """Write a shard of these runs, and return what its writer would say of it."""
    made = Shard(folder, DESIGN)
    for number in numbers:
        notes = {"tick": Note("ticks", "time"), "x": Note("", "x")}
        made.add(number, IDS[number], Ran({"tick": np.arange(3), "x": np.full(3, float(number))}, notes))
    return made.save()


def names(folder):
    return {kind: {path.name for path in (folder / kind).iterdir()} for kind in (RUNS, SERIES)}


def test_runs_that_nobody_told_of_are_found_once_and_those_of_others_are_left_to_them(tmp_path):
    shard(tmp_path, 0, 1)
    known = Written(tmp_path)
    known.add(shard(tmp_path, 2, 3))
    shard(tmp_path, 4, 5)
    shard(tmp_path, 6)
    assert sorted(known.untold([2, 4, 5, 7], IDS)) == [4, 5]
    assert known.untold([2, 4, 5, 7], IDS) == []
    assert known.untold([6, 7], dict(enumerate(IDS))) == [6]


def test_no_file_is_opened_that_is_known(tmp_path, monkeypatch):
    shard(tmp_path, 0)
    known = Written(tmp_path)
    known.add(shard(tmp_path, 1))
    opened = []
    monkeypatch.setattr(written, "look_into", lambda path: opened.append(path.name) or look_into(path))
    assert known.untold([0, 1, 2], IDS) == []
    known.drop_halves()
    assert opened == []
    told = shard(tmp_path, 2)
    assert known.untold([], IDS) == []
    assert opened == []
    assert known.untold([2], IDS) == [2]
    assert opened == [told.runs]


@pytest.mark.parametrize("is_asked", [True, False])
def test_series_that_no_file_of_runs_names_go_and_all_others_stay(tmp_path, is_asked):
    """Those that this process itself wrote in between, and the rows of failed runs, are none of a crew's and stay."""
    shard(tmp_path, 0)
    known = Written(tmp_path)
    known.add(shard(tmp_path, 1))
    shard(tmp_path, 2)
    save_failed(tmp_path, DESIGN, [(3, IDS[3], "error")])
    before = names(tmp_path)
    half = shard(tmp_path, 4)
    (tmp_path / RUNS / half.runs).unlink()
    if is_asked:
        known.untold([4], IDS)
    known.drop_halves()
    assert names(tmp_path) == before


def test_an_empty_folder_holds_nothing_untold(tmp_path):
    known = Written(tmp_path)
    assert known.untold([1], IDS) == []
    known.drop_halves()


def test_a_file_of_failed_runs_holds_the_results_of_none(tmp_path):
    known = Written(tmp_path)
    (path,) = save_failed(tmp_path, DESIGN, [(3, IDS[3], "error")])
    assert known.untold([3], IDS) == []
    assert (look_into(path).series, as_words(look_into(path).run_ids)) == ("", [])


def test_a_damaged_file_among_those_nobody_told_of_stops_nothing_and_no_series_is_taken_for_a_half(tmp_path):
    known = Written(tmp_path)
    told = shard(tmp_path, 0, 1)
    (tmp_path / RUNS / told.runs).write_bytes(b"no table")
    assert known.untold([0, 1], IDS) == []
    known.drop_halves()
    assert names(tmp_path) == {RUNS: {told.runs}, SERIES: {told.series}}

"""What of a sweep is still to do: only what is new is made, and what it takes is told before, what fails at once."""

import json
import shutil
import sys

import numpy as np
import pyarrow.parquet
import pytest

from ecosim.errors import InputError
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.plan import plan_of
from ecosim.experiments.ranges import Interval
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.shards import Saved, Shard
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import HOW, TOLERANCE, same_tables, shards, stopping, tiny

HERE = Execution(workers=0)


def test_running_again_runs_nothing_and_changes_nothing(finished):
    before = [path.read_bytes() for path in shards(finished)]
    outcome = run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)
    assert (outcome.ok, outcome.failed, outcome.made) == (12, 0, 0)
    assert [path.read_bytes() for path in shards(finished)] == before


def test_more_values_and_replicates_run_only_what_is_new(finished, tmp_path):
    out = tmp_path / "grown"
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.5]}, replicates=2), out, HERE).made == 4
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=2), out, HERE).made == 2
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), out, HERE).made == 6
    assert same_tables(out, finished)


def test_where_all_of_the_first_runs_fail_it_is_said_at_once_and_why(tmp_path):
    said, seen = [], []
    outcome = run_sweep(
        tiny({HOW: ["raise"]}, replicates=14), tmp_path, HERE, say=said.append,
        progress=lambda progress: seen.append((progress.done, len(said))),
    )  # fmt: skip
    assert said[1:] == [
        "All of the first 10 runs have failed (10 × RuntimeError: the gossip got out of hand); Ctrl-C stops the sweep."
    ]
    assert dict(seen)[11] == 2
    assert outcome.why == "14 × RuntimeError: the gossip got out of hand"


def test_where_one_run_is_fine_the_others_are_told_of_at_the_end(tmp_path):
    said = []
    outcome = run_sweep(tiny({HOW: ["none", "raise", "exit"]}, replicates=6), tmp_path, HERE, say=said.append)
    assert len(said) == 1
    assert (outcome.failed, outcome.why[:4]) == (12, "6 × ")


def test_points_that_coincide_are_not_said_to_be_there_already(tmp_path):
    said = []
    drawn = {"dynamics.stance.every": Interval(1, 2), "dynamics.stance.responsiveness": Interval(0.1, 0.2)}
    plan = tiny(drawn, design="morris", samples=8, replicates=2)
    different = len(set(plan.check().run_ids))
    assert different < 48
    run_sweep(plan, tmp_path, HERE, say=said.append)
    assert f"= 48 runs, {different} of them different: " in said[0]
    run_sweep(plan, tmp_path, HERE, say=said.append)
    assert f"= 48 runs, {different} of them different, 0 of them still to do: " in said[1]


def test_what_the_rough_time_leaves_out_is_said(tmp_path, monkeypatch):
    said = []
    run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "trusting", HERE, say=said.append)
    assert said[0].endswith("(not counted: rules and measures from outside ecosim).")
    ours = plan_of("opinions", {TOLERANCE: [0.1]}, ("ecosystem.organisations=20", "ticks=2"))
    run_sweep(ours, tmp_path / "warm", HERE, say=said.append)
    assert "not counted" not in said[1]
    module = sys.modules[type(ours.settings(0).dynamics["stance"]).__module__]
    for one in vars(module).values():
        if getattr(one, "_cache", None) is not None:
            monkeypatch.setattr(one._cache._cache_file, "_index_path", str(tmp_path / "nothing.nbi"))
    run_sweep(ours, tmp_path / "cold", HERE, say=said.append)
    assert said[2].endswith("(not counted: compiling, once).")


def test_a_sweep_some_of_whose_runs_are_nowhere_is_not_complete(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.experiments.execute.Shard.save", lambda shard: Saved([]))
    with pytest.raises(CannotGoOn, match="of 2 runs, 2 came to neither results nor a failure"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2]}), tmp_path, HERE)
    assert json.loads((tmp_path / "manifest.json").read_text())["state"] == "stopped"
    monkeypatch.undo()
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2]}), tmp_path, HERE).made == 2


def test_a_sweep_whose_folder_is_removed_meanwhile_counts_what_is_left_and_the_same_command_mends_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 1)
    out, plan = tmp_path / "out", tiny({TOLERANCE: [0.1, 0.2]}, replicates=4)

    def remove(progress):
        if progress.done == 5:
            shutil.rmtree(out)

    with pytest.raises(CannotGoOn, match="emptied, meanwhile: of 8 runs, 5 came to neither results nor"):
        run_sweep(plan, out, HERE, progress=remove)
    told = SweepTables(out)
    assert told.manifest["state"] == "stopped"
    assert told.manifest["runs"] == {"all": 8, "ok": 3, "failed": 0}
    assert (len(told.design), len(told.runs)) == (8, 3)
    assert run_sweep(plan, out, HERE).made == 5
    assert len(SweepTables(out).runs) == 8


def test_a_sweep_that_is_stopped_counts_what_it_made_without_opening_one_file(tmp_path, monkeypatch):
    """Ten thousand files, as a million runs have, take ten seconds to open, and a stop shall take five at most."""
    opened = []
    for name in ("ParquetFile", "read_schema"):
        real = getattr(pyarrow.parquet, name)
        monkeypatch.setattr(
            pyarrow.parquet, name, lambda *words, real=real, **more: opened.append(1) or real(*words, **more)
        )
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 1)
    for name in ("SECONDS_AT_A_STOP", "SECONDS_FOR_COLUMNS"):
        monkeypatch.setattr(f"ecosim.experiments.work.{name}", -1.0)

    def stop(progress):
        if progress.done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(tiny({HOW: ["none", "raise"]}, replicates=8), tmp_path, HERE, progress=stop)
    assert opened == []
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["runs"] == {"all": 16, "ok": 5, "failed": 4}
    monkeypatch.undo()
    assert read_runs(tmp_path)["status"].value_counts().to_dict() == {"ok": 5, "error": 4}
    outcome = run_sweep(tiny({HOW: ["none", "raise"]}, replicates=8), tmp_path, HERE)
    assert (outcome.ok, outcome.failed, outcome.made) == (8, 8, 7)
    assert read_runs(tmp_path)["status"].value_counts().to_dict() == {"ok": 8, "error": 8}


def test_what_is_on_disk_and_nobody_said_so_is_counted_where_makers_cannot_go_on(tmp_path, monkeypatch):
    def save(shard):
        real(shard)
        raise OSError("no space left on device")

    real = Shard.save
    monkeypatch.setattr("ecosim.experiments.execute.Shard.save", save)
    with pytest.raises(CannotGoOn, match="no space left"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2]}), tmp_path, HERE)
    assert json.loads((tmp_path / "manifest.json").read_text())["runs"] == {"all": 2, "ok": 2, "failed": 0}


def test_a_very_large_sweep_asks_first(tmp_path):
    plan = tiny({"ticks": [10**6], TOLERANCE: list(np.linspace(0.1, 1.0, 100))}, replicates=100)
    with pytest.raises(InputError, match=r"10,000 runs: about .*; if that is meant, say --yes"):
        run_sweep(plan, tmp_path, HERE)
    assert not shards(tmp_path)


def test_what_a_sweep_is_told_to_take_counts_the_start_of_its_processes(tmp_path):
    plan, told = tiny({TOLERANCE: [0.1, 0.2]}), {}
    for workers in (0, 1):
        sentences = []
        with pytest.raises(KeyboardInterrupt):
            run_sweep(plan, tmp_path / str(workers), Execution(workers=workers), say=stopping(sentences))
        told[workers] = sentences[0]
    assert "about 1 second on this process" in told[0]
    assert "about 3 seconds on 1 process and" in told[1]  # 2.5 to start, and two runs of a moment

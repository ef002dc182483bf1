"""Sweeps in this process: a row is what a single run says, whatever the order, and a run that fails fails alone."""

import errno
import os
import shutil

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.execute import execute
from ecosim.experiments.making import Limits
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep, sweep
from tests.experiments.sweeps import HOW, TINY, TOLERANCE, failures, read_series, same_tables, shards, shuffled, tiny

HERE = Execution(workers=0)


def test_a_row_of_a_sweep_is_what_a_single_run_says(finished):
    rows = read_runs(finished)
    assert rows["status"].tolist() == ["ok"] * 12
    for place in (0, 5, 11):
        row = rows.iloc[place]
        # A sweep keeps every fifth row; a single run that is to say the same keeps the same.
        changes = (*TINY, "record.every=5", f"{TOLERANCE}={row[TOLERANCE]}", f"seed={row['seed']}")
        model = ecosim.Ecosystem(ecosim.load("opinions", *changes, trust=("trouble",)))
        model.run()
        run = model.results()
        for name, measured in run.summary["measures"].items():
            assert row[name] == measured["final"]
            assert row[f"{name}.mean"] == measured["mean"]
        series = read_series(finished)
        series = series[series["run_id"] == row["run_id"]].drop(columns="run_id")
        np.testing.assert_array_equal(series.to_numpy(), run.series.to_numpy())


def test_every_point_meets_the_same_luck(finished):
    series = read_series(finished).merge(read_runs(finished)[["run_id", "replicate"]], on="run_id")
    at_start = series[series["tick"] == 0].groupby("replicate")["dispersion"]
    assert (at_start.nunique() == 1).all(), "organisations start with the same opinions whatever the tolerance"
    assert series[series["tick"] == 0]["dispersion"].nunique() == 4


def test_python_and_folder_give_the_same_table(finished):
    table = sweep("opinions", {TOLERANCE: [0.1, 0.2, 0.5]}, *TINY, replicates=4, trust=("trouble",), workers=0)
    assert table.equals(read_runs(finished))


def test_the_order_of_runs_and_their_shards_do_not_matter(finished, tmp_path, monkeypatch):
    plan = tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4)
    numbers = plan.check().run_ids
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 5)
    shutil.copy(finished / "design.parquet", tmp_path)
    execute(plan, numbers, shuffled(12), tmp_path, 0, Limits(), _Deaf())
    assert len(shards(tmp_path)) == 3
    assert same_tables(finished, tmp_path)


class _Deaf:
    def finished(self, numbers):
        pass

    def failed(self, number, failure):
        raise AssertionError(failure)

    def progress(self, done):
        pass


def test_a_run_that_fails_fails_alone_and_is_not_tried_for_ever(tmp_path):
    plan = tiny({HOW: ["none", "raise", "blow_up", "exit", "interrupt"]}, replicates=2)
    outcome = run_sweep(plan, tmp_path, HERE)
    assert (outcome.ok, outcome.failed) == (2, 8)
    told = failures(tmp_path)
    assert told["raise"]["kind"] == told["exit"]["kind"] == told["interrupt"]["kind"] == "error"
    assert told["interrupt"]["message"] == "KeyboardInterrupt: no signal", "a rule that raises it is no Ctrl-C"
    assert told["raise"]["message"] == "RuntimeError: the gossip got out of hand"
    assert "trouble.py" in told["raise"]["traceback"]
    assert told["blow_up"]["kind"] == "not finite"
    assert "stance" in told["blow_up"]["message"]
    assert "tick 3" in told["blow_up"]["message"]
    rows = read_runs(tmp_path)
    assert rows["status"].tolist() == ["ok"] * 2 + ["error"] * 2 + ["not finite"] * 2 + ["error"] * 4
    assert rows["dispersion"].notna().tolist() == [True] * 2 + [False] * 8
    assert run_sweep(plan, tmp_path, HERE).made == 0
    again = run_sweep(plan, tmp_path, Execution(workers=0, retry=True))
    assert (again.ok, again.failed, again.made) == (2, 8, 8)
    assert len((tmp_path / "failures.jsonl").read_text().splitlines()) == 8
    assert len(read_runs(tmp_path)) == 10


def test_limits_that_cannot_hold_are_refused_and_not_forgotten(tmp_path):
    for limit in ({"timeout": 3.0}, {"memory": 500.0}):
        with pytest.raises(InputError, match=r"timeout, memory: .*allowed: --workers 1, or more"):
            run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0, **limit))
    assert not (tmp_path / "out").exists()
    assert run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0, timeout=0, memory=0)).ok == 1


def test_limits_that_make_no_sense_are_all_named(tmp_path):
    with pytest.raises(InputError) as refused:
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path, Execution(workers=-1, timeout=float("nan"), memory=-5))
    assert len(refused.value.faults) == 3


def test_a_file_system_without_locks_is_told_as_such(tmp_path, monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("ecosim.results.lock.fcntl.flock", flock)
    with pytest.raises(InputError, match=r"cannot be locked \(no locks available\)") as refused:
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0))
    assert "another ecosim sweep" not in str(refused.value)
    assert not (tmp_path / "out").exists()

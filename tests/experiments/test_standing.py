"""A search keeps its processes and its folder from batch to batch, and loses no guard by it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.execute import makers
from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.making import CannotGoOn, Limits
from ecosim.experiments.plan import plan_of
from ecosim.experiments.runs_table import RUNS_TABLE, write_runs_table
from ecosim.experiments.shards import digest_of
from ecosim.experiments.standing import standing
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import QUICK, Execution, run_sweep
from tests.experiments.sweeps import (
    HOW,
    PACKAGES,
    TINY,
    TOLERANCE,
    children,
    descendants,
    die_with_this_process,
    failures,
    is_alive,
    same_tables,
    shards,
    tiny,
    wait_until,
)

ASKED = "opinions", {TOLERANCE: (0.1, 0.9)}, {"dispersion": (0.3, 0.1)}, *TINY
OURS = plan_of("may_1977", {"dynamics.issue.floor": [1.0]}, ("ticks=2",))
BATCHES = {"trust": ("trouble",), "trials": 36, "replicates": 1}
"""Of the search: eleven trials that cover the range, and then eight, eight, eight and one."""


class Watched:
    """Hears how far a search is, and sees which processes make its runs."""

    def __init__(self, at_batch=10**6, act=lambda: None):
        self.pids, self.batches, self._last = set(), 0, 0
        self._at_batch, self._act = at_batch, act

    def __call__(self, progress):
        self.batches += progress.done < self._last or not self.batches
        self._last = progress.done
        self.pids |= set(workers())
        if self.batches == self._at_batch and progress.done:
            self._at_batch = 10**6
            self._act()


def workers():
    return [pid for pid in children(os.getpid()) if b"experiments.worker" in _words(pid)]


def _words(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The same search, made in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PACKAGES)
        return ecosim.calibrate(*ASKED, **BATCHES, workers=0)


def test_the_same_processes_make_all_batches_and_come_to_what_one_process_comes_to(here, tmp_path):
    watched = Watched()
    found = ecosim.calibrate(*ASKED, **BATCHES, workers=2, out=tmp_path, progress=watched)
    assert watched.batches == 5
    assert len(watched.pids) == 2
    assert not any(is_alive(pid) for pid in watched.pids)
    assert found.trials.equals(here.trials)
    assert found.says == here.says
    assert not list(tmp_path.glob(".board")) + list(tmp_path.glob(".trace-*"))


@pytest.mark.slow
def test_a_process_that_somebody_kills_between_batches_or_within_one_costs_no_run(here):
    watched = Watched(2, lambda: [os.kill(pid, signal.SIGKILL) for pid in workers()])
    found = ecosim.calibrate(*ASKED, **BATCHES, workers=1, progress=watched)
    assert len(watched.pids) == 2
    assert found.trials.equals(here.trials)


def test_a_search_that_is_stopped_in_a_later_batch_leaves_no_process_and_goes_on_where_it_was(here, tmp_path):
    def stop():
        raise KeyboardInterrupt

    watched = Watched(3, stop)
    with pytest.raises(KeyboardInterrupt):
        ecosim.calibrate(*ASKED, **BATCHES, workers=1, out=tmp_path, progress=watched)
    assert len(watched.pids) == 1
    assert not any(is_alive(pid) for pid in watched.pids)
    assert len(read_runs(tmp_path)) >= 19
    assert len(pd.read_parquet(tmp_path / RUNS_TABLE)) == len(read_runs(tmp_path))
    assert ecosim.calibrate(*ASKED, **BATCHES, workers=0, out=tmp_path).trials.equals(here.trials)


@pytest.mark.parametrize("ends_by", [None, KeyboardInterrupt, InputError])
def test_the_table_of_runs_is_written_once_when_a_search_ends_however_it_does(ends_by, tmp_path, monkeypatch):
    written, there = [], []

    def write(folder, *rest):
        written.append(folder)
        write_runs_table(folder, *rest)

    def hear(progress):
        there.append((tmp_path / RUNS_TABLE).exists())
        if ends_by is not None and watched.batches == 3:
            raise ends_by("enough")
        watched(progress)

    watched = Watched()
    monkeypatch.setattr("ecosim.experiments.work.write_runs_table", write)
    with nullcontext() if ends_by is None else pytest.raises(ends_by, match="enough"):
        ecosim.calibrate(*ASKED, **BATCHES, workers=0, out=tmp_path, progress=hear)
    assert (written, any(there)) == ([tmp_path], False)
    assert_frame_equal(pd.read_parquet(tmp_path / RUNS_TABLE), read_runs(tmp_path), check_dtype=False, check_exact=True)
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["checksums"]["files"][RUNS_TABLE] == digest_of(tmp_path / RUNS_TABLE)
    assert told["state"] == ("complete" if ends_by is None else "stopped")
    assert told["runs"]["ok"] == len(read_runs(tmp_path))
    assert (told["runs"]["ok"] == 36) == (ends_by is None)


def test_a_search_that_ends_between_batches_leaves_the_table_of_all_before(tmp_path):
    def search():
        with SweepFolder(tmp_path) as folder, standing(folder) as kept:
            for values in ([0.5], [0.1, 0.5]):
                run_sweep(tiny({TOLERANCE: values}), tmp_path, Execution(workers=0, standing=kept))
            raise InputError("too few")

    with pytest.raises(InputError, match="too few"):
        search()
    assert len(pd.read_parquet(tmp_path / RUNS_TABLE)) == 2


def test_a_search_that_is_killed_in_a_later_batch_leaves_no_process(tmp_path):
    """A real SIGKILL of the coordinator, which can tell nobody any more."""
    call = (
        f"{die_with_this_process()}import sys; sys.path.insert(0, sys.argv.pop(1)); from ecosim.cli import main; main()"
    )
    words = ["calibrate", "opinions", f"{TOLERANCE}=interval(0.1,0.9)", *TINY, "dynamics.trouble.pause=0.01"]
    words += ["--target=dispersion=0.3±0.1", "--trials=60", "--replicates=1", "--trust=trouble", "--workers=2"]
    search = subprocess.Popen(
        [sys.executable, "-c", call, PACKAGES, *words, f"--out={tmp_path / 'out'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        wait_until(lambda: len(shards(tmp_path / "out")) > 2 or search.poll() is not None, seconds=120.0)
        found = descendants(search.pid)
        assert len(found) >= 2
    finally:
        search.kill()
        _, told = search.communicate(timeout=60)
    wait_until(lambda: not any(is_alive(pid) for pid in found), seconds=15.0)
    assert b"Traceback" not in told


def test_the_folder_of_a_search_is_its_own_between_batches_as_well(tmp_path):
    said = []

    def say(sentence):
        said.append(sentence)
        if sentence.startswith("Round 2"):
            with pytest.raises(InputError, match="is at work in this folder"), SweepFolder(tmp_path):
                pass

    ecosim.tip(
        "opinions", TOLERANCE, "dispersion", *TINY, start=0.1, stop=0.9, replicates=6, width=0.1, trust=("trouble",),
        workers=0, out=tmp_path, say=say,
    )  # fmt: skip
    assert any(sentence.startswith("Round 2") for sentence in said)
    with SweepFolder(tmp_path) as free:
        assert free.is_begun()


@pytest.mark.slow
def test_in_later_batches_limits_hold_and_quick_runs_stay_with_processes_that_wait_for_them(tmp_path):
    first, second = tiny({HOW: ["none"]}), tiny({HOW: ["hang", "none", "raise"]})
    with SweepFolder(tmp_path) as folder, standing(folder) as kept:
        assert Execution(standing=kept).at_its_quickest(OURS, 0.5 * QUICK).workers == 0
        how = Execution(workers=1, timeout=5.0, memory=300.0, standing=kept)
        assert run_sweep(first, tmp_path, how).ok == 1
        assert Execution(standing=kept).at_its_quickest(OURS, 0.5 * QUICK).workers is None
        assert (run_sweep(second, tmp_path, how).ok, set(failures(tmp_path))) == (1, {"hang", "raise"})
    assert failures(tmp_path)["hang"]["kind"] == "timeout"
    assert workers() == []


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_whoever_takes_up_another_plan_makes_its_runs_and_no_others(workers, tmp_path):
    first, second = tiny({TOLERANCE: [0.5]}, replicates=2), tiny({TOLERANCE: [0.1, 0.5]}, replicates=2)
    run_sweep(first, tmp_path / "two", Execution(workers=0))
    run_sweep(second, tmp_path / "two", Execution(workers=0))
    with SweepFolder(tmp_path / "one") as folder, standing(folder) as kept:
        for plan in (first, second):
            run_sweep(plan, tmp_path / "one", Execution(workers=workers, standing=kept))
    assert same_tables(tmp_path / "one", tmp_path / "two")


def test_a_process_that_finds_other_code_before_a_later_batch_makes_no_run_of_it(tmp_path):
    """As when files of ecosim are edited while a search runs: a process may not have loaded all of them yet."""
    first, second = tiny({HOW: ["edit"]}), tiny({HOW: ["none"]})
    with makers(first, tmp_path, 1, Limits()) as made:
        made.make([0], first.check().run_ids, Deaf())
        made.take_up(second.to_json())
        with pytest.raises(CannotGoOn, match=r"changed since this sweep was begun \(code of ecosim: "):
            made.make([0], second.check().run_ids, Deaf())
    assert len(shards(tmp_path)) == 1


class Deaf:
    def finished(self, numbers):
        pass

    def failed(self, number, failure):
        raise AssertionError(failure)

    def progress(self, done):
        pass

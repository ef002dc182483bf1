"""Sweeps over processes: whatever dies, nothing else is lost."""

import json
import os
import re
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosim.experiments.ceiling import Ceiling
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.manifest import write_manifest
from ecosim.experiments.stored import read_runs
from ecosim.experiments.surroundings import surroundings
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import (
    DIARY,
    HOW,
    SLOW,
    TOLERANCE,
    VALUES,
    children,
    descendants,
    failures,
    is_alive,
    run,
    same_tables,
    shards,
    start,
    tiny,
    wait_until,
    watched,
)


def test_two_processes_give_the_same_tables_as_none(undisturbed, tmp_path):
    outcome = run_sweep(tiny({TOLERANCE: VALUES}, SLOW, replicates=12), tmp_path, Execution(workers=2))
    assert (outcome.ok, outcome.failed) == (36, 0)
    assert same_tables(tmp_path, undisturbed)
    assert not list(tmp_path.glob(".board")) + list(tmp_path.glob(".trace-*"))


@pytest.mark.parametrize(("timeout", "latest"), [(6, 10.5), pytest.param(1.5, 3.5, marks=pytest.mark.slow)])
def test_runs_that_raise_hang_die_or_hoard_fail_alone(tmp_path, timeout, latest):
    limits = [f"--timeout={timeout}", "--memory=300"]
    words = [f"{HOW}=none,raise,hang,die,memory,blow_up,interrupt", "--replicates=1", *limits, "--json"]
    out, words = tmp_path / "out", [*words, f"{DIARY}={tmp_path / 'diary'}"]
    with watched(tmp_path / "diary") as diary:
        done = run(out, *words, workers=2)
    (seconds,) = diary.seconds.values()
    assert timeout <= seconds < latest
    assert done.returncode == 1, done.stderr
    assert "1 ok, 6 failed" in done.stderr
    assert json.loads(done.stdout)["failed"] == 6
    told = failures(out)
    kinds = {how: one["kind"] for how, one in told.items()}
    assert kinds == {
        "raise": "error", "hang": "timeout", "die": "killed", "memory": "memory", "blow_up": "not finite",
        "interrupt": "error",
    }  # fmt: skip
    assert "_hang" in told["hang"]["traceback"]
    assert "SIGKILL" in told["die"]["message"]
    assert told["memory"]["message"] == "more than 300 MB of memory (--memory)"
    status = ["ok", "error", "timeout", "killed", "memory", "not finite", "error"]
    assert read_runs(out)["status"].tolist() == status
    assert "Traceback" not in done.stderr
    again = run(out, *words, workers=2)
    assert again.returncode == 1
    assert "0 of them still to do" in again.stderr, "what always fails is not tried for ever"


@pytest.mark.parametrize("longest", [5.5, pytest.param(3.0, marks=pytest.mark.slow)])
def test_a_run_that_hangs_is_dead_two_seconds_after_its_limit_though_it_is_the_first_of_its_process(tmp_path, longest):
    """By the clock of somebody who looks on from outside; on a busy machine one of two may be late, and by more."""
    plan = tiny({HOW: ["hang"]}, f"{DIARY}={tmp_path / 'diary'}", replicates=2)
    with watched(tmp_path / "diary") as diary:
        assert run_sweep(plan, tmp_path / "out", Execution(workers=2, timeout=1.0)).failed == 2
    assert len(diary.seconds) == 2
    assert 1.0 <= min(diary.seconds.values()) < longest


@pytest.mark.slow
def test_runs_that_leave_their_folder_double_themselves_or_raise_what_has_no_words_reach_no_other(tmp_path):
    """Folders are named as most people do, from where they are; what was forked must not take orders meant for others."""
    words = [f"{HOW}=depart,double,mute,none", "--replicates=3", "--json"]
    done = run("here", *words, workers=2, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "9 ok, 3 failed (3 × Speechless: (no text: its own __str__ raised ValueError))" in done.stderr
    assert "Traceback" not in done.stderr
    assert read_runs(tmp_path / "here")["status"].value_counts().to_dict() == {"ok": 9, "error": 3}


def test_a_process_with_other_code_than_the_sweep_was_begun_with_makes_no_run_and_the_folder_is_not_lost(
    tmp_path, monkeypatch
):
    """As when files of ecosim are changed while processes start, or before one that has died is started anew."""
    with monkeypatch.context() as patch:
        patch.setattr(
            "ecosim.experiments.execute.surroundings", lambda trust: {**surroundings(trust), "code": "another"}
        )
        with pytest.raises(
            CannotGoOn, match=r"changed since this sweep was begun \(code: 'another' before, '.*' now\)"
        ):
            run_sweep(tiny({TOLERANCE: VALUES}, replicates=2), tmp_path, Execution(workers=1))
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert (told["state"], told["runs"]) == ("stopped", {"all": 6, "ok": 0, "failed": 0})
    begun_anew = {**told, "same": {**told["same"], "code": "another"}}
    write_manifest(tmp_path, begun_anew)
    assert run_sweep(tiny({TOLERANCE: VALUES}, replicates=2), tmp_path, Execution(workers=0)).ok == 6
    assert json.loads((tmp_path / "manifest.json").read_text())["same"] == told["same"]


def test_where_ecosim_cannot_load_a_part_of_itself_no_run_is_said_to_have_failed(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "ecosim.ecosystem", None)
        with pytest.raises(CannotGoOn, match=r"a part of ecosim.* cannot be loaded \(ModuleNotFoundError: "):
            run_sweep(tiny({TOLERANCE: VALUES}), tmp_path, Execution(workers=0))
    assert (tmp_path / "failures.jsonl").read_text() == ""
    assert run_sweep(tiny({HOW: ["none", "lack"]}), tmp_path, Execution(workers=0)).failed == 1
    assert failures(tmp_path)["lack"]["message"].startswith("ModuleNotFoundError: ")


def test_what_a_run_started_holds_nothing_up_and_does_not_outlive_it(tmp_path):
    """A child of a worker has the worker's line to the coordinator open too, for a minute after the worker's death."""
    coordinator = start(tmp_path, f"{HOW}=none,fork", "--replicates=1")
    _, told = coordinator.communicate(timeout=60)
    assert b"1 ok, 1 failed" in told
    assert failures(tmp_path)["fork"]["kind"] == "killed"
    wait_until(lambda: not _started_for(coordinator.pid))


def test_what_a_run_started_does_not_outlive_a_coordinator_that_is_killed(tmp_path):
    """A real SIGKILL, while a child of a run sleeps for a minute, and the run itself never gives Python a turn."""
    coordinator = start(tmp_path, f"{HOW}=brood", "--replicates=2", workers=2)
    try:
        wait_until(lambda: len(descendants(coordinator.pid)) == 6)  # each worker, who waits for its end, and the child
        found = descendants(coordinator.pid)
    finally:
        coordinator.kill()
        coordinator.communicate(timeout=60)
    wait_until(lambda: not any(is_alive(pid) for pid in found), seconds=15.0)
    assert not _started_for(coordinator.pid)


def test_a_worker_that_somebody_kills_costs_no_run(undisturbed, tmp_path):
    coordinator = start(tmp_path, f"{TOLERANCE}=0.1,0.2,0.5", SLOW, "--replicates=12")
    wait_until(lambda: _held(tmp_path / ".board") > 3)
    for pid in children(coordinator.pid):
        os.kill(pid, signal.SIGKILL)
    _, told = coordinator.communicate(timeout=60)
    assert coordinator.returncode == 0, told
    assert b"36 ok, 0 failed" in told
    assert same_tables(tmp_path, undisturbed)


@pytest.mark.parametrize("how", ["die_after_series", "die_after_runs"])
def test_a_worker_that_dies_before_it_has_said_what_it_wrote_leaves_no_run_twice(tmp_path, how):
    """Other readers than ours take all files under series/ as they are: what stands there twice, they count twice."""
    out = tmp_path / "out"
    plan = tiny({HOW: [how]}, f"{DIARY}={tmp_path / 'diary'}", replicates=6)
    outcome = run_sweep(plan, out, Execution(workers=1))
    assert (outcome.ok, outcome.failed) == (6, 0)
    assert (tmp_path / "diary").exists(), "no worker has died"
    rows = pa.concat_tables(pq.read_table(path, columns=["run_id", "tick"]) for path in out.glob("series/*"))
    there = list(zip(rows["run_id"].to_pylist(), rows["tick"].to_pylist(), strict=True))
    assert len(there) == len(set(there)) == 6 * 3
    assert sum(len(pq.read_table(path)) for path in shards(out)) == 6


@pytest.mark.parametrize("seconds", [30, pytest.param(5, marks=pytest.mark.slow)])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, seconds):
    coordinator = start(tmp_path, f"{TOLERANCE}=0.1,0.2,0.5", "dynamics.trouble.pause=0.03", "--replicates=30")
    wait_until(lambda: _held(tmp_path / ".board") > 3)
    workers = children(coordinator.pid)
    began = time.monotonic()
    coordinator.send_signal(signal.SIGINT)
    _, told = coordinator.communicate(timeout=60)
    assert time.monotonic() - began < seconds
    assert coordinator.returncode == 130
    assert b"the same command again goes on" in told
    assert b"of 90 runs finished, 0 failed" in told
    assert b"Traceback" not in told
    assert not any(is_alive(pid) for pid in workers)
    assert len(shards(tmp_path)) >= 1
    assert 3 < len(read_runs(tmp_path)) < 90
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["state"] == "stopped"
    assert told["runs"] == {"all": 90, "ok": len(read_runs(tmp_path)), "failed": 0}


def test_where_nobody_tells_how_much_memory_a_process_has_there_is_no_ceiling(monkeypatch):
    monkeypatch.setattr("ecosim.experiments.ceiling._TELLS", "/nowhere/statm")
    before = resource.getrlimit(resource.RLIMIT_AS)
    with Ceiling(1):
        assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="this system does not tell what is in use")
def test_a_small_ceiling_holds_although_more_than_that_lies_free():
    """Sixty megabytes, given back to the process all but the last, need no further address; 20 of them are used again."""
    free = [bytearray(1000) for _ in range(60_000)]
    del free[:-1]
    ceiling = Ceiling(5 * 10**6)
    with ceiling:
        used = [bytearray(1000) for _ in range(1_000)]
    assert not ceiling.is_exceeded()
    try:
        with ceiling:
            used = [bytearray(1000) for _ in range(20_000)]
    except MemoryError:
        return
    assert ceiling.is_exceeded()
    assert re.fullmatch(r"more than 5 MB of memory \(--memory\): it took 2\d(\.\d)? MB", ceiling.failure().message)
    assert len(used) == 20_000


def test_a_run_that_takes_longer_than_it_may_fails_though_it_comes_to_its_end(tmp_path):
    """Ten ticks of five milliseconds are over before anybody has looked."""
    slow = tiny({TOLERANCE: VALUES}, "dynamics.trouble.pause=0.005")
    outcome = run_sweep(slow, tmp_path, Execution(workers=1, timeout=0.02))
    assert (outcome.ok, outcome.failed) == (0, 3)
    assert outcome.why.startswith("3 × timeout: ")
    assert "allowed: 0.02 s (--timeout)" in outcome.why


@pytest.mark.slow
def test_neither_what_is_compiled_nor_what_the_first_run_of_a_process_loads_is_time_of_a_run(tmp_path):
    """Four seconds of either are more than the three that a run may take; a later run that sleeps so long is late."""
    outcome = run_sweep(tiny({HOW: ["load_long", "compile_long"]}), tmp_path, Execution(workers=1, timeout=3.0))
    assert (outcome.ok, outcome.failed) == (2, 0)


def test_a_run_that_swallows_the_signal_to_stop_is_not_taken_for_finished(tmp_path):
    """A user's rule may catch whatever is raised in it: what its run came to then is not what it would have come to."""
    coordinator = start(tmp_path, f"{HOW}=swallow", "--replicates=3")
    wait_until(lambda: _is_in_a_run(tmp_path / ".board"))
    time.sleep(1.0)  # so that it sleeps, in its third tick
    coordinator.send_signal(signal.SIGINT)
    _, told = coordinator.communicate(timeout=60)
    assert coordinator.returncode == 130, told
    assert len(read_runs(tmp_path)) == 0
    assert json.loads((tmp_path / "manifest.json").read_text())["runs"] == {"all": 3, "ok": 0, "failed": 0}


def test_a_stop_while_something_is_compiled_is_silent_and_keeps_what_is_finished(tmp_path):
    coordinator = start(tmp_path, f"{HOW}=none,compile", "--replicates=1")
    wait_until(lambda: _held(tmp_path / ".board") == 1 and _is_in_a_run(tmp_path / ".board"))
    time.sleep(1.0)  # so that it is in the compiler, in its third tick
    coordinator.send_signal(signal.SIGINT)
    _, told = coordinator.communicate(timeout=60)
    assert coordinator.returncode == 130, told
    assert b"1 of 2 runs finished, 0 failed" in told
    assert b"Exception ignored" not in told


def _started_for(coordinator):
    """Return the processes whose words name a coordinator as the one that they work for."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"for process {coordinator}\0".encode() in (entry / "cmdline").read_bytes() and is_alive(
                int(entry.name)
            ):
                found.append(entry)
    return found


def _is_in_a_run(board):
    """Return whether the worker has begun a run and not ended it."""
    try:
        told = board.read_bytes()
    except FileNotFoundError:
        return False
    return int.from_bytes(told[:8], "little", signed=True) >= 0 and int.from_bytes(told[8:16], "little") > 0


def _held(board):
    """Return how many finished runs the worker holds that has not written them yet."""
    try:
        return int.from_bytes(board.read_bytes()[16:24], "little")
    except FileNotFoundError:
        return 0

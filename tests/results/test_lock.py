"""One process at a time works in a folder: who comes second is told who holds it, and nothing of the first is lost."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from ecosim.errors import InputError
from ecosim.results.folders import LOCK, whole
from ecosim.results.lock import held, lock, unlock
from tests.experiments.sweeps import die_with_this_process

LONG = ["run", "opinions", "ticks=1000000", "ecosystem.organisations=200", "--out", "out"]
SHORT = ["run", "opinions", "ticks=2", "ecosystem.organisations=20", "ecosystem.network.degree=4"]
TWO = "dynamics.stance.tolerance=0.2,0.3"


def command(*words):
    return [sys.executable, "-c", f"{die_with_this_process()}from ecosim.cli import main; main()", *words]


def test_who_comes_second_is_told_who_is_at_work_and_what_to_do(tmp_path):
    with held(tmp_path, "run"), pytest.raises(InputError) as refused:
        lock(tmp_path, "sweep")
    told = f"another ecosim run (process {os.getpid()}) is at work in this folder; wait for it, stop it, or take"
    assert told in str(refused.value)
    unlock(tmp_path, lock(tmp_path, "sweep"))
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_says_nothing_holds_all_the_same(tmp_path):
    with held(tmp_path, "run"):
        (tmp_path / LOCK).write_text("")
        with pytest.raises(InputError, match="another ecosim run or sweep is at work in this folder"):
            lock(tmp_path)


def test_a_folder_that_was_made_to_be_held_is_gone_if_nothing_came_of_it(tmp_path):
    with held(tmp_path / "a" / "b", "run") as is_new:
        assert is_new
    assert list(tmp_path.iterdir()) == []
    with held(tmp_path, "run") as is_new:
        assert not is_new


def test_results_come_whole_into_a_folder_that_is_held(tmp_path):
    with held(tmp_path / "out", "run") as is_new, whole(tmp_path / "out", is_reserved=is_new) as part:
        (part / "x").write_text("new")
        assert [path.name for path in (tmp_path / "out").iterdir()] == [LOCK]
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "x"]


def test_what_somebody_puts_into_a_held_folder_meanwhile_stays(tmp_path):
    with held(tmp_path / "out", "run") as is_new, whole(tmp_path / "out", is_reserved=is_new) as part:
        (part / "x").write_text("new")
        (tmp_path / "out" / "mine").write_text("mine")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "out", "x"]


def test_of_two_that_save_into_one_new_folder_at_once_neither_fails(tmp_path):
    """As Python's ``run.save`` does, which holds nothing: the later one's files stand."""
    with whole(tmp_path / "out") as late:
        (late / "x").write_text("late")
        with whole(tmp_path / "out") as early:
            (early / "x").write_text("early")
    assert (tmp_path / "out" / "x").read_text() == "late"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", "x"]


def test_a_run_goes_on_where_there_are_no_locks(tmp_path, monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("ecosim.results.lock.fcntl.flock", flock)
    with held(tmp_path, "run"):
        assert list(tmp_path.iterdir()) == []


def test_two_runs_and_a_sweep_do_not_share_a_folder(tmp_path):
    """Real processes. The second is refused before any work, the first is stopped, and the folder is free again."""
    with subprocess.Popen(command(*LONG), cwd=tmp_path, stderr=subprocess.PIPE, text=True) as first:
        until = time.monotonic() + 60
        while not (tmp_path / "out" / LOCK).exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        for words in ([*SHORT, "--out", "out"], ["sweep", *SHORT[1:], TWO, "--out", "out"]):
            second = subprocess.run(command(*words), cwd=tmp_path, capture_output=True, text=True, check=False)
            assert second.returncode == 2
            told = f"out: another ecosim run (process {first.pid}) is at work in this folder"
            assert told in second.stderr.splitlines()[-1]
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=60)
    assert first.returncode == 130, said
    assert list(tmp_path.iterdir()) == []

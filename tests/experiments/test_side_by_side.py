"""Side by side: the same results in any number of processes, which end with whoever started them."""

import os
import signal
import subprocess
import sys

import pytest

from ecosim.errors import InputError, RunsFailed
from ecosim.experiments.side_by_side import side_by_side
from tests.experiments.sweeps import is_alive, wait_until

SCRIPT = """
import os, sys, time
from pathlib import Path
from ecosim.experiments.side_by_side import side_by_side

def hang(file):
    Path(file + "~").write_text(str(os.getpid()))
    os.rename(file + "~", file)
    time.sleep(600)

if __name__ == "__main__":
    side_by_side(hang, {file: file for file in sys.argv[1:]}, 2)
"""


def half(number):
    if number == 1:
        raise InputError("1 is odd; allowed: 0, 2")
    if number == 3:
        raise ZeroDivisionError("nothing is half of it")
    if number == 5:
        sys.exit(5)
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number / 2


def test_results_come_in_the_order_of_the_jobs_in_any_number_of_processes():
    jobs = {str(number): number for number in range(40, 0, -2)}
    assert side_by_side(half, jobs, 0) == side_by_side(half, jobs, 2) == list(range(20, 0, -1))


def test_a_job_that_raises_is_told_by_its_name_with_error_file_and_line():
    with pytest.raises(
        RunsFailed, match=r"^three: ZeroDivisionError: nothing is half of it \(.*side_by_side.py, line \d+\)"
    ):
        side_by_side(half, {"two": 2, "three": 3}, 0)
    with pytest.raises(
        RunsFailed, match=r"^three: ZeroDivisionError: nothing is half of it \(.*side_by_side.py, line \d+\)"
    ):
        side_by_side(half, {"two": 2, "three": 3}, 1)
    with pytest.raises(RunsFailed, match=r"^five: SystemExit: 5"):
        side_by_side(half, {"five": 5}, 0)


def test_what_is_refused_is_told_as_it_is():
    with pytest.raises(InputError, match=r"^1 is odd; allowed: 0, 2$"):
        side_by_side(half, {"one": 1}, 0)


def test_a_process_that_somebody_kills_is_told():
    with pytest.raises(RunsFailed, match="has ended before them; was it killed"):
        side_by_side(half, {"seven": 7}, 1)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_processes_end_with_whoever_started_them(tmp_path, how):
    """A real SIGKILL, or Ctrl-C, while both sleep for ten minutes."""
    script, files = tmp_path / "script.py", [tmp_path / "one", tmp_path / "other"]
    script.write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    parent = subprocess.Popen([sys.executable, script, *files], env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: all(file.exists() for file in files))
    finally:
        parent.send_signal(how)
        parent.wait(60)
    found = [int(file.read_text()) for file in files]
    wait_until(lambda: not any(is_alive(pid) for pid in found), seconds=15.0)

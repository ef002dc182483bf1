"""Claims: one process does a piece of work, the others wait for it, and nobody waits for the dead."""

import subprocess
import sys
import time

from ecosim.claims import Claims

HOLDER = """
import sys, time
from pathlib import Path
from ecosim.claims import Claims
claims = Claims(Path(sys.argv[1]))
claims.take("work")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
claims.give_back("work")
print("done", flush=True)
time.sleep(60)
"""


def holder(path, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_work_that_nobody_has_is_had_at_once(tmp_path):
    claims = Claims(tmp_path / "claims")
    assert not claims.take("work")
    assert not claims.take("work"), "a process does not wait for itself"


def test_one_waits_until_the_other_gives_the_work_back(tmp_path):
    with holder(tmp_path / "claims", 0.3) as other:
        assert Claims(tmp_path / "claims").take("work")
        assert other.stdout.readline() == "done\n"
        assert other.poll() is None


def test_other_work_is_free(tmp_path):
    with holder(tmp_path / "claims", 60):
        assert not Claims(tmp_path / "claims").take("other work")


def test_the_claims_of_a_process_that_is_killed_lapse(tmp_path):
    with holder(tmp_path / "claims", 60):
        pass
    assert not Claims(tmp_path / "claims").take("work")


def test_one_that_hangs_is_waited_for_no_longer_than_patience_lasts(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.claims.PATIENCE", 0.2)
    with holder(tmp_path / "claims", 60):
        began = time.monotonic()
        assert Claims(tmp_path / "claims").take("work")
        assert time.monotonic() - began >= 0.2


def test_where_no_file_can_be_made_work_is_done_all_the_same(tmp_path):
    assert not Claims(tmp_path / "no folder" / "claims").take("work")

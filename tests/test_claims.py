"""Claims: one process does a piece of work, the others wait for it, and nobody waits for the dead."""

import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from ecosim import claims
from ecosim.claims import Claims

HOLDER = """
import sys
from pathlib import Path
from ecosim.claims import Claims
claims = Claims(Path(sys.argv[1]))
claims.take("work")
print("held", flush=True)
sys.stdin.readline()
claims.give_back("work")
print("given back", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(path):
    """Lend a process that holds a claim until it is told a line; it is killed at the end."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_work_that_nobody_has_is_had_at_once(tmp_path):
    claims = Claims(tmp_path / "claims")
    assert not claims.take("work")
    assert not claims.take("work"), "a process does not wait for itself"


def test_one_waits_until_the_other_gives_the_work_back(tmp_path, monkeypatch):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            print("enough", file=other.stdin, flush=True)
            assert other.stdout.readline() == "given back\n"

    monkeypatch.setattr(claims.time, "sleep", pause)
    with holder(tmp_path / "claims") as other:
        assert Claims(tmp_path / "claims").take("work")
        assert len(pauses) == 3
        assert other.poll() is None, "it gave the work back and did not die"


def test_other_work_is_free(tmp_path):
    with holder(tmp_path / "claims"):
        assert not Claims(tmp_path / "claims").take("other work")


def test_the_claims_of_a_process_that_is_killed_lapse(tmp_path, monkeypatch):
    monkeypatch.setattr(claims.time, "sleep", lambda _: pytest.fail("nobody is there to wait for"))
    with holder(tmp_path / "claims") as other:
        other.kill()
        other.wait()
        assert not Claims(tmp_path / "claims").take("work")


def test_one_that_hangs_is_waited_for_no_longer_than_patience_lasts(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.claims.PATIENCE", 0.2)
    with holder(tmp_path / "claims") as other:
        began = time.monotonic()
        assert Claims(tmp_path / "claims").take("work")
        assert time.monotonic() - began >= 0.2
        assert other.poll() is None


def test_where_no_file_can_be_made_work_is_done_all_the_same(tmp_path):
    assert not Claims(tmp_path / "no folder" / "claims").take("work")

"""Each way in which a command may end has its exit code and its sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from ecosim.errors import InputError
from tests.commands.command_line import SMALL, ecosim


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (InputError("ticks: -1; allowed: more"), 2, "Refused: ticks: -1; allowed: more"),
        (FloatingPointError("stopped in tick 3"), 1, "Failed: stopped in tick 3"),
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device", "series.parquet"), 1, "series.parquet: no space left on device"),
        (KeyboardInterrupt("in tick 3 of 9"), 130, "Stopped: in tick 3 of 9. Nothing was written."),
    ],
)
def test_each_way_to_end_has_its_code_and_a_sentence(error, code, told, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("ecosim.compose.load", fail)
    done = ecosim("run", "opinions")
    assert done.exit_code == code
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_a_full_disk_is_told_with_its_folder_and_what_to_do(tmp_path, monkeypatch):
    from ecosim.results import store

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "write_text", full)
    done = ecosim("run", *SMALL, "record.figures=false", "--out", tmp_path / "run")
    assert done.exit_code == 1
    assert f"Failed: {tmp_path / 'run'}: no space left on device; " in done.stderr
    assert "make room" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no file that is always full")
def test_where_nothing_can_be_printed_it_is_not_said_of_a_folder(tmp_path):
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "ecosim", "list", "scenarios"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Failed: what was to be printed: no space left on device.\n")


def test_a_file_that_is_taken_for_a_name_is_told_where_it_goes():
    done = ecosim("run", "mine.yaml")
    assert done.exit_code == 2
    assert "a file of your own goes with --scenario mine.yaml" in done.stderr

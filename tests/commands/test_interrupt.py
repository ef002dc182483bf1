"""Ctrl-C is heeded wherever it arrives."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from ecosim.commands.interrupt import heeded


def press():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)


def turned_into_another_error():
    with heeded():
        try:
            press()
        except KeyboardInterrupt:
            raise SystemError("returned a result with an exception set") from None


def dropped(looks_again):
    with heeded() as check:
        with suppress(KeyboardInterrupt):
            press()
        if looks_again:
            check()
            pytest.fail("went on")


def another_error():
    with heeded() as check:
        check()
        raise ValueError("mine")


def test_a_stop_that_compiled_code_turned_into_another_error_stays_a_stop():
    with pytest.raises(KeyboardInterrupt):
        turned_into_another_error()


@pytest.mark.parametrize("looks_again", [True, False])
def test_a_stop_that_was_dropped_is_found_at_the_next_look_or_at_the_end(looks_again):
    with pytest.raises(KeyboardInterrupt):
        dropped(looks_again)


def test_other_errors_stay_what_they_are_and_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="mine"):
        another_error()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("module", ["typer", "hydra", "numba", "ecosim.ecosystem"])
def test_ctrl_c_while_something_is_imported_is_a_stop_like_any_other(module, tmp_path):
    """A real signal, at the very moment at which a command first wants a module."""
    words = (
        "import os, sys\n"
        "class Press:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == '{module}': sys.meta_path.remove(self), os.kill(os.getpid(), 2)\n"
        "sys.meta_path.insert(0, Press())\n"
        "from ecosim.__main__ import main; main()"
    )
    command = [sys.executable, "-c", words, "run", "opinions", "ticks=3", "ecosystem.organisations=20", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (130, -signal.SIGINT), "a shell calls both 130"
    assert done.stderr.startswith("\nStopped")
    assert len(done.stderr.splitlines()) == 2, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_stop_that_arrives_in_a_callback_of_compiled_code_is_not_told_as_another_error(capfd):
    def press_from_within(*_):
        press()
        return 0

    comparing = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(press_from_within)
    two = (ctypes.c_int * 2)(2, 1)
    with pytest.raises(KeyboardInterrupt), heeded():
        ctypes.CDLL(None).qsort(two, 2, ctypes.sizeof(ctypes.c_int), comparing)
    assert "Traceback" not in capfd.readouterr().err

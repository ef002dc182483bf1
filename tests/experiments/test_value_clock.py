"""The clock of a value at which a world is led ends its process in time, but stands still while kernels are made."""

import faulthandler
import subprocess
import sys
import time

import pytest
from numba.core.compiler_lock import global_compiler_lock

from ecosim.experiments.value_clock import ended_after


@pytest.fixture
def alarms(monkeypatch):
    """What the process is told to end after, in the order in which it is; None where it is not to end any more."""
    told = []
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda seconds, exit: told.append(seconds))
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: told.append(None))
    return told


def test_while_a_kernel_is_made_the_clock_stands_still_and_then_goes_on_from_where_it_was(alarms):
    with ended_after(50.0):
        time.sleep(0.1)
        with global_compiler_lock, global_compiler_lock:
            assert alarms[-1] > 600.0
            time.sleep(0.3)
        assert 40.0 < alarms[-1] <= 49.9
        lasted = 50.0 - alarms[-1]
    assert alarms[0] == pytest.approx(50.0, abs=5.0)
    assert lasted >= 0.1
    assert alarms[-1] is None
    with global_compiler_lock:
        assert alarms[-1] is None, "the block is over"


def test_without_a_limit_nothing_ends(alarms):
    with ended_after(0.0), global_compiler_lock:
        pass
    assert alarms == []


def test_compiling_takes_nothing_of_the_time_and_all_else_does():
    """A real process: it is in the compiler for longer than it may be at a value, and then hangs."""
    words = (
        "import time; from numba.core.compiler_lock import global_compiler_lock as lock; "
        "from ecosim.experiments.value_clock import ended_after\n"
        "with ended_after(2.0):\n with lock:\n  time.sleep(2.5)\n print('made', flush=True)\n time.sleep(60)\n"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "made\n"
    assert done.returncode == 1
    assert done.stderr.startswith("Timeout (")

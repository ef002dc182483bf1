"""The clock of a run stands still while a module is imported or a kernel made, and goes on from where it was."""

import importlib
import sys
import threading
import time
import traceback

import numba
import pytest
from numba.core.compiler_lock import global_compiler_lock

from ecosim.experiments import loading
from ecosim.experiments.loading import Loading
from ecosim.experiments.worker import Board


@pytest.fixture
def board(tmp_path):
    made = Board.make(tmp_path / "board", 2)
    for slot in range(2):
        made.begins(slot, 7)
    yield made
    made.close()


@pytest.fixture
def seen(board):
    made = Loading(board, 0)
    made.begin()
    yield made
    made.end()


def test_a_kernel_that_is_compiled_takes_no_time_of_the_run(board, seen):
    began = time.monotonic()
    assert numba.njit(lambda x: x + 1)(1) == 2
    taken = time.monotonic() - began
    assert 0 < seen.seconds <= taken
    counted, all_of_it = board.run_of(0)[1], board.run_of(1)[1]
    assert all_of_it - counted == pytest.approx(seen.seconds, abs=0.05 + taken / 4)
    assert board.run_of(0)[0] == 7


def test_while_the_clock_is_stopped_no_run_is_late_until_a_compiler_would_have_ended(board, seen, monkeypatch):
    monkeypatch.setattr(loading, "MOST_SECONDS", 50.0)
    with global_compiler_lock, global_compiler_lock:
        assert -50.0 <= board.run_of(0)[1] < 0.0
        assert board.run_of(1)[1] >= 0.0
    assert 0.0 <= board.run_of(0)[1] < 40.0


def test_what_is_made_within_a_kernel_that_is_made_counts_once(board, seen):
    with global_compiler_lock, global_compiler_lock:
        time.sleep(0.05)
    assert seen.seconds >= 0.05
    assert seen.seconds <= board.run_of(1)[1]


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """Modules that take a fifth of a second each: one that imports another, one that fails, one that a thread imports."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("inner", "alone"):
        (tmp_path / f"slow_{name}.py").write_text("import time\ntime.sleep(0.2)\n")
    (tmp_path / "slow_outer.py").write_text("import time, slow_inner\ntime.sleep(0.2)\n")
    (tmp_path / "slow_failing.py").write_text("import time\ntime.sleep(0.2)\nraise RuntimeError('no')\n")
    yield
    for name in ("inner", "alone", "outer", "failing"):
        sys.modules.pop(f"slow_{name}", None)


@pytest.mark.parametrize("load", [importlib.import_module, __import__])
@pytest.mark.usefixtures("slow")
def test_a_module_that_is_imported_takes_no_time_of_the_run_and_those_that_it_imports_count_once(board, seen, load):
    began = time.monotonic()
    load("slow_outer")
    taken = time.monotonic() - began
    assert 0.4 <= seen.seconds <= taken
    assert board.run_of(1)[1] - board.run_of(0)[1] == pytest.approx(seen.seconds, abs=0.01)
    load("slow_outer")
    assert seen.seconds <= taken


@pytest.mark.usefixtures("slow")
def test_an_import_that_fails_lets_the_clock_go_on_and_leaves_no_trace_of_who_looked_on(board, seen):
    for name, words in (("slow_failing", "no"), ("slow_nowhere", "No module named")):
        with pytest.raises((RuntimeError, ImportError), match=words) as raised:
            exec(f"import {name}")
        assert "experiments/loading.py" not in "".join(traceback.format_exception(raised.value))
        assert "found_and_loaded" not in [frame.f_code.co_name for frame, _ in traceback.walk_tb(raised.tb)]
    assert seen.seconds >= 0.2
    assert 0.0 <= board.run_of(0)[1] < 60.0


@pytest.mark.usefixtures("slow")
def test_what_another_thread_imports_is_time_of_the_run_that_goes_on(board, seen):
    thread = threading.Thread(target=importlib.import_module, args=["slow_alone"])
    thread.start()
    thread.join()
    assert seen.seconds == 0.0
    assert board.run_of(0)[1] >= 0.2


def test_who_looks_on_no_more_leaves_imports_as_they_were(board):
    before = importlib._bootstrap._find_and_load
    made = Loading(board, 0)
    made.begin()
    assert importlib._bootstrap._find_and_load is not before
    made.end()
    assert importlib._bootstrap._find_and_load is before

"""The clock of a run stands still while a kernel is made, goes on from where it was, and not for ever if it never is."""

import time

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


def test_a_run_in_its_grace_has_not_begun(board):
    board.begins(1, 3, 60.0)
    assert board.run_of(1)[0] == 3
    assert -60.0 <= board.run_of(1)[1] < 0.0

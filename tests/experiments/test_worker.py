"""The board in shared memory says what a worker did last, after its death as well, and of no other worker."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ecosim.experiments.worker import NO_RUN, Board

PROGRAM = """
import sys, time
from ecosim.experiments.worker import Board
board = Board(sys.argv[1])
board.holds(1, 7)
board.begins(1, 42)
print("there", flush=True)
time.sleep(60)
"""


@pytest.fixture
def board(tmp_path):
    made = Board.make(tmp_path / "board", 3)
    yield made
    made.close()


def test_on_a_new_board_nobody_is_in_a_run_nor_holds_one(board):
    assert [board.run_of(slot)[0] for slot in range(3)] == [NO_RUN] * 3
    assert [board.held(slot) for slot in range(3)] == [0] * 3


def test_a_run_lasts_from_its_begin_to_its_end(board):
    board.begins(2, 5)
    number, first = board.run_of(2)
    time.sleep(0.02)
    later = board.run_of(2)[1]
    assert number == 5
    assert 0 <= first < later
    board.ends(2)
    assert board.run_of(2)[0] == NO_RUN


def test_clearing_a_line_leaves_the_others(board):
    for slot in range(3):
        board.begins(slot, 10 + slot)
        board.holds(slot, slot)
    board.clear(1)
    assert [board.run_of(slot)[0] for slot in range(3)] == [10, NO_RUN, 12]
    assert [board.held(slot) for slot in range(3)] == [0, 0, 2]


def test_numbers_beyond_32_bits_are_told_as_they_are(board):
    board.begins(0, 10**12)
    assert board.run_of(0)[0] == 10**12


def test_what_a_killed_process_was_at_stands_there_after_its_death(board, tmp_path):
    words = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{PROGRAM}", str(tmp_path / "board")]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"there\n"
        os.kill(process.pid, signal.SIGKILL)
    number, seconds = board.run_of(1)
    assert (number, board.held(1)) == (42, 7)
    assert 0 <= seconds < 60
    assert board.run_of(0)[0] == board.run_of(2)[0] == NO_RUN

"""What a rule does to its process, it does for its own run alone."""

import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

from ecosim.undisturbed import not_ended, undisturbed


@pytest.mark.parametrize("error", [None, RuntimeError, SystemExit])
def test_a_change_of_the_working_folder_ends_with_the_block_however_that_ends(error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with nullcontext() if error is None else pytest.raises(error), undisturbed():
        os.chdir("/")
        if error is not None:
            raise error
    assert os.getcwd() == str(tmp_path)


def test_where_the_working_folder_is_gone_the_block_is_carried_out_all_the_same(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = []
    with undisturbed():
        done.append(1)
    assert done == [1]


def test_a_child_that_is_forked_in_the_block_does_not_come_out_of_it(tmp_path):
    child, diary = 0, tmp_path / "diary"
    parent = os.getpid()
    try:
        with undisturbed():
            child = os.fork()
            if not child:
                raise RuntimeError("not even so")
    finally:
        with diary.open("a") as file:
            file.write("one\n")
        if os.getpid() != parent:  # only where it does come out: it must not go on with the tests
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert diary.read_text() == "one\n"


def test_ending_the_process_at_once_is_told_of_in_it_and_done_in_its_children():
    end = os._exit
    with not_ended():
        child = os.fork()
        if not child:
            os._exit(7)
        with pytest.raises(SystemExit, match=r"os\._exit\(3\)"):
            os._exit(3)
    assert os._exit is end
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_what_is_printed_to_is_open_again_after_the_block(tmp_path):
    code = (
        "import sys\nfrom ecosim.undisturbed import undisturbed\n"
        "with undisturbed():\n    print('before', flush=True)\n    sys.stdout.close()\n    sys.stderr.close()\n"
        "print('after')\nprint('aside', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "before\nafter\n", "aside\n")

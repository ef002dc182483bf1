"""A program is seen as it is: how it ends, what it spends, and whether it hangs once its worker was killed."""

import sys

import pytest

from benchmarks import watching

SLEEPER = """
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "while True: pass"])
worker.wait()
{afterwards}
"""
"""A program with one busy worker, and what it does when that has died."""


def watched(afterwards, tmp_path, **how):
    return watching.watch([sys.executable, "-c", SLEEPER.format(afterwards=afterwards)], tmp_path, **how)


def test_what_a_program_and_its_children_spend_is_counted_and_its_code_told(tmp_path):
    work = "sum(i * i for i in range(10**6))"
    call = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{work}']); {work}; sys.exit(3)"
    seen = watching.watch([sys.executable, "-c", call], tmp_path)
    assert seen.code == 3
    assert 0.05 < seen.processor <= seen.seconds + 0.1
    assert 5 < seen.memory < 500


@pytest.mark.parametrize(("afterwards", "code"), [("", 0), ("sys.exit(7)", 7)])
def test_a_program_whose_worker_was_killed_is_seen_to_its_own_end(afterwards, code, tmp_path):
    assert watched(afterwards, tmp_path, kill_after=0.3).code == code


def test_a_program_that_only_waits_after_the_kill_is_said_to_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "IDLE_SECONDS", 2.0)
    seen = watched("while True: time.sleep(0.1)", tmp_path, kill_after=0.3, patience=300.0)
    assert seen.code is None
    assert seen.seconds < 200


def test_a_program_that_waits_before_any_kill_or_works_after_it_does_not_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "IDLE_SECONDS", 2.0)
    assert watching.watch([sys.executable, "-c", "import time; time.sleep(3)"], tmp_path).code == 0
    work = "until = time.process_time() + 2.5\nwhile time.process_time() < until: pass"
    assert watched(work, tmp_path, kill_after=0.3).code == 0


def test_a_program_without_workers_is_killed_itself(tmp_path):
    assert watching.watch([sys.executable, "-c", "while True: pass"], tmp_path, kill_after=0.3).code == -9


def test_a_program_that_stands_in_line_for_the_processor_does_not_hang():
    """As one does that others keep from it: told here by the states in which it is seen, since the others cannot be had."""
    idleness = watching._Idleness(1)
    for eager, hangs in ((True, False), (False, True)):
        idleness._looks.clear()
        idleness._looks.extend((0.5 * k, 3.0 + 1e-4 * k, eager) for k in range(40))
        assert idleness.is_long() == hangs

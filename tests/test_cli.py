"""The command line as a whole: help at once, refusals in plain words, and Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.clock import at_most_seconds
from tests.commands.command_line import ecosim


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "opinons"], "did you mean 'opinions'?"),
        (["run", "opinions", "town"], "2 names; allowed: one"),
        (["run", "opinions", "--seed", "-1"], "seed: -1; allowed"),
        (["run", "opinions", "--seed", "1.5"], "seed: 1.5; allowed"),
        (["run", "opinions", "--ticks", "many"], "ticks: 'many'; allowed: a whole number"),
        (["run", "opinions", "ecosystem.organisations=10000000"], "--yes"),
        (["run", "opinions", "--ties", "ties.csv"], "need --organisations"),
        (["run", "opinions", "--scenario", "nowhere.yaml"], "nowhere.yaml: cannot be read: no such file"),
        (["run", "opinions", "--organisations", "nowhere.csv"], "nowhere.csv"),
        (["explain", "../../x"], "no scenario '../../x'"),
        (["run", "opinions", "--bogus"], "--bogus"),
    ],
)
def test_what_is_refused_ends_with_2_in_plain_words(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ecosim(*words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_all_faults_are_listed():
    done = ecosim("run", "opinions", "ticks=-1", "seed=-1", "dynamics.stance.tolerance=9")
    assert done.stderr.splitlines()[0] == "Refused, 3 faults:"
    assert len(done.stderr.splitlines()) == 4


def test_help_is_there_at_once():
    """Without importing what a run needs. The time is that of a slow machine that also writes down its imports."""
    command = [sys.executable, "-X", "importtime", "-c", "from ecosim.cli import main; main()", "--help"]
    with at_most_seconds(1.5):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "run" in done.stdout
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert imported & {"numpy", "numba", "hydra", "pydantic", "pandas", "mesa", "matplotlib"} == set()


def test_the_version_is_told():
    assert ecosim("--version").stdout.startswith("ecosim ")


def test_ctrl_c_stops_a_run_with_a_sentence_and_leaves_nothing(tmp_path):
    words = ["run", "opinions", "ticks=100000", "ecosystem.organisations=2000", "--out", str(tmp_path / "run")]
    code = "from ecosim.cli import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as process:
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    assert not (tmp_path / "run").exists()

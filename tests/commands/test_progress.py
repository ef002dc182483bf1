"""While runs are made a bar is shown to whoever watches; where they are stopped, it is said how to go on."""

import io
import sys

import pytest
import typer

from ecosim.commands.options import ManyRuns
from ecosim.commands.progress import watched
from ecosim.errors import InputError
from ecosim.experiments.bar import Bar
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.work import Progress


@pytest.mark.parametrize(
    ("stop", "code", "told"),
    [(KeyboardInterrupt(), 130, "Stopped"), (CannotGoOn("the disk is full\n"), 1, "Failed: the disk is full")],
)
def test_what_stops_many_runs_ends_the_command_and_says_where_the_finished_are(stop, code, told, tmp_path, capsys):
    with pytest.raises(typer.Exit) as ended, watched(ManyRuns(), tmp_path / "runs"):
        raise stop
    assert ended.value.exit_code == code
    said = capsys.readouterr().err.strip()
    assert said.startswith(told)
    assert f"{tmp_path / 'runs'}; the same command again goes on from there." in said


def test_whoever_stops_runs_is_told_how_many_are_finished(tmp_path, capsys):
    (tmp_path / "manifest.json").write_text('{"runs": {"all": 3000, "ok": 1061, "failed": 7}}')
    with pytest.raises(typer.Exit), watched(ManyRuns(), tmp_path):
        raise KeyboardInterrupt
    assert "Stopped: 1,068 of 3,000 runs finished, 7 failed; what is finished is in" in capsys.readouterr().err


def test_nobody_is_sent_to_a_folder_that_is_gone(capsys):
    with pytest.raises(typer.Exit), watched(ManyRuns(), None):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "\nStopped.\n"


def test_a_refusal_is_left_to_whoever_tells_of_all_refusals(tmp_path):
    with pytest.raises(InputError, match="no such measure"), watched(ManyRuns(), tmp_path):
        raise InputError("no such measure")


@pytest.mark.parametrize(("is_terminal", "quiet"), [(False, False), (True, True)])
def test_without_a_terminal_or_where_nothing_shall_be_said_there_is_no_bar(is_terminal, quiet, monkeypatch):
    stderr = io.StringIO()
    stderr.isatty = lambda: is_terminal
    monkeypatch.setattr(sys, "stderr", stderr)
    with watched(ManyRuns(quiet=quiet), None) as progress:
        progress(Progress(10, 3, 1))
    assert stderr.getvalue() == ""


def test_a_bar_tells_how_much_is_done_and_what_is_noted(monkeypatch):
    stderr = io.StringIO()
    stderr.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("ecosim.experiments.bar.SECONDS_BETWEEN", 60.0)
    with Bar("runs", True) as bar:
        bar.advance(3, 10, "1 failed")
        bar.advance(4, 10, "2 failed")  # too soon to be drawn anew
        bar._bar.refresh()
    shown = stderr.getvalue()
    assert "runs" in shown
    assert "3/10" in shown
    assert "1 failed" in shown
    assert "2 failed" not in shown


def test_what_is_done_in_a_moment_shows_no_bar(monkeypatch):
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    with Bar("ticks", True, patience=60.0) as bar:
        bar.advance(3, 10)
    assert stderr.getvalue() == ""

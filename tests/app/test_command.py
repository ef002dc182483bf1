"""The command: it says the address, opens a browser only where there is one, and ends cleanly."""

import importlib.util
import queue
import signal
import socket
import stat
import subprocess
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.app import command, opening


def ecosim(*words: object):
    return CliRunner().invoke(cli.app, ["app", *map(str, words), "--no-browser"])


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_being_told_to_terminate_end_it_with_0(told):
    words = [sys.executable, "-m", "ecosim", "app", "opinions", "ecosystem.organisations=20", "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as app:
        address = app.stdout.readline()
        app.send_signal(told)
        _, said = app.communicate(timeout=300)
    assert address.startswith("http://127.0.0.1:")
    assert app.returncode == 0
    assert "on this machine only" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["opinons"], "did you mean 'opinions'"),
        (["opinions", "town"], "2 names; allowed: one"),
        (["opinions", "dynamics.stance.tolerance=9"], "dynamics.stance.tolerance: 9"),
        (["opinions", "--seed", "-1"], "seed: -1"),
        (["opinions", "--port", "70000"], "--port 70000; allowed"),
        (["town", "ecosystem.organisations=20000"], "allowed on a page"),
    ],
)
def test_what_is_refused_ends_with_2_before_anything_listens(words, told):
    done = ecosim(*words)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = ecosim("opinions", "--port", taken.getsockname()[1])
    assert done.exit_code == 2
    assert "allowed: one that is free" in done.stderr


def test_without_tornado_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = ecosim("opinions")
    assert done.exit_code == 2
    assert "ecosim[app]" in done.stderr


def test_where_there_is_no_screen_no_browser_is_asked_for(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not command._has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert command._has_screen()


def test_a_browser_that_cannot_be_opened_is_no_failure(monkeypatch):
    def raise_error(address):
        raise webbrowser.Error("no browser")

    monkeypatch.setattr(webbrowser, "open", raise_error)
    opening._open("http://127.0.0.1:1/")


def test_the_browser_is_led_to_the_page_by_a_file_for_this_user_alone_that_is_gone_in_the_end(monkeypatch):
    """Whatever is on a command line, the token among it, every user of the machine may read."""
    asked: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(webbrowser, "open", asked.put)
    address = "http://127.0.0.1:1/a-token/"
    with opening.opened(address):
        given = asked.get(timeout=60)
        file = Path(url2pathname(urlsplit(given).path))
        assert "a-token" not in given
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert f'content="0; url={address}"' in file.read_text(encoding="utf-8")
    assert not file.exists()


def test_where_no_file_can_be_written_the_printed_address_has_to_do(monkeypatch, capsys):
    def refuse(*words, **keywords):
        raise PermissionError("no room")

    monkeypatch.setattr(opening, "mkstemp", refuse)
    monkeypatch.setattr(webbrowser, "open", lambda address: pytest.fail(f"{address} was opened"))
    monkeypatch.setattr(command, "_has_screen", lambda: True)
    with ExitStack() as until_the_end:
        command._announce(SimpleNamespace(address="http://127.0.0.1:1/"), True, until_the_end)
    assert capsys.readouterr().out == "http://127.0.0.1:1/\n"

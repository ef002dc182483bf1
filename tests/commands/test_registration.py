"""An order becomes a command: its fields are the options, said once, and what is given comes back as the order."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from ecosim.cli import app
from ecosim.commands.options import AT_THE_END
from ecosim.commands.registration import register
from ecosim.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What several commands are asked."""

    loud: Annotated[bool, typer.Option("--loud", help="shout")] = False


@dataclass(frozen=True, kw_only=True)
class Order(Shared):
    """Greet somebody.

    As often as it takes.
    """

    who: Annotated[str, typer.Argument(metavar="WHO")]
    words: Annotated[tuple[str, ...], typer.Option("--word", metavar="WORD", help="a word; may be repeated")] = ()
    times: Annotated[int, typer.Option(min=1, help="how often")] = 3
    place: Annotated[Path | None, typer.Option(metavar="DIR", help="where")] = None


def greeting(*words, then=lambda order: None):
    """Return what came of the words, and the order that was carried out, if there was one."""
    carried_out: list[Order] = []
    application = typer.Typer(add_completion=False)
    application.callback()(lambda: None)

    def carry_out(order: Order) -> int | None:
        carried_out.append(order)
        return then(order)

    register(application, "greet", Order, carry_out)
    return CliRunner().invoke(application, ["greet", *words]), *carried_out


def test_what_is_not_given_is_as_the_order_has_it():
    done, order = greeting("world")
    assert done.exit_code == 0, done.output
    assert order == Order(who="world")


def test_what_is_given_comes_back_typed():
    _, order = greeting("world", "--word", "a", "--word", "b", "--times", "2", "--place", "x", "--loud")
    assert order == Order(who="world", words=("a", "b"), times=2, place=Path("x"), loud=True)


def test_the_help_is_the_docstring_with_the_orders_own_options_first():
    done, *_ = greeting("--help")
    assert "Greet somebody." in done.stdout
    assert "As often as it takes." in done.stdout
    places = [done.stdout.index(option) for option in ("--word", "--times", "--place", "--loud")]
    assert places == sorted(places)


@pytest.mark.parametrize("words", [(), ("world", "--times", "0"), ("world", "--times", "often"), ("world", "--quiet")])
def test_what_the_fields_do_not_allow_is_refused_before_anything_is_carried_out(words):
    done, *carried_out = greeting(*words)
    assert done.exit_code == 2
    assert carried_out == []


@pytest.mark.parametrize("code", [None, 0, 1, 130])
def test_a_command_ends_with_the_code_that_it_returns(code):
    done, _ = greeting("world", then=lambda order: code)
    assert done.exit_code == (code or 0)


def test_a_refusal_is_told_with_all_its_faults():
    def refuse(order):
        raise InputError(["one", "two"])

    done, _ = greeting("world", then=refuse)
    assert done.exit_code == 2
    assert done.stderr.splitlines() == ["Refused, 2 faults:", "  - one", "  - two"]


def test_an_option_means_the_same_wherever_it_is():
    """Options that several commands have are said once, so that nobody has to learn them twice."""
    told: dict[str, list[str]] = {}
    for command in typer.main.get_command(app).commands.values():  # type: ignore[attr-defined]
        for option in command.params:
            told.setdefault(option.name, []).append(option.help)
    for name in ("scenario", "organisations", "ties", "mapping", "trust", "timeout", "memory", "yes", "as_json"):
        assert len(told[name]) > 1
        assert len(set(told[name])) == 1, (name, told[name])


def test_a_measures_name_means_the_same_wherever_it_is():
    """The value at the end, unless ``.mean`` says otherwise: every command that takes a measure says so."""
    taking = [
        option.help
        for command in typer.main.get_command(app).commands.values()  # type: ignore[attr-defined]
        for option in command.params
        if "--measure" in option.opts
    ]
    assert len(taking) == 4  # compare, discover, report, sensitivity
    assert all(AT_THE_END in told for told in taking), taking


def test_what_may_be_asked_is_told_without_importing_what_carries_it_out():
    """A late import is easily forgotten, and whoever asks for help then waits for it."""
    told = "import sys, ecosim.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    experiments = {"ecosim.experiments", "ecosim.experiments.bar", "ecosim.experiments.time_limit"}
    light = {"ecosim", "ecosim.cli", "ecosim.errors", *experiments}
    light |= {"ecosim.app", "ecosim.app.command", "ecosim.undisturbed"}
    imported = set(done.stdout.split())
    ours = {name for name in imported if name.split(".")[0] == "ecosim"}
    assert {name for name in ours if not name.startswith("ecosim.commands")} == light
    assert imported & {"asyncio", "webbrowser", "numpy", "numba", "pydantic", "tornado"} == set()

"""Worlds led along a parameter, in this process or in others: all come to the same, and trouble stays with one world."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import ecosim
from ecosim.errors import RunsFailed
from ecosim.experiments import both_ways, leading
from ecosim.experiments.branches import Branches
from ecosim.experiments.leading import lead_in_processes, led
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.one_thread import one_thread_each
from ecosim.experiments.ramp import Route, lead, lead_all
from ecosim.experiments.sweep import Execution
from ecosim.rng import stream
from ecosim.settings import plain
from tests.experiments.sweeps import children, is_alive, wait_until

FLOOR = "dynamics.issue.floor"


def test_worlds_led_in_processes_of_their_own_come_to_the_same(tmp_path):
    settings, values = plain(ecosim.load("may_1977")), (2.5, 2.6, 2.7)
    route = Route(settings, (), FLOOR, values, "severity_issue_1", 50, 3.0, False, 0.05, False)
    branches, told = Branches(tmp_path, "asked"), []
    branches.add(5, 1, {"up": [], "down": [], "rising": None, "falling": None})  # of an earlier call, and not asked for
    lead_in_processes(route, {0: 1, 1: 2}, branches, 2, told.append)
    assert told[0] == (2, 0, 0)
    assert told[-1] == (2, 2, 0)
    assert [one.done for one in told] == sorted({one.done for one in told}), "as each is finished, and no more often"
    for replicate, seed in ((0, 1), (1, 2)):
        made = branches.read()[replicate]
        assert {key: made[key] for key in ("up", "down", "rising", "falling")} == lead(route, seed)


@pytest.mark.parametrize("trust", [(), ("somebodys",)])
def test_worlds_with_rules_from_outside_are_led_apart_however_quick_they_are(trust, tmp_path, monkeypatch):
    """Such a rule may end its process. (That no package has this name is no matter: nothing is imported here.)"""
    apart = []

    def lead_here(route, seeds, branches, workers, progress):
        apart.append(workers)
        lead_all(route._replace(trust=()), seeds, branches)

    monkeypatch.setattr("ecosim.experiments.leading.lead_in_processes", lead_here)
    settings = plain(ecosim.load("may_1977"))
    route = Route(settings, trust, FLOOR, (2.5, 2.6), "severity_issue_1", 5, 3.0, False, 0.5, False)
    (world,) = led(route, {0: 1}, tmp_path / "worlds", Execution(), 0.0, print, None)
    assert world["seed"] == 1
    assert len(apart) == len(trust)


def test_processes_that_lead_worlds_beside_each_other_have_one_thread_each(monkeypatch):
    """Of whatever library: four processes of four threads each would be in each other's way on four cores."""
    given = {}

    def start(words, env, **_):
        given.update(env)
        raise OSError("as far as this, and no further")

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(OSError, match="no further"):
        leading._start("{}", None)
    assert given == one_thread_each()
    assert given["MKL_NUM_THREADS"] == given["OMP_NUM_THREADS"] == "1"


def test_a_world_that_cannot_be_led_is_said_so_and_no_process_is_left(tmp_path):
    settings = plain(ecosim.load("may_1977"))
    route = Route(settings, (), "dynamics.issue.flor", (1.0, 2.0), "severity_issue_1", 5, 3.0, False, 0.5, False)
    with pytest.raises(CannotGoOn, match="flor"):
        lead_in_processes(route, {0: 1}, Branches(tmp_path, "asked"), 1)
    assert list(tmp_path.iterdir()) == []


def test_worlds_that_are_led_die_with_their_coordinator_even_if_it_is_killed(tmp_path):
    """A real SIGKILL, which lets nobody clear up, while two processes lead worlds that would take hours."""
    settings, values = plain(ecosim.load("may_1977")), (2.5, 2.6, 2.7)
    route = Route(settings, (), FLOOR, values, "severity_issue_1", 10**7, 3.0, False, 0.05, False)
    words = (
        "import json, sys; from pathlib import Path; from ecosim.experiments.ramp import Route; "
        "from ecosim.experiments.branches import Branches; from ecosim.experiments.leading import lead_in_processes; "
        "lead_in_processes(Route(**json.loads(sys.argv[1])), {0: 1, 1: 2}, Branches(Path(sys.argv[2]), 'asked'), 2)"
    )
    coordinator = subprocess.Popen([sys.executable, "-c", words, json.dumps(route._asdict()), str(tmp_path)])
    try:
        wait_until(lambda: len(children(coordinator.pid)) == 2)
        led = children(coordinator.pid)
        wait_until(lambda: all(_has_begun(pid) for pid in led))
    finally:
        coordinator.kill()
        coordinator.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in led), seconds=15.0)


def _has_begun(pid):
    """Return whether a process is past its start: it has brought in the compiler of the rules."""
    try:
        return "llvmlite" in Path(f"/proc/{pid}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


MOODS = """
import ctypes
import os
import traceback
from typing import Annotated

from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism

Worlds = Annotated[tuple[int, ...], Field(strict=False)]


class Moods(Mechanism):
    hang: Worlds = ()
    leave: Worlds = ()
    fail: Worlds = ()
    hoard: Worlds = ()
    log: Worlds = ()
    reads = ("stance",)
    writes = ("stance",)

    def step(self, world, key):
        if key[0] in self.log:
            try:
                raise LookupError("of no account")
            except LookupError:
                traceback.print_exc()
        if key[0] in self.hang:
            ctypes.PyDLL(None).sleep(60)  # holds the interpreter's lock for as long
        if key[0] in self.leave:
            os._exit(0)
        if key[0] in self.fail:
            raise KeyboardInterrupt("no signal")
        if key[0] in self.hoard:
            self.__dict__["kept"] = [bytearray(10**7) for _ in range(10**5)]
"""


def in_moods(tmp_path, monkeypatch, **ways):
    """Return the way to lead worlds, of seed number + 1, some of which get into trouble: ways, with their numbers."""
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "moods_of_worlds.py").write_text(MOODS)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    luck = ", ".join(f"{way}: [{stream(number + 1, 'moods')[0]}]" for way, number in ways.items())
    settings = ecosim.load(
        "opinions", "ecosystem.organisations=20", "measures=[dispersion]", "schedule=[stance,moods]",
        f"+dynamics.moods={{rule: 'moods_of_worlds:Moods', {luck}}}", trust=["moods_of_worlds"],
    )  # fmt: skip
    key = "dynamics.stance.tolerance"
    return Route(plain(settings), ("moods_of_worlds",), key, (0.1, 0.5), "dispersion", 3, 0.1, False, 0.5, False)


def kinds(found):
    return [one.get("failed", {}).get("kind") for one in found]


@pytest.mark.slow
def test_a_world_that_hangs_raises_or_hoards_fails_alone(tmp_path, monkeypatch):
    """The rule knows a world by its luck. It hangs where Python gets no turn, as compiled code may."""
    route = in_moods(tmp_path, monkeypatch, hang=1, fail=2, hoard=3)
    seeds, how = {number: number + 1 for number in range(5)}, Execution(workers=1, timeout=6.0, memory=300.0)
    found = led(route, seeds, tmp_path / "worlds", how, 1.0, print, None)
    assert kinds(found) == [None, "timeout", "error", "memory", None]
    assert "in step" in found[1]["failed"]["traceback"]
    assert [one["failed"]["message"] for one in found[1:4]] == [
        "not finished at a value; allowed: 6 s there (--timeout)", "KeyboardInterrupt: no signal",
        "more than 300 MB of memory (--memory)",
    ]  # fmt: skip
    told = both_ways._told(route, found)
    assert told.failed == 3
    assert sorted(told.turns["replicate"]) == [0, 4]
    assert "3 of 5 worlds could not be led (1 × timeout: not finished at a value" in told.says[-1]
    assert led(route, seeds, tmp_path / "worlds", how, 1.0, print, None) == found, "what failed is not tried for ever"
    with pytest.raises(RunsFailed, match=r"2 of 2 worlds could not be led"):
        both_ways._told(route, found[1:3])


def test_a_rule_that_logs_a_traceback_ends_no_search_even_if_a_later_world_ends_its_process(tmp_path, monkeypatch):
    route = in_moods(tmp_path, monkeypatch, log=0, leave=1)
    told = []
    found = led(route, {0: 1, 1: 2}, tmp_path / "worlds", Execution(workers=1), 1.0, print, told.append)
    assert kinds(found) == [None, "killed"]
    assert told[-1] == (2, 2, 1)


def test_where_a_process_cannot_load_what_leads_worlds_no_world_is_said_to_have_failed(tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise ImportError('half installed')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    route = Route(plain(ecosim.load("may_1977")), (), FLOOR, (2.5, 2.7), "severity_issue_1", 5, 3.0, False, 0.5, False)
    (tmp_path / "worlds").mkdir()
    with pytest.raises(CannotGoOn, match="half installed"):
        lead_in_processes(route, {0: 1}, Branches(tmp_path / "worlds", "asked"), 1)
    assert list((tmp_path / "worlds").iterdir()) == []


@pytest.mark.slow
def test_a_world_that_ends_its_process_is_led_once_more_by_another_and_then_fails_alone(tmp_path, monkeypatch):
    route = in_moods(tmp_path, monkeypatch, leave=2)
    seeds = {number: number + 1 for number in range(5)}
    found = led(route, seeds, tmp_path / "worlds", Execution(workers=2), 1.0, print, None)
    assert kinds(found) == [None, None, "killed", None, None]
    assert found[2]["failed"]["message"] == "its process ended twice: with exit code 0"

"""Compiling from both ends: every kernel that the second process makes is one that the run finds."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from ecosim.commands.warming import compile_in_reverse, helped
from ecosim.compose import load

ALONE = """
import sys
from ecosim.compose import load
from ecosim.commands.warming import compile_in_reverse
if sys.argv[1] == "reverse":
    compile_in_reverse(load("opinions"))
import ecosim
model = ecosim.Ecosystem(load("opinions", "ticks=2"), rng=1)
model.run()
"""


def kernels_after(cache: Path, how: str) -> set[str]:
    environment = {**os.environ, "ECOSIM_CACHE": str(cache)}
    subprocess.run([sys.executable, "-c", ALONE, how], env=environment, check=True, timeout=300)
    return {path.name for path in cache.rglob("*.nbc")}


def test_what_is_compiled_in_reverse_is_what_a_run_needs(tmp_path):
    """The second process adds nothing of another type, which a run would then compile again."""
    needed = kernels_after(tmp_path / "one", "run")
    made = kernels_after(tmp_path / "other", "reverse")
    functions = {name.rsplit(".", 2)[0] for name in needed}
    assert {name for name in made if name.rsplit(".", 2)[0] in functions} == needed


def test_every_rule_of_the_town_can_act_in_reverse(monkeypatch):
    """Whatever fails is passed over in earnest, for the run itself will tell of it; here it is not."""
    monkeypatch.setattr("ecosim.commands.warming.suppress", lambda *_: nullcontext())
    settings = load("town", "ecosystem.citizens.count=50")
    compile_in_reverse(settings)


def test_the_second_process_is_gone_when_the_first_is_done(monkeypatch):
    started = []
    real = subprocess.Popen

    def note(*args, **keywords):
        started.append(real(*args, **keywords))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", note)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with helped(load("opinions")):
        assert started[0].poll() is None
    assert started[0].poll() is not None


def test_one_core_is_left_to_the_run(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **keywords: pytest.fail("a second process was started"))
    with helped(load("opinions")):
        pass

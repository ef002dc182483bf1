"""Compiling from both ends: every kernel that the second process makes is one that the run finds."""

import os
import select
import signal
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


@pytest.mark.slow
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


IN_THE_CHILD = """
import os, sys, time, types
if "ecosim.commands.warming" in sys.orig_argv:
    def compile_for_long(data):
        os.write(int(os.environ["ECOSIM_TEST_LINE"]), b"at work")
        time.sleep(600)
    sys.modules["ecosim.settings"] = types.ModuleType("ecosim.settings")
    sys.modules["ecosim.settings"].settings_from = compile_for_long
"""
HELPED = """
import os, subprocess, sys, time
from functools import partial
from ecosim.commands.warming import helped
from ecosim.compose import load
os.cpu_count = lambda: 2
subprocess.Popen = partial(subprocess.Popen, pass_fds=[int(os.environ["ECOSIM_TEST_LINE"])])
with helped(load("opinions")):
    time.sleep(600)
"""


@pytest.mark.parametrize("death", [signal.SIGTERM, signal.SIGKILL])
def test_the_second_process_dies_with_the_first_however_that_dies(tmp_path, death):
    """A line that both hold the end of is closed as soon as the last of them is gone."""
    (tmp_path / "sitecustomize.py").write_text(IN_THE_CHILD, encoding="utf-8")
    ours, theirs = os.pipe()
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "ECOSIM_TEST_LINE": str(theirs)}
    with open(ours, "rb", buffering=0) as line:
        with subprocess.Popen([sys.executable, "-c", HELPED], env=environment, pass_fds=[theirs]) as first:
            os.close(theirs)
            assert line.read(7) == b"at work"
            first.send_signal(death)
        assert select.select([line], [], [], 120)[0], "the second process lives on"
        assert line.read(1) == b""


def test_one_core_is_left_to_the_run(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **keywords: pytest.fail("a second process was started"))
    with helped(load("opinions")):
        pass

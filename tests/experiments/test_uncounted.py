"""Before the first run it is said what its rough time leaves out: compiling where nothing is compiled, and others' code."""

import json
import os
import subprocess
import sys

import pytest

from ecosim.experiments.plan import plan_of
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.experiments.uncounted import uncounted
from tests.experiments.sweeps import TOLERANCE, tiny

SMALL = ("ecosystem.organisations=20", "ticks=2")


def ours(*changes):
    """Return the plan of a sweep that runs no code but ecosim's."""
    return plan_of("opinions", {TOLERANCE: [0.1]}, (*SMALL, *changes))


def test_where_all_is_compiled_and_ours_nothing_is_left_out(tmp_path):
    run_sweep(ours(), tmp_path, Execution(workers=0))
    assert uncounted(ours()) == ""


@pytest.mark.parametrize(
    ("changes", "trust"),
    [
        (["+dynamics.trouble={rule: 'trouble:Trouble'}", "schedule=[stance,trouble]"], "trouble"),
        (["measures=[dispersion,'loudness_of_trouble:loud']"], "loudness_of_trouble"),
    ],
)
def test_rules_and_measures_from_outside_are_left_out(changes, trust, tmp_path, monkeypatch):
    (tmp_path / "loudness_of_trouble.py").write_text("def loud(world):\n    return 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plan = plan_of("opinions", {TOLERANCE: [0.1]}, (*SMALL, *changes), trust=(trust,))
    assert "rules and measures from outside ecosim" in uncounted(plan)


def test_on_a_machine_that_has_compiled_nothing_compiling_is_left_out_unless_no_rule_needs_it(tmp_path):
    plans = (SMALL, (*SMALL, "schedule=[]", "~dynamics.stance"))
    assert _on_a_new_machine(tmp_path, plans) == [" (not counted: compiling, once)", ""]


def test_both_are_told_in_one_breath(tmp_path, monkeypatch):
    plan = tiny({TOLERANCE: [0.1]})
    module = sys.modules[type(plan.settings(0).dynamics["stance"]).__module__]
    for one in vars(module).values():
        if getattr(one, "_cache", None) is not None:
            monkeypatch.setattr(one._cache._cache_file, "_index_path", str(tmp_path / "nothing.nbi"))
    assert uncounted(plan) == " (not counted: compiling, once; rules and measures from outside ecosim)"


def _on_a_new_machine(cache, plans):
    """Return what a process says of plans, by their changes, that finds no compiled function on the machine."""
    program = (
        "from ecosim.experiments.plan import plan_of; from ecosim.experiments.uncounted import uncounted; "
        f"print(json.dumps([uncounted(plan_of('opinions', {{}}, changes)) for changes in {plans!r}]))"
    )
    words = [sys.executable, "-c", f"import json, sys; sys.path[:] = {sys.path!r}; {program}"]
    env = {**os.environ, "ECOSIM_CACHE": str(cache)}
    told = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)

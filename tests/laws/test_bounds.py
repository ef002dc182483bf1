"""No kernel reads or writes beyond an array: out there it would get garbage, or kill the process, without a word."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import importlib, pkgutil
import ecosim.dynamics
from numba.core.dispatcher import Dispatcher
from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from tests.laws.everything import VARIANTS, everything

told = {"events": True, "reasons": True}
for changed in VARIANTS:
    model = everything(changed=changed, record=told)
    model.run(13)
    model.results()
for name in ("opinions", "public_goods"):
    Ecosystem(load(name, "ecosystem.organisations=40"), rng=1).run(3)
opinions = load("opinions", "ecosystem.organisations=2", "~dynamics", "+dynamics.stance.rule=friedkin_johnsen")
weighed = opinions.dynamics["stance"].model_copy(update={"weights": ((0.5, 0.5), (0.2, 0.8))})
Ecosystem(opinions, rng=1, dynamics={"stance": weighed}).run(3)
town = Ecosystem(load("town", "ecosystem.organisations={business: 1, government: 0, civil_society: 0}"), rng=1)
town.run(3)

idle = []
for module in pkgutil.walk_packages(ecosim.dynamics.__path__, "ecosim.dynamics."):
    for name, kernel in vars(importlib.import_module(module.name)).items():
        if isinstance(kernel, Dispatcher) and kernel.py_func.__module__ == module.name:
            if not kernel.overloads and not kernel.targetoptions.get("forceinline"):
                idle.append(f"{module.name}.{name}")
print("idle:", *sorted(idle))
"""


@pytest.mark.slow
def test_every_kernel_of_every_rule_stays_within_its_arrays(tmp_path):
    """In a fresh cache, unoptimised (to compile sooner), with every rule at work, some of them in several ways."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_OPT": "0", "ECOSIM_CACHE": str(tmp_path)}
    command, root = [sys.executable, "-c", PROGRAM], Path(__file__).parents[2]
    run = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=1500)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.split() == ["idle:", *CALLED_BY_TESTS], "kernels that no rule called"


CALLED_BY_TESTS = ["ecosim.dynamics.coalition.landscape.energy"]

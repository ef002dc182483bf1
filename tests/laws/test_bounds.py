"""No kernel reads or writes beyond an array: out there it would get garbage, or kill the process, without a word."""

import os
import subprocess
import sys

PROGRAM = """
from ecosim.compose import load
from ecosim.ecosystem import Ecosystem

for name, ticks in (("town", 13), ("opinions", 3), ("public_goods", 3)):
    for seed in (1, 2):
        model = Ecosystem(load(name, "ecosystem.organisations=40"), rng=seed)
        model.run(ticks)
        model.results()
town = Ecosystem(load("town", "ecosystem.organisations={business: 1, government: 0, civil_society: 0}"), rng=1)
town.run(3)
print("within bounds")
"""


def test_every_kernel_of_the_shipped_scenarios_stays_within_its_arrays(tmp_path):
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "ECOSIM_CACHE": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=600)
    assert run.stdout.strip().endswith("within bounds"), run.stderr[-2000:]

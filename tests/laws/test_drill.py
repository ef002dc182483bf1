"""The whole drill of sameness, for which `make test` has no time: every hash seed with every number of workers, twenty
points at which a run is saved and restored, and every variant of every rule."""

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from ecosim.ecosystem import Ecosystem
from ecosim.experiments.plan import plan_of
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import same_tables
from tests.laws.everything import TICKS, VARIANTS, everything, everything_settings, rules_of_agents, world_digest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HASH_SEEDS, WORKERS, THREADS = ("0", "1", "42", "4711", "random"), (1, 2, 4), ("1", "2")
POINTS = tuple(round(k * (TICKS - 1) / 19) for k in range(20))
"""Twenty ticks of a run, its first and its last but one among them."""

SWEEP = """
import sys
from pathlib import Path
from tests.laws.test_drill import sweep
if __name__ == "__main__":
    sweep(Path(sys.argv[1]), int(sys.argv[2]))
"""


def sweep(folder: Path, workers: int) -> None:
    """Run a sweep of three points of two replicates, with every rule at work, into a folder."""
    settings = everything_settings(measures=["dispersion", "capital"])
    plan = plan_of(settings, {"dynamics.meeting.rate": [0.1, 0.5, 1.0]}, replicates=2, seed=3)
    outcome = run_sweep(plan, folder, Execution(workers=workers))
    assert (outcome.ok, outcome.failed) == (6, 0)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Return the folder of the sweep that this process made without any other."""
    folder = tmp_path_factory.mktemp("drill") / "here"
    sweep(folder, 0)
    return folder


@pytest.mark.parametrize(("hash_seed", "workers"), list(product(HASH_SEEDS, WORKERS)))
def test_a_sweep_is_the_same_with_every_hash_seed_and_number_of_workers(here, tmp_path, hash_seed, workers):
    """Threads alternate, so that each of their numbers meets each hash seed and each number of workers."""
    place = HASH_SEEDS.index(hash_seed) + WORKERS.index(workers)
    environment = {"PYTHONHASHSEED": hash_seed, "NUMBA_NUM_THREADS": THREADS[place % 2]}
    script, folder = tmp_path / "drill.py", tmp_path / "there"
    script.write_text(SWEEP)  # a file, since workers import the main module anew
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(workers)],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert same_tables(here, folder)


@pytest.mark.parametrize("variant", range(len(VARIANTS)))
def test_going_on_from_any_of_twenty_points_gives_the_same_bytes_in_every_variant(tmp_path, variant):
    """One run is saved at each of them on its way, which changes nothing, and gone on with from each file."""
    changed = VARIANTS[variant]
    whole = everything(changed=changed)
    whole.run()
    end = world_digest(whole)
    model = everything(changed=changed)
    files = {}
    for tick in sorted(set(POINTS)):
        model.run(tick - model.tick)
        files[tick] = model.save(tmp_path / f"tick_{tick}")
    model.run(TICKS - model.tick)
    assert world_digest(model) == end
    assert len(files) == 20
    for tick, file in files.items():
        again = Ecosystem.restore(file, dynamics=rules_of_agents())
        assert again.tick == tick
        again.run()
        assert again.tick == TICKS
        assert world_digest(again) == end, tick


def test_each_variant_is_another_world():
    ends = []
    for changed in VARIANTS:
        model = everything(changed=changed)
        model.run()
        ends.append(world_digest(model))
    assert pd.Series(ends).is_unique

"""The same seed gives the same result, whatever else is so; another seed another.

That the runs of a sweep do not depend on the number of its processes is tested with sweeps: tests/experiments/
test_processes.py, ``test_two_processes_give_the_same_tables_as_none``.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from tests.ecosystems import coupled, coupled_settings, differing, opinions
from tests.laws.everything import digest_of, everything

ROOT = Path(__file__).parents[2]

DIGEST = """
import sys
from tests.laws.test_determinism import MODELS, digest_of
for name in sys.argv[1:]:
    model = MODELS[name]()
    model.run()
    print(digest_of(model))
"""


def town() -> Ecosystem:
    """Return the default scenario over 24 ticks, in which coalitions form."""
    return Ecosystem(load("town", "ticks=24"), rng=5)


def small() -> Ecosystem:
    """Return a small ecosystem in which everything that may change does."""
    return coupled(30, ticks=12)


MODELS = {"small": small, "town": town, "everything": everything}


@pytest.fixture(scope="module")
def digests() -> list[str]:
    """Run the models here; return their digests."""
    models = [make() for make in MODELS.values()]
    for model in models:
        model.run()
    assert models[1].world.coalitions > 5
    return [digest_of(model) for model in models]


def test_the_same_seed_gives_the_same_world_and_record():
    one, other = coupled(rng=9), coupled(rng=9)
    one.run()
    other.run()
    assert differing(one.world, other.world) == []
    assert one.results().events.equals(other.results().events)


def test_another_seed_gives_another_world():
    one, other = coupled(rng=9), coupled(rng=10)
    one.run()
    other.run()
    assert "capital" in differing(one.world, other.world)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4711", "NUMBA_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "random", "NUMBA_NUM_THREADS": "2"},
    ],
    ids=str,
)
def test_a_new_process_gives_the_same_bytes_whatever_its_hash_seed_and_threads(digests, environment):
    command = [sys.executable, "-c", DIGEST, *MODELS]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}, cwd=ROOT
    )
    assert done.stdout.split() == digests, done.stderr


def test_runs_that_are_made_in_another_order_are_the_same(digests):
    for name in ("everything", "town", "small", "town", "everything"):
        model = MODELS[name]()
        model.run()
        assert digest_of(model) == digests[list(MODELS).index(name)], name


def test_what_others_draw_from_global_generators_changes_nothing():
    plain, disturbed = coupled(), coupled()
    for _ in range(10):
        plain.step()
        np.random.seed(3)  # noqa: NPY002  (what a careless user does)
        disturbed.random.random()
        disturbed.rng.random()
        disturbed.step()
    assert differing(plain.world, disturbed.world) == []


def test_whether_agents_are_looked_at_changes_nothing():
    plain, watched = coupled(), coupled()
    for _ in range(10):
        plain.step()
        watched.step()
        watched.agents.get("capital")
    assert differing(plain.world, watched.world) == []


def test_what_is_recorded_changes_nothing():
    sparse = {"every": 7, "events": False, "figures": False}
    often = {"organisations": "every", "relationships": "every", "coalitions": "every"}
    one = Ecosystem(coupled_settings(record=sparse))
    other = Ecosystem(coupled_settings(record=often), measures={"n": lambda world: world.n})
    one.run()
    other.run()
    assert differing(one.world, other.world) == []


def test_running_in_one_go_or_step_by_step_is_the_same():
    one, other = opinions(), opinions()
    one.run(20)
    for _ in range(20):
        other.step()
    assert differing(one.world, other.world) == []


def test_models_that_run_in_turns_do_not_disturb_each_other():
    alone = [coupled(rng=seed) for seed in range(3)]
    for model in alone:
        model.run(8)
    together = [coupled(rng=seed) for seed in range(3)]
    for _ in range(8):
        for model in together:
            model.step()
    assert [differing(a.world, b.world) for a, b in zip(alone, together, strict=True)] == [[], [], []]


def test_an_intervention_that_changes_nothing_leaves_everything_as_it_was():
    plain = coupled()
    idle = coupled(
        interventions=[{"at": 5, "do": "shock", "add": 0.0}, {"at": 7, "do": "remove", "who": {"number": 0}}]
    )
    plain.run()
    idle.run()
    assert differing(plain.world, idle.world) == []

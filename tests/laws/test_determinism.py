"""The same seed gives the same result, whatever else is so; another seed another."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from ecosim.ecosystem import Ecosystem
from tests.ecosystems import coupled, coupled_settings, differing, opinions

DIGEST = """
import hashlib
from tests.ecosystems import coupled
model = coupled(30, ticks=12)
model.run()
digest = hashlib.sha256()
for name, values in sorted(model.world.arrays().items()):
    digest.update(name.encode() + values.tobytes())
print(digest.hexdigest())
"""


def digest_of(model: Ecosystem) -> str:
    digest = hashlib.sha256()
    for name, values in sorted(model.world.arrays().items()):
        digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()


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


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_a_new_process_gives_the_same_bytes_whatever_its_hash_seed(hash_seed):
    model = coupled(30, ticks=12)
    model.run()
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == digest_of(model), done.stderr


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

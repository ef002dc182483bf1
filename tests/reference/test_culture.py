"""Dissemination of culture agrees with a plain Python model, by test, at values that no published table lists."""

import numpy as np
import pytest

from ecosim.ecosystem import Ecosystem
from tests.reference.published.axelrod_1997 import settled_regions
from tests.reference.shared import settings_for, told_apart

RUNS = 200
WORLDS = {
    # side, features, traits, neighbours: the plain model's reach and diagonal
    (5, 3, 6, 4): (1, False),
    (4, 4, 12, 8): (1, True),
    (4, 4, 12, 12): (2, False),
}


def our_regions(side, features, traits, neighbours):
    network = {"kind": "lattice", "neighbours": neighbours, "torus": False, "rows": side, "columns": side}
    rule = {"rule": "culture_dissemination", "activation": "random", "steps": 500}
    settings = settings_for(
        side * side, network, {"culture": rule}, culture={"features": features, "traits": traits, "likeness": 0.0}
    )
    settings = settings.model_copy(update={"ticks": 10_000, "measures": ("cultural_regions", "active_ties")})
    found = []
    for seed in range(RUNS):
        model = Ecosystem(settings, rng=seed)
        while model.recorder.series()["active_ties"][-1] > 0.0:
            model.step()
        found.append(model.recorder.series()["cultural_regions"][-1])
    return found


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_as_many_regions_remain_as_in_a_plain_model(world):
    """False alarm 3e-7 each. A fifth more traits is told apart, which is tested too where regions are many."""
    side, features, traits, _ = world
    ours = our_regions(*world)
    theirs = [settled_regions(side, features, traits, seed, *WORLDS[world]) for seed in range(RUNS)]
    assert not told_apart(ours, theirs)
    if np.mean(theirs) > 4:
        more = [settled_regions(side, features, traits * 3 // 2, seed, *WORLDS[world]) for seed in range(RUNS)]
        assert told_apart(ours, more)

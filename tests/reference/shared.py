"""What an engine and its oracle are given alike: who is tied to whom, and the draws."""

from typing import Any

import numpy as np

from ecosim.ecosystem import Ecosystem
from ecosim.kernels import kernel
from ecosim.rng import Key, stream, uniform4
from ecosim.settings import Settings, settings_from

NETWORKS = {
    "random": {"kind": "random", "degree": 6},
    "ring": {"kind": "ring", "degree": 4},
    "scale-free": {"kind": "scale_free", "degree": 4},
    "with isolated organisations": {"kind": "random", "degree": 1.5},
    "nobody tied": {"kind": "none"},
}

NOTHING_KEPT = {
    "events": False,
    "figures": False,
    "organisations": "never",
    "relationships": "never",
    "coalitions": "never",
}


def settings_for(organisations: int, network: dict[str, Any], dynamics: dict[str, Any], **ecosystem: Any) -> Settings:
    """Return settings of a model that records nothing."""
    return settings_from(
        {
            "ecosystem": {"organisations": organisations, "network": network, **ecosystem},
            "dynamics": dynamics,
            "record": NOTHING_KEPT,
        }
    )


def ties_of(engine: Ecosystem) -> list[list[int]]:
    """Return the pairs of neighbours by position, in the order in which the engine counts each one's neighbours."""
    ends = engine.world.ends
    return ends[np.lexsort((ends[:, 0], ends[:, 1]))].tolist()


def key_of(engine: Ecosystem, mechanism: str) -> Key:
    """Return the key of the tick that comes next."""
    return stream(engine.seed, mechanism).key(engine.tick + 1)


@kernel
def four_uniforms(key: Any, entities: Any, draw: Any) -> Any:
    """Return the four uniform numbers that mechanisms draw for each entity (n, 4)."""
    numbers = np.empty((entities.size, 4))
    for i in range(entities.size):
        numbers[i] = uniform4(key, entities[i], draw)
    return numbers


def told_apart(ours: Any, theirs: Any) -> bool:
    """Return whether two samples differ in mean, by Welch's t beyond 5.3.

    With 200 runs each (at least 199 degrees of freedom) that is a false alarm in 3e-7 cases; a difference of .7 of a
    run's standard deviation is seen in 95 of 100.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    error = np.sqrt(ours.var(ddof=1) / ours.size + theirs.var(ddof=1) / theirs.size)
    return bool(abs(ours.mean() - theirs.mean()) > 5.3 * error)

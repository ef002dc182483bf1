"""Small worlds for tests of mechanisms: who is tied to whom, and ticks that pass."""

import numpy as np

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.schedule import Schedule, columns_named
from ecosim.world.labels import Labels
from ecosim.world.world import World


def world_for(
    *mechanisms: Mechanism, n: int = 0, ties=(), issues: int = 0, axes: int = 1, capabilities: int = 0, culture: int = 0,
    columns=(),
) -> World:  # fmt: skip
    """Return a world of n organisations with what these mechanisms use, and ties between these pairs of rows."""
    labels = Labels(
        issues=tuple(f"issue {q}" for q in range(issues)),
        stance_axes=tuple(f"axis {d}" for d in range(axes)),
        capabilities=tuple(f"capability {k}" for k in range(capabilities)),
        culture=culture,
    )
    world = World(labels, n, columns_named(mechanisms) | set(columns))
    world.add_ties(np.asarray(ties, dtype=np.int32).reshape(-1, 2))
    world.commit()
    return world


def unite(world: World, *coalitions: tuple[int, tuple[int, ...]]) -> World:
    """Let coalitions be, each (issue, rows of its members), and return the same world."""
    tick = world.tick
    for issue, members in coalitions:  # one founder founds one coalition a tick
        world.found_coalition(min(members), issue, np.array(sorted(members)))
        world.tick += 1
        world.commit()
    world.tick = tick
    return world


def live(world: World, *mechanisms: Mechanism, ticks: int = 1, seed: int = 1) -> World:
    """Let the mechanisms act for so many ticks, and return the same world."""
    schedule = Schedule({f"mechanism {k}": mechanism for k, mechanism in enumerate(mechanisms)}, seed)
    for _ in range(ticks):
        schedule.step(world)
        world.tick += 1
    return world


def everyone_tied(n: int) -> np.ndarray:
    return np.stack(np.triu_indices(n, 1), axis=1)


def some_tied(n: int, share: float = 0.2, seed: int = 0) -> np.ndarray:
    pairs = everyone_tied(n)
    return pairs[np.random.default_rng(seed).random(len(pairs)) < share]

"""Cost of each mechanism: town with all its rules, each act timed apart, with the ties and memberships it makes or ends.

Organisations, ties and citizens grow together (ten citizens an organisation, a million at most), so a mechanism whose cost
is linear has the same nanoseconds per entity at every size, but for what fits into the processor's caches.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

MEAN_DEGREE = 10
WARM, TICKS = 24, 24
MOST_CITIZENS = 1_000_000


def measure(sizes: Iterable[int], rounds: int = 3) -> Iterator[dict[str, Any]]:
    """Yield a row for each size and mechanism, dearest first: microseconds an act and a tick, nanoseconds an entity.

    Args:
        sizes: numbers of organisations.
        rounds: how often the ticks are timed; the median counts.
    """
    for n in sizes:
        model = _town(n)
        model.run(WARM)
        times = [_times(model) for _ in range(rounds)]
        world = model.world
        entities = world.n + world.ties + world.labels.citizens
        rows = []
        for name, mechanism in model.schedule:
            seconds = median(round_[name] for round_ in times)
            acts = TICKS / mechanism.every
            rows.append(
                {
                    "organisations": n,
                    "mechanism": name,
                    "rule": mechanism.rule(),
                    "acts_every": mechanism.every,
                    "microseconds_an_act": seconds / acts * 1e6,
                    "microseconds_a_tick": seconds / TICKS * 1e6,
                    "nanoseconds_per_entity_and_act": seconds / acts / entities * 1e9,
                }
            )
        total = sum(row["microseconds_a_tick"] for row in rows)
        for row in sorted(rows, key=lambda row: -row["microseconds_a_tick"]):
            yield {**row, "share_of_a_tick": row["microseconds_a_tick"] / total}


def _town(n: int) -> Any:
    import ecosim

    citizens = min(10 * n, MOST_CITIZENS)
    changes = (
        f"ecosystem.organisations={n}", f"ecosystem.citizens.count={citizens}", f"ecosystem.network.degree={MEAN_DEGREE}",
        "measures=[]", "record.events=false",
    )  # fmt: skip
    return ecosim.Ecosystem(ecosim.load("town", *changes, yes=True), rng=1)


def _times(model: Any) -> dict[str, float]:
    """Return the processor seconds that each mechanism takes over the next ticks."""
    from ecosim.rng import stream

    world, schedule = model.world, model.schedule.mechanisms
    steps = [(name, rule.bind(schedule), stream(model.seed, name)) for name, rule in schedule.items()]
    seconds = dict.fromkeys(schedule, 0.0)
    for _ in range(TICKS):
        world.tick += 1
        for name, rule, luck in steps:
            if world.tick % rule.every == 0:
                began = time.perf_counter()
                rule.step(world, luck.key(world.tick))
                world.commit()
                seconds[name] += time.perf_counter() - began
    return seconds

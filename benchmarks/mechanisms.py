"""Cost of each mechanism: each act timed apart, with the ties and memberships it makes or ends.

Of the town with all its rules, and of a small world in which every rule there is acts, in two ways where it has two.
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
FEW = 12
"""Ticks of the world of every rule, in which each acts at least once."""

MOST_CITIZENS = 1_000_000


def measure(sizes: Iterable[int], rounds: int = 3) -> Iterator[dict[str, Any]]:
    """Yield a row for each size and mechanism of town, dearest first: microseconds an act and a tick, nanoseconds an entity.

    Args:
        sizes: numbers of organisations.
        rounds: how often the ticks are timed; the median counts.
    """
    for n in sizes:
        rows = _costs(_town(n), WARM, TICKS, rounds)
        total = sum(row["microseconds_a_tick"] for row in rows)
        for row in rows:
            yield {"organisations": n, **row, "share_of_a_tick": row["microseconds_a_tick"] / total}


def measure_every_rule(sizes: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Yield a row for each rule there is, dearest first: nanoseconds an entity and act in worlds of these sizes.

    Args:
        sizes: numbers of organisations, ascending.
    """
    for way in (0, 1):
        worlds = {n: _costs(_everything(n, way), FEW, FEW, 1) for n in sizes}
        found = {n: {row["mechanism"]: row["nanoseconds_per_entity_and_act"] for row in worlds[n]} for n in worlds}
        largest = worlds[max(worlds)]
        for row in sorted(largest, key=lambda row: -row["nanoseconds_per_entity_and_act"]):
            yield {
                "way": way,
                "rule": row["rule"],
                **{f"nanoseconds_at_{n}": found[n][row["mechanism"]] for n in found},
            }


def _costs(model: Any, warm: int, ticks: int, rounds: int) -> list[dict[str, Any]]:
    """Return a row for each mechanism of a model, dearest tick first, timed over some ticks after others."""
    model.run(warm)
    times = [_times(model, ticks) for _ in range(rounds)]
    world = model.world
    entities = world.n + world.ties + world.labels.citizens
    rows = []
    for name, mechanism in model.schedule:
        seconds = median(round_[name] for round_ in times)
        acts = sum(tick % mechanism.every == 0 for tick in range(world.tick - ticks + 1, world.tick + 1))
        rows.append(
            {
                "mechanism": name,
                "rule": mechanism.rule(),
                "acts_every": mechanism.every,
                "microseconds_an_act": seconds / acts * 1e6,
                "microseconds_a_tick": seconds / ticks * 1e6,
                "nanoseconds_per_entity_and_act": seconds / acts / entities * 1e9,
            }
        )
    return sorted(rows, key=lambda row: -row["microseconds_a_tick"])


def _town(n: int) -> Any:
    import ecosim

    citizens = min(10 * n, MOST_CITIZENS)
    changes = (
        f"ecosystem.organisations={n}", f"ecosystem.citizens.count={citizens}", f"ecosystem.network.degree={MEAN_DEGREE}",
        "measures=[]", "record.events=false",
    )  # fmt: skip
    return ecosim.Ecosystem(ecosim.load("town", *changes, yes=True), rng=1)


def _everything(n: int, way: int) -> Any:
    """Return a world in which every rule acts, in one of two ways, of n organisations and ten citizens for each."""
    from ecosim.ecosystem import Ecosystem
    from ecosim.settings import plain, settings_from
    from tests.laws.everything import VARIANTS, everything_settings, rules_of_agents

    given = plain(everything_settings(VARIANTS[way], measures=[]))
    given["ecosystem"].update(organisations=n, citizens={**given["ecosystem"]["citizens"], "count": 10 * n})
    return Ecosystem(settings_from(given), rng=1, dynamics=rules_of_agents())


def _times(model: Any, ticks: int) -> dict[str, float]:
    """Return the processor seconds that each mechanism takes over the next ticks."""
    from ecosim.rng import stream

    world, schedule = model.world, model.schedule.mechanisms
    steps = [(name, rule.bind(schedule), stream(model.seed, name)) for name, rule in schedule.items()]
    seconds = dict.fromkeys(schedule, 0.0)
    for _ in range(ticks):
        world.tick += 1
        for name, rule, luck in steps:
            if world.tick % rule.every == 0:
                began = time.thread_time()
                rule.step(world, luck.key(world.tick))
                world.commit()
                seconds[name] += time.thread_time() - began
    return seconds

"""Growth of cost: town's own world with ever more organisations, each size in a process of its own.

Partners and coalitions are weighed every fourth tick. So as many ticks are timed as make three whole rounds of that, after
as many in which the first relationships and coalitions come to be: what is timed is a world at work, not its beginning.

What the memory of the machine makes of size by itself is measured beside it, in the same process: reading one number of
every partner of everyone, which is all that any rule along ties must do.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MEAN_DEGREE = 10
TICKS = 12
CITIZENS = 2_000
MOST_SECONDS = 300.0
ROOT = Path(__file__).parents[1]


def measure(
    sizes: Iterable[int], most_seconds: float = MOST_SECONDS, citizens: int = CITIZENS
) -> Iterator[dict[str, Any]]:
    """Yield for each number of organisations: ties, coalitions, seconds to found and per tick, and the most memory held.

    Args:
        sizes: numbers of organisations, ascending.
        citizens: how many citizens live there, whatever the number of organisations.
        most_seconds: for all of them together; sizes for which it is too short are left out, and this is said.
    """
    ends = time.monotonic() + most_seconds
    for n in sizes:
        command = [sys.executable, "-m", "benchmarks.growth", str(n), str(citizens)]
        left = max(0.0, ends - time.monotonic())
        try:
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=left)
        except subprocess.TimeoutExpired:
            print(
                f"Left out: {n:,} organisations and more, for which {most_seconds:,.0f} s are too short",
                file=sys.stderr,
            )
            return
        yield json.loads(done.stdout)


def exponent(rows: list[dict[str, Any]], column: str) -> float:
    """Return the slope of log cost over log (organisations + ties), by least squares: 1 where cost is linear."""
    x = [math.log(row["organisations"] + row["ties"]) for row in rows]
    y = [math.log(row[column]) for row in rows]
    middle, level = sum(x) / len(x), sum(y) / len(y)
    return sum((a - middle) * (b - level) for a, b in zip(x, y, strict=True)) / sum((a - middle) ** 2 for a in x)


def measure_one(n: int, citizens: int = CITIZENS) -> dict[str, Any]:
    """Found and step one world here; a small one comes first, in which kernels are compiled or read.

    Raises:
        RuntimeError: if nobody has a tie or no coalition has formed, so that the times would not be those of a living world.
    """
    import ecosim
    from ecosim.settings import Settings
    from tests.peak_memory import peak_bytes

    def settings_for(organisations: int, citizens: int) -> Settings:
        size = f"ecosystem.organisations={organisations}", f"ecosystem.citizens.count={citizens}"
        return ecosim.load("town", *size, f"ecosystem.network.degree={MEAN_DEGREE}", yes=True)

    ecosim.Ecosystem(settings_for(1_000, CITIZENS)).run(2 * TICKS)
    settings = settings_for(n, citizens)
    began = time.process_time()
    ecosystem = ecosim.Ecosystem(settings)
    founded = time.process_time()
    ties_at_start = ecosystem.world.ties
    ecosystem.run(TICKS)
    warm = time.process_time()
    ecosystem.run(TICKS)
    stepped = time.process_time()
    world = ecosystem.world
    if not (world.ties > 0 and world.coalitions > 0):
        raise RuntimeError(f"{world.ties} relationships and {world.coalitions} coalitions after {world.tick} ticks")
    return {
        "organisations": n,
        "citizens": citizens,
        "ties_at_start": ties_at_start,
        "ties": world.ties,
        "coalitions": world.coalitions,
        "seconds_to_found": founded - began,
        "seconds_per_tick_at_first": (warm - founded) / TICKS,
        "seconds_per_tick": (stepped - warm) / TICKS,
        "seconds_to_read_partners": seconds_to_read_partners(world),
        "peak_gigabytes": peak_bytes() / 1e9,
    }


def seconds_to_read_partners(world: Any) -> float:
    """Return the least time in which NumPy reads one number of each partner of everyone, in the order of ties."""
    import numpy as np

    values, read = np.random.default_rng(1).random(world.n), np.empty(world.partner.size)
    times = []
    for _ in range(max(5, 2_000_000 // max(1, read.size))):
        began = time.perf_counter()
        values.take(world.partner, out=read, mode="clip")
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    print(json.dumps(measure_one(*map(int, sys.argv[1:]))))

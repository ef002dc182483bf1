"""How long published models take: the work that docking repeats hundreds of times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from ecosim.published.axelrod_1997 import stable_regions
from ecosim.published.axelrod_2021 import variances

RUNS, ENCOUNTERS = 300, 1_000_000


def measure(runs: int = RUNS) -> Iterator[dict[str, Any]]:
    """Yield a row for each: its runs, and the seconds of processor time that all of them and each of them took.

    Culture on a square of 10 × 10 (5 features, 10 traits) goes on until nothing can change; attraction and repulsion among
    a hundred organisations takes a million encounters. Founding is included, compiling is not.
    """
    works: tuple[tuple[str, int, Callable[[int], Any]], ...] = (
        ("culture, 10 × 10, to the end", runs, lambda count: stable_regions(10, 5, 10, 4, 1, count)),
        (f"attraction and repulsion, {ENCOUNTERS:,} encounters", 10, lambda count: variances(0.25, 1, count)),
    )
    for name, count, work in works:
        work(2)  # compiles
        start = time.process_time()
        work(count)
        seconds = time.process_time() - start
        yield {"model": name, "runs": count, "processor_seconds": seconds, "seconds_a_run": seconds / count}

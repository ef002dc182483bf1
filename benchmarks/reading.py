"""How long it takes to read one measure of a large sweep, and how large that sweep is on disk.

    python benchmarks/reading.py --runs 10000 --ticks 200 --measures 30

The folder is written by the code that sweeps write with, from values that behave like those of a town: shares of a
hundred organisations, counts, and means that wander. Besides every tick, what a sweep keeps by default (every fifth) is
measured, too.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ecosim.experiments.design import design_of
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.running import Ran
from ecosim.experiments.shards import DESIGN, Shard
from ecosim.experiments.stored import read_runs
from ecosim.results.store import write_json, write_table
from ecosim.results.table import Note

RUNS_A_SHARD = 100


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--ticks", type=int, default=200)
    options.add_argument("--measures", type=int, default=30)
    options.add_argument("--points", type=int, default=10)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found = [measured(asked.runs, asked.ticks, asked.measures, asked.points, every) for every in (1, 5)]
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for one in found:
        print(f"{one['runs']:,} runs × {one['rows_a_run']} rows × {one['measures']} measures, every {one['every']}:")
        print(f"  on disk {one['megabytes']:.0f} MB, {one['bytes_a_value']:.2f} bytes a value")
        for name, seconds in one["seconds"].items():
            print(f"  {name}: {seconds:.3f} s")
        print(f"  most memory of this process: {one['memory_megabytes']:.0f} MB")


def measured(runs: int, ticks: int, measures: int, points: int, every: int) -> dict[str, object]:
    """Return size and times of a sweep of so many runs, of which every so-manieth tick is kept."""
    with tempfile.TemporaryDirectory(prefix="ecosim-reading-") as place:
        folder = Path(place)
        rows = write(folder, runs, ticks, measures, points, every)
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        seconds = {
            "mean and 90 % quantile of one measure, all runs": best(lambda: read(folder, ())),
            "the same in groups of one key": best(lambda: read(folder, "dynamics.stance.tolerance")),
            "table of all runs": best(lambda: read_runs(folder)),
        }
    return {
        "runs": runs,
        "rows_a_run": rows,
        "measures": measures,
        "every": every,
        "megabytes": size / 1e6,
        "bytes_a_value": size / (runs * rows * measures),
        "seconds": seconds,
        "memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1000)
        / (1e6 if sys.platform == "darwin" else 1),
    }  # fmt: skip


def read(folder: Path, by: str | tuple[str, ...]) -> None:
    SweepTables(folder).series("measure_0", by=by, quantiles=(0.9,))


def best(what: object, times: int = 3) -> float:
    """Return the least time of several, on the wall: the first pays for what the system reads from disk."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()  # type: ignore[operator]
        taken.append(time.perf_counter() - began)
    return min(taken)


def write(folder: Path, runs: int, ticks: int, measures: int, points: int, every: int) -> int:
    """Write a sweep of made-up runs by the sweep's own code, and return how many rows each has."""
    replicates = runs // points
    tolerance = [round(0.05 * (k + 1), 2) for k in range(points)]
    design = design_of({"dynamics.stance.tolerance": tolerance}, "grid", replicates, 1)
    kept = np.arange(0, ticks + 1, every)
    ids = [f"{number:032x}" for number in range(design.runs)]
    draw = np.random.default_rng(1)
    notes = {f"measure_{k}": Note("share", "made up") for k in range(measures)}
    shard = Shard(folder, design)
    for number in range(design.runs):
        series = {"tick": kept, **{f"measure_{k}": wander(draw, kept.size, k) for k in range(measures)}}
        shard.add(number, ids[number], Ran(series, {"tick": Note("tick", "time"), **notes}))
        if len(shard) == RUNS_A_SHARD:
            shard.save()
    shard.save()
    write_table(folder / DESIGN, design.rows(np.arange(design.runs), ids))
    described = {
        "kind": design.kind,
        "replicates": replicates,
        "seed": 1,
        "values": {"dynamics.stance.tolerance": tolerance},
    }
    write_json(folder / "manifest.json", {"state": "complete", "design": described, "configurations": {}})
    return int(kept.size)


def wander(draw: np.random.Generator, rows: int, kind: int) -> np.ndarray:
    """Return a series as a town has it: a share of 100, a count, a share of ties, or a mean that moves a little."""
    steps = np.cumsum(draw.normal(0, 0.02, size=rows))
    if kind % 5 == 0:  # a mean over organisations
        return 0.4 + 0.2 * np.tanh(steps)
    if kind % 5 == 1:  # a share of a hundred organisations
        return np.round(100 * (0.5 + 0.4 * np.tanh(steps))) / 100
    if kind % 5 == 2:  # a count
        return np.round(20 + 15 * np.tanh(steps))
    if kind % 5 == 3:  # a share of a few hundred ties, whose number changes
        ties = 250 + np.round(30 * steps)
        return np.round(ties * (0.6 + 0.2 * np.tanh(steps))) / ties
    return steps * draw.lognormal()


if __name__ == "__main__":
    main()

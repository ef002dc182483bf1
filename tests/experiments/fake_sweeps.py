"""Folders of sweeps that nobody ran: the results are a formula of the parameters, so what analysis finds is known."""

import hashlib
import itertools
from pathlib import Path

import numpy as np

from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.factor import Factor
from ecosim.experiments.sampling import Factors
from ecosim.experiments.shards import DESIGN, RUNS, SERIES
from ecosim.results.store import write_json, write_table
from ecosim.results.table import Note, Table


def sampled(folder, kind, function, count, samples, *, replicates=1, luck=0.0, common=True, failed=(), **more):
    """Write a sweep over a design drawn from [0, 1] in so many factors; return its folder.

    Args:
        folder: where to.
        kind: of the design.
        function: takes shares (points, factors) and returns a value a point.
        count: number of factors.
        samples: of the design.
        replicates: runs of each point.
        luck: standard deviation of what is added to each run.
        common: whether replicates share their seeds over points.
        failed: numbers of points whose runs all failed.
        **more: of the design.
    """
    factors = Factors(kind, tuple(Factor(f"rule.x{k + 1}", "real", 0.0, 1.0) for k in range(count)), samples, 1, **more)
    shares = factors.shares()
    columns = {factor.key: shares[:, place] for place, factor in enumerate(factors.factors)}
    noise = luck * np.random.default_rng(5).normal(size=(len(shares), replicates))
    values = function(shares)[:, None] + noise
    design = {"kind": kind, "replicates": replicates, "seed": 1, "factors": factors.plain()}
    return write(folder, design, columns, {"value": values}, failed=failed, common=common)


def grid(folder, axes, measures, *, kind="grid", **more):
    """Write a sweep over every combination of values; each measure takes the columns of a point and a generator."""
    points = list(itertools.product(*axes.values())) if kind == "grid" else list(zip(*axes.values(), strict=True))
    columns = {key: as_column([point[place] for point in points]) for place, key in enumerate(axes)}
    replicates = more.pop("replicates", 1)
    design = {
        "kind": kind,
        "replicates": replicates,
        "seed": 1,
        "values": {key: list(values) for key, values in axes.items()},
    }
    made = {name: measure(columns, np.random.default_rng(7), replicates) for name, measure in measures.items()}
    return write(folder, design, columns, made, **more)


def write(
    folder, design, columns, measures, *, failed=(), common=True, series=None, title="A made-up town", counts=None
):
    """Write the files of a sweep; each measure is (points, replicates), of which each point has the first of ``counts``."""
    folder = Path(folder)
    points, replicates = next(iter(measures.values())).shape
    ids = np.array(
        [f"{point:06d}-{replicate:04d}" for point in range(points) for replicate in range(replicates)], object
    )
    at = np.repeat(np.arange(points), replicates)
    which = np.tile(np.arange(replicates), points)
    kept = np.concatenate([np.arange(replicates) < n for n in counts or [replicates] * points])
    ids, at, which = ids[kept], at[kept], which[kept]
    measures = {name: values.ravel()[kept] for name, values in measures.items()}
    seeds = [seed_of_replicate(1, int(r) if common else int(p) * 1000 + int(r)) for p, r in zip(at, which, strict=True)]
    told = {key: values[at] for key, values in columns.items()}
    first = {"run_id": ids, "point": at, **told, "replicate": which, "seed": np.array(seeds, np.uint64)}
    write_table(folder / DESIGN, Table(first))
    good = ~np.isin(at, list(failed))
    runs = {"run_id": ids[good], "status": np.full(good.sum(), "ok", object)}
    runs |= {name: values[good] for name, values in measures.items()}
    notes = {name: Note("share", f"what {name} means") for name in measures}
    write_part(folder / RUNS, Table(runs, notes))
    if not good.all():
        bad = {"run_id": ids[~good], "status": np.full((~good).sum(), "error", object)}
        write_part(folder / RUNS, Table(bad))
        lines = [
            {"run_id": str(one), "kind": "error", "message": "it <b>broke</b>", "parameters": {"rule.x1": 1}, "seed": 3}
            for one in ids[~good]
        ]
        import json

        (folder / "failures.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for table in (series or {}).values():
        write_part(folder / SERIES, table)
    manifest = {
        "state": "complete",
        "runs": {"all": len(ids), "ok": int(good.sum()), "failed": int((~good).sum())},
        "design": design,
        "configurations": {"": {"title": title, "ticks": 10}},
        "provenance": {"code_version": "0", "commit": None, "python": "3", "libraries": {"ecosim": "0"}, "machine": {}},
    }
    write_json(folder / "manifest.json", manifest)
    return folder


def write_part(folder, table):
    """Write a file of results, which is named by its bytes."""
    write_table(folder / "new", table)
    name = hashlib.blake2b((folder / "new").read_bytes(), digest_size=16).hexdigest()
    (folder / "new").rename(folder / f"part-{name}.parquet")


def as_column(values):
    """Return values as a column: numbers as numbers, else words."""
    if any(isinstance(value, str) for value in values):
        column = np.empty(len(values), object)
        column[:] = values
        return column
    return np.array(values, float)

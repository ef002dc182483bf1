"""Arms: a question put to towns that differ in what is asked, run under the same luck, and how sure an answer is.

A scenario's measures need no function of one's own: `ecosim compare` and `ecosim sweep` run and keep them. Arms are for what
only somebody who looks on while a town runs can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.intervals import half_width
from ecosim.experiments.side_by_side import side_by_side

if TYPE_CHECKING:
    import pandas as pd

Arms = Mapping[str, Sequence[str | Path]]
"""Label to a file or name of a scenario, and changes of it."""

Live = Callable[[Ecosystem], Mapping[str, float]]
"""Runs a newly founded ecosystem and returns what is to be told of it."""


def run_all(
    arms: Arms, live: Live | Mapping[str, Live], *changes: str, replicates: int, seed: int, workers: int = 0
) -> pd.DataFrame:
    """Return a row a run: ``scenario`` (the arm), ``replicate``, ``status``, and what ``live`` returned.

    Args:
        arms: replicate r has the same seed in every one of them.
        live: one for all arms, or one for each.
        *changes: changes of every arm.
        replicates: runs of each arm.
        seed: those of the replicates are derived from it.
        workers: processes; 0 runs in this one.

    Raises:
        InputError: if a change is not allowed.
        RunsFailed: if a run raises, telling its arm and replicate; the others are given up.
    """
    import pandas as pd

    lives = live if isinstance(live, Mapping) else dict.fromkeys(arms, live)
    jobs = {
        f"{label}, replicate {r}": (label, tuple(arm), lives[label], changes, r, seed)
        for label, arm in arms.items()
        for r in range(replicates)
    }
    return pd.DataFrame(side_by_side(_one, jobs, workers))


def late(model: Ecosystem, measure: str, after: int) -> float:
    """Return the mean of a measure over the ticks beyond ``after`` at which it is defined; NaN if there are none."""
    series = model.recorder.series()
    values = np.asarray(series[measure], float)[np.asarray(series["tick"]) > after]
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def correlation(one: Any, other: Any) -> float:
    """Return the correlation of two series over time; NaN where one of them never changes."""
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 1e-12 and other.std() > 1e-12 else float("nan")


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    r"""Return the mean of values over replicates and its 95 % interval by Student's t; undefined values are left out.

    .. math:: \bar x \pm t_{n-1,\,0.975}\, s / \sqrt n
    """
    there = np.array([value for value in values if np.isfinite(value)])
    if there.size < 2:
        return float(there.mean()) if there.size else float("nan"), float("nan"), float("nan")
    half = half_width(there)
    return float(there.mean()), float(there.mean() - half), float(there.mean() + half)


def _one(job: tuple[str, tuple[str | Path, ...], Live, tuple[str, ...], int, int]) -> dict[str, Any]:
    label, (name, *own), live, changes, replicate, seed = job
    model = Ecosystem(_settings(name, *map(str, own), *changes), rng=seed_of_replicate(seed, replicate))
    return {"scenario": label, "replicate": replicate, "status": "ok", **live(model)}


@lru_cache(maxsize=4)
def _settings(name: str | Path, *changes: str) -> Any:
    if isinstance(name, Path):
        return load(None, *changes, scenario=name)
    return load(name, *changes)

"""What the experiments' scripts share: arguments, runs under the same luck, intervals, README's table, the figure's file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import ecosim
from ecosim.experiments.design import seed_of_replicate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Live = Callable[[ecosim.Ecosystem], Mapping[str, float]]
START, END = "<!-- result -->", "<!-- /result -->"
SEED_OF_BOOTSTRAP = 7


def arguments(about: str, *, replicates: int, seed: int, given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for: replicates, seed, write, workers, and changes of every arm."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("changes", nargs="*", help="changes of every arm, for example ticks=60")
    parser.add_argument("--replicates", type=int, default=replicates, help="runs of each arm (%(default)s)")
    parser.add_argument("--seed", type=int, default=seed, help="the seeds of the replicates come from it (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; 0: in this one")
    parser.add_argument("--write", action="store_true", help="renew the table in README.md, and figure.svg")
    return parser.parse_args(given)


def run_all(
    arms: Mapping[str, Sequence[str | Path]],
    live: Live | Mapping[str, Live],
    *changes: str,
    replicates: int,
    seed: int,
    workers: int = 0,
) -> pd.DataFrame:
    """Return a row a run: ``scenario`` (the arm), ``replicate``, ``status``, and what ``live`` returned.

    Args:
        arms: label to a file or name of a scenario, and changes of it. Replicate r has the same seed in every arm.
        live: runs a newly founded ecosystem and returns what is to be told of it; one for all arms, or one for each.
        *changes: changes of every arm.
        replicates: runs of each arm.
        seed: those of the replicates are derived from it.
        workers: processes; 0 runs in this one.
    """
    import pandas as pd

    lives = live if isinstance(live, Mapping) else dict.fromkeys(arms, live)
    jobs = [
        (label, list(arm), lives[label], changes, r, seed) for label, arm in arms.items() for r in range(replicates)
    ]
    if workers < 1:
        return pd.DataFrame([_one(job) for job in jobs])
    with ProcessPoolExecutor(workers) as pool:
        return pd.DataFrame(pool.map(_one, jobs, chunksize=max(1, len(jobs) // (8 * workers))))


def late(model: ecosim.Ecosystem, measure: str, after: int) -> float:
    """Return the mean of a measure over the ticks beyond ``after`` at which it is defined."""
    series = model.recorder.series()
    values = np.asarray(series[measure], float)[np.asarray(series["tick"]) > after]
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Return the mean of values over replicates and its 95 % interval by Student's t."""
    from scipy.stats import t

    there = np.array([value for value in values if np.isfinite(value)])
    if there.size < 2:
        return float(there.mean()) if there.size else float("nan"), float("nan"), float("nan")
    half = float(t.ppf(0.975, there.size - 1)) * there.std(ddof=1) / np.sqrt(there.size)
    return float(there.mean()), float(there.mean() - half), float(there.mean() + half)


def share_interval(successes: int, trials: int) -> tuple[float, float, float]:
    """Return a share and its 95 % interval by Wilson's score."""
    z, p = 1.959964, successes / trials
    middle, scale = p + z * z / (2 * trials), 1 + z * z / trials
    half = z * np.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    return p, float(max(0.0, (middle - half) / scale)), float(min(1.0, (middle + half) / scale))


def crossing(levels: Sequence[float], values: Any, at: float = 0.0, draws: int = 2000) -> tuple[float, float, float]:
    """Return the level at which the mean over replicates first rises through ``at``, with its 95 % bootstrap interval.

    Args:
        levels: what was varied, rising (l,).
        values: what came out (replicates, l); levels between are interpolated.
        at: value that is crossed.
        draws: how often replicates are drawn anew.

    Returns:
        Level, low, high; infinite where it is not crossed at any level.
    """
    there = np.asarray(values, float)
    luck = np.random.default_rng(SEED_OF_BOOTSTRAP)
    again = [
        _first_rise(levels, np.nanmean(there[luck.integers(there.shape[0], size=there.shape[0])], axis=0), at)
        for _ in range(draws)
    ]
    low, high = np.quantile(again, (0.025, 0.975), method="inverted_cdf")
    return _first_rise(levels, np.nanmean(there, axis=0), at), float(low), float(high)


def brackets(value: float, low: float, high: float, digits: int = 2, *, signed: bool = False) -> str:
    """Return a number with its interval, as in +.05 [−.01, +.11]."""
    form = f"{'+' if signed else ''}.{digits}f"
    return f"{value:{form}} [{low:{form}}, {high:{form}}]".replace("-", "−")


def crossed(levels: Sequence[float], found: tuple[float, float, float], digits: int = 2) -> str:
    """Return in words what :func:`crossing` found.

    A level with its interval, as in 0.06 [0.03, 0.10]; where it may lie beyond the levels, "below" the first or "above" the
    last; where every draw of replicates leaps between the same two levels, "between" these, for no more is known.
    """
    value, low, high = found
    least, greatest = f"below {levels[0]:g}", f"above {levels[-1]:g}"
    if low == high:
        if np.isinf(value):
            return f"beyond the grid: {least if value < 0 else greatest}"
        place = min(max(int(np.searchsorted(levels, value)), 1), len(levels) - 1)
        return f"between {levels[place - 1]:g} and {levels[place]:g}"
    words = [
        f"{one:.{digits}f}".replace("-", "−") if np.isfinite(one) else least if one < 0 else greatest for one in found
    ]
    return f"{words[0]} [{words[1]}, {words[2]}]"


def cells(table: pd.DataFrame, digits: int = 2, *, signed: bool = True) -> list[str]:
    """Return the mean of each column over replicates, with its interval, as text."""
    return [brackets(*interval(table[column]), digits, signed=signed) for column in table]


def curves(axes: Any, levels: Sequence[float], found: Mapping[str, Iterable[tuple[float, float, float]]]) -> None:
    """Draw, for each label, values with their intervals as bands, in colours that the colour-blind tell apart."""
    from ecosim.drawing.style import SECTOR_COLOURS, SECTOR_SHAPES

    for (label, values), colour, shape in zip(found.items(), SECTOR_COLOURS, SECTOR_SHAPES, strict=False):
        means, lows, highs = zip(*values, strict=True)
        axes.plot(levels, means, color=colour, marker=shape, label=label)
        axes.fill_between(levels, lows, highs, color=colour, alpha=0.15, linewidth=0)


def as_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; every column but the first is set to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def publish(folder: Path, text: str, figure: Callable[[], Figure] | None, *, write: bool) -> None:
    """Print a result; if asked to, put it between README's markers and renew figure.svg."""
    print(text)
    if not write:
        return
    page = folder / "README.md"
    before, rest = page.read_text("utf-8").split(START, 1)
    page.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END, 1)[1]}", "utf-8")
    if figure is not None:
        from ecosim.drawing.style import rules

        with rules():  # its salt makes the file the same each time
            figure().savefig(folder / "figure.svg", metadata={"Date": None})


def _one(job: tuple[Any, ...]) -> dict[str, Any]:
    label, (name, *own), live, changes, replicate, seed = job
    model = ecosim.Ecosystem(_settings(name, *own, *changes), rng=seed_of_replicate(seed, replicate))
    return {"scenario": label, "replicate": replicate, "status": "ok", **live(model)}


@lru_cache(maxsize=4)
def _settings(name: str | Path, *changes: str) -> Any:
    if isinstance(name, Path):
        return ecosim.load(None, *changes, scenario=name)
    return ecosim.load(name, *changes)


def _first_rise(levels: Sequence[float], means: Any, at: float) -> float:
    if means[0] >= at:
        return float(-np.inf)
    for k in range(1, len(levels)):
        if means[k] >= at:
            return float(np.interp(at, (means[k - 1], means[k]), (levels[k - 1], levels[k])))
    return float(np.inf)

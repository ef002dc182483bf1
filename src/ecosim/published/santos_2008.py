"""Santos, Santos & Pacheco (2008): public goods on a ring and on scale-free networks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import repeat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Value = TypeVar("Value")

GROUP = 5
"""Members of a group on the ring: four partners and oneself; r is given relative to it."""
SETTLING, MEASURED, RUNS_OF_REFERENCE = 10_000, 1_000, 30
ROUNDED = 0.005
"""The references are printed with two decimals."""
GAME, INDIVIDUAL = "scale-free, cost per game", "scale-free, cost per individual"
RUNS = {"ring": 60, GAME: 200, INDIVIDUAL: 200}
WORLDS = {"ring": ("ring", "game"), GAME: ("scale_free", "game"), INDIVIDUAL: ("scale_free", "individual")}

LISTED = {
    "ring": {0.7: 0.0, 0.75: 0.16, 0.8: 0.77, 0.85: 0.96},
    GAME: {0.5: 0.29, 0.6: 0.65, 0.7: 0.92},
    INDIVIDUAL: {0.2: 0.03, 0.3: 0.72, 0.4: 0.89},
}
"""World, then r / 5, to the share of co-operators that an independent program gave as the mean of 30 runs."""

FINER: dict[str, dict[float, tuple[float, float]]] = {
    "ring": {},
    GAME: {0.5: (0.1721, 0.0249), 0.57: (0.4021, 0.0321), 0.6: (0.6357, 0.0307), 0.7: (0.8989, 0.0147)},
    INDIVIDUAL: {0.2: (0.0467, 0.0086), 0.28: (0.5238, 0.0229), 0.3: (0.6057, 0.0225), 0.4: (0.8774, 0.0117)},
}
"""The same from 200 runs of tests/reference/published/santos_2008.py, mean and standard error: on scale-free networks runs
end near 0 or near 1, so that a mean of thirty tells little."""

FURTHER: dict[str, dict[float, tuple[float, float]]] = {
    "ring": {0.78: (0.6227, 0.0380), 0.9: (0.9590, 0.0018)},
    GAME: {0.8: (0.9494, 0.0137)},
    INDIVIDUAL: {0.5: (0.9556, 0.0049)},
}
"""The same at values that no table lists, from 60 runs of it."""

HALF = {"ring": 0.78, GAME: 0.57, INDIVIDUAL: 0.28}
"""World to the r / 5 at which half co-operate."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the share of co-operators in each world at each multiplication, and where it crosses one half."""
    for world in WORLDS:
        # Of four runs on a scale-free network a test tells little, so the quick form spends its time on the ring.
        runs = RUNS[world] if effort.full else 8 if world == "ring" else 4
        curve: dict[float, float] = {}
        for relative, reference in _of(LISTED[world], effort) if world == "ring" else ():
            ours = co_operators(world, relative, effort.seed, runs)
            curve[relative] = float(ours.mean())
            error = float(ours.std(ddof=1)) / math.sqrt(RUNS_OF_REFERENCE)
            yield Cell(
                _setting(world, relative), MEASURE, reference, "recomputed", ours, error, ROUNDED, LIKE_OURS, extent=1.0
            )
        for relative, (mean, error) in FINER[world].items() if effort.full else ():
            ours, thirty = co_operators(world, relative, effort.seed, runs), LISTED[world].get(relative)
            note = "" if thirty is None else THIRTY
            if thirty is not None:
                curve[relative] = float(ours.mean())
            yield Cell(_setting(world, relative), MEASURE, mean, "recomputed", ours, error, 0.0, note, extent=1.0)
        for relative, (mean, error) in _of(FURTHER[world], effort):
            ours = co_operators(world, relative, effort.seed, runs)
            note = ""
            if world != "ring" and not effort.full:
                error, note = math.hypot(error, _spread(mean) / math.sqrt(runs)), TWO_FATES
            yield Cell(_setting(world, relative), MEASURE, mean, "recomputed", ours, error, 0.0, note, extent=1.0)
        if effort.full:
            crossing = np.array([half_crossing(curve)])
            note = "from the means by straight lines between the listed values; ±.05 as the reference is given"
            yield Cell(world, "r/5 at which half co-operate", HALF[world], "recomputed", crossing, 0.0, 0.05, note)


MEASURE = "share of co-operators"
LIKE_OURS = "the reference is a mean of thirty runs, taken to spread as ours do"
THIRTY = (
    "the reference is a mean of two hundred runs; thirty runs of another program gave .29, .65 and .92 per game, .03, .72 "
    "and .89 per individual, of which .29 and .72 lie about two standard errors higher"
)
TWO_FATES = (
    "on a scale-free network a run ends near 0 or near 1, so four may all end alike and tell nothing of their spread: the "
    "error allows for the widest that a share of that mean can have"
)


def _spread(mean: float) -> float:
    """Return the greatest standard deviation of a number in [0, 1] with this mean."""
    return math.sqrt(max(0.0, mean * (1.0 - mean)))


def _of(values: dict[float, Value], effort: Effort) -> list[tuple[float, Value]]:
    """Return all multiplications; in the quick form the last, at which little is left to chance."""
    return list(values.items())[0 if effort.full else -1 :]


def co_operators(world: str, relative: float, seed: int, runs: int) -> NDArray[np.float64]:
    """Return the share of co-operators of each run (runs,): a mean over a thousand generations after ten thousand."""
    kind, cost_per = WORLDS[world]
    settings = load(
        "santos_2008",
        f"ecosystem.network.kind={kind}",
        f"dynamics.production.cost_per={cost_per}",
        f"dynamics.production.multiplication={GROUP * relative!r}",
        f"record.every={SETTLING}",
        "measures=[]",
    )
    return repeat(settings, seed, runs, _mean_contribution, SETTLING)


def _mean_contribution(model: Ecosystem) -> float:
    total = 0.0
    for _ in range(MEASURED):
        model.run(1)
        total += float(model.world.contribution.mean())
    return total / MEASURED


def half_crossing(curve: dict[float, float]) -> float:
    """Return where a curve of shares first passes one half, by straight lines; NaN where it does not."""
    points = sorted(curve.items())
    for (left, low), (right, high) in pairwise(points):
        if low < 0.5 <= high:
            return left + (right - left) * (0.5 - low) / (high - low)
    return math.nan


def _setting(world: str, relative: float) -> str:
    return f"{world}, r/5 = {relative:g}"


def figure(cells: Sequence[Cell]) -> Figure:
    """Draw the share of co-operators over the multiplication, a curve for each world, beside the references."""
    from ecosim.published.figures import curves

    shares = [cell for cell in cells if cell.measure == MEASURE]
    return curves(
        shares,
        title="Diversity helps giving to survive",
        caption="Share of co-operators after ten thousand generations: on scale-free networks giving survives at a "
        "lower multiplication than on a ring, lower still where the cost is divided among one's games.",
        x_label="multiplication relative to a group of five, r / 5",
        y_label="share of co-operators",
    )


CASE = Case(
    name="santos_2008",
    title="Public goods among unequal neighbours",
    source="Santos, Santos & Pacheco (2008), Social diversity promotes the emergence of cooperation in public goods "
    "games, Nature 454, 213–216 (the claim checked in its abstract, the rule in two programs that reproduce it; unchecked "
    "at the source)",
    about="Five hundred organisations of mean degree 4, half of them co-operating, play one game round each organisation "
    "and imitate, all at once (simultaneous activation), partners that earn more, in proportion to the difference over "
    "the greatest difference there is. Reproduced: the share of co-operators after 10,000 generations on a ring and on "
    "scale-free networks, for both kinds of cost, and the order of the three curves.",
    cells=cells,
    figure=figure,
)

"""What is between partners: trust, bonds, rungs, who gains, and ties by pair of sectors, in one pass over the ties."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.world.columns import RUNGS

if TYPE_CHECKING:
    from ecosim.world.world import Labels, World


@dataclass(frozen=True)
class PairMeasure(Measure):
    """A measure with one value for each pair of sectors, a sector with itself among them."""

    def columns(self, labels: Labels) -> tuple[str, ...]:
        """Return ``name_<sector>_<sector>`` for each pair, in the order of the sectors."""
        return tuple(f"{self.name}_{a}_{b}" for a, b in combinations_with_replacement(labels.sectors, 2))


def interactions(world: World) -> list[Any]:
    """Return the numbers that :data:`MEASURES` names, in that order; last, the share of ties of each pair of sectors."""
    values, pairs = survey(
        world.sector, world.ends, len(world.labels.sectors), held(world, "trust", "gain"),
        held(world, "affect", "bond", "translation", "outside_gain"), *held(world, "rung", "tie_age"),
    )  # fmt: skip
    return [*values.tolist(), pairs]


@kernel
def survey(sector: Any, ends: Any, sectors: Any, sides: Any, numbers: Any, rung: Any, age: Any) -> Any:
    """Return the numbers in the order of ``_ROWS`` (20,), and the share of ties of each pair of sectors.

    A column without entries is one that the world lacks.
    """
    trust, gain = sides
    affect, bond, translation, outside_gain = numbers
    n, m = float(sector.size), float(ends.shape[0])
    rungs = np.zeros(6)
    for step in range(6):
        count = 0
        for one in rung:
            count += one == step
        rungs[step] = count
    lose = 0
    for t in range(gain.shape[0]):
        lose += min(gain[t, 0], gain[t, 1]) < 0.0
    pairs, across = _pairs(sector, ends, sectors, rung)
    winning = rungs[2:].sum()
    return np.array([
        m, 2.0 * m / n, _sum(trust.ravel()) / (2.0 * m), _sum(affect) / m, _sum(bond) / m, _sum(translation) / m,
        age.sum() / m, rungs[0] / m, rungs[1] / m, rungs[2] / m, rungs[3] / m, rungs[4] / m, rungs[5] / m,
        winning / m, rungs[3:].sum() / m, rungs[5] / m, across / winning,
        lose / m, _sum(gain.ravel()) / (2.0 * m), _sum(outside_gain) / m,
    ]), pairs / m  # fmt: skip


@kernel
def _pairs(sector: Any, ends: Any, sectors: Any, rung: Any) -> Any:
    """Return the number of ties of each pair of sectors, and of those on rung 2 and above that join different ones."""
    pairs, across = np.zeros(sectors * (sectors + 1) // 2), 0
    for t in range(ends.shape[0]):
        a, b = np.int64(sector[ends[t, 0]]), np.int64(sector[ends[t, 1]])
        low, high = min(a, b), max(a, b)
        pairs[low * sectors - low * (low - 1) // 2 + high - low] += 1.0
        if rung.size:
            across += (a != b) & (rung[t] >= 2)
    return pairs, across


@kernel
def _sum(values: Any) -> Any:
    """Return the sum in four lanes, which the processor adds at once."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = values.size - values.size % 4
    for i in range(0, whole, 4):
        s0 += values[i]
        s1 += values[i + 1]
        s2 += values[i + 2]
        s3 += values[i + 3]
    for i in range(whole, values.size):
        s0 += values[i]
    return (s0 + s1) + (s2 + s3)


_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("relationships", "number of relationships", "relationships", ""),
    ("degree_mean", "relationships of an organisation, mean over organisations", "relationships", ""),
    ("trust_mean", "trust in the partner, mean over both sides of all relationships", "1", "trust"),
    ("affect_mean", "like (1) or dislike (−1), mean over relationships", "1", "affect"),
    ("bond_mean", "relationship capital, mean over relationships", "1", "bond"),
    ("translation_mean", "share of the translation gap that remains, mean over relationships", "share", "translation"),
    ("tie_age_mean", "age of a relationship, mean over relationships", "tick", "tie_age"),
    *(
        (f"rung_share_{word}", f"share of relationships on rung {rung}, {word.replace('_', '-')}", "share", "rung")
        for rung, word in enumerate(RUNGS)
    ),
    (
        "win_win_share",
        "share of relationships in which both sides gain against going alone (from rung 2)",
        "share",
        "rung",
    ),
    ("win_win_win_share", "share of relationships in which outsiders gain too (from rung 3)", "share", "rung"),
    ("synergy_share", "share of relationships on rung 5: more than the sum, and the parts changed", "share", "rung"),
    (
        "win_win_cross_sector_share",
        "share that joins different sectors, of the relationships from rung 2",
        "share",
        "rung",
    ),
    ("lose_share", "share of relationships in which a side does worse than alone", "share", "gain"),
    ("gain_mean", "running gain of a side against going alone, mean over sides of all relationships", "output", "gain"),
    ("outside_gain_mean", "running gain of outsiders, mean over relationships", "output", "outside_gain"),
)

MEASURES: tuple[Measure, ...] = (
    *(
        Measure(name, meaning, unit, interactions, (column,) if column else (), place)
        for place, (name, meaning, unit, column) in enumerate(_ROWS)
    ),
    PairMeasure(
        "ties",
        "share of relationships that join these two sectors",
        "share",
        interactions,
        part=len(_ROWS),
        per="sector",
    ),
)

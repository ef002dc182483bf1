"""What is between partners, in one pass over the ties; who met, agreed, gave and betrayed, by pair of sectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import inner, kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.world.columns import RUNGS
from ecosim.world.lookup import copy_into, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.labels import Labels
    from ecosim.world.world import World


@dataclass(frozen=True)
class PairMeasure(Measure):
    """A measure with one value for each pair of sectors, a sector with itself among them."""

    def columns(self, labels: Labels) -> tuple[str, ...]:
        """Return ``name_<sector>_<sector>`` for each pair, in the order of the sectors."""
        return tuple(f"{self.name}_{a}_{b}" for a, b in combinations_with_replacement(labels.sectors, 2))


def _fill(world: World, numbers: NDArray[np.float64]) -> None:
    if not world.ties:
        numbers[:] = np.nan
        numbers[:2] = 0.0, 0.0 if world.n else np.nan
        return
    columns = held(world, "trust", "gain", "affect", "bond", "translation", "outside_gain", "rung", "tie_age")
    between_partners(world.sector, world.ends, len(world.labels.sectors), columns, numbers)


@kernel
def between_partners(sector: Any, ends: Any, sectors: Any, columns: Any, numbers: Any) -> None:
    """Fill in the numbers in the order of ``_ROWS`` (21,), then the share of ties of each pair of sectors."""
    trust, gain, affect, bond, translation, outside_gain, rung, age = columns
    n, m = float(sector.size), float(ends.shape[0])
    rungs, joined = np.zeros(6), np.zeros((sectors, sectors))
    trusted, liked, bound, remaining, gained, outside = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ages, lose, across, hostile = 0, 0, 0, 0
    # Sums, whose order counts, and what is only counted: two loops of few numbers each, which stay in the registers.
    for t in range(ends.shape[0]):
        trusted += trust[t, 0] + trust[t, 1]
        liked += affect[t]
        bound += bond[t]
        remaining += translation[t]
        gained += gain[t, 0] + gain[t, 1]
        outside += outside_gain[t]
    for t in range(ends.shape[0]):
        a, b = np.uint64(sector[np.uint64(ends[t, 0])]), np.uint64(sector[np.uint64(ends[t, 1])])
        joined[a, b] += 1.0
        rungs[np.uint64(rung[t])] += 1.0
        across += (a != b) & (rung[t] >= 2)
        lose += (gain[t, 0] < 0.0) | (gain[t, 1] < 0.0)
        hostile += affect[t] < 0.0
        ages += age[t]
    winning = rungs[2:].sum()
    write(numbers, 0, (
        m, 2.0 * m / n, trusted / (2.0 * m), liked / m, hostile / m, bound / m, remaining / m, ages / m,
        rungs[0] / m, rungs[1] / m, rungs[2] / m, rungs[3] / m, rungs[4] / m, rungs[5] / m,
        winning / m, rungs[3:].sum() / m, rungs[5] / m, across / winning,
        lose / m, gained / (2.0 * m), outside / m,
    ))  # fmt: skip
    shares = _of_pairs(joined) / m
    copy_into(numbers[numbers.size - shares.size :], shares)


@inner
def _of_pairs(joined: Any) -> Any:
    """Return the entries of both orders of two sectors together (pairs,): a–a, a–b, …, b–b, …, sector by sector."""
    sectors = joined.shape[0]
    pairs, place = np.empty(sectors * (sectors + 1) // 2), 0
    for a in range(sectors):
        for b in range(a, sectors):
            pairs[place] = joined[a, b] + joined[b, a] * (a != b)
            place += 1
    return pairs


def _counted(name: str) -> Callable[[World], Any]:
    """Return the function that reads a count off a world, whose column (n, sectors) has each meeting on both sides."""

    def count(world: World) -> Any:
        return pair_counts(world.sector, getattr(world, name))

    return count


@kernel
def pair_counts(sector: Any, counts: Any) -> Any:
    """Return how often each pair of sectors was counted (pairs,), from counts of each one with each sector (n, sectors)."""
    joined = np.zeros((counts.shape[1], counts.shape[1]))
    for i in range(counts.shape[0]):
        for s in range(counts.shape[1]):
            joined[sector[i], s] += 0.5 * counts[i, s]
    return _of_pairs(joined)


def joint_conduct(world: World) -> list[Any]:
    """Return mean contribution and number of betrayals among those at joint work, by pair of sectors: two (pairs,).

    NaN for the mean of a pair of sectors that did not work together. A side is betrayed whose partner's contribution is
    less than half its own.
    """
    return list(conduct(world.sector, world.ends, world.apart, world.contribution, len(world.labels.sectors)))


@kernel
def conduct(sector: Any, ends: Any, apart: Any, contribution: Any, sectors: Any) -> Any:
    """Return what ``joint_conduct`` does; those at joint work are the ties of which ``apart`` (m,) is 0."""
    given, sides, betrayed = np.zeros((sectors, sectors)), np.zeros((sectors, sectors)), np.zeros((sectors, sectors))
    for t in range(ends.shape[0]):
        if apart[t] > 0:
            continue
        i, j = ends[t, 0], ends[t, 1]
        a, b = np.int64(sector[i]), np.int64(sector[j])
        given[a, b] += contribution[i] + contribution[j]
        sides[a, b] += 2.0
        betrayed[a, b] += (contribution[j] < 0.5 * contribution[i]) + (contribution[i] < 0.5 * contribution[j])
    return _of_pairs(given) / _of_pairs(sides), _of_pairs(betrayed)


_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("relationships", "number of relationships", "relationships", ""),
    ("degree_mean", "relationships of an organisation, mean over organisations", "relationships", ""),
    ("trust_mean", "trust in the partner, mean over both sides of all relationships", "1", "trust"),
    ("affect_mean", "like (1) or dislike (−1), mean over relationships", "1", "affect"),
    ("hostile_share", "share of relationships in which the two dislike each other", "share", "affect"),
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


def _pairs(labels: Labels) -> int:
    return len(labels.sectors) * (len(labels.sectors) + 1) // 2


interactions = Survey(
    _fill,
    lambda labels: len(_ROWS) + _pairs(labels),
    lambda numbers, labels: [*numbers[: len(_ROWS)], numbers[len(_ROWS) :]],
)
"""The numbers of ``_ROWS`` in order; last, the share of ties of each pair of sectors."""

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
    *(
        PairMeasure(name, meaning, "meetings", _counted(name), (name,), per="sector", flow=True)
        for name, meaning in (
            ("meetings", "meetings of organisations of these two sectors when they last looked for partners"),
            ("acceptances", "meetings of these two sectors in which both said yes, likewise"),
            ("introductions", "introductions between these two sectors when a synergist last acted"),
            ("introductions_accepted", "introductions between these two sectors that both accepted, likewise"),
        )
    ),
    *(
        PairMeasure(name, meaning, unit, joint_conduct, ("contribution", "apart"), part, "sector", flow=True)
        for part, (name, meaning, unit) in enumerate(
            (
                (
                    "contributions",
                    "contribution in joint work this tick, mean over partners of these two sectors",
                    "share",
                ),
                (
                    "betrayals",
                    "sides, in joint work of these two sectors this tick, whose partner puts in less than half their share",
                    "sides",
                ),
            )
        )
    ),
)

"""The pattern of ties: its shape, who is tied across sectors, and both beside networks drawn by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.measure import Measure
from ecosim.measures.network import giant_component
from ecosim.measures.null_model import STATISTICS, statistics_of, z_scores
from ecosim.measures.stage import Pattern, stage
from ecosim.measures.survey import Survey
from ecosim.rng import stream
from ecosim.world.lookup import write
from ecosim.world.relationships import half_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World

SAMPLES = 50
"""Networks drawn by chance for each look: a z then has a standard error of about √((1 + z²/2)/50), .14 near 0.

Up to half as much again was found where a third of all pairs are tied or more, since few swaps succeed there.
"""

MOST_TIES = 100_000
"""Ties above which nothing is held against chance: a look at 117,000 took 1.8 s, at 23,000 .26 s."""


@kernel
def _fill(first_tie: Any, partner: Any, sector: Any, numbers: Any) -> None:
    """Fill in the measures (7,) for sectors as a world has them, in bytes."""
    write(numbers, 0, statistics_of(first_tie, partner, sector.astype(np.int64)))


pattern = Survey(
    lambda world, numbers: _fill(world.first_tie, world.partner, world.sector, numbers),
    lambda labels: len(STATISTICS),
    sees=lambda world: (world.partner.tobytes(), world.first_tie.tobytes(), world.sector.tobytes()),
)
"""The measures of :data:`NAMES` in that order, from one set of half-edges and one pass for all of mixing."""


def against_chance(world: World) -> list[float]:
    """Return the z of each measure of :data:`NAMES`, mutual dependence's, and the stage, from one set of networks.

    The draws are those of seed 0 and the world's tick, whatever the run's seed, so this is a function of the world; and
    organisations are taken in the order of their identities, so it does not depend on their rows. Above
    :data:`MOST_TIES` ties every z is NaN, and so is the stage, unless it is one of the first two whatever clustering is.
    """
    is_large = world.ties > MOST_TIES
    z = dict.fromkeys(NAMES, float("nan")) if is_large or world.ties == 0 else _z(world)
    clustering = None if is_large else z["clustering"]
    found = stage(world, Pattern(giant_component(world.first_tie, world.partner), clustering))
    return [*(z[name] for name in NAMES), found.dependence_z, found.stage]


def _z(world: World) -> dict[str, float]:
    first, partner, sector = _in_order(world)
    key = stream(0, "null model").key(world.tick)
    scores = z_scores(first, partner, sector, SAMPLES, key, statistics=NAMES)
    return {name: score.z for name, score in scores.items()}


def _in_order(world: World) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return (first_tie, partner, sector) with organisations in the order of their identities."""
    order = np.argsort(world.identity, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    first, partner, _ = half_edges(place[world.ends], world.n)
    return first, partner, world.sector[order].astype(np.int64)


NAMES = STATISTICS

_WORDS: dict[str, tuple[str, str, str]] = {
    "cross_sector_share": ("share of relationships between different sectors", "share", ""),
    "e_i_index": (
        "(E − I)/(E + I) of relationships across (E) and within (I) sectors: −1 all within, 1 all across",
        "1",
        "Krackhardt & Stern (1988), Soc. Psych. Quart. 51, 123",
    ),
    "sector_assortativity": (
        "assortativity of sectors: 1 all relationships within, 0 as by chance",
        "1",
        "Newman (2003), Phys. Rev. E 67, 026126",
    ),
    "modularity": (
        "relationships within sectors beyond what the numbers of relationships make expect",
        "1",
        "Newman & Girvan (2004), Phys. Rev. E 69, 026113",
    ),
    "clustering": (
        "share of an organisation's pairs of partners that are partners too, mean over organisations",
        "share",
        "Watts & Strogatz (1998), Nature 393, 440",
    ),
    "degree_assortativity": (
        "correlation of the numbers of relationships at the two ends of one",
        "1",
        "Newman (2002), Phys. Rev. Lett. 89, 208701",
    ),
    "giant_component": ("share of organisations in the largest connected part", "share", ""),
}


def _held_against_chance(name: str, place: int) -> Measure:
    meaning, _, source = _WORDS[name]
    meaning = f"standard deviations above chance (same number of relationships each) of: {meaning}"
    return Measure(f"{name}_z", meaning, "standard deviations", against_chance, (), place, costly=True, source=source)


_FOR_STAGE: tuple[Any, ...] = ("trust", "gain", "output", "output_alone", "spillover")

MEASURES: tuple[Measure, ...] = (
    *(Measure(name, *_WORDS[name][:2], pattern, (), place, source=_WORDS[name][2]) for place, name in enumerate(NAMES)),
    *(_held_against_chance(name, place) for place, name in enumerate(NAMES)),
    Measure(
        "mutual_dependence_z",
        "standard deviations above chance (gains dealt out anew over relationships) of: mean gain across sectors, of the "
        "side that gains less",
        "standard deviations",
        against_chance,
        ("gain",),
        len(NAMES),
        costly=True,
    ),
    Measure(
        "stage",
        "0 collection, 1 network, 2 community, 3 social ecosystem",
        "stage",
        against_chance,
        _FOR_STAGE,
        len(NAMES) + 1,
        costly=True,
        source="defined in ecosim.measures.stage",
    ),
)

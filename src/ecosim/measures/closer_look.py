"""Measures for a closer look: too costly for every tick, taken at the start and the end unless settings say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ecosim.measures.density import duclos_esteban_ray, fracturing
from ecosim.measures.groups import distinctness
from ecosim.measures.inequality import atkinson
from ecosim.measures.measure import Measure
from ecosim.measures.network import coreness_max, transitivity
from ecosim.measures.signed import LARGEST_DENSE, balanced_triads, frustration, smallest_signed_eigenvalue
from ecosim.world.relationships import half_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World

LARGEST_FRUSTRATION = 20_000
"""Ties above which frustration is left missing: its 32 descents would take seconds."""


def _over_axes(measure: Callable[[NDArray[np.float64]], float]) -> Callable[[World], float]:
    """Return the mean of a measure of stances over the axes where it is defined."""

    def mean(world: World) -> float:
        values = [measure(axis) for axis in np.ascontiguousarray(world.stance.T)] if world.n else []
        there = [value for value in values if not np.isnan(value)]
        return float(np.mean(there)) if there else float("nan")

    return mean


def _of_affect(measure: Callable[..., float], most: float = np.inf) -> Callable[[World], float]:
    """Return a measure of signed ties, given affect with organisations in the order of their numbers."""

    def signed(world: World) -> float:
        if world.ties > most or world.n > most:
            return float("nan")
        if (world.identity[1:] > world.identity[:-1]).all():  # they are in that order already
            return measure(world.first_tie, world.partner, world.affect[world.tie])
        order = np.argsort(world.identity, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        first, partner, tie = half_edges(place[world.ends], world.n)
        return measure(first, partner, world.affect[tie])

    return signed


MEASURES: tuple[Measure, ...] = (
    Measure(
        "transitivity",
        "share of connected triples of organisations that are closed to triangles",
        "share",
        lambda world: transitivity(world.first_tie, world.partner),
        costly=True,
        source="Newman, Watts & Strogatz (2002), PNAS 99, 2566",
    ),
    Measure(
        "coreness_max",
        "largest k such that some organisations all have k relationships among themselves",
        "relationships",
        lambda world: coreness_max(world.first_tie, world.partner),
        costly=True,
        source="Seidman (1983), Soc. Networks 5, 269",
    ),
    Measure(
        "duclos_esteban_ray",
        "polarisation of stances by their density, mean over axes (α = .5)",
        "1",
        _over_axes(duclos_esteban_ray),
        ("stance",),
        costly=True,
        source="Duclos, Esteban & Ray (2004), Econometrica 72, 1737",
    ),
    Measure(
        "fracturing",
        "number of modes of the density of stances, mean over axes",
        "modes",
        _over_axes(fracturing),
        ("stance",),
        costly=True,
        source="Bramson et al. (2016), J. Math. Sociol. 40, 80",
    ),
    Measure(
        "sector_distinctness",
        "1 less the overlap of the sectors' stances, mean over pairs of sectors and over axes",
        "1",
        lambda world: _over_axes(lambda axis: distinctness(axis, world.sector.astype(np.int64)))(world),
        ("stance",),
        costly=True,
        source="Bramson et al. (2016), J. Math. Sociol. 40, 80",
    ),
    Measure(
        "balanced_triads",
        "share of triangles in which the friend of a friend is a friend and the enemy of an enemy too, by affect",
        "share",
        _of_affect(balanced_triads),
        ("affect",),
        costly=True,
        source="Cartwright & Harary (1956), Psychol. Rev. 63, 277",
    ),
    Measure(
        "frustration",
        "share of relationships whose affect contradicts the best cut into two camps: 0 balanced",
        "share",
        _of_affect(frustration, LARGEST_FRUSTRATION),
        ("affect",),
        costly=True,
        source="Aref & Wilson (2018), J. Complex Networks 6, 566",
    ),
    Measure(
        "signed_eigenvalue",
        "smallest eigenvalue of the signed Laplacian of affect: 0 where some part can be cut into two camps",
        "1",
        _of_affect(smallest_signed_eigenvalue, LARGEST_DENSE),
        ("affect",),
        costly=True,
        source="Kunegis et al. (2010), SIAM Data Mining 2010, 559",
    ),
    Measure(
        "atkinson_capital",
        "share of all capital that could be given up for equality without loss of welfare (ε = .5)",
        "share",
        lambda world: atkinson(world.capital),
        ("capital",),
        costly=True,
        source="Atkinson (1970), J. Econ. Theory 2, 244",
    ),
)

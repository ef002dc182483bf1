"""Culture: how many regions of one culture there are, and whether anything can still change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from ecosim.world.world import World


def active_ties(world: World) -> float:
    """Return the share of ties between organisations that are alike in some features and differ in others, 0 to 1.

    At 0 culture can pass along no tie any more. NaN without ties.
    """
    return float(_active_ties(world.culture, world.ends))


def regions(world: World) -> tuple[float, float]:
    """Return how many regions of one culture there are, and the share of organisations in the largest.

    A region is as many organisations as ties connect without leaving one culture (the same trait in every feature). NaN
    without organisations.
    """
    if world.n == 0:
        return float("nan"), float("nan")
    count, largest = _regions(world.culture, world.first_tie, world.partner)
    return float(count), largest / world.n


@kernel
def _active_ties(culture: Any, ends: Any) -> Any:
    ties, features = ends.shape[0], culture.shape[1]
    active = 0
    for t in range(ties):
        i, j = ends[t, 0], ends[t, 1]
        alike = 0
        for f in range(features):
            alike += culture[i, f] == culture[j, f]
        active += 0 < alike < features
    return active / ties


@kernel
def _regions(culture: Any, first_tie: Any, partner: Any) -> Any:
    """Return the number of regions and the size of the largest, by walking through each once."""
    n, features = culture.shape
    is_known = np.zeros(n, np.bool_)
    waiting = np.empty(n, np.int64)
    count, largest = 0, 0
    for start in range(n):
        if is_known[start]:
            continue
        count += 1
        is_known[start] = True
        waiting[0] = start
        size, done = 1, 0
        while done < size:
            i = waiting[done]
            done += 1
            for h in range(first_tie[i], first_tie[i + 1]):
                j = partner[h]
                if is_known[j]:
                    continue
                f = 0
                while f < features and culture[i, f] == culture[j, f]:
                    f += 1
                if f == features:
                    is_known[j] = True
                    waiting[size] = j
                    size += 1
        largest = max(largest, size)
    return count, largest


_AXELROD = "Axelrod (1997), J. Conflict Resolution 41, 203"

MEASURES: tuple[Measure, ...] = (
    Measure(
        "active_ties",
        "share of relationships between organisations that share some cultural traits and differ in others: 0, and no "
        "culture passes on any more",
        "share",
        active_ties,
        ("culture",),
        source=_AXELROD,
    ),
    Measure(
        "cultural_regions",
        "connected groups of organisations that have every cultural trait in common",
        "regions",
        regions,
        ("culture",),
        0,
        source=_AXELROD,
    ),
    Measure(
        "largest_region_share",
        "share of organisations in the largest region of one culture",
        "share",
        regions,
        ("culture",),
        1,
        source="Castellano, Marsili & Vespignani (2000), Phys. Rev. Lett. 85, 3536",
    ),
)

"""Practices: how well they work, how many ways there are to do things, and what of purpose and technology has spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def performance_mean(world: World) -> float:
    """Return the mean performance of organisations; NaN without any."""
    return _mean(world.performance)


def adapting_advantage(world: World) -> float:
    """Return by how much those who adapt perform better than those who do not, on average; NaN without either."""
    return _mean(world.performance[world.adapts == 1]) - _mean(world.performance[world.adapts == 0])


def solutions(world: World) -> int:
    """Return the number of different solutions that organisations follow."""
    return len(np.unique(world.solution, axis=0))


def purpose_mean(world: World) -> float:
    """Return the mean purpose of organisations; NaN without any."""
    return _mean(world.purpose)


def purpose(world: World) -> list[float]:
    """Return the mean purpose in each sector (sectors,); NaN for one without organisations."""
    return [_mean(world.purpose[world.sector == s]) for s in range(len(world.labels.sectors))]


def adopted_share(world: World) -> float:
    """Return the share of organisations that use the new technology; NaN without any."""
    return _mean(world.adopted)


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")


MEASURES: tuple[Measure, ...] = (
    Measure(
        "performance_mean",
        "how well an organisation's practices work together (1: the best there is), mean over organisations",
        "1",
        performance_mean,
        ("performance",),
    ),
    Measure(
        "adapting_advantage",
        "performance of those who go on searching, less that of those who do not, means",
        "1",
        adapting_advantage,
        ("performance", "adapts"),
    ),
    Measure("solutions", "number of different sets of practices", "solutions", solutions, ("solution",)),
    Measure("purpose", "purpose, mean over the sector's organisations", "1", purpose, ("purpose",), per="sector"),
    Measure("purpose_mean", "purpose, mean over all organisations", "1", purpose_mean, ("purpose",)),
    Measure(
        "adopted_share", "share of organisations that use the new technology", "share", adopted_share, ("adopted",)
    ),
)

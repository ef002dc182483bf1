"""Conduct: how many act, how many use the new convention, and how many nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def active_share(world: World) -> float:
    """Return the share of organisations that act; NaN without any."""
    return _mean(world.active)


def committed_share(world: World) -> float:
    """Return the share of organisations that are committed; NaN without any."""
    return _mean(world.committed)


def convention_share(world: World) -> float:
    """Return the mean chance to use the new convention, the committed included; NaN without organisations."""
    return _mean(world.convention)


def convention_share_uncommitted(world: World) -> float:
    """Return the mean chance to use the new convention among those who are not committed; NaN without any."""
    return _mean(world.convention[world.committed == 0])


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")


MEASURES: tuple[Measure, ...] = (
    Measure("active_share", "share of organisations that act", "share", active_share, ("active",)),
    Measure("committed_share", "share of organisations that nothing moves", "share", committed_share, ("committed",)),
    Measure(
        "convention_share", "share of uses that are of the new convention", "share", convention_share, ("convention",)
    ),
    Measure(
        "convention_share_uncommitted",
        "share of uses, by those who are not committed, that are of the new convention",
        "share",
        convention_share_uncommitted,
        ("convention", "committed"),
    ),
)

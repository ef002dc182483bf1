"""Polarisation at each level: among members, inside organisations and among coalitions, as ``opinions`` among all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.measures.measure import Measure
from ecosim.measures.opinions import NAMES, ROWS, panel_of
from ecosim.measures.polarisation import esteban_ray

if TYPE_CHECKING:
    from ecosim.world.world import World

Numbers = NDArray[np.float64]


def members(world: World) -> list[float]:
    """Return the measures of :data:`ecosim.measures.opinions.NAMES` over the members of all organisations."""
    stances = stances_of_members(world)
    return panel_of(
        stances.reshape(world.n * world.labels.members, stances.shape[2]), np.repeat(world.sector, world.labels.members)
    )


def coalitions(world: World) -> list[float]:
    """Return the measures of :data:`ecosim.measures.opinions.NAMES` over coalitions; they are of no sector."""
    return panel_of(world.coalition_stance, np.zeros(world.coalitions, world.sector.dtype))


def within_organisations(world: World) -> list[float]:
    """Return spread, dispersion and share of variance inside organisations, averaged over organisations and axes.

    Spread and dispersion are those of each organisation's own members. The share is that of the variance of all
    members' stances which lies inside organisations, on all axes together: 1 where organisations do not differ, 0 where
    all members think as their organisation's mean. NaN without members, and the share where all think alike.
    """
    stances = stances_of_members(world)
    if stances.size == 0:
        return [float("nan")] * 3
    means = stances.mean(axis=1, keepdims=True)
    apart = stances - means
    inside = float((apart**2).sum())
    total = float(((stances - stances.mean(axis=(0, 1))) ** 2).sum())
    spread = float((stances.max(axis=1) - stances.min(axis=1)).mean())
    return [spread, float(np.abs(apart).mean()), inside / total if total > 0.0 else float("nan")]


def within_organisations_polarisation(world: World) -> float:
    """Return the Esteban–Ray polarisation of each organisation's own members, averaged over organisations and axes."""
    stances = stances_of_members(world)
    if not stances.size:
        return float("nan")
    each = [esteban_ray(own[:, axis]) for own in stances for axis in range(own.shape[1])]
    return float(np.mean(each))


def stances_of_members(world: World) -> Numbers:
    """Return members' stances (organisations, members, axes)."""
    return world.member_stance.reshape(world.n, world.labels.members, world.stance.shape[1])


def _panel_of(level: str, whose: str, compute: Callable[[World], Any], column: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(f"{name}_{level}", f"{meaning}, {whose}, mean over axes", unit, compute, (column, "stance"), place,
                source=source)
        for place, (name, meaning, unit, source) in enumerate(ROWS)
        if level == "members" or not name.startswith("sector_")
    )  # fmt: skip


_OWN = "among an organisation's own members, mean over organisations and axes"
_READ = ("member_stance", "stance")

MEASURES: tuple[Measure, ...] = (
    *_panel_of("members", "among the members of all organisations", members, "member_stance"),
    *_panel_of("coalitions", "among coalitions", coalitions, "coalition_stance"),
    Measure("spread_within_organisations", f"largest less smallest stance {_OWN}", "1", within_organisations, _READ, 0),
    Measure("dispersion_within_organisations", f"mean distance from their mean {_OWN}", "1", within_organisations, _READ, 1),
    Measure(
        "variance_within_organisations", "share of the variance of members' stances that lies inside organisations",
        "share", within_organisations, _READ, 2,
    ),
    Measure(
        "esteban_ray_within_organisations", f"polarisation {_OWN}", "1", within_organisations_polarisation, _READ,
        costly=True, source=ROWS[NAMES.index("esteban_ray")][3],
    ),
)  # fmt: skip

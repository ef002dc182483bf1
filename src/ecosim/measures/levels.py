"""Polarisation at each level: among members, inside organisations and among coalitions, as ``opinions`` among all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.measures.measure import Measure
from ecosim.measures.polarisation import BINS, RATING_POINTS, _panel

if TYPE_CHECKING:
    from ecosim.world.world import World

Numbers = NDArray[np.float64]

PANEL = {"esteban_ray": 0, "bimodality": 1, "spread": 2, "dispersion": 3}
"""Measure to its place in the panel of ``ecosim.measures.polarisation``."""


def members(world: World) -> list[float]:
    """Return the measures of :data:`PANEL` over the members of all organisations, each averaged over axes."""
    return _over_axes(stances_of_members(world).reshape(world.n * world.labels.members, world.stance.shape[1]))


def coalitions(world: World) -> list[float]:
    """Return the measures of :data:`PANEL` over coalitions, each averaged over axes."""
    return _over_axes(world.coalition_stance)


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
    each = [_over_axes(own)[PANEL["esteban_ray"]] for own in stances] if stances.size else []
    return float(np.mean(each)) if each else float("nan")


def stances_of_members(world: World) -> Numbers:
    """Return members' stances (organisations, members, axes)."""
    return world.member_stance.reshape(world.n, world.labels.members, world.stance.shape[1])


def _over_axes(stances: Numbers) -> list[float]:
    """Return the measures of the panel for stances (k, axes), each averaged over the axes on which it is defined."""
    axes = stances.shape[1]
    if len(stances) == 0 or axes == 0:
        return [float("nan")] * len(PANEL)
    rows = [
        _panel(np.ascontiguousarray(stances[:, d]), 1.3, BINS, -1.0, 1.0, RATING_POINTS)[: len(PANEL)]
        for d in range(axes)
    ]
    table = np.array(rows)
    is_there = ~np.isnan(table)
    totals, counts = np.where(is_there, table, 0.0).sum(axis=0), is_there.sum(axis=0)
    return [float(total / count) if count else float("nan") for total, count in zip(totals, counts, strict=True)]


_MEANINGS = {
    "esteban_ray": ("polarisation of stances", "Esteban & Ray (1994), Econometrica 62, 819 (α = 1.3)"),
    "bimodality": (
        "bimodality coefficient of stances",
        "Pfister et al. (2013), Frontiers in Psychology 4, 700",
    ),
    "spread": ("largest less smallest stance", "Bramson et al. (2016), J. Math. Sociol. 40, 80"),
    "dispersion": ("mean distance of stances from their mean", "Bramson et al. (2016), J. Math. Sociol. 40, 80"),
}


def _panel_of(level: str, whose: str, compute: Callable[[World], Any], column: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(f"{name}_{level}", f"{meaning}, {whose}, mean over axes", "1", compute, (column, "stance"), PANEL[name],
                source=source)
        for name, (meaning, source) in _MEANINGS.items()
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
        costly=True, source=_MEANINGS["esteban_ray"][1],
    ),
)  # fmt: skip

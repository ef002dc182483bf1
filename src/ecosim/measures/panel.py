"""The panel of polarisation: whether its members agree, at one time and about a change.

No single index is polarisation: each sees another side of it. Members are brought to one scale on which 0 is what a
population of one opinion gives and 1 what two equal camps at the ends of the scale give; where they then lie far apart,
or say opposite things of a change, that is told, not averaged away.

References:
    Bramson et al. (2016), J. Math. Sociol. 40, 80, for nine senses of polarisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.measures.measure import Measure
from ecosim.measures.opinions import NAMES, opinions

if TYPE_CHECKING:
    from ecosim.world.world import World

EXTREMES: dict[str, tuple[float, float]] = {
    "esteban_ray": (0.0, 2.0 / 2.0**2.3),
    "bimodality": (1.0 / 3.0, 1.0),
    "spread": (0.0, 2.0),
    "dispersion": (0.0, 1.0),
    "van_der_eijk": (0.0, 1.0),
    "divergence": (0.0, 2.0),
}
"""Member to its values for one opinion and for two equal camps at −1 and 1; bimodality, undefined for one opinion, counts
from a normal law."""

CLEAR = 0.02
"""A change of less than this, on the common scale, is none."""


class Verdict(NamedTuple):
    """What the members of the panel say of a change.

    Attributes:
        rose: members that rose by at least ``CLEAR`` on the common scale.
        fell: members that fell as much.
        agree: whether no two of them say opposite things.
    """

    rose: tuple[str, ...]
    fell: tuple[str, ...]
    agree: bool


def on_one_scale(member: str, value: float) -> float:
    """Return a member's value between 0 (one opinion) and 1 (two extreme camps), cut at both; NaN stays."""
    low, high = EXTREMES[member]
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def of_change(before: Mapping[str, float], after: Mapping[str, float]) -> Verdict:
    """Return what the members say of a change.

    Args:
        before: member to its value at first; members other than those of :data:`EXTREMES` are left out.
        after: the same later.
    """
    moves = {
        member: on_one_scale(member, after[member]) - on_one_scale(member, before[member])
        for member in EXTREMES
        if member in before and member in after
    }
    rose = tuple(member for member, move in moves.items() if move >= CLEAR)
    fell = tuple(member for member, move in moves.items() if move <= -CLEAR)
    return Verdict(rose, fell, not (rose and fell))


def disagreement(world: World) -> float:
    """Return the largest less the smallest of the panel's members on their common scale: 0 they agree, 1 they contradict.

    Members are means over the axes of opinion. NaN with fewer than two members that are defined.
    """
    means = opinions(world)[len(NAMES) :]
    placed = [on_one_scale(member, means[NAMES.index(member)]) for member in EXTREMES]
    there = [value for value in placed if not np.isnan(value)]
    return max(there) - min(there) if len(there) > 1 else float("nan")


MEASURES: tuple[Measure, ...] = (
    Measure(
        "polarisation_disagreement",
        "how far the panel's measures of polarisation lie apart, each from 0 (one opinion) to 1 (two extreme camps)",
        "1",
        disagreement,
        ("stance",),
    ),
)

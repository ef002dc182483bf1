"""The panel of polarisation: whether its members agree, at one time and about a change.

No single index is polarisation: each sees another side of it. Members are brought to one scale on which 1 is what two
equal camps at the ends of the scale give; where they then lie far apart, or say opposite things of a change, that is
told, not averaged away.

For seven of them 0 is what a population of one opinion gives: they tell how far apart organisations are. For the others,
:data:`DIVIDED`, it is what a population gives that no line divides: opinions all over the scale, camps as broad as can be,
likes and dislikes without any pattern. One opinion covers no more of the scale, and is no less united, than two camps: so
at one time, these cannot be held against the seven; of a change they have a voice like all others.

References:
    Bramson et al. (2016), J. Math. Sociol. 40, 80, for nine senses of polarisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.measures.density import duclos_esteban_ray
from ecosim.measures.measure import Measure
from ecosim.measures.opinions import NAMES, opinions
from ecosim.measures.polarisation import BINS

if TYPE_CHECKING:
    from ecosim.world.world import World

APART: dict[str, tuple[float, float]] = {
    "esteban_ray": (0.0, 2.0 / 2.0**2.3),
    "duclos_esteban_ray": (0.0, 0.8),
    "bimodality": (1.0 / 3.0, 1.0),
    "spread": (0.0, 2.0),
    "dispersion": (0.0, 1.0),
    "van_der_eijk": (0.0, 1.0),
    "divergence": (0.0, 2.0),
}
"""Member to its values for one opinion and for two equal camps at −1 and 1. Bimodality, undefined for one opinion, counts
from a normal law. Duclos, Esteban and Ray's index grows with the number of organisations, as their density is known more
finely: the value is that of two hundred."""

DIVIDED: dict[str, tuple[float, float]] = {
    "coverage": (1.0, 2.0 / BINS),
    "consensus": (0.5, 1.0),
    "balanced_triads": (0.5, 1.0),
    "frustration": (0.5, 0.0),
}
"""Member to its values where no line divides organisations, and for two camps; the last two read likes and dislikes."""

SIGNED = ("balanced_triads", "frustration")
"""Members that have no voice where hardly anybody dislikes anybody: all friends are balanced, too, without any camps."""

EXTREMES: dict[str, tuple[float, float]] = {**APART, **DIVIDED}
"""Every member of the panel."""

CLEAR = 0.02
"""A change of less than this, on the common scale, is none; so is a share of hostile relationships below it."""


class Verdict(NamedTuple):
    """What the members of the panel say of a change.

    Attributes:
        rose: members by which polarisation rose by at least ``CLEAR`` on the common scale.
        fell: members by which it fell as much.
        agree: whether no two of them say opposite things.
    """

    rose: tuple[str, ...]
    fell: tuple[str, ...]
    agree: bool


def on_one_scale(member: str, value: float) -> float:
    """Return a member's value between 0 (one opinion, or no division) and 1 (two extreme camps), cut at both; NaN stays."""
    low, high = EXTREMES[member]
    return float(min(max((value - low) / (high - low), 0.0), 1.0))  # NaN goes through both


def of_change(before: Mapping[str, float], after: Mapping[str, float]) -> Verdict:
    """Return what the members say of a change.

    Args:
        before: member to its value at first; measures other than those of :data:`EXTREMES` are left out, but that the
            members of :data:`SIGNED` are heard only where ``hostile_share`` is there and at least ``CLEAR``.
        after: the same later.
    """
    hostile = min(before.get("hostile_share", 0.0), after.get("hostile_share", 0.0))
    moves = {
        member: on_one_scale(member, after[member]) - on_one_scale(member, before[member])
        for member in EXTREMES
        if member in before and member in after and (member not in SIGNED or hostile >= CLEAR)
    }
    rose = tuple(member for member, move in moves.items() if move >= CLEAR)
    fell = tuple(member for member, move in moves.items() if move <= -CLEAR)
    return Verdict(rose, fell, not (rose and fell))


def placed(world: World) -> dict[str, float]:
    """Return the members that tell how far apart organisations are, on their common scale; means over axes of opinion."""
    means = dict(zip(NAMES, opinions(world)[len(NAMES) :], strict=True))
    axes = [duclos_esteban_ray(axis) for axis in np.ascontiguousarray(world.stance.T)] if world.n else []
    there = [value for value in axes if not np.isnan(value)]
    means["duclos_esteban_ray"] = float(np.mean(there)) if there else float("nan")
    return {member: on_one_scale(member, means[member]) for member in APART}


def disagreement(world: World) -> float:
    """Return the largest less the smallest of :func:`placed`: 0 they agree, 1 they contradict; NaN for fewer than two."""
    there = [value for value in placed(world).values() if not np.isnan(value)]
    return max(there) - min(there) if len(there) > 1 else float("nan")


MEASURES: tuple[Measure, ...] = (
    Measure(
        "polarisation_disagreement",
        "how far the panel's measures of polarisation lie apart, each from 0 (one opinion) to 1 (two extreme camps)",
        "1",
        disagreement,
        ("stance",),
        costly=True,
    ),
)

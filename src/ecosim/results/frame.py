"""Frame: what a picture of the network needs of a world at one tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.labels import Labels
from ecosim.world.world import World


@dataclass(frozen=True)
class Frame:
    """Who exists, who is tied to whom, and who belongs to what, at one tick.

    Attributes:
        tick: when.
        labels: names of sectors and issues.
        names: own names of the organisations, or None.
        identity: number of each organisation (n,).
        sector: sector of each (n,).
        ends: rows of both ends of each tie (m, 2).
        bond: relationship capital of each tie (m,), 0 to 1, or None where the world has none.
        member: organisation's row of each membership (M,).
        member_coalition: coalition's row of each membership (M,).
        coalition_identity: number of each coalition (c,).
        coalition_issue: issue of each coalition (c,), or None.
        stance: position of each organisation (n, axes), or None.
        contribution: share of its means that each puts into the common work (n,), or None; kept where nobody holds an
            opinion, which would be drawn in its place.
    """

    tick: int
    labels: Labels
    names: tuple[str, ...] | None
    identity: NDArray[np.int64]
    sector: NDArray[np.int8]
    ends: NDArray[np.int64]
    bond: NDArray[np.float64] | None
    member: NDArray[np.int64]
    member_coalition: NDArray[np.int64]
    coalition_identity: NDArray[np.int64]
    coalition_issue: NDArray[np.int64] | None
    stance: NDArray[np.float64] | None
    contribution: NDArray[np.float64] | None = None


def frame_of(world: World) -> Frame:
    """Return a copy of what a picture needs."""

    def column(name: str) -> Any:
        return getattr(world, name).copy() if world.has(name) else None

    return Frame(
        tick=world.tick,
        labels=world.labels,
        names=world.names,
        identity=world.identity.copy(),
        sector=world.sector.copy(),
        ends=world.ends.copy(),
        bond=column("bond"),
        member=world.member.copy(),
        member_coalition=world.member_coalition.copy(),
        coalition_identity=world.coalition_identity.copy(),
        coalition_issue=column("coalition_issue"),
        stance=column("stance"),
        contribution=None if world.has("stance") else column("contribution"),
    )

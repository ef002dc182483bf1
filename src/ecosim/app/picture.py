"""Picture: who is there at a tick, who is tied to whom, who has joined; for the page, which keeps everyone in place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.reports.layout import walk_sample
from ecosim.world.world import World

MOST_SHOWN = 400
"""Of more organisations a sample is shown: neither an eye nor a browser takes in more at ten ticks a second."""


class Painter:
    """Makes pictures of one world that goes on: who was shown once is shown as long as it is there.

    Args:
        world: as it is when the first picture is made.
    """

    def __init__(self, world: World) -> None:
        rows = walk_sample(world.n, world.ends, MOST_SHOWN)
        self._shown: dict[int, None] = dict.fromkeys(world.identity[rows].tolist())
        self._named: set[int] = set()
        self.colours = _what_colours(world)

    def paint(self, world: World) -> dict[str, Any]:
        """Return the picture of a tick, as plain data.

        Returns:
            ``id`` number of each organisation; ``sector`` its sector; ``value`` what colours it, from 0 to 1, where that
            is not its sector; ``ties`` places of both ends, two by two; ``bonds`` in hundredths; ``coalitions``
            [{id, issue, members}] with places; ``names`` {number: name} of those not named before; ``all`` how many
            organisations there are.
        """
        rows = self._rows(world)
        place = np.full(world.n, -1)
        place[rows] = np.arange(rows.size)
        ends = place[world.ends]
        both = (ends >= 0).all(axis=1)
        bond = world.bond[both] if world.has("bond") else np.full(int(both.sum()), 0.5)
        identity = world.identity[rows].tolist()
        fresh = [
            (number, row) for number, row in zip(identity, rows.tolist(), strict=True) if number not in self._named
        ]
        self._named.update(identity)
        return {
            "id": identity,
            "sector": world.sector[rows].tolist(),
            "value": self._values(world)[rows].round(2).tolist() if self.colours else None,
            "ties": ends[both].ravel().tolist(),
            "bonds": np.rint(100 * bond).astype(int).tolist(),
            "coalitions": _coalitions(world, place),
            "names": {str(number): world.name(row) for number, row in fresh},
            "all": world.n,
        }

    def _rows(self, world: World) -> NDArray[np.int64]:
        """Return the rows of those who are shown, ascending; newcomers are as long as there is room."""
        identity = world.identity.tolist()
        there = [number for number in identity if number in self._shown]
        newcomers = [] if world.n == len(there) else [number for number in identity if number not in self._shown]
        self._shown = dict.fromkeys([*there, *newcomers[: MOST_SHOWN - len(there)]])
        return np.flatnonzero([number in self._shown for number in identity])

    def _values(self, world: World) -> NDArray[np.float64]:
        values = np.asarray(getattr(world, self.colours), np.float64)
        values = values[:, 0] if values.ndim == 2 else values
        return (values + 1) / 2 if self.colours == "stance" else values


def _what_colours(world: World) -> str:
    """Return the column that colours organisations, or nothing where their sector does.

    In a model of one sector, or one without coalitions, what everyone thinks or gives is what there is to see.
    """
    has_coalitions = world.has("coalition_issue") and world.labels.issues
    if len(np.unique(world.sector)) > 1 and has_coalitions:
        return ""
    known = ("stance", "active", "convention", "contribution")
    return next((name for name in known if world.has(name) and world.n), "")


def _coalitions(world: World, place: NDArray[np.int64]) -> list[dict[str, Any]]:
    issue = world.coalition_issue if world.has("coalition_issue") else np.zeros(world.coalitions, np.int64)
    first = np.searchsorted(world.member_coalition, np.arange(world.coalitions + 1))
    found = []
    for c, number in enumerate(world.coalition_identity.tolist()):
        members = place[world.member[first[c] : first[c + 1]]]
        members = members[members >= 0]
        if members.size > 1:
            found.append({"id": str(number), "issue": int(issue[c]), "members": members.tolist()})
    return found


def ledger(world: World) -> list[tuple[str, int]] | None:
    """Return how many relationships are of each kind of the win-win ledger; None where the world keeps none.

    Win-win-win and win-win are read off the ladder, as ``win_win_share`` and ``win_win_win_share`` are; below it, one side
    may gain against going alone.
    """
    if not (world.has("rung") and world.has("gain")) or not world.ties:
        return None
    below, one = world.rung < 2, (world.gain > 0).any(axis=1)
    return [
        ("win-win-win", int((world.rung >= 3).sum())),
        ("win-win", int((world.rung == 2).sum())),
        ("win for one side", int((below & one).sum())),
        ("no gain yet", int((below & ~one).sum())),
    ]

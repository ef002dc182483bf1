"""Who is shown in the pictures of a network, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.reports.layout import force_layout, walk_sample
from ecosim.results.frame import Frame

MOST_ORGANISATIONS = 400
FEW = 40
"""Up to so many organisations fill the panel, so that there is room for all their names."""


@dataclass(frozen=True)
class Picture:
    """What all panels share.

    Attributes:
        identity: numbers of those who are shown (n,), ascending.
        place: where each stands (n, 2), within the unit disc.
        size: area of a mark, in points squared.
        strongest: the bond that is drawn as the strongest.
        tells_opinions: whether the colour of a mark tells an opinion, not the sector.
        tells_giving: whether it tells what an organisation puts into the common work.
    """

    identity: NDArray[np.int64]
    place: NDArray[np.float64]
    size: float
    strongest: float
    tells_opinions: bool = False
    tells_giving: bool = False

    @property
    def has_scale(self) -> bool:
        """Whether colours are those of a scale, so that the shape alone tells the sector."""
        return self.tells_opinions or self.tells_giving

    def rows(self, identity: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row in the picture of each number, -1 for those who are not shown."""
        at = np.searchsorted(self.identity, identity)
        at[at == self.identity.size] = 0
        return np.where(self.identity[at] == identity, at, -1)


def arrange(frames: list[Frame]) -> Picture:
    """Return who is shown and where: the same in every frame, from all their ties and coalitions together."""
    identity = np.unique(np.concatenate([frame.identity for frame in frames]))
    pairs = np.concatenate([np.searchsorted(identity, frame.identity[frame.ends]) for frame in frames])
    strengths = np.concatenate([bonds_of(frame) + 0.25 for frame in frames])
    chosen = walk_sample(identity.size, pairs, MOST_ORGANISATIONS)
    row = np.full(identity.size, -1)
    row[chosen] = np.arange(chosen.size)
    pairs = row[pairs]
    both = (pairs >= 0).all(axis=1)
    together = [_members_together(frame, identity, row) for frame in frames]
    pairs, strengths = pairs[both], strengths[both] / len(frames)
    pairs = np.concatenate([pairs, *together])
    strengths = np.concatenate([strengths, np.full(len(pairs) - len(strengths), 1.0)])
    place = force_layout(chosen.size, pairs, strengths)
    if chosen.size <= FEW:
        place = _filling(place)
    size = float(np.clip((2500 if chosen.size <= FEW else 8000) / max(chosen.size, 1), 18, 150))
    return Picture(identity[chosen], place, size, _strongest(frames), _tells_opinions(frames), _tells_giving(frames))


def _filling(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places stretched to the whole square, the long way of the network across."""
    if len(place) < 3:
        return place
    _, _, axes = np.linalg.svd(place - place.mean(axis=0), full_matrices=False)
    turned = place @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    filled: NDArray[np.float64] = (2.0 * turned - low - high) / np.maximum(high - low, 1e-9) * (0.92, 0.97)
    return filled


def bonds_of(frame: Frame) -> NDArray[np.float64]:
    """Return the bond of each tie, .5 where the world has none."""
    return frame.bond if frame.bond is not None else np.full(len(frame.ends), 0.5)


def issue_of(frame: Frame, coalition: int) -> int:
    """Return the issue of a coalition, 0 where the world has none."""
    return int(frame.coalition_issue[coalition]) if frame.coalition_issue is not None else 0


def _tells_opinions(frames: list[Frame]) -> bool:
    """Return whether there are opinions and little else."""
    return all(frame.stance is not None for frame in frames) and _is_bare(frames)


def _tells_giving(frames: list[Frame]) -> bool:
    """Return whether there is giving and little else, and nobody holds an opinion."""
    has_opinions = any(frame.stance is not None for frame in frames)
    return not has_opinions and all(frame.contribution is not None for frame in frames) and _is_bare(frames)


def _is_bare(frames: list[Frame]) -> bool:
    """Return whether there are no bonds and no coalitions, or a single sector."""
    sectors = {int(k) for frame in frames for k in np.unique(frame.sector)}
    has_more = any(frame.bond is not None or frame.coalition_identity.size for frame in frames)
    return len(sectors) < 2 or not has_more


def _strongest(frames: list[Frame]) -> float:
    """Return the bond that is drawn as the strongest: the 98th percentile of all, in round tenths."""
    bonds = np.concatenate([bonds_of(frame) for frame in frames])
    return float(np.ceil(10 * np.quantile(bonds, 0.98)) / 10) if bonds.size and bonds.max() > 0 else 1.0


def _members_together(frame: Frame, identity: NDArray[np.int64], row: NDArray[Any]) -> NDArray[Any]:
    """Return pairs of members one, two or three places apart in a coalition, so that a coalition stands together."""
    found = [np.empty((0, 2), np.int64)]
    members = row[np.searchsorted(identity, frame.identity[frame.member])]
    for apart in (1, 2, 3):
        same = frame.member_coalition[apart:] == frame.member_coalition[:-apart]
        found.append(np.stack([members[:-apart], members[apart:]], axis=1)[same])
    pairs = np.concatenate(found)
    return pairs[(pairs >= 0).all(axis=1)]

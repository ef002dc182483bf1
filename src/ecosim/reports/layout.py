"""Where organisations stand in a picture of their network: the same place in every picture of one run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.relationships import half_edges

ROUNDS = 250


def force_layout(n: int, pairs: NDArray[Any], weights: NDArray[np.float64], seed: int = 0) -> NDArray[np.float64]:
    r"""Return positions (n, 2), within the unit disc, at which those who are tied stand close to each other.

    Everyone repels everyone by :math:`k^2 / d`, a tie of weight w attracts by :math:`w d^2 / k`, and all are drawn
    to the middle (by their distance from it), so that parts without a tie between them do not drift away; steps shrink
    to nothing in 250 rounds.
    The cost is 250 n²: for at most about 400.

    Args:
        n: number of organisations.
        pairs: rows of those who are tied (m, 2).
        weights: strength of each tie (m,), > 0.
        seed: of the starting positions.

    References:
        Fruchterman & Reingold (1991), Graph drawing by force-directed placement, Softw. Pract. Exp. 21, 1129.
    """
    place = np.random.Generator(np.random.Philox(seed)).uniform(-1.0, 1.0, (n, 2))
    if n < 2:
        return np.zeros((n, 2))
    near = np.zeros((n, n))
    np.add.at(near, (pairs[:, 0], pairs[:, 1]), weights)
    near += near.T
    near *= min(1.0, 6.0 * n / max(near.sum(), 1e-9))  # a dense network is not to collapse into a point
    k = 1.0 / np.sqrt(n)
    for step in 0.12 * (1.0 - np.arange(ROUNDS) / ROUNDS) ** 1.3:
        apart = place[:, None, :] - place[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3 * k)
        push = k * k / distance**2 - near * distance / k
        move = (apart * push[:, :, None]).sum(axis=1) - place
        length = np.maximum(np.sqrt((move**2).sum(axis=1, keepdims=True)), 1e-12)
        place = place + move / length * np.minimum(length, step)
    return _within_disc(place - place.mean(axis=0))


def _within_disc(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places scaled to the unit disc, with the few that lie far out drawn in, so that the rest has room."""
    radius = np.maximum(np.sqrt((place**2).sum(axis=1)), 1e-12)
    relative = radius / np.quantile(radius, 0.9)
    drawn_in = np.where(relative > 1.0, 1.0 + 0.2 * np.log(np.maximum(relative, 1.0)), relative)
    scaled: NDArray[np.float64] = place * (drawn_in / radius / drawn_in.max())[:, None]
    return scaled


def walk_sample(n: int, pairs: NDArray[Any], size: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the rows of a sample, ascending: met on a walk along ties that starts anew every now and then.

    A uniform draw from a sparse network would hardly hold two that are tied; a walk keeps neighbourhoods together, and
    meets the well connected more often.
    """
    if n <= size:
        return np.arange(n)
    luck = np.random.Generator(np.random.Philox(seed))
    first, partner, _ = half_edges(np.ascontiguousarray(pairs, np.int32).reshape(-1, 2), n)
    met = np.zeros(n, np.bool_)
    home = here = int(luck.integers(n))
    count, steps = 0, 0
    while count < size:
        if not met[here]:
            met[here], count, steps = True, count + 1, 0
        ties, steps = int(first[here + 1] - first[here]), steps + 1
        if ties == 0 or steps > 50:
            home = here = int(luck.integers(n))
            steps = 0
        else:
            here = home if luck.random() < 0.15 else int(partner[first[here] + luck.integers(ties)])
    return np.flatnonzero(met)


def spanning_tree(place: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the pairs of rows of the shortest tree that joins all places (p, 2) (Prim 1957)."""
    n = len(place)
    distance, parent = np.full(n, np.inf), np.zeros(n, np.int64)
    outside = np.ones(n, np.bool_)
    tree, last = [], 0
    outside[0] = False
    for _ in range(n - 1):
        step = np.sqrt(((place - place[last]) ** 2).sum(axis=1))
        closer = step < distance
        distance[closer], parent[closer] = step[closer], last
        last = int(np.argmin(np.where(outside, distance, np.inf)))
        outside[last] = False
        tree.append((int(parent[last]), last))
    return tree

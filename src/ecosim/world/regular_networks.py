"""Starting networks with a plan: complete, ring, lattice, and the ring rewired into a small world.

All kernels number organisations by their *place*, 0 … n - 1; ``ecosim.world.networks`` says who stands where.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inner, kernel
from ecosim.rng import uniform


@kernel
def complete(n: Any) -> Any:
    """Return the ties (n (n - 1) / 2, 2) of everyone with everyone."""
    ends = np.empty((n * (n - 1) // 2, 2), np.int32)
    m = 0
    for i in range(n):
        for j in range(i + 1, n):
            ends[m, 0], ends[m, 1] = i, j
            m += 1
    return ends


@kernel
def ring(n: Any, degree: Any) -> Any:
    """Return the ties (m, 2) of a ring in which everyone is tied to the ``degree`` nearest, half on each side.

    Each tie is listed with the place that it starts from first, and runs clockwise. Where the ring is too small for
    the degree, everyone is tied to everyone.
    """
    reach = min(degree // 2, n // 2)
    ends = np.empty((n * reach, 2), np.int32)
    m = 0
    for i in range(n):
        for step in range(1, reach + 1):
            if 2 * step == n and i >= step:  # the place straight across is reached from both sides
                continue
            ends[m, 0], ends[m, 1] = i, (i + step) % n
            m += 1
    return ends[:m]


@kernel
def lattice(rows: Any, columns: Any, neighbours: Any, torus: Any) -> Any:
    """Return the ties (m, 2) of a lattice of rows × columns, place = row · columns + column.

    Args:
        rows: number of rows.
        columns: number of columns.
        neighbours: 4 (von Neumann), 8 (Moore) or 12 (von Neumann, up to two steps).
        torus: whether the edges meet their opposites. Where a lattice is so small that two ways lead to one
            neighbour, the tie may be listed twice, and to oneself; the caller drops those.
    """
    # Half of the neighbourhood: the other half is the same ties seen from the other end.
    down = np.array([0, 1, 1, 1, 0, 2])
    right = np.array([1, 0, 1, -1, 2, 0])
    number = 6 if neighbours == 12 else neighbours // 2
    ends = np.empty((rows * columns * number, 2), np.int32)
    m = 0
    for row in range(rows):
        for column in range(columns):
            for k in range(number):
                r, c = row + down[k], column + right[k]
                if torus:
                    r, c = r % rows, c % columns
                elif r < 0 or r >= rows or c < 0 or c >= columns:
                    continue
                ends[m, 0], ends[m, 1] = row * columns + column, r * columns + c
                m += 1
    return ends[:m]


@kernel
def small_world(identity: Any, degree: Any, rewired: Any, key: Any) -> Any:
    """Return the ties (m, 2) of a ring whose ties each moved their far end, with probability ``rewired``, anywhere.

    The new end is uniform among those that the organisation is not tied to yet (Watts & Strogatz 1998, Nature
    393, 440).

    Args:
        identity: number of the organisation at each place (n,).
        degree: even mean degree.
        rewired: probability for each tie, 0 to 1.
        key: source of the draws, which belong to the organisation that a tie starts from.
    """
    n = identity.size
    ends = ring(n, degree)
    reach = 0 if n == 0 else ends.shape[0] // n
    if ends.shape[0] != reach * n or n <= 2 * reach + 1:
        return ends  # everyone is tied to everyone: there is nowhere else to go
    tied = np.zeros(n, np.int64)  # degree, to know who is tied to all
    for m in range(ends.shape[0]):
        tied[ends[m, 0]] += 1
        tied[ends[m, 1]] += 1
    first, following = _lists_of_incoming(ends, n)
    for step in range(reach):
        for i in range(n):
            m = i * reach + step
            if uniform(key, identity[i], step << 16) >= rewired or tied[i] >= n - 1:
                continue
            attempt = 1
            while True:
                j = np.int64(uniform(key, identity[i], (step << 16) + attempt) * n)
                attempt += 1
                if j != i and not _is_tied(ends, reach, first, following, i, j):
                    break
            _unlink(first, following, ends[m, 1], m)
            tied[ends[m, 1]] -= 1
            ends[m, 1] = j
            tied[j] += 1
            following[m] = first[j]
            first[j] = m
    return ends


@inner
def _lists_of_incoming(ends: Any, n: Any) -> Any:
    first = np.full(n, -1, np.int64)
    following = np.full(ends.shape[0], -1, np.int64)
    for m in range(ends.shape[0]):
        j = ends[m, 1]
        following[m] = first[j]
        first[j] = m
    return first, following


@inner
def _is_tied(ends: Any, reach: Any, first: Any, following: Any, i: Any, j: Any) -> Any:
    for m in range(i * reach, (i + 1) * reach):
        if ends[m, 1] == j:
            return True
    m = first[i]
    while m >= 0:
        if ends[m, 0] == j:
            return True
        m = following[m]
    return False


@inner
def _unlink(first: Any, following: Any, j: Any, m: Any) -> Any:
    if first[j] == m:
        first[j] = following[m]
        return
    before = first[j]
    while following[before] != m:
        before = following[before]
    following[before] = following[m]

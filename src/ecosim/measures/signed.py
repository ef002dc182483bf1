"""Signed ties: does the friend of a friend befriend, and can the network be cut into two camps?

Ties come as half-edges in CSR (see :mod:`ecosim.measures.network`) with a number on each, the same at both ends: its
sign is the sign of the tie, 0 or missing is no tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.errors import InputError
from ecosim.kernels import inlined, kernel
from ecosim.measures.checks import as_column, as_ties

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LARGEST_DENSE = 2000
LARGEST_EXACT = 20


def balanced_triads(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], signs: ArrayLike) -> float:
    """Return the share of triangles whose product of signs is positive, 0 to 1; NaN without triangles.

    Args:
        first_tie: (n + 1,).
        partner: (2m,).
        signs: (2m,), a number on each half-edge.

    References:
        Cartwright & Harary (1956), Structural balance, Psychol. Rev. 63, 277.
    """
    return float(_balanced_triads(*_signed_ties(first_tie, partner, signs)))


def smallest_signed_eigenvalue(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], signs: ArrayLike
) -> float:
    """Return the smallest eigenvalue of the signed Laplacian D − A, ≥ 0: how far the network is from balance.

    A holds the sign of each tie and D the number of ties. 0 exactly when some connected part can be cut into two camps
    with friendship within and enmity between. NaN without ties. Up to 2000 organisations; those without ties are left
    out (each would be a part in balance).

    Raises:
        InputError: above 2000 organisations with ties.

    References:
        Kunegis et al. (2010), Spectral analysis of signed graphs for clustering, prediction and visualization,
        SIAM Data Mining 2010, 559.
    """
    first, other, sign = _signed_ties(first_tie, partner, signs)
    owner = np.repeat(np.arange(first.size - 1), np.diff(first))
    there = sign != 0.0
    if not there.any():
        return float("nan")
    tied, row = np.unique(owner[there], return_inverse=True)
    if tied.size > LARGEST_DENSE:
        raise InputError(f"partner: {tied.size} organisations with ties found, allowed are {LARGEST_DENSE}")
    laplacian = np.zeros((tied.size, tied.size))
    laplacian[row, np.searchsorted(tied, other[there])] = -sign[there]
    laplacian[np.diag_indices(tied.size)] = np.bincount(row)
    return float(max(0.0, np.linalg.eigvalsh(laplacian)[0]))


def frustration(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], signs: ArrayLike) -> float:
    """Return the share of ties that disappoint in the best cut into two camps, 0 (balanced) to 1/2; NaN without ties.

    A tie disappoints when it is friendship between the camps or enmity within one. Finding the best cut is hard: up to
    20 organisations every cut is tried; above, the best of 32 descents is an upper bound, each from another random cut
    and moving one organisation at a time.

    References:
        Aref & Wilson (2018), Measuring partial balance in signed networks, J. Complex Networks 6, 566.
    """
    first, other, sign = _signed_ties(first_tie, partner, signs)
    ties = np.count_nonzero(sign) / 2
    if ties == 0:
        return float("nan")
    n = first.size - 1
    lost = _every_cut(first, other, sign) if n <= LARGEST_EXACT else _descents(first, other, sign, 32)
    return float(lost / ties)


def _signed_ties(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], signs: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    first, other = as_ties(first_tie, partner)
    number = as_column(signs, "signs")
    sign: NDArray[np.float64] = np.subtract(number > 0.0, number < 0.0, dtype=np.float64)
    if sign.shape != other.shape:
        raise InputError(f"signs: shape {sign.shape} found, {other.shape} is needed: one number for each half-edge")
    return first, other, sign


@kernel
def _balanced_triads(first_tie: Any, partner: Any, sign: Any) -> Any:
    n = first_tie.size - 1
    marked = np.zeros(n)
    balanced, triangles = 0, 0
    for i in range(n):
        for h in range(first_tie[i], first_tie[i + 1]):
            marked[partner[h]] = sign[h]
        for h in range(first_tie[i], first_tie[i + 1]):
            j = partner[h]
            if j < i:
                continue
            for g in range(first_tie[j], first_tie[j + 1]):
                product = sign[h] * sign[g] * marked[partner[g]]
                if partner[g] > j and product != 0.0:
                    triangles += 1
                    balanced += product > 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            marked[partner[h]] = 0.0
    return balanced / triangles if triangles > 0 else np.nan


@kernel
def _every_cut(first_tie: Any, partner: Any, sign: Any) -> Any:
    """Walk through all cuts, one move at a time (Gray code), and return the fewest disappointed ties."""
    n = first_tie.size - 1
    camp = np.ones(n)
    lost = 0.0
    for value in sign:
        lost += 0.5 * (value < 0.0)
    fewest = lost
    for step in range(1, 1 << max(n - 1, 0)):
        mover = 0
        while not (step >> mover) & 1:
            mover += 1
        lost += _content(first_tie, partner, sign, camp, mover)
        camp[mover] = -camp[mover]
        fewest = min(fewest, lost)
    return fewest


@kernel
def _descents(first_tie: Any, partner: Any, sign: Any, starts: Any) -> Any:
    """Return the fewest disappointed ties over descents from scattered cuts that depend on nothing but their number."""
    n = first_tie.size - 1
    fewest, ties = np.inf, np.abs(sign).sum()
    camp, content = np.ones(n), np.empty(n)
    for start in range(starts):
        scattered = np.uint64(2 * start + 1)
        for i in range(n):
            scattered = scattered * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            camp[i] = 1.0 if start == 0 or scattered >> np.uint64(63) else -1.0
        for i in range(n):
            content[i] = _content(first_tie, partner, sign, camp, i)
        moved = True
        while moved:
            moved = False
            for i in range(n):
                if content[i] < 0.0:
                    _move(first_tie, partner, sign, camp, content, i)
                    moved = True
        fewest = min(fewest, 0.25 * (ties - content.sum()))
    return fewest


@inlined
def _move(first_tie: Any, partner: Any, sign: Any, camp: Any, content: Any, i: Any) -> None:
    """Let one organisation change camps, and keep the content of all (n,) as it is then: whole numbers, so exactly."""
    camp[i] = -camp[i]
    content[i] = -content[i]
    for h in range(first_tie[i], first_tie[i + 1]):
        j = np.uint32(partner[h])
        content[j] += 2.0 * sign[h] * camp[i] * camp[j]


@inlined
def _content(first_tie: Any, partner: Any, sign: Any, camp: Any, i: Any) -> Any:
    """Return contented minus disappointed ties of one organisation: what its move to the other camp would lose."""
    content = 0.0
    for h in range(first_tie[i], first_tie[i + 1]):
        content += sign[h] * camp[i] * camp[np.uint32(partner[h])]
    return content

"""The shape of the network of ties, whoever the organisations are.

Ties come as half-edges in CSR: the partners of organisation i are ``partner[first_tie[i]:first_tie[i + 1]]``, each tie
appears once at both ends, nobody is tied to itself or twice to another. Partners need no order here.

Kernels read rows as unsigned numbers, for which no look at whether they count from the end is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import inlined, inner, kernel
from ecosim.measures.checks import as_ties

if TYPE_CHECKING:
    from numpy.typing import NDArray


def clustering(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> float:
    r"""Return the mean share of an organisation's pairs of partners that are tied to each other.

    .. math:: C = \frac{1}{n} \sum_i \frac{2 t_i}{k_i (k_i - 1)}

    with :math:`t_i` triangles through i and :math:`k_i` ties of i; who has fewer than two ties counts 0, as in
    networkx. Cost: m·√m at most.

    Args:
        first_tie: (n + 1,).
        partner: (2m,).

    Returns:
        C in [0, 1]; NaN where nobody has two ties.

    References:
        Watts & Strogatz (1998), Nature 393, 440.
    """
    return float(_clustering(*as_ties(first_tie, partner))[0])


def transitivity(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> float:
    """Return the share of all pairs of ties that meet which are closed by a third, 0 to 1; NaN where none meet."""
    return float(_clustering(*as_ties(first_tie, partner))[1])


def degree_assortativity(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> float:
    """Return the correlation of the numbers of ties at the two ends of a tie, −1 to 1.

    NaN without ties and where all tied organisations have equally many.

    References:
        Newman (2002), Assortative mixing in networks, Phys. Rev. Lett. 89, 208701, Eq. 4.
    """
    return float(_degree_assortativity(*as_ties(first_tie, partner)))


def giant_component(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> float:
    """Return the share of organisations in the largest connected component, 1/n to 1; NaN without organisations."""
    return float(_giant_component(*as_ties(first_tie, partner)))


def coreness(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return each organisation's coreness (n,): the largest k such that it has k ties among others who have k too.

    Cost: linear in n and m.

    References:
        Batagelj & Zaveršnik (2003), An O(m) algorithm for cores decomposition of networks, arXiv:cs/0310049.
    """
    cores: NDArray[np.int64] = _coreness(*as_ties(first_tie, partner))
    return cores


def coreness_max(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]]) -> float:
    """Return the coreness of the innermost core, ≥ 0; NaN without organisations."""
    cores = coreness(first_tie, partner)
    return float(cores.max()) if cores.size else float("nan")


@kernel
def _clustering(first_tie: Any, partner: Any) -> Any:
    """Return mean local clustering and transitivity."""
    n = first_tie.size - 1
    triangles = _triangles(first_tie, partner)
    local, closed, meeting = 0.0, 0.0, 0.0
    for i in range(n):
        k = first_tie[i + 1] - first_tie[i]
        pairs = 0.5 * k * (k - 1.0)
        if pairs > 0.0:
            local += triangles[i] / pairs
            closed += triangles[i]
            meeting += pairs
    if meeting == 0.0:
        return np.nan, np.nan
    return local / n, closed / meeting


@kernel
def _triangles(first_tie: Any, partner: Any) -> Any:
    """Count the triangles through each organisation.

    Each tie points to the end with more ties, so that nobody has more than √(2m) outgoing ones; a triangle is then
    found once, from its end with fewest ties.
    """
    n = first_tie.size - 1
    if n <= FEW:
        return _triangles_of_few(first_tie, partner)
    first_out, out = np.zeros(n + 1, np.uint32), np.empty(partner.size // 2 + 1, np.uint32)
    filled = np.uint32(0)
    for i in range(n):
        k = first_tie[i + 1] - first_tie[i]
        for h in range(first_tie[i], first_tie[i + 1]):
            j = np.uint64(partner[h])
            others = first_tie[j + np.uint64(1)] - first_tie[j]
            out[filled] = j  # the next one writes over it unless it counts: cheaper than a branch nobody can foresee
            filled += np.uint32(others > k or (others == k and partner[h] > i))
        first_out[i + 1] = filled
    triangles, marked_by = np.zeros(n, np.int64), np.full(n, -1, np.int32)
    for i in range(n):
        for h in range(first_out[i], first_out[i + 1]):
            marked_by[out[h]] = i
        for h in range(first_out[i], first_out[i + 1]):
            j = np.uint64(out[h])
            for g in range(first_out[j], first_out[j + np.uint64(1)]):
                if marked_by[out[g]] == i:
                    triangles[i] += 1
                    triangles[j] += 1
                    triangles[out[g]] += 1
    return triangles


FEW = 512
"""Organisations up to which common partners are counted 64 at a time: without a branch that nobody can foresee."""


@inner
def _triangles_of_few(first_tie: Any, partner: Any) -> Any:
    """Count the triangles through each organisation: those whom it and a partner both are tied to, a bit each."""
    n = first_tie.size - 1
    words = (n + 63) // 64
    tied, later = np.zeros((n, words), np.uint64), np.empty(partner.size // 2 + 1, np.uint32)
    first_later, filled = np.empty(n + 1, np.uint32), np.uint32(0)
    low, one = np.uint64(63), np.uint64(1)
    for i in range(n):
        first_later[i] = filled
        for h in range(first_tie[i], first_tie[i + 1]):
            j = np.uint64(partner[h])
            tied[i, j >> np.uint64(6)] |= one << (j & low)
            later[filled] = j  # the next one writes over it unless it counts
            filled += np.uint32(partner[h] > i)
    first_later[n] = filled
    triangles = np.zeros(n, np.int64)
    for i in range(n):
        of_all = np.uint64(0)
        for h in range(first_later[i], first_later[i + 1]):
            j, common = np.uint64(later[h]), np.uint64(0)
            for word in range(words):
                common += _ones(tied[i, word] & tied[j, word])
            triangles[j] += np.int64(common)
            of_all += common
        triangles[i] += np.int64(of_all)
    for i in range(n):
        triangles[i] >>= 1  # each was met along both of its ties
    return triangles


@inlined
def _ones(word: Any) -> Any:
    """Return how many bits of a word are set, in the way that compilers know for what processors do in one step."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bytes_ = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (bytes_ * np.uint64(0x0101010101010101)) >> np.uint64(56)


@kernel
def _degree_assortativity(first_tie: Any, partner: Any) -> Any:
    n, total = first_tie.size - 1, 0.0
    for i in range(n):
        total += float(first_tie[i + 1] - first_tie[i]) ** 2
    if partner.size == 0:
        return np.nan
    mean = total / partner.size
    excess = np.empty(n)
    for i in range(n):
        excess[i] = first_tie[i + 1] - first_tie[i] - mean
    variance, covariance = 0.0, 0.0
    for i in range(n):
        others = 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            others += excess[np.uint32(partner[h])]
        variance += (first_tie[i + 1] - first_tie[i]) * excess[i] * excess[i]
        covariance += excess[i] * others
    return covariance / variance if variance > 0.0 else np.nan


@kernel
def _giant_component(first_tie: Any, partner: Any) -> Any:
    n = first_tie.size - 1
    if n == 0:
        return np.nan
    seen, waiting, largest = np.zeros(n, np.bool_), np.empty(n + 1, np.int64), 0
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        waiting[0], done, found = start, 0, 1
        while done < found:
            i = waiting[done]
            done += 1
            for h in range(first_tie[i], first_tie[i + 1]):
                j = partner[h]
                waiting[found] = j  # the next one writes over it unless it is new
                found += not seen[j]
                seen[j] = True
        largest = max(largest, found)
        if largest > n - largest:
            break
    return largest / n


@kernel
def _coreness(first_tie: Any, partner: Any) -> Any:
    """Take away whoever has fewest ties left, again and again; ``order`` stays sorted by ties left."""
    n = first_tie.size - 1
    left = first_tie[1:] - first_tie[:-1]
    most = left.max() if n > 0 else 0
    start = np.zeros(most + 2, np.int64)
    for i in range(n):
        start[left[i] + 1] += 1
    start = np.cumsum(start)
    order, place, filled = np.empty(n, np.int64), np.empty(n, np.int64), start.copy()
    for i in range(n):
        place[i] = filled[left[i]]
        order[place[i]] = i
        filled[left[i]] += 1
    for position in range(n):
        i = order[position]
        for h in range(first_tie[i], first_tie[i + 1]):
            j = partner[h]
            if left[j] > left[i]:  # j moves to the front of those with as many, and the front moves past it
                front = start[left[j]]
                other = order[front]
                order[front], order[place[j]] = j, other
                place[other], place[j] = place[j], front
                start[left[j]] += 1
                left[j] -= 1
    return left

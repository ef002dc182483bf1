"""Landscapes: how well every solution performs, as a pure function of a random key; nothing is stored in a world."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import kernel
from ecosim.rng import TICKS, Key, uniform, uniforms

Neighbourhood = Literal["random", "adjacent"]

MOST_PRACTICES = 20
"""A landscape holds the performance of every solution: 2²⁰ of them take 8 MB."""


def fixed(key: Key) -> Key:
    """Return the key of what does not change from tick to tick: that of a tick which no run reaches."""
    return key[0], key[1], TICKS - 1


def versions(key: Key, practices: int, drift: float, tick: int) -> tuple[int, ...]:
    """Return how often each practice was redrawn by a tick: every 1 / drift ticks, each at a time of its own."""
    if drift <= 0.0:
        return (0,) * practices
    return tuple(int(drift * tick + phase) for phase in _phases(fixed(key), practices))


def until(key: Key, practices: int, drift: float, tick: int) -> int:
    """Return the first tick after this one at which any practice is redrawn, or that no run reaches."""
    if drift <= 0.0:
        return TICKS
    return min(_until(drift, phase, tick) for phase in _phases(fixed(key), practices))


def _until(drift: float, phase: float, tick: int) -> int:
    """Return the first later tick with another version, as ``versions`` counts it, rounding and all."""
    now = int(drift * tick + phase)
    later = max(tick + 1, int(min((now + 1 - phase) / drift, float(TICKS))) - 1)
    while later < TICKS and int(drift * later + phase) == now:
        later += 1
    return later


class Ground:
    """The landscape under a rule: it is looked up again only when a practice is redrawn, or another run asks.

    Runs that share the rule may ask in turns, and in threads: what is known stands in one tuple, read and written at once.

    Args:
        interdependence, neighbourhood, contrast: as in ``landscape``.
        drift: share of practices that are redrawn each tick.
    """

    def __init__(self, interdependence: int, neighbourhood: Neighbourhood, contrast: int, drift: float) -> None:
        self._shape, self._drift = (interdependence, neighbourhood, contrast), drift
        self._known: tuple[tuple[int, int, int], int, int, NDArray[np.float64]] | None = None

    def table(self, key: Key, practices: int) -> NDArray[np.float64]:
        """Return the performance of every solution (2^N,) at the tick of a key."""
        low, high, tick = key
        known, asked = self._known, (low, high, practices)
        if known is None or known[0] != asked or not known[1] <= tick < known[2]:
            interdependence, neighbourhood, contrast = self._shape
            version = versions(key, practices, self._drift, tick)
            others = min(interdependence, practices - 1)
            table = landscape(fixed(key), others, neighbourhood, contrast, version)
            known = self._known = asked, tick, until(key, practices, self._drift, tick), table
        return known[3]


@lru_cache(maxsize=4)
def _phases(key: Key, practices: int) -> tuple[float, ...]:
    """Return when each practice is redrawn, as a share of the time between: in [0, 1)."""
    return tuple(uniforms(key, np.arange(practices), _PHASE).tolist())


@lru_cache(maxsize=4)
def landscape(
    key: Key, interdependence: int, neighbourhood: Neighbourhood, contrast: int, version: tuple[int, ...]
) -> NDArray[np.float64]:
    r"""Return the performance of every solution (2^N,), at its code: bit b of the code is practice b.

    .. math:: P(x) = \left(\frac{F(x)}{\max F}\right)^\gamma, \qquad
              F(x) = \frac{1}{N} \sum_i c_i(x_i, x_{i_1}, \dots, x_{i_K})

    with contributions :math:`c_i` uniform in [0, 1), drawn by the practice, its version and the bits it sees: what
    another practice contributes changes none of them.

    Args:
        key: source of the draws, without regard to its tick.
        interdependence: K, on how many others the contribution of each practice depends, at most N − 1.
        neighbourhood: which others: drawn, or the K that follow on a circle of practices.
        contrast: γ, at least 1.
        version: how often each practice's contributions were redrawn (N,).
    """
    depends = _dependencies(fixed(key), len(version), interdependence, neighbourhood == "adjacent")
    table: NDArray[np.float64] = fitness_of_all(fixed(key), depends, np.array(version, np.int64))
    table /= table.max()
    table **= contrast
    table.flags.writeable = False
    return table


@lru_cache(maxsize=4)
def _dependencies(key: Key, practices: int, others: int, adjacent: bool) -> NDArray[np.int64]:
    """Return what ``dependencies`` does: it stays the same when practices are redrawn."""
    found: NDArray[np.int64] = dependencies(key, practices, others, adjacent)
    return found


@kernel
def dependencies(key: Any, practices: Any, others: Any, adjacent: Any) -> Any:
    """Return the practices that each one's contribution depends on (N, K + 1), itself first."""
    depends = np.empty((practices, others + 1), np.int64)
    order = np.empty(practices, np.int64)
    for i in range(practices):
        for k in range(practices):
            order[k] = (i + k) % practices
        if not adjacent:
            for k in range(1, others + 1):  # the first K of a shuffle that leaves oneself where it is
                place = k + np.int64(uniform(key, i, _DEPENDS + k) * (practices - k))
                order[k], order[place] = order[place], order[k]
        depends[i] = order[: others + 1]
    return depends


@kernel
def fitness_of_all(key: Any, depends: Any, version: Any) -> Any:
    """Return F of every solution (2^N,): one practice at a time is changed, and those that depend on it are looked up."""
    practices, seen = depends.shape
    contribution = np.empty((practices, 1 << seen))
    for i in range(practices):
        entity = (version[i] << np.int64(8)) | i
        for bits in range(1 << seen):
            contribution[i, bits] = uniform(key, entity, bits)
    # Whom a practice matters to, and which bit of theirs it is.
    affected, weight = np.empty((practices, practices), np.int64), np.empty((practices, practices), np.int64)
    count = np.zeros(practices, np.int64)
    for i in range(practices):
        for k in range(seen):
            b = depends[i, k]
            affected[b, count[b]], weight[b, count[b]] = i, 1 << k
            count[b] += 1
    fitness = np.empty(1 << practices)
    sees = np.zeros(practices, np.int64)
    code, total = 0, 0.0
    for i in range(practices):
        total += contribution[i, 0]
    fitness[0] = total / practices
    for step in range(1, 1 << practices):
        b = 0
        while step >> b & 1 == 0:  # the bit in which two neighbours of the reflected binary code differ
            b += 1
        code ^= 1 << b
        for a in range(count[b]):
            i = affected[b, a]
            total -= contribution[i, sees[i]]
            sees[i] ^= weight[b, a]
            total += contribution[i, sees[i]]
        fitness[code] = total / practices
    return fitness


_DEPENDS, _PHASE = 1 << 20, 1 << 21
"""Draws of a practice from the key that does not change; those below are its contributions."""

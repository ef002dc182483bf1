"""Synergy from what every set of players makes, and how it can be shared.

The value of every set comes as one array of length 2ⁿ: ``values[s]`` is what the players in s make together, where
bit i of the whole number s says whether player i is in; ``values[0]`` is the empty set. Values have any one unit, and
the results have the same.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.kernels import kernel
from ecosim.measures.checks import as_column, as_ties, require_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from ecosim.rng import Key

LARGEST_CORE = 14


class SampledShapley(NamedTuple):
    """Shapley values estimated from random orders.

    Attributes:
        estimate: (n,), sums to the value of all less that of nobody, exactly.
        low: (n,), lower end of the interval.
        high: (n,), upper end of the interval.
    """

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def superadditive_surplus(values: ArrayLike) -> float:
    """Return v(N) − Σ v(i): what all make together beyond what each makes alone; negative where parts do better.

    Args:
        values: (2ⁿ,), the value of every set.

    Raises:
        InputError: if the length is no power of two.
    """
    column, n = _game(values)
    return float(column[-1] - column[1 << np.arange(n)].sum()) if n else 0.0


def harsanyi_dividends(values: ArrayLike) -> NDArray[np.float64]:
    r"""Return the dividend of every set (2ⁿ,): what it adds as a whole beyond all sets within it.

    .. math:: d(S) = \sum_{T \subseteq S} (-1)^{|S| - |T|} v(T), \qquad v(S) = \sum_{T \subseteq S} d(T)

    Args:
        values: (2ⁿ,), the value of every set. Cost: n·2ⁿ.

    Raises:
        InputError: if the length is no power of two.

    References:
        Harsanyi (1963), A simplified bargaining model for the n-person cooperative game, Int. Econ. Rev. 4, 194.
    """
    column, n = _game(values)
    dividends = column.copy()
    for i in range(n):
        halves = dividends.reshape(-1, 2, 1 << i)
        halves[:, 1] -= halves[:, 0]
    return dividends


def shapley(values: ArrayLike) -> NDArray[np.float64]:
    r"""Return each player's Shapley value (n,): its marginal contribution, averaged over all orders of joining.

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|! \, (n - |S| - 1)!}{n!} \big(v(S \cup i) - v(S)\big)

    Args:
        values: (2ⁿ,), the value of every set. Cost: n·2ⁿ, about 1 ms for 15 players; for more see
            :func:`shapley_sampled`.

    Raises:
        InputError: if the length is no power of two.

    References:
        Shapley (1953), A value for n-person games, in Contributions to the Theory of Games II, 307.
    """
    column, n = _game(values)
    if n == 0:
        return np.empty(0)
    weights = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    payoffs: NDArray[np.float64] = _shapley(column, weights)
    return payoffs


def shapley_sampled(
    value: Callable[[NDArray[np.bool_]], float], players: int, orders: int, key: Key, *, confidence: float = 0.95
) -> SampledShapley:
    """Return Shapley values estimated from random orders of joining, for more players than can be enumerated.

    Each order comes with its reverse, which cancels much of the noise; the interval is the normal one over such pairs,
    player by player.

    Args:
        value: what a set makes; called with membership (players,), ``players + 1`` times for each order.
        players: number of players, at least 1.
        orders: number of orders, an even number from 4.
        key: of the random draws; the same key gives the same orders.
        confidence: coverage of each interval, between 0 and 1.

    Raises:
        InputError: if a parameter is out of range.

    References:
        Castro, Gómez & Tejada (2009), Polynomial calculation of the Shapley value based on sampling, Comput. Oper.
        Res. 36, 1726. Reversed orders: Mitchell et al. (2022), Sampling permutations for Shapley value estimation,
        J. Mach. Learn. Res. 23 (43).
    """
    from scipy.special import ndtri

    from ecosim.rng import uniforms

    faults = [f"players: {players} found, at least 1 is needed"] if players < 1 else []
    if orders < 4 or orders % 2:
        faults.append(f"orders: {orders} found, an even number from 4 is needed")
    if not 0.0 < confidence < 1.0:
        faults.append(f"confidence: {confidence} found, a number between 0 and 1 is needed")
    if faults:
        raise InputError(faults)
    pairs = np.empty((orders // 2, players))
    for draw in range(orders // 2):
        order = np.argsort(uniforms(key, np.arange(players), draw), kind="stable")
        pairs[draw] = 0.5 * (_marginals(value, order) + _marginals(value, order[::-1]))
    estimate = pairs.mean(axis=0)
    half_width = ndtri(0.5 + 0.5 * confidence) * pairs.std(axis=0, ddof=1) / np.sqrt(orders // 2)
    return SampledShapley(estimate, estimate - half_width, estimate + half_width)


def myerson(values: ArrayLike, first_tie: NDArray[np.int64], partner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each player's Myerson value (n,): the Shapley value when only players connected by ties can cooperate.

    A set makes what its connected parts make, v(S/g) = Σ v(C) over the components C of S in the network g.

    Args:
        values: (2ⁿ,), the value of every set. Cost: about n·2ⁿ.
        first_tie: (n + 1,), ties of the players as half-edges in CSR.
        partner: (2m,).

    Raises:
        InputError: if the lengths do not fit.

    References:
        Myerson (1977), Graphs and cooperation in games, Math. Oper. Res. 2, 225.
    """
    return shapley(values_on_ties(values, first_tie, partner))


def values_on_ties(values: ArrayLike, first_tie: NDArray[np.int64], partner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the value of every set (2ⁿ,) when only players connected by ties can cooperate (see :func:`myerson`)."""
    column, n = _game(values)
    first, other = as_ties(first_tie, partner)
    if first.size != n + 1:
        raise InputError(f"first_tie: {first.size - 1} organisations found, the values are for {n} players")
    neighbours = np.zeros(n, dtype=np.int64)
    np.bitwise_or.at(neighbours, np.repeat(np.arange(n), np.diff(first)), np.int64(1) << other)
    restricted: NDArray[np.float64] = _restrict(column, neighbours)
    return restricted


def core_is_non_empty(values: ArrayLike, *, tolerance: float = 1e-9) -> bool:
    """Return whether v(N) can be shared so that no set of players would make more on its own.

    The linear programme: the smallest Σ xᵢ with Σ_{i∈S} xᵢ ≥ v(S) for every S must not exceed v(N).

    Args:
        values: (2ⁿ,), the value of every set, n from 1 to 14.
        tolerance: share of the largest value by which rounding may miss.

    Raises:
        InputError: if the length is no power of two, or there are too many players.
        ArithmeticError: if the programme could not be solved.

    References:
        Bondareva (1963); Shapley (1967), On balanced sets and cores, Naval Res. Logist. Quart. 14, 453.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    column, n = _game(values)
    if not 1 <= n <= LARGEST_CORE:
        raise InputError(f"values: {n} players found, allowed are 1 to {LARGEST_CORE}: there is a constraint a set")
    scale = float(np.abs(column).max()) or 1.0
    sets = np.arange(1, column.size)
    members = (sets[:, None] >> np.arange(n)) & 1
    cheapest = linprog(
        np.ones(n), A_ub=-csr_array(members, dtype=np.float64), b_ub=-column[1:] / scale, bounds=(None, None)
    )
    if cheapest.status != 0:
        raise ArithmeticError(f"the linear programme of the core could not be solved: {cheapest.message}")
    return bool(cheapest.fun <= column[-1] / scale + tolerance)


def values_of_every_set(value: Callable[[NDArray[np.bool_]], float], players: int) -> NDArray[np.float64]:
    """Return the value of every set (2ⁿ,) by asking for each; ``value`` is called with membership (players,)."""
    require_between("players", players, 0, 24)
    return np.array([value((s >> np.arange(players)) & 1 == 1) for s in range(1 << players)], dtype=np.float64)


def _game(values: ArrayLike) -> tuple[NDArray[np.float64], int]:
    column = as_column(values)
    n = column.size.bit_length() - 1
    if column.size != 1 << max(n, 0):
        raise InputError(f"values: {column.size} found, a power of two is needed: one for every set of players")
    return column, n


def _marginals(value: Callable[[NDArray[np.bool_]], float], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each player adds when they join in this order."""
    joined, added = np.zeros(order.size, dtype=np.bool_), np.empty(order.size)
    before = value(joined.copy())
    for player in order:
        joined[player] = True
        after = value(joined.copy())
        added[player] = after - before
        before = after
    return added


@kernel
def _shapley(values: Any, weights: Any) -> Any:
    n = weights.size
    payoffs = np.zeros(n)
    for s in range(values.size):
        size, rest = 0, s
        while rest:
            rest &= rest - 1
            size += 1
        for i in range(n):
            if not (s >> i) & 1:
                payoffs[i] += weights[size] * (values[s | (1 << i)] - values[s])
    return payoffs


@kernel
def _restrict(values: Any, neighbours: Any) -> Any:
    """Split each set into the component of its lowest player and the rest, whose value is known already."""
    restricted = np.empty_like(values)
    restricted[0] = values[0]
    for s in range(1, values.size):
        component, fresh = 0, s & -s
        while fresh:
            component |= fresh
            reached, i, rest = 0, 0, fresh
            while rest:
                if rest & 1:
                    reached |= neighbours[i]
                rest >>= 1
                i += 1
            fresh = reached & s & ~component
        rest = s & ~component
        restricted[s] = values[component] + (restricted[rest] if rest else 0.0)
    return restricted

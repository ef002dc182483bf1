"""Matchmaking: which pairs a synergist sees, what each is worth to it, and who accepts: the kernels of ``Synergist``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.encounter import expected_gain, says_yes
from ecosim.dynamics.gap import gap_between, raised
from ecosim.dynamics.production.making import made_alone, made_together
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import pair, uniform, uniform2, uniform4
from ecosim.world.lookup import find_half_edge

RULES = ("dividend", "random", "most_connected", "most_alike", "peripheral")
"""The ways to rank pairs, by the number that kernels know them by."""

# Which draws serve what: a pair's, and an organisation's (those of the candidates follow).
_AGREES, _RANKS = 0, 1
_BREAKS_TIES, _CANDIDATES = 2, 3


@kernel
def every_pair(identity: Any, kind: Any, graph: Any, needs: Any, ranking: Any, anyone: Any, key: Any) -> Any:
    """Return all pairs of rows that might be introduced (p, 2), and what each scores (p,).

    Args:
        identity: numbers of the organisations (n,).
        kind: their sector, capability, salience, culture and stance.
        graph: half-edges: first_tie, partner.
        needs: weights of capabilities in each issue (issues, capabilities).
        ranking: number of the rule, greatest number of ties, weights of the gap, rates of production.
        anyone: whether any two may be introduced; otherwise those with a friend in common.
        key: source of the draws.
    """
    n = identity.size
    alone = skills(kind[1], needs, ranking)
    pairs, scores = np.empty((n * (n - 1) // 2, 2), np.int32), np.empty(n * (n - 1) // 2)
    count = 0
    for i in range(n):
        for j in range(i + 1, n):
            if not (anyone or _have_a_friend_in_common(i, j, graph)) or not _may_meet(i, j, graph, ranking):
                continue
            pairs[count, 0], pairs[count, 1] = i, j
            scores[count] = _score(i, j, identity, kind, graph, needs, alone, ranking, key)
            scores[count] += 1e-9 * uniform(key, pair(identity[i], identity[j]), _BREAKS_TIES)
            count += 1
    return pairs[:count], scores[:count]


@kernel
def likely_pairs(
    identity: Any, kind: Any, graph: Any, needs: Any, ranking: Any, anyone: Any, candidates: Any, key: Any
) -> Any:
    """Return, for each organisation, itself and the best of some others drawn by chance (p, 2), and its score (p,)."""
    n = identity.size
    first_tie, partner = graph
    alone = skills(kind[1], needs, ranking)
    pairs, scores = np.empty((n, 2), np.int32), np.empty(n)
    count = 0
    for i in range(n):
        ties = first_tie[i + 1] - first_tie[i]
        if ties >= ranking[1] or (ties == 0 and not anyone):
            continue
        best, chosen = -np.inf, np.int64(-1)
        each = 1 if anyone else 2  # draws that a candidate takes
        draws = uniform4(key, identity[i], _CANDIDATES)
        for k in range(candidates):
            place = k * each & 3
            if place == 0 and k > 0:
                draws = uniform4(key, identity[i], _CANDIDATES + k * each // 4)
            if anyone:
                j = np.int64(draws[place] * n)
            else:
                friend = partner[first_tie[i] + np.int64(draws[place] * ties)]
                theirs = first_tie[friend + 1] - first_tie[friend]
                j = np.int64(partner[first_tie[friend] + np.int64(draws[place + 1] * theirs)])
            if not _may_meet(i, j, graph, ranking):
                continue
            score = _score(i, j, identity, kind, graph, needs, alone, ranking, key)
            if score > best:
                best, chosen = score, j
        if chosen >= 0:
            pairs[count, 0], pairs[count, 1] = i, chosen
            scores[count] = best + 1e-9 * uniform(key, identity[i], _BREAKS_TIES)
            count += 1
    return pairs[:count], scores[:count]


@kernel
def introduce(
    identity: Any, kind: Any, pairs: Any, scores: Any, budget: Any, terms: Any, gap: Any, counts: Any, key: Any
) -> Any:
    """Return the pairs (a, 2) that accept, of the best by score, each organisation in one at most.

    ``counts``: introductions and those accepted, of each organisation with each sector (n, sectors), written anew.
    """
    sector, capability, salience, culture, stance = kind
    introductions, accepted = counts
    introductions[:], accepted[:] = 0, 0
    is_taken = np.zeros(identity.size, np.bool_)
    chosen, made, count = np.empty((min(budget, len(scores)), 2), np.int32), 0, 0
    for p in np.argsort(-scores):
        if made >= chosen.shape[0]:
            break
        i, j = pairs[p, 0], pairs[p, 1]
        if is_taken[i] or is_taken[j] or scores[p] == -np.inf:
            continue
        made += 1
        is_taken[i] = is_taken[j] = True
        introductions[i, sector[j]] += 1
        introductions[j, sector[i]] += 1
        expected = expected_gain(i, j, capability, salience, terms[1])
        accepts = says_yes(expected, gap_between(i, j, sector, culture, stance, gap), terms)
        one, other = uniform2(key, pair(identity[i], identity[j]), _AGREES)
        if one < accepts and other < accepts:
            accepted[i, sector[j]] += 1
            accepted[j, sector[i]] += 1
            chosen[count, 0], chosen[count, 1] = i, j
            count += 1
    return chosen[:count]


@inner
def skills(capability: Any, needs: Any, ranking: Any) -> Any:
    """Return what a unit of each one's effort makes alone on each issue (n, issues); nothing if no rule asks for it."""
    joint = ranking[3]
    alone = np.empty((capability.shape[0] if ranking[0] == 0 else 0, needs.shape[0]))
    for i in range(alone.shape[0]):
        for q in range(needs.shape[0]):
            alone[i, q] = made_alone(capability, needs, 1.0, i, q, joint)
    return alone


@inlined
def _may_meet(i: Any, j: Any, graph: Any, ranking: Any) -> Any:
    """Return whether two are not tied and both have attention to spare."""
    first_tie, partner = graph
    return (
        i != j
        and first_tie[i + 1] - first_tie[i] < ranking[1]
        and first_tie[j + 1] - first_tie[j] < ranking[1]
        and find_half_edge(first_tie, partner, i, j) < 0
    )


@inner
def _have_a_friend_in_common(i: Any, j: Any, graph: Any) -> Any:
    first_tie, partner = graph
    found = False
    for h in range(first_tie[i], first_tie[i + 1]):
        found |= find_half_edge(first_tie, partner, partner[h], j) >= 0
    return found


@kernel
def _score(i: Any, j: Any, identity: Any, kind: Any, graph: Any, needs: Any, alone: Any, ranking: Any, key: Any) -> Any:
    """Return how high a pair ranks; minus infinity where it is not to be introduced."""
    rule, attention, gap, _ = ranking
    sector, _, _, culture, stance = kind
    first_tie = graph[0]
    ties_i, ties_j = first_tie[i + 1] - first_tie[i], first_tie[j + 1] - first_tie[j]
    if rule == 0:
        dividend = dividend_of(i, j, kind, needs, alone, ranking)
        spare = (1.0 - ties_i / attention) * (1.0 - ties_j / attention)
        return spare * dividend if dividend > 1e-12 else -np.inf  # what is only rounding is none
    if rule == 1:
        return np.float64(uniform(key, pair(identity[i], identity[j]), _RANKS))
    if rule == 3:
        return -gap_between(i, j, sector, culture, stance, gap)
    return np.float64(ties_i + ties_j if rule == 2 else -ties_i - ties_j)


@inner
def dividend_of(i: Any, j: Any, kind: Any, needs: Any, alone: Any, ranking: Any) -> Any:
    """Return what two make together beyond what each makes alone, a unit of effort each, on their common issue."""
    sector, capability, salience, culture, stance = kind
    _, _, gap, joint = ranking
    common, q = 0.0, -1
    for issue in range(salience.shape[1]):
        if salience[i, issue] * salience[j, issue] > common:
            common, q = salience[i, issue] * salience[j, issue], issue
    if q < 0:
        return 0.0
    total = 0.0
    for k in range(capability.shape[1]):
        total += needs[q, k] * raised(capability[i, k] + capability[j, k], joint[0])
    between = gap_between(i, j, sector, culture, stance, gap)
    together = made_together(total, 2.0, 0.0, between, 0.0, 2, joint)
    return np.sqrt(common) * (together - alone[i, q] - alone[j, q])

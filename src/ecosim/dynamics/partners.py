"""Partners: whom an organisation looks at, in each of the ways to meet, and who of them become partners."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.encounter import complement, expected_gain, says_yes
from ecosim.dynamics.gap import gap_between
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import uniform, uniform4
from ecosim.world.lookup import find_half_edge

WAYS = ("friends", "likeness", "complementarity", "forum", "random")
"""The ways to meet, in the order in which a draw chooses among them."""

# Which draws of an organisation serve what; those of the samples follow.
_LOOKS, _AGREES, _CONVENES, _ATTENDS, _SAMPLES = 0, 1, 3, 4, 5


@kernel
def find_partners(
    identity: Any, kind: Any, graph: Any, counts: Any, key: Any, upto: Any, sample: Any, rate: Any, terms: Any,
    attention: Any, gap: Any, forums: Any,
) -> Any:  # fmt: skip
    """Return the pairs of rows (p, 2) that agree to be tied, and the way each met (p,).

    Args:
        identity: numbers of the organisations (n,).
        kind: their sector, capability, salience, culture and stance.
        graph: half-edges: first_tie, partner.
        counts: meetings and acceptances of each organisation with each sector (n, sectors), written anew.
        key: source of the draws.
        upto: where, in [0, 1], the share of each way but the last ends (4,).
        sample: how many are looked over for the most alike, or the most complementary.
        rate: share of organisations that look.
        terms: cost, concern, selectivity, reserve.
        attention: greatest number of ties.
        gap: weights of the translation gap.
        forums: number of the sector that holds them, -1 where none does; share of its organisations that do; seats of one.
    """
    sector, capability, salience, culture, stance = kind
    first_tie, partner = graph
    meetings, acceptances = counts
    n = identity.size
    pairs, ways, count = np.empty((n, 2), np.int32), np.empty(n, np.int8), 0
    added = np.zeros(n, np.int32)
    meetings[:], acceptances[:] = 0, 0
    looks, agrees = draws(identity, key)
    forum = convene(identity, sector, salience, forums, looks, rate, upto[2], upto[3], key)
    start = int(uniform(key, n, 2) * n)  # where attention is short, nobody is always the first to be served
    for turn in range(n):
        i = start + turn if start + turn < n else start + turn - n
        if looks[0, i] >= rate or _is_full(i, first_tie, added, attention):
            continue
        way = _way(looks[1, i], upto)
        if way == 1 or way == 2:
            j = _best_of(i, way == 1, sample, identity, kind, graph, gap, key)
        else:
            j = _met_by_chance(i, way, looks[2, i], looks[3, i], graph, forum)
        if j < 0 or j == i or _is_full(j, first_tie, added, attention) or find_half_edge(first_tie, partner, i, j) >= 0:
            continue
        _count(meetings, i, j, sector)
        expected = expected_gain(i, j, capability, salience, terms[1])
        if agrees[i] < says_yes(expected, gap_between(i, j, sector, culture, stance, gap), terms):
            pairs[count, 0], pairs[count, 1], ways[count] = i, j, way
            count += 1
            added[i] += 1
            added[j] += 1
            _count(acceptances, i, j, sector)
    return pairs[:count], ways[:count]


@inner
def draws(identity: Any, key: Any) -> Any:
    """Return four draws of how each looks (4, n), and the higher of two by which it and another agree (n,)."""
    looks, agrees = np.empty((4, identity.size)), np.empty(identity.size)
    for i in range(identity.size):  # a loop that only draws: the compiler makes several draws at a time
        looks[0, i], looks[1, i], looks[2, i], looks[3, i] = uniform4(key, identity[i], _LOOKS)
        one, other, _, _ = uniform4(key, identity[i], _AGREES)
        agrees[i] = max(one, other)
    return looks, agrees


@inlined
def _is_full(i: Any, first_tie: Any, added: Any, attention: Any) -> Any:
    """Return whether an organisation, with the ties of this tick, has as many as it has attention for."""
    return first_tie[i + 1] - first_tie[i] + added[i] >= attention


@inlined
def _count(counts: Any, i: Any, j: Any, sector: Any) -> None:
    """Count one more with the sector of the other, on both sides."""
    counts[i, sector[j]] += 1
    counts[j, sector[i]] += 1


@inlined
def _way(how: Any, upto: Any) -> Any:
    """Return the number of the way that a draw means."""
    way = 0
    while way < len(upto) and how >= upto[way]:
        way += 1
    return way


@inlined
def _met_by_chance(i: Any, way: Any, first: Any, second: Any, graph: Any, forum: Any) -> Any:
    """Return the row to look at: a partner's partner, one at the forum, or anyone; -1 where there is none."""
    first_tie, partner = graph
    if way == 4:
        return np.int64(first * (first_tie.size - 1))
    if way == 3:
        return _at_forum(i, first, forum)
    ties = first_tie[i + 1] - first_tie[i]
    if ties == 0:
        return np.int64(-1)
    friend = partner[first_tie[i] + np.int64(first * ties)]
    theirs = first_tie[friend + 1] - first_tie[friend]
    if theirs < 2:
        return np.int64(-1)
    return np.int64(partner[first_tie[friend] + np.int64(second * theirs)])


@inlined
def _best_of(i: Any, is_alike: Any, sample: Any, identity: Any, kind: Any, graph: Any, gap: Any, key: Any) -> Any:
    """Return, of some strangers drawn by chance, the most alike or the most complementary; -1 where there is none."""
    sector, capability, _, culture, stance = kind
    best, chosen = -np.inf, np.int64(-1)
    draws = uniform4(key, identity[i], _SAMPLES)
    for k in range(sample):
        if k & 3 == 0 and k > 0:
            draws = uniform4(key, identity[i], _SAMPLES + k // 4)
        j = np.int64(draws[k & 3] * identity.size)
        fits = -gap_between(i, j, sector, culture, stance, gap) if is_alike else complement(i, j, capability)
        if fits > best and j != i and find_half_edge(graph[0], graph[1], i, j) < 0:
            best, chosen = fits, j
    return chosen


@inlined
def _at_forum(i: Any, first: Any, forum: Any) -> Any:
    """Return one of the others at the forum that i attends; -1 where it attends none, or is alone there."""
    seat, first_seat, seated = forum
    if seat[i] < 0:
        return np.int64(-1)
    start, size = first_seat[seat[i]], first_seat[seat[i] + 1] - first_seat[seat[i]]
    place = np.int64(first * (size - 1))
    for a in range(start, start + place + 1):
        if seated[a] == i:  # whoever draws steps over itself
            place += 1
            break
    return np.int64(seated[start + place]) if place < size else np.int64(-1)


@kernel
def convene(
    identity: Any, sector: Any, salience: Any, forums: Any, looks: Any, rate: Any, low: Any, high: Any, key: Any
) -> Any:
    """Return the forum that each organisation attends (n,), -1 for none, the first seat of each (f+1,), who sits (s,).

    A share of the conveners (``forums`` as above) hosts a forum each, on an issue drawn by its salience to the host. Of
    those who look for partners (``looks`` as of ``draws``), whoever does so at forums, by a draw from ``low`` to ``high``,
    draws an issue by its own salience, and one of the forums on it; of more guests than seats those with the lowest draws
    are let in.
    """
    n, issues = identity.size, salience.shape[1]
    convener, convening, seats = forums
    if convener < 0:
        return np.full(n, -1, np.int64), np.zeros(1, np.int64), np.empty(0, np.int64)
    topic, arrival = np.full(n, -1, np.int64), np.full(n, 2.0)
    first = np.zeros(issues + 1, np.int64)
    for i in range(n):
        if sector[i] == convener and issues > 0:
            convenes, which, _, _ = uniform4(key, identity[i], _CONVENES)
            if convenes < convening:
                topic[i] = _drawn(salience, i, which)
                first[topic[i] + 1] += 1
    for i in range(1, first.size):
        first[i] += first[i - 1]
    hosts, free = np.empty(first[-1], np.int64), first.copy()
    seat = np.full(n, -1, np.int64)
    for i in range(n):
        if topic[i] >= 0:
            seat[i], arrival[i] = free[topic[i]], -1.0  # a host always has a seat
            hosts[free[topic[i]]] = i
            free[topic[i]] += 1
    for i in range(n):
        if topic[i] < 0 and looks[0, i] < rate and low <= looks[1, i] < high and hosts.size > 0:
            which, place, arrival[i], _ = uniform4(key, identity[i], _ATTENDS)
            q = _drawn(salience, i, which)
            if first[q + 1] > first[q]:
                seat[i] = first[q] + np.int64(place * (first[q + 1] - first[q]))
    return _let_in(seat, arrival, hosts.size, seats)


@inner
def _let_in(seat: Any, arrival: Any, forums: Any, seats: Any) -> Any:
    """Return seats as in ``convene``, when each forum has let in the first to arrive."""
    comers = np.flatnonzero(seat >= 0)
    comers = comers[np.argsort(arrival[comers])]
    taken = np.zeros(forums + 1, np.int64)
    for i in comers:
        if taken[seat[i] + 1] < seats:
            taken[seat[i] + 1] += 1
        else:
            seat[i] = -1
    first_seat = np.cumsum(taken)
    seated, free = np.empty(first_seat[-1], np.int64), first_seat.copy()
    for i in comers:
        if seat[i] >= 0:
            seated[free[seat[i]]] = i
            free[seat[i]] += 1
    return seat, first_seat, seated


@inlined
def _drawn(salience: Any, i: Any, draw: Any) -> Any:
    """Return an issue drawn with the probabilities of row i of salience; the last where they sum to less."""
    issue, left = 0, draw
    while issue < salience.shape[1] - 1 and left >= salience[i, issue]:
        left -= salience[i, issue]
        issue += 1
    return issue


@kernel
def terms_of(pairs: Any, kind: Any, terms: Any, gap: Any) -> Any:
    """Return the expected gain, the gap and the probability of saying yes of each pair (p, 2): (3, p)."""
    sector, capability, salience, culture, stance = kind
    found = np.empty((3, pairs.shape[0]))
    for p in range(pairs.shape[0]):
        i, j = pairs[p, 0], pairs[p, 1]
        found[0, p] = expected_gain(i, j, capability, salience, terms[1])
        found[1, p] = gap_between(i, j, sector, culture, stance, gap)
        found[2, p] = says_yes(found[0, p], found[1, p], terms)
    return found

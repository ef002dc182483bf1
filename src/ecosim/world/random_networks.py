"""Starting networks by chance: random with mixing by sector, groups, and preferential attachment.

Everyone draws its own ties, from draws that belong to its identity. In ``random_ties`` and ``group_ties`` a partner is
found by consistent hashing, so that one more organisation takes over a few ties and leaves all the others in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import uniform, uniform2
from ecosim.world.lookup import copy_into

_DRAWS = 1 << 24  # draws of one organisation for one sector


@kernel
def random_ties(identity: Any, start: Any, own: Any, across: Any, key: Any) -> Any:
    """Return the ties (m, 2) of a random graph with one probability inside a sector and one across.

    Exactly the law of Erdős & Rényi (Gilbert 1959) in each block, in time linear in organisations and ties: everyone
    looks at those that come before it (by position in the sector, then by sector), draws how many of each sector it is
    tied to from the binomial law, and then which, without replacement.

    Args:
        identity: numbers of the organisations (n,), sorted by sector.
        start: row at which each sector starts, and n (sectors + 1,).
        own: probability of a tie within a sector, 0 to 1.
        across: probability of a tie between sectors, 0 to 1.
        key: source of the draws.
    """
    sectors = start.size - 1
    counts = _wanted(identity, start, own, across, key)
    ends = np.empty((counts.sum(), 2), np.int32)
    taken_by, ahead = np.full(identity.size, -1, np.int64), np.empty(AHEAD)
    m = 0
    for s in range(sectors):
        stop: Any = start[s]
        drawn_ahead, at = 0, 0
        for i in range(start[s], start[s + 1]):
            if i == stop:
                stop, drawn_ahead = _look_ahead(i, s, identity, start, counts, key, ahead)
                at = 0
            for t in range(sectors):
                first, among, wanted = start[t], _candidates(i - start[s], s, t, start), counts[i, t]
                left, known = _draws(wanted, among), min(_draws(wanted, among), drawn_ahead - at)
                k = 0
                while left > 0:
                    if k < known:
                        j = first + np.int64(ahead[at + k])
                    else:
                        j = first + settled(key, identity[i], _first_draw(t) + 32 * k, among)
                    k += 1
                    if taken_by[j] == i:
                        continue
                    taken_by[j] = i
                    left -= 1
                    if wanted <= among // 2:
                        ends[m, 0], ends[m, 1] = i, j
                        m += 1
                at += known
                if wanted > among // 2:
                    m = _tie_to_the_rest(i, first, among, taken_by, ends, m)
    return ends


@inlined
def _tie_to_the_rest(i: Any, first: Any, among: Any, taken_by: Any, ends: Any, m: Any) -> Any:
    """Write ties of i to all that were not drawn, where those were drawn that it is not tied to; return how many ties."""
    for j in range(first, first + among):
        if taken_by[j] != i:
            ends[m, 0], ends[m, 1] = i, j
            m += 1
    return m


AHEAD = 256
"""Partners that are found at a time, for several organisations at once where each has few."""


@inner
def _wanted(identity: Any, start: Any, own: Any, across: Any, key: Any) -> Any:
    """Return to how many of each sector that come before it an organisation is tied (n, sectors)."""
    sectors = start.size - 1
    counts = np.empty((identity.size, sectors), np.int32)
    for s in range(sectors):
        for i in range(start[s], start[s + 1]):
            for t in range(sectors):
                among = _candidates(i - start[s], s, t, start)
                counts[i, t] = binomial(key, identity[i], t * _DRAWS, among, own if s == t else across)
    return counts


@inlined
def _draws(wanted: Any, among: Any) -> Any:
    """Return how many have to be drawn: where most are wanted, those with whom there is no tie."""
    return among - wanted if wanted > among // 2 else wanted


@inlined
def _first_draw(t: Any) -> Any:
    """Return an organisation's first draw of a partner in a sector; each takes 32."""
    return t * _DRAWS + (_DRAWS >> 4)


@inner
def _look_ahead(i: Any, s: Any, identity: Any, start: Any, counts: Any, key: Any, places: Any) -> Any:
    """Fill in where partners are among their sector's, in the order of drawing, for organisations from row i of sector s.

    Returns the row of the first organisation that none was drawn for, and how many were drawn; the last one before it
    may need more than there was room for, and everyone some instead of those drawn twice.
    """
    entities, draws = np.empty(AHEAD, np.int64), np.empty(AHEAD, np.int64)
    filled = 0
    while i < start[s + 1] and filled < AHEAD:
        for t in range(start.size - 1):
            among = _candidates(i - start[s], s, t, start)
            for k in range(min(_draws(counts[i, t], among), AHEAD - filled)):
                entities[filled], draws[filled], places[filled] = identity[i], _first_draw(t) + 32 * k, among
                filled += 1
        i += 1
    _settle(key, entities[:filled], draws, places)
    return i, filled


@kernel
def _candidates(ordinal: Any, s: Any, t: Any, start: Any) -> Any:
    """Return how many of sector t come before the organisation: its candidates are the first so many of t."""
    if s == t:
        return ordinal
    return min(ordinal + (1 if t < s else 0), start[t + 1] - start[t])


@kernel
def binomial(key: Any, entity: Any, draw: Any, trials: Any, probability: Any) -> Any:
    """Return a binomial number by inversion, in parts small enough that no probability underflows.

    Args:
        key: source of the draws.
        entity: whose draw it is.
        draw: its first draw; one is used for each part.
        trials: how many trials, at least 0.
        probability: of each, 0 to 1.
    """
    if probability <= 0.0 or trials <= 0:
        return 0
    if probability > 0.5:
        return trials - _binomial(key, entity, draw, trials, 1.0 - probability)
    return _binomial(key, entity, draw, trials, probability)


@inner
def _binomial(key: Any, entity: Any, draw: Any, trials: Any, probability: Any) -> Any:
    if probability <= 0.0:
        return 0
    most = max(1, int(200.0 / probability))
    successes = 0
    odds = probability / (1.0 - probability)
    while trials > 0:
        part = min(trials, most)
        left = uniform(key, entity, draw)
        chance = np.exp(part * np.log1p(-probability))
        count = 0
        while left >= chance and count < part:
            left -= chance
            count += 1
            chance *= odds * (part - count + 1) / count
            if chance < 1e-300 and count > part * probability:
                break
        successes += count
        trials -= part
        draw += 1
    return successes


@kernel
def settled(key: Any, entity: Any, draw: Any, places: Any) -> Any:
    """Return a place, uniform in 0 … places - 1, that rarely changes when there are more places.

    With one place more it moves with probability 1 / (places + 1), and then to the new one: jump consistent hashing
    (Lamping & Veach 2014, arXiv:1406.2294). Uses up to 32 draws.
    """
    return np.int64(_settled(key, entity, draw, 0, -1.0, 0.0, np.float64(places)))


@inner
def _settled(key: Any, entity: Any, draw: Any, step: Any, place: Any, following: Any, places: Any) -> Any:
    """Go on from a step, with the place so far and the one that follows, unless that lies beyond the last."""
    while step < 32:
        first, second = uniform2(key, entity, draw + step)
        for number in (first, second):
            if following >= places:
                return place
            place, following = following, _jump(following, number)
        step += 1
    return place


@inlined
def _jump(place: Any, number: Any) -> Any:
    # 1 - number lies in (0, 1]; the jump is cut where it could not be written as an integer.
    return np.floor(min((place + 1.0) / (1.0 - number), 4e18))


@inner
def _settle(key: Any, entities: Any, draws: Any, places: Any) -> None:
    """Put what :func:`settled` would return in the place of the number of places (n,), for at most ``AHEAD`` at once.

    The first steps, which most need, go without branches that nobody could foresee, and draw several at a time.
    """
    place, following = np.full(AHEAD, -1.0), np.zeros(AHEAD)
    first, second = np.empty(AHEAD), np.empty(AHEAD)
    for step in range(STEPS):
        for k in range(entities.size):
            first[k], second[k] = uniform2(key, entities[k], draws[k] + step)
        for k in range(entities.size):
            goes_on = following[k] < places[k]
            here = following[k] if goes_on else place[k]
            there = _jump(here, first[k]) if goes_on else following[k]
            goes_on = there < places[k]
            place[k] = there if goes_on else here
            following[k] = _jump(there, second[k]) if goes_on else there
    for k in range(entities.size):
        if following[k] < places[k]:
            place[k] = _settled(key, entities[k], draws[k], STEPS, place[k], following[k], places[k])
        places[k] = place[k]


STEPS = 4
"""Steps that are made for all: so many jumps, twice, are enough for most among a hundred places."""


@kernel
def group_ties(identity: Any, start: Any, each: Any, size: Any, mixed: Any, key: Any) -> Any:
    """Return the pairs (m, 2), some twice, of organisations that meet in a group; everyone in a group is tied.

    Real networks between organisations are projections of projects, boards and committees (Newman, Strogatz & Watts
    2001, Phys. Rev. E 64, 026118), and clustered for that reason. Each organisation is in ``each`` groups on
    average; a membership is in a group of any sector with probability ``mixed``, else in one of its own sector; the
    group is drawn uniformly, so the others met there are ``size`` on average.

    Args:
        identity: numbers of the organisations (n,), sorted by sector.
        start: row at which each sector starts, and n (sectors + 1,).
        each: mean number of groups an organisation is in.
        size: mean number of others met in a group.
        mixed: share of memberships in groups open to every sector.
        key: source of the draws.
    """
    sectors, n = start.size - 1, identity.size
    pool = np.empty(sectors + 2, np.int64)  # first group of each sector's pool; the mixed pool is the last
    pool[0] = 0
    for s in range(sectors + 1):
        people = n * mixed if s == sectors else (start[s + 1] - start[s]) * (1.0 - mixed)
        pool[s + 1] = pool[s] + max(1, int(people * each / size + 0.5))
    most = int(np.ceil(each))
    group = np.empty(n * most, np.int64)
    member = np.empty(n * most, np.int32)
    filled = np.zeros(pool[sectors + 1] + 1, np.int64)
    count = 0
    for s in range(sectors):
        for i in range(start[s], start[s + 1]):
            extra, _ = uniform2(key, identity[i], 0)
            for k in range(int(each) + (1 if extra < each - int(each) else 0)):
                p = sectors if uniform(key, identity[i], 64 * k + 1) < mixed else s
                g = pool[p] + settled(key, identity[i], 64 * k + 2, pool[p + 1] - pool[p])
                group[count], member[count] = g, i
                filled[g + 1] += 1
                count += 1
    return _pairs_within(group[:count], member[:count], filled)


@inner
def _pairs_within(group: Any, member: Any, filled: Any) -> Any:
    total = 0
    for g in range(1, filled.size):
        total += filled[g] * (filled[g] - 1) // 2
        filled[g] += filled[g - 1]
    free = filled[:-1].copy()
    listed = np.empty(member.size, np.int32)
    for row in range(member.size):
        listed[free[group[row]]] = member[row]
        free[group[row]] += 1
    ends = np.empty((total, 2), np.int32)
    m = 0
    for g in range(filled.size - 1):
        for a in range(filled[g], filled[g + 1]):
            for b in range(a + 1, filled[g + 1]):
                ends[m, 0], ends[m, 1] = listed[a], listed[b]
                m += 1
    return ends


@kernel
def scale_free(identity: Any, each: Any, triangles: Any, key: Any) -> Any:
    """Return the ties (m, 2) of a network grown by preferential attachment, from a complete core of ``each`` + 1.

    A newcomer ties itself to ``each`` others, drawn in proportion to their ties (Barabási & Albert 1999, Science 286,
    509). After its first tie, each further one goes with probability ``triangles`` to a partner of the one it has just
    been tied to, drawn uniformly (Holme & Kim 2002, Phys. Rev. E 65, 026107).

    Args:
        identity: numbers of the organisations (n,), in order of arrival.
        each: ties of a newcomer, at least 1.
        triangles: probability of a triangle step, 0 to 1.
        key: source of the draws.
    """
    n = identity.size
    core = min(n, each + 1)
    ends = np.empty((core * (core - 1) // 2 + (n - core) * each, 2), np.int32)
    partners = _no_partners(n, each, ends.shape[0] if triangles > 0.0 else 0)
    taken_by = np.full(n, -1, np.int64)
    m = 0
    for i in range(core):
        for earlier in range(i):
            m = _link(ends, partners, m, i, earlier)
    for i in range(core, n):
        grown, draw = m, 0
        last: Any = np.int64(-1)
        j: Any
        for _ in range(each):
            j = np.int64(-1)
            closes, which = uniform2(key, identity[i], draw)
            draw += 1
            if last >= 0 and closes < triangles:
                listed, first, _, degree, _ = partners
                j = np.int64(listed[first[last] + np.int64(which * degree[last])])
                if j == i or taken_by[j] == i:
                    j = np.int64(-1)
            while j < 0:
                half = np.int64(uniform(key, identity[i], draw) * (2 * grown))
                draw += 1
                j = np.int64(ends[half >> 1, half & 1])
                if taken_by[j] == i:
                    j = np.int64(-1)
            taken_by[j] = i
            last = j
            m = _link(ends, partners, m, i, j)
    return ends


@inner
def _no_partners(n: Any, room: Any, ties: Any) -> Any:
    """Return growing lists of partners: (listed, first, room, degree, free), empty where there will be no ties.

    A list that is full moves to the end of ``listed`` with twice the room, so all rooms together stay below eight
    times the ties.
    """
    size = n if ties > 0 else 0
    listed = np.empty(8 * ties + 2 * room * size, np.int32)
    first = np.arange(size) * (2 * room)
    return (
        listed,
        first,
        np.full(size, 2 * room, np.int64),
        np.zeros(size, np.int64),
        np.full(1, 2 * room * size, np.int64),
    )


@inner
def _link(ends: Any, partners: Any, m: Any, i: Any, j: Any) -> Any:
    ends[m, 0], ends[m, 1] = i, j
    if partners[1].size > 0:
        _list(partners, i, j)
        _list(partners, j, i)
    return m + 1


@inner
def _list(partners: Any, i: Any, j: Any) -> Any:
    listed, first, room, degree, free = partners
    if degree[i] == room[i]:
        copy_into(listed[free[0] : free[0] + room[i]], listed[first[i] : first[i] + room[i]])
        first[i] = free[0]
        room[i] *= 2
        free[0] += room[i]
    listed[first[i] + degree[i]] = j
    degree[i] += 1

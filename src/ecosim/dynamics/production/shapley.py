"""Shapley: what a member adds to what a coalition makes, on average over all orders in which they might have come."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.production.together import between, together
from ecosim.kernels import inner, kernel
from ecosim.rng import uniform


@kernel
def share_by_shapley(
    identity: Any, kind: Any, graph: Any, groups: Any, made: Any, needs: Any, member_share: Any, rates: Any, weights: Any,
    limits: Any, key: Any,
) -> None:  # fmt: skip
    """Write each member's Shapley value of the game v(S) = what the members S would make of their effort (M,).

    One alone makes what it makes alone. What a coalition made beyond what its members' inputs now tell (its pool, above
    all) raises what any two or more of them would make in the same proportion, so that v of all is what all made.

    Args:
        identity: numbers of the organisations (n,).
        kind: sector, culture, stance and capability.
        graph: first_tie, partner, tie, bond and translation.
        groups: member and first_member.
        made: coalition_identity, coalition_issue, output, member_effort and member_alone.
        needs: of each issue (issues, capabilities).
        member_share: what is written.
        rates: parameters of output (``ecosim.dynamics.production.making``).
        weights: of the translation gap.
        limits: the most members for whom all subsets are weighed; and how many orders are drawn where there are more.
        key: source of those draws, which belong to a member of a coalition, by their numbers.
    """
    member, first_member = groups
    number, issue, output, member_effort, member_alone = made
    capability = kind[3]
    exact_to, samples = limits
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        rows = member[start:end]
        brought = np.empty((rows.size, capability.shape[1]))
        for a in range(rows.size):
            for k in range(capability.shape[1]):
                brought[a, k] = member_effort[start + a] * capability[rows[a], k]
        bonds, gaps = between_members(rows, kind, graph, weights)
        game = (brought, needs[issue[c]], member_alone[start:end], bonds, gaps, member_effort[start:end])
        full = value_of_all(game, rates)
        scale = output[c] / full if full > 0.0 else np.inf
        if not np.isfinite(scale):  # there is nothing to tell them apart by
            member_share[start:end] = output[c] / rows.size
            continue
        if rows.size <= exact_to:
            shares = exact_values(game, rates, scale)
        else:
            numbers = number[c] * np.int64(1_000_003) ^ identity[rows]
            shares = sampled_values(game, rates, scale, numbers, samples, key)
        member_share[start:end] = shares + (output[c] - shares.sum()) / rows.size  # what rounding has left over


@kernel
def between_members(rows: Any, kind: Any, graph: Any, weights: Any) -> Any:
    """Return the bond and the remaining translation gap of each pair of members (m, m), as joint work counts them."""
    bonds, gaps = np.zeros((rows.size, rows.size)), np.zeros((rows.size, rows.size))
    for a in range(rows.size):
        for b in range(a + 1, rows.size):
            bonds[a, b], gaps[a, b] = between(rows[a], rows[b], graph, kind, weights)
            bonds[b, a], gaps[b, a] = bonds[a, b], gaps[a, b]
    return bonds, gaps


@inner
def value_of_all(game: Any, rates: Any) -> Any:
    """Return v of all members, but for what their inputs do not tell; 0 where there is one only."""
    brought, needs, alone, bonds, gaps, effort = game
    combined, total = np.zeros(needs.size), 0.0
    for a in range(alone.size):
        combined += brought[a]
        total += effort[a]
    if alone.size < 2:
        return 0.0
    return together(combined, total, needs, 0.5 * bonds.sum(), 0.5 * gaps.sum(), 0.0, alone.size, rates)


@inner
def exact_values(game: Any, rates: Any, scale: Any) -> Any:
    """Return Shapley values (m,) from what each of all 2^m subsets would make."""
    brought, needs, alone, bonds, gaps, effort = game
    m, kinds = alone.size, needs.size
    combined, efforts = np.zeros((1 << m, kinds)), np.zeros(1 << m)
    of_pairs = np.zeros((1 << m, 2))
    size = np.zeros(1 << m, np.int64)
    weight = np.empty(m)  # of a subset of so many others: s! (m − 1 − s)! / m!
    weight[0] = 1.0 / m
    for s in range(1, m):
        weight[s] = weight[s - 1] * s / (m - s)
    shares = np.zeros(m)
    for subset in range(1, 1 << m):
        last = 0
        while not (subset >> last) & 1:
            last += 1
        rest = subset & (subset - 1)  # without that one
        size[subset] = size[rest] + 1
        combined[subset] = combined[rest] + brought[last]
        efforts[subset] = efforts[rest] + effort[last]
        of_pairs[subset] = of_pairs[rest]
        for a in range(last + 1, m):
            if (rest >> a) & 1:
                of_pairs[subset, 0] += bonds[last, a]
                of_pairs[subset, 1] += gaps[last, a]
        if rest == 0:
            value = alone[last]
        else:
            value = scale * together(
                combined[subset], efforts[subset], needs, of_pairs[subset, 0], of_pairs[subset, 1], 0.0, size[subset],
                rates,
            )  # fmt: skip
        for a in range(m):
            if (subset >> a) & 1:
                shares[a] += weight[size[subset] - 1] * value
            else:
                shares[a] -= weight[size[subset]] * value
    return shares


@inner
def sampled_values(game: Any, rates: Any, scale: Any, numbers: Any, samples: Any, key: Any) -> Any:
    """Return the mean of what each member adds (m,) over so many orders of coming, drawn uniformly."""
    brought, needs, alone, bonds, gaps, effort = game
    m = alone.size
    shares, luck = np.zeros(m), np.empty(m)
    combined = np.empty(needs.size)
    for sample in range(samples):
        for a in range(m):
            luck[a] = uniform(key, numbers[a], sample)
        order = np.argsort(luck)
        combined[:] = 0.0
        bond, gap, total, before = 0.0, 0.0, 0.0, 0.0
        for place in range(m):
            a = order[place]
            combined += brought[a]
            total += effort[a]
            for earlier in range(place):
                bond += bonds[a, order[earlier]]
                gap += gaps[a, order[earlier]]
            value = alone[a]
            if place > 0:
                value = scale * together(combined, total, needs, bond, gap, 0.0, place + 1, rates)
            shares[a] += (value - before) / samples
            before = value
    return shares

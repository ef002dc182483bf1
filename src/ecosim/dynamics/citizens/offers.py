"""Offers: what organisations have to offer to those who buy, work and support, and what citizens see around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.conduct import beside
from ecosim.dynamics.gap import pressing
from ecosim.kernels import kernel
from ecosim.world.lookup import mean_of

BUY, WORK, SUPPORT = 0, 1, 2
"""What a citizen chooses an organisation for: places in offers and regards."""

CUSTOMERS, TAXES, DONORS = 0, 1, 2
"""What an organisation lives by: places in the purses of the market."""


@kernel
def offers_of(
    purse: Any, capital: Any, contribution: Any, reputation: Any, purpose: Any, salience: Any, workers: Any,
    urgency: Any, attention: Any, half: Any,
) -> Any:  # fmt: skip
    """Return offers and regards, both (n, 3) in [0, 1], the size of each organisation (n,), and the usual offers (3,).

    Columns are buying, work and support; see ``Citizens`` for the equations. An offer that is not made is 0.
    """
    n, issues = purse.size, urgency.size
    offer, regard, sizes, usual = np.zeros((n, 3)), np.empty((n, 3)), np.empty(n), np.zeros(3)
    makers = np.zeros(3)
    staff = 0.0
    for i in range(n):
        staff += workers[i] / n
    for i in range(n):
        size = np.sqrt(capital[i]) * (0.5 + (beside(workers[i], staff) if staff > 0.0 else 0.5))
        sizes[i] = size
        if purse[i] == CUSTOMERS:
            offer[i, BUY] = size * (1.0 - attention * contribution[i])
        elif purse[i] == DONORS:
            care = 0.0
            for q in range(issues):
                care += issues * salience[i, q] * pressing(urgency[q], half)
            offer[i, SUPPORT] = size * contribution[i] * care
        offer[i, WORK] = capital[i]
        makers[BUY] += purse[i] == CUSTOMERS
        makers[SUPPORT] += purse[i] == DONORS
        makers[WORK] += 1.0
        for what in range(3):
            usual[what] += offer[i, what]
            regard[i, what] = reputation[i] if what != WORK else 0.5 * (reputation[i] + purpose[i])
    for what in range(3):
        usual[what] = max(1e-9, usual[what] / max(1.0, makers[what]))
    for i in range(n):
        for what in range(3):
            offer[i, what] = beside(offer[i, what], usual[what])
    return offer, regard, sizes, usual


@kernel
def stakes(
    purse: Any, contribution: Any, sizes: Any, caring: Any, usual: Any, at_stake: Any, attention: Any, foresight: Any,
    selectivity: Any,
) -> None:  # fmt: skip
    """Write the custom that each organisation would lose by contributing everything rather than nothing (n,).

    Against the customers it has, and as far as it foresees what they would make of its better name; ``caring`` is
    their mean orientation.
    """
    common = max(1e-9, mean_of(contribution, 0.0))
    for i in range(purse.size):
        at_stake[i] = 0.0
        if purse[i] != CUSTOMERS:
            continue
        own, care = 1.0 - caring[i], foresight * caring[i]
        present = own * beside(sizes[i] * (1.0 - attention * contribution[i]), usual) + care * beside(
            contribution[i], common
        )
        nothing = own * beside(sizes[i], usual)
        everything = own * beside(sizes[i] * (1.0 - attention), usual) + care * beside(1.0, common)
        at_stake[i] = max(0.0, np.exp(selectivity * (nothing - present)) - np.exp(selectivity * (everything - present)))


@kernel
def togetherness(sector: Any, groups: Any, graph: Any, trust: Any) -> Any:
    """Return, for each organisation (n,), the mean of two things that those who work there see, in [0, 1].

    Whether it works in a coalition with another sector (0 or 1), and the mean trust that its partners have in it (½
    without partners).
    """
    member, first_member, first_membership, membership, member_coalition = groups
    first_tie, partner, tie = graph
    coalitions = first_member.size - 1
    is_mixed = np.zeros(coalitions, np.bool_)
    for c in range(coalitions):
        for row in range(first_member[c] + 1, first_member[c + 1]):
            is_mixed[c] |= sector[member[row]] != sector[member[first_member[c]]]
    seen = np.empty(sector.size)
    for i in range(sector.size):
        together = False
        for h in range(first_membership[i], first_membership[i + 1]):
            together |= is_mixed[member_coalition[membership[h]]]
        trusted, ties = 0.0, first_tie[i + 1] - first_tie[i]
        for h in range(first_tie[i], first_tie[i + 1]):
            trusted += trust[tie[h], np.int64(i < partner[h])]  # the lower row is side 0
        seen[i] = 0.5 * together + 0.5 * (trusted / ties if ties > 0 else 0.5)
    return seen


@kernel
def mood_of(
    purse: Any, reputation: Any, stance: Any, severity: Any, urgency: Any, usual_severity: Any, half: Any, worst: Any,
    share: Any,
) -> Any:  # fmt: skip
    """Return what everybody sees: need, trend, government's merit, and its mean stance (1, axes); note the usual severity.

    Need is the mean pressure of urgency over issues, in [0, 1); the trend is by how much issues are less severe than
    citizens are used to, in units of ``half``, held to [−1, 1]; merit is the mean of government's reputation and of how
    far issues are from their worst, -1 where there is no government.
    """
    issues, bodies, regarded = severity.size, 0.0, 0.0
    position = np.zeros((1, stance.shape[1]))
    need, trend, wellbeing = 0.0, 0.0, 0.0 if issues > 0 else 1.0
    for q in range(issues):
        need += pressing(urgency[q], half) / issues
        trend += (usual_severity[q] - severity[q]) / (half * issues)
        wellbeing += (1.0 - min(1.0, severity[q] / worst)) / issues
        usual_severity[q] += share * (severity[q] - usual_severity[q])
    for i in range(purse.size):
        if purse[i] == TAXES:
            bodies += 1.0
            regarded += reputation[i]
            for d in range(position.size):
                position[0, d] += stance[i, d]
    merit = 0.5 * (regarded / bodies + wellbeing) if bodies > 0.0 else -1.0
    for d in range(position.size):
        position[0, d] /= max(1.0, bodies)
    return (need, min(1.0, max(-1.0, trend)), merit), position

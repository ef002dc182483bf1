"""Encounter: what two strangers expect of each other, and how likely each is to say yes across the gap."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inlined, inner


@inner
def expected_gain(i: Any, j: Any, capability: Any, salience: Any, concern: Any) -> Any:
    """Return what organisations i and j expect of each other: complementing capabilities, and shared concern."""
    shared = 0.0
    for q in range(salience.shape[1]):
        shared += min(salience[i, q], salience[j, q])
    return complement(i, j, capability) + concern * shared


@inlined
def complement(i: Any, j: Any, capability: Any) -> Any:
    """Return how well two complete each other: 1 less the cosine of their capabilities; 0 where one can do nothing."""
    product, own, other = 0.0, 0.0, 0.0
    for k in range(capability.shape[1]):
        product += capability[i, k] * capability[j, k]
        own += capability[i, k] ** 2
        other += capability[j, k] ** 2
    return 1.0 - (product / np.sqrt(own * other) if own * other > 0.0 else 1.0)


@inlined
def says_yes(expected: Any, gap: Any, terms: Any) -> Any:
    """Return the probability of saying yes; terms: cost of a gap of 1, weight of concern, selectivity, reserve."""
    hurdle = terms[0] * gap + terms[3]
    return 1.0 / (1.0 + np.exp(-terms[2] * (expected - hurdle)))

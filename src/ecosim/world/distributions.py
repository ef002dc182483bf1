"""Distributions that a world is drawn from; every number belongs to an identity, whoever else there is.

Where a spread is called ``jitter`` it is the standard deviation as a share of the widest that the mean allows:
0 is the mean itself, near 1 is all or nothing. A Dirichlet law of mean m and concentration a has variance
m (1 - m) / (a + 1), so a = (1 - jitter²) / jitter².
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inner, kernel
from ecosim.rng import normal2, pair, uniform, uniform2

_ROOM = 256  # draws reserved for one gamma number


@inner
def log_gamma_numbers(key: Any, entities: Any, draw: Any, kind: Any, shapes: Any, logarithms: Any) -> None:
    """Fill in the logarithms (n,) of gamma numbers of shapes ``shapes[kind]`` and scale 1; −∞ for a shape of 0.

    In logarithms, because numbers of small shape underflow. Everyone's first attempt is drawn ahead, and seldom fails:
    only a loop of nothing but draws makes several at a time.
    """
    normal, luck = np.empty(entities.size), np.empty(entities.size)
    _fill_normals(key, entities, draw, normal)
    for i in range(entities.size):
        luck[i] = uniform(key, entities[i], draw + 1)
    for i in range(entities.size):
        shape = shapes[kind[i]]
        logarithms[i] = _log_gamma_number(key, entities[i], draw, shape, normal[i], luck[i]) if shape > 0.0 else -np.inf


@inner
def _log_gamma_number(key: Any, entity: Any, draw: Any, shape: Any, normal: Any, luck: Any) -> Any:
    """Return the logarithm of one gamma number (Marsaglia & Tsang 2000), given the draws of the first attempt.

    Below 1 the shape is raised by one and the number multiplied by u^(1/shape). ACM Trans. Math. Softw. 26, 363.
    """
    boost = 0.0
    if shape < 1.0:
        boost = np.log(1.0 - uniform(key, entity, draw + _ROOM - 1)) / shape
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    for attempt in range(_ROOM // 2 - 1):  # each fails less than one time in twenty
        if attempt > 0:
            normal, _ = normal2(key, entity, draw + 2 * attempt)
            luck = uniform(key, entity, draw + 2 * attempt + 1)
        v = 1.0 + c * normal
        if v <= 0.0:
            continue
        v = v * v * v
        u = 1.0 - luck
        if u < 1.0 - 0.0331 * normal**4 or np.log(u) < 0.5 * normal * normal + d * (1.0 - v + np.log(v)):
            return np.log(d * v) + boost
    return np.log(d) + boost


@inner
def _fill_normals(key: Any, entities: Any, draw: Any, normal: Any) -> None:
    """Fill in a standard normal number for each entity (n,): the first of ``normal2``, all drawn ahead."""
    angle = np.empty(entities.size)
    for i in range(entities.size):
        normal[i], angle[i] = uniform2(key, entities[i], draw)
    for i in range(entities.size):
        normal[i] = np.sqrt(-2.0 * np.log(1.0 - normal[i])) * np.cos(2.0 * np.pi * angle[i])


@kernel
def dirichlet(key: Any, identity: Any, kind: Any, mean: Any, jitter: Any) -> Any:
    """Return shares (n, k) that sum to 1.

    Args:
        key: source of the draws.
        identity: whose shares they are (n,).
        kind: which row of ``mean`` is theirs (n,).
        mean: mean shares (kinds, k), each row summing to 1; a share of 0 stays 0.
        jitter: 0 to less than 1.
    """
    n, k = identity.size, mean.shape[1]
    shares, one = np.empty((n, k)), np.empty(n)
    if jitter == 0.0:
        for i in range(n):
            shares[i] = mean[kind[i]]
    else:
        concentration = (1.0 - jitter * jitter) / (jitter * jitter)
        for c in range(k):
            log_gamma_numbers(key, identity, c * _ROOM, kind, mean[:, c] * concentration, one)
            for i in range(n):
                shares[i, c] = one[i]
    for i in range(n):
        greatest = -np.inf
        for c in range(k):
            greatest = max(greatest, shares[i, c])
        total = 0.0
        for c in range(k):
            if jitter > 0.0:
                shares[i, c] = np.exp(shares[i, c] - greatest)
            total += shares[i, c]
        for c in range(k):
            shares[i, c] /= total
    return shares


@inner
def _beta_numbers(key: Any, entities: Any, draw: Any, kind: Any, mean: Any, jitter: Any) -> Any:
    """Return numbers in [0, 1] (n,) around ``mean[kind]``; a mean of 0 or 1 is kept. Uses 512 draws of each entity."""
    numbers, second = np.empty(entities.size), np.empty(entities.size)
    if jitter > 0.0:
        concentration = (1.0 - jitter * jitter) / (jitter * jitter)
        log_gamma_numbers(key, entities, draw, kind, mean * concentration, numbers)
        log_gamma_numbers(key, entities, draw + _ROOM, kind, (1.0 - mean) * concentration, second)
    for i in range(entities.size):
        m = mean[kind[i]]
        numbers[i] = m if jitter == 0.0 or m <= 0.0 or m >= 1.0 else 1.0 / (1.0 + np.exp(second[i] - numbers[i]))
    return numbers


@kernel
def betas(key: Any, identity: Any, kind: Any, mean: Any, jitter: Any) -> Any:
    """Return numbers in [0, 1] (n,) around ``mean[kind]``."""
    return _beta_numbers(key, identity, np.int64(0), kind, mean, jitter)  # a bare 0 is compiled apart


@kernel
def pair_betas(key: Any, identity: Any, ends: Any, sides: Any, mean: Any, jitter: Any) -> Any:
    """Return numbers in [0, 1] (m, sides) for ties with ends (m, 2), drawn for the pair of identities.

    With two sides, each has its own number, which stays its own whichever row comes first.
    """
    pairs, kind = np.empty(ends.shape[0], np.int64), np.zeros(ends.shape[0], np.int8)
    for t in range(pairs.size):
        pairs[t] = pair(identity[ends[t, 0]], identity[ends[t, 1]])
    numbers = np.empty((pairs.size, sides))
    for place in range(sides):  # the number of the lower identity, or the one number, then that of the greater one
        drawn = _beta_numbers(key, pairs, 2 * _ROOM * place, kind, np.full(1, mean), jitter)
        for t in range(pairs.size):
            is_turned = sides == 2 and identity[ends[t, 0]] > identity[ends[t, 1]]
            numbers[t, 1 - place if is_turned else place] = drawn[t]
    return numbers


@kernel
def pair_uniforms(key: Any, identity: Any, ends: Any, low: Any, high: Any) -> Any:
    """Return numbers uniform in [low, high) (m,) for ties with ends (m, 2), drawn for the pair of identities."""
    numbers = np.empty(ends.shape[0])
    for t in range(ends.shape[0]):
        numbers[t] = low + (high - low) * uniform(key, pair(identity[ends[t, 0]], identity[ends[t, 1]]), 0)
    return numbers


@kernel
def lognormals(key: Any, identity: Any, kind: Any, mean: Any, spread: Any) -> Any:
    """Return lognormal numbers (n, k) of mean ``mean[kind]``, where ``spread`` is the deviation of the logarithm."""
    n, k = identity.size, mean.shape[1]
    numbers, normal = np.empty((n, k)), np.empty(n)
    for c in range(k):
        _fill_normals(key, identity, c, normal)
        for i in range(n):
            numbers[i, c] = mean[kind[i], c] * np.exp(spread * normal[i] - 0.5 * spread * spread)
    return numbers


@kernel
def stances(
    key: Any, identity: Any, kind: Any, centre: Any, spread: Any, is_normal: Any, apart: Any, share: Any
) -> Any:
    """Return stances (n, axes) in [-1, 1]; what would lie beyond is reflected at the border, so nothing piles up there.

    Args:
        key: source of the draws.
        identity: whose stances they are (n,).
        kind: which row of ``centre`` is theirs (n,).
        centre: mean before reflection (kinds, axes).
        spread: greatest distance from the centre (uniform) or standard deviation (normal).
        is_normal: whether normal, else uniform.
        apart: half of the distance between two camps along each axis; 0 for one camp.
        share: chance to be in the upper camp, on all axes.
    """
    n, axes = identity.size, centre.shape[1]
    numbers, camp, distance = np.empty((n, axes)), np.zeros(n), np.empty(n)
    if apart != 0.0:
        for i in range(n):
            camp[i] = apart if uniform(key, identity[i], 0) < share else -apart
    for d in range(axes):
        if is_normal:
            _fill_normals(key, identity, d + 1, distance)
        else:
            for i in range(n):
                distance[i] = 2.0 * uniform(key, identity[i], d + 1) - 1.0
        for i in range(n):
            x = centre[kind[i], d] + camp[i] + spread * distance[i] + 1.0
            x = x if 0.0 <= x < 4.0 else x % 4.0
            numbers[i, d] = (x if x <= 2.0 else 4.0 - x) - 1.0
    return numbers


@kernel
def stances_drawn_again(
    key: Any, identity: Any, kind: Any, centre: Any, spread: Any, is_normal: Any, apart: Any, share: Any
) -> Any:
    """Return stances (n, axes) in [-1, 1] as :func:`stances` does, but draw anew what lies beyond: a truncated law.

    Should a hundred draws in turn lie beyond, the last is put on the border.
    """
    n, axes = identity.size, centre.shape[1]
    numbers = np.empty((n, axes))
    for i in range(n):
        camp = apart if uniform(key, identity[i], 0) < share else -apart
        for d in range(axes):
            for attempt in range(100):
                draw = 1 + d + attempt * axes
                if is_normal:
                    distance, _ = normal2(key, identity[i], draw)
                else:
                    distance = 2.0 * uniform(key, identity[i], draw) - 1.0
                x = centre[kind[i], d] + camp + spread * distance
                if abs(x) <= 1.0:
                    break
            numbers[i, d] = min(1.0, max(-1.0, x))
    return numbers


@kernel
def traits(key: Any, identity: Any, kind: Any, typical: Any, number: Any, likeness: Any) -> Any:
    """Return cultural traits (n, features), 0 … number - 1: one's kind's with chance ``likeness``, else any."""
    features = typical.shape[1]
    chosen = np.empty((identity.size, features), np.int8)
    for i in range(identity.size):
        for f in range(features):
            conforms, which = uniform2(key, identity[i], f)
            chosen[i, f] = typical[kind[i], f] if conforms < likeness else np.int64(which * number)
    return chosen

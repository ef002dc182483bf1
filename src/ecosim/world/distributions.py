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
def log_gamma_number(key: Any, entity: Any, draw: Any, shape: Any) -> Any:
    """Return the logarithm of a gamma number of this shape > 0 and scale 1 (Marsaglia & Tsang 2000).

    In logarithms, because numbers of small shape underflow. Below 1 the shape is raised by one and the number
    multiplied by u^(1/shape). ACM Trans. Math. Softw. 26, 363.
    """
    boost = 0.0
    if shape < 1.0:
        boost = np.log(1.0 - uniform(key, entity, draw + _ROOM - 1)) / shape
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    for attempt in range(_ROOM // 2 - 1):  # each fails less than one time in twenty
        normal, _ = normal2(key, entity, draw + 2 * attempt)
        v = 1.0 + c * normal
        if v <= 0.0:
            continue
        v = v * v * v
        u = 1.0 - uniform(key, entity, draw + 2 * attempt + 1)
        if u < 1.0 - 0.0331 * normal**4 or np.log(u) < 0.5 * normal * normal + d * (1.0 - v + np.log(v)):
            return np.log(d * v) + boost
    return np.log(d) + boost


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
    shares = np.empty((n, k))
    concentration = (1.0 - jitter * jitter) / (jitter * jitter)
    for i in range(n):
        greatest = -np.inf
        for c in range(k):
            m = mean[kind[i], c]
            if jitter == 0.0:
                shares[i, c] = m
                continue
            shares[i, c] = -np.inf if m <= 0.0 else log_gamma_number(key, identity[i], c * _ROOM, m * concentration)
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
def beta_number(key: Any, entity: Any, draw: Any, mean: Any, jitter: Any) -> Any:
    """Return a number in [0, 1] of this mean and jitter; a mean of 0 or 1 is kept. Uses 512 draws."""
    if jitter == 0.0 or mean <= 0.0 or mean >= 1.0:
        return mean
    concentration = (1.0 - jitter * jitter) / (jitter * jitter)
    first = log_gamma_number(key, entity, draw, mean * concentration)
    second = log_gamma_number(key, entity, draw + _ROOM, (1.0 - mean) * concentration)
    return 1.0 / (1.0 + np.exp(second - first))


@kernel
def betas(key: Any, identity: Any, kind: Any, mean: Any, jitter: Any) -> Any:
    """Return numbers in [0, 1] (n,) around ``mean[kind]``."""
    numbers = np.empty(identity.size)
    for i in range(identity.size):
        numbers[i] = beta_number(key, identity[i], np.int64(0), mean[kind[i]], jitter)  # a bare 0 is compiled apart
    return numbers


@kernel
def pair_betas(key: Any, identity: Any, ends: Any, sides: Any, mean: Any, jitter: Any) -> Any:
    """Return numbers in [0, 1] (m, sides) for ties with ends (m, 2), drawn for the pair of identities.

    With two sides, each has its own number, which stays its own whichever row comes first.
    """
    numbers = np.empty((ends.shape[0], sides))
    for t in range(ends.shape[0]):
        a, b = identity[ends[t, 0]], identity[ends[t, 1]]
        for side in range(sides):
            is_greater = (a > b) == (side == 0)
            draw = 2 * _ROOM if is_greater and sides == 2 else 0
            numbers[t, side] = beta_number(key, pair(a, b), draw, mean, jitter)
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
    numbers = np.empty((n, k))
    for i in range(n):
        for c in range(k):
            normal, _ = normal2(key, identity[i], c)
            numbers[i, c] = mean[kind[i], c] * np.exp(spread * normal - 0.5 * spread * spread)
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
    numbers = np.empty((n, axes))
    for i in range(n):
        camp = apart if uniform(key, identity[i], 0) < share else -apart
        for d in range(axes):
            if is_normal:
                distance, _ = normal2(key, identity[i], d + 1)
            else:
                distance = 2.0 * uniform(key, identity[i], d + 1) - 1.0
            x = (centre[kind[i], d] + camp + spread * distance + 1.0) % 4.0
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

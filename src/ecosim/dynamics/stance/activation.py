"""Activation: who acts when, the same three ways in every rule of opinion."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ecosim.rng import Key, uniforms

Activation = Literal["simultaneous", "random", "sweep"]


def turns(
    identity: NDArray[np.int64], activation: Activation, steps: int | None, key: Key
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that act, in order (s,), and the entity whose luck each turn has (s,).

    ``simultaneous``: every row once. ``sweep``: every row once, in random order. ``random``: ``steps`` rows (as many as
    there are organisations if None) drawn one by one with replacement; a turn's luck is its own, not the actor's, who
    may act twice. Uses draw 0 of each entity.
    """
    n = identity.size
    if activation == "simultaneous":
        return np.arange(n), identity
    if activation == "sweep":
        order = np.argsort(uniforms(key, identity), kind="stable")
        return order, identity[order]
    numbers = np.arange((n if steps is None else steps) if n else 0)
    return (uniforms(key, numbers) * n).astype(np.int64), numbers

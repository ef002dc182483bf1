"""Encounters: who acts when, and whom they look at, the same ways in every rule of opinion."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo

from ecosim.kernels import kernel
from ecosim.rng import Key, uniform4, uniforms

Activation = Literal["simultaneous", "random", "sweep"]


def _one_by_one(steps: int | None, read: ValidationInfo) -> int | None:
    """Refuse a number of turns where each has its one turn a tick, so that the number would count for nothing."""
    activation = read.data.get("activation", "random")  # absent where it is refused itself
    if steps is not None and activation != "random":
        raise ValueError(
            f"{steps} beside activation: {activation}, by which each acts once; allowed: null, or activation: random"
        )
    return steps


Steps = Annotated[int | None, Field(ge=1), AfterValidator(_one_by_one)]
"""How many act in a tick under random activation. A rule declares it after ``activation``, which it is read beside."""


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


@kernel
def look(rows: Any, luck: Any, first_tie: Any, partner: Any, reach: Any, key: Any) -> Any:
    """Return whom each turn's organisation looks at, by which half-edge, and a uniform number, each (s,).

    With probability ``reach`` it is anyone else, drawn uniformly, and the half-edge is -1; otherwise one of its ties,
    drawn uniformly. Where there is nobody, the row is -1. A draw picks a place in the order of rows. Uses draw 1 of
    each entity.
    """
    n = first_tie.size - 1
    choices, strangers, chances = np.empty(luck.size), np.empty(luck.size), np.empty(luck.size)
    for turn in range(luck.size):  # a loop that only draws: the compiler makes several draws at a time
        choices[turn], strangers[turn], chances[turn], _ = uniform4(key, luck[turn], 1)
    others, half_edges = np.full(luck.size, -1), np.full(luck.size, -1)
    for turn in range(luck.size):
        i = rows[turn]
        ties = first_tie[i + 1] - first_tie[i]
        if strangers[turn] < reach:
            if n > 1:
                j = np.int64(choices[turn] * (n - 1))
                others[turn] = j + (j >= i)
        elif ties > 0:
            half_edges[turn] = first_tie[i] + np.int64(choices[turn] * ties)
            others[turn] = partner[half_edges[turn]]
    return others, half_edges, chances

"""The same world in other words: sectors, issues, axes, capabilities and traits in another order, opinions mirrored."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ecosim.world.snapshot import copy
from ecosim.world.world import World

_EXTENTS = {"sectors": ("sector",), "issues": ("issue",), "capabilities": ("capability",)}
_POINTERS = {"sectors": ("sector",), "issues": ("works_on", "coalition_issue")}
_OPINIONS = ("stance", "member_stance")


def relabelled(world: World, kind: str, order: Sequence[int]) -> World:
    """Return a world whose label k, of one kind, is what was label ``order[k]``; all else is the same.

    Args:
        world: the state; it is left alone.
        kind: sectors, issues, capabilities, stance_axes, features (of culture) or traits (every feature's alike).
        order: a permutation of their numbers.
    """
    other, order = copy(world), np.asarray(order)
    place = np.argsort(order)
    for column in other.columns:
        values = getattr(other, column.name)
        if column.extent in _EXTENTS.get(kind, ()) or (kind == "features" and column.extent == "culture"):
            values[:] = values[:, order]
        elif kind == "stance_axes" and column.extent in _OPINIONS:
            axes = order.size
            values[:] = values.reshape(len(values), -1, axes)[:, :, order].reshape(values.shape)
        elif kind == "issues" and column.axis == "issue":
            values[:] = values[order]
        if kind == "issues" and column.extent == "issue" and column.axis == "issue":
            raise ValueError(f"{column.name} would have to be turned twice")
        if column.name in _POINTERS.get(kind, ()):
            values[:] = np.where(values >= 0, place[values], values)
        elif kind == "traits" and column.extent == "culture":
            values[:] = place[values]
    if hasattr(other.labels, kind) and kind in ("sectors", "issues", "capabilities", "stance_axes"):
        words = getattr(other.labels, kind)
        other.labels = replace(other.labels, **{kind: tuple(words[k] for k in order)})
    other.index_ties()
    other.index_members()
    return other


def mirrored(world: World) -> World:
    """Return the same world with the two ends of every axis of opinion changed for each other."""
    other = copy(world)
    for column in other.columns:
        if column.extent in _OPINIONS:
            getattr(other, column.name)[:] *= -1.0
    return other


def unlike(one: World, other: World, rounding: float = 1e-9) -> list[str]:
    """Return the columns in which two worlds differ by more than rounding, and what they have not the same number of."""
    here, there = one.arrays(), other.arrays()
    return [
        name
        for name, values in here.items()
        if values.shape != there[name].shape
        or not np.allclose(values, there[name], rtol=rounding, atol=rounding, equal_nan=True)
    ]

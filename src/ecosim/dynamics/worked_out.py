"""Worked out: what follows from a rule's parameters alone, ready before the first tick of a run.

A rule is read each tick, and a parameter of a pydantic model takes as long to read as a kernel takes to add up a hundred
numbers. So what kernels take of them is put together once, as one array, when a rule is bound to a schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Result = TypeVar("Result")


class WorkedOut(Generic[Result]):
    """Marks, as a decorator, a method that works something out from a rule's parameters: it is read as an attribute.

    A bound rule has it ready (``work_out``); any other works it out whenever it is read, and keeps nothing, so that rules
    are compared by their parameters.
    """

    def __init__(self, method: Callable[[Any], Result]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, rule: Any, kind: Any = None) -> Result:
        return self._method(rule)


def work_out(rule: object) -> None:
    """Put in a rule's dictionary all that its class marks as worked out; whoever reads it then finds it there."""
    kind: Any = type(rule)
    for name, mark in _marked(kind):
        rule.__dict__[name] = mark.__get__(rule)


@lru_cache(maxsize=256)
def _marked(kind: type) -> tuple[tuple[str, WorkedOut[Any]], ...]:
    """Return what a class and those that it is made from mark, by name."""
    found = {name: each for base in reversed(kind.__mro__) for name, each in vars(base).items()}
    return tuple((name, each) for name, each in found.items() if isinstance(each, WorkedOut))


def is_anything_worked_out(kind: Any) -> bool:
    """Return whether a class of rules marks anything."""
    return bool(_marked(kind))


def numbers(*values: float) -> NDArray[np.float64]:
    """Return parameters as a kernel takes them: one array, which it takes faster than as many numbers."""
    return np.array(values, np.float64)


class ForSectors(Generic[Result]):
    """What a rule makes of the sectors of a world: it is asked each tick, and looks again only when these are others.

    Args:
        answer: what to make of names of sectors.
    """

    def __init__(self, answer: Callable[[tuple[str, ...]], Result]) -> None:
        self._answer = answer
        self._known: tuple[tuple[str, ...], Result] | None = None  # one tuple: runs in threads may share the rule

    def __call__(self, sectors: tuple[str, ...]) -> Result:
        known = self._known
        if known is None or known[0] is not sectors:
            known = self._known = sectors, self._answer(sectors)
        return known[1]

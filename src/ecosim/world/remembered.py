"""Remembered: what depends on nothing but settings is worked out once for all the runs of a sweep that share them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

MOST = 16
"""Results that are kept of each function, the oldest is given up first: a sweep's runs take turns among a few settings."""

Given = ParamSpec("Given")
Value = TypeVar("Value")


def remembered(function: Callable[Given, Value]) -> Callable[Given, Value]:
    """Return a function that keeps what it returned for the last arguments, given by position.

    Settings hold dictionaries, so they cannot be hashed, and comparing them takes longer than most of what is made of
    them. So arguments are the same if they are the same objects (which are kept, too, lest another get their place in
    memory); only words are the same if they are equal. What is returned is everybody's: nobody may write to it.
    """
    kept: dict[tuple[object, ...], tuple[tuple[object, ...], Value]] = {}

    @wraps(function)
    def look_up(*given: Any) -> Value:
        key = tuple([one if isinstance(one, str) else id(one) for one in given])
        found = kept.get(key)
        if found is None:
            made = function(*given)  # type: ignore[call-arg]  # no argument is given by name
            if len(kept) >= MOST:
                kept.pop(next(iter(kept)), None)
            found = kept[key] = given, made
        return found[1]

    return look_up  # type: ignore[return-value]  # likewise

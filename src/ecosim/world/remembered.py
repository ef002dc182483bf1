"""Remembered: what depends on nothing but settings is worked out once for all the runs of a sweep that share them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pydantic import BaseModel

MOST = 16
"""Results that are kept of each function, the oldest is given up first: a sweep's runs take turns among a few settings."""

Given = ParamSpec("Given")
Value = TypeVar("Value")


def remembered(function: Callable[Given, Value]) -> Callable[Given, Value]:
    """Return a function that keeps what it returned for the last arguments, given by position.

    Settings hold dictionaries, so they cannot be hashed, and comparing them takes longer than most of what is made of
    them. So arguments are the same if they are the same objects (which are kept, too, lest another get their place in
    memory), and what is in their dictionaries is; only words are the same if they are equal. What is returned is
    everybody's: nobody may write to it.
    """
    kept: dict[tuple[object, ...], tuple[list[object], Value]] = {}
    lock = threading.Lock()

    @wraps(function)
    def look_up(*given: Any) -> Value:
        held = _with_contents(given)
        key = tuple([one if isinstance(one, str) else id(one) for one in held])
        found = kept.get(key)
        if found is None:
            made = function(*given)  # type: ignore[call-arg]  # no argument is given by name
            with lock:
                while len(kept) >= MOST:
                    del kept[next(iter(kept))]
                found = kept[key] = held, made
        return found[1]

    return look_up  # type: ignore[return-value]  # likewise


def _with_contents(given: tuple[Any, ...]) -> list[object]:
    """Return arguments, and what dictionaries in settings hold: these alone can be changed in place, the rest is frozen."""
    held: list[object] = [*given]
    for one in given:
        if isinstance(one, BaseModel):
            for value in one.__dict__.values():
                if isinstance(value, dict):
                    held += value
                    held += value.values()
    return held

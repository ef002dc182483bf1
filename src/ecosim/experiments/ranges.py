"""Ranges: what a user says that a sampled design shall draw from, and what the parameters declare where little is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecosim.errors import InputError, shown
from ecosim.experiments.declared import Declared, declared, declared_words
from ecosim.experiments.design import axis_of, refuse_key, refuse_twice
from ecosim.experiments.factor import Factor
from ecosim.settings import Settings

HOW = "key=interval(LOW,HIGH) or ecosim.Interval(low, high)"


@dataclass(frozen=True)
class Interval:
    """A range that a sampled design draws from: ``ecosim.Interval(0.1, 0.9)``.

    Attributes:
        low: least value; None for the least that the parameter declares.
        high: greatest value; None for the greatest that the parameter declares. A parameter that declares a few words
            takes, with neither end given, each of them.
        log: whether equal ratios are equally likely, instead of equal differences; ``low`` is above 0 then.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False


class Choice:
    """Values of which a sampled design takes each equally often: ``ecosim.Choice("equal", "proportional")``.

    Args:
        *values: numbers, words, whole mechanisms as mappings, or names of files of configuration.
    """

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"Choice{self.values!r}"


def refuse_intervals(axes: Mapping[str, Any], kind: str) -> None:
    """Refuse ranges in a design of listed values.

    Raises:
        InputError: naming every key that has one.
    """
    faults = [
        f"{key}: a range, but design {kind} takes listed values; allowed: key=a,b,c, or a design that draws "
        "(--design lhs, sequence, sobol or morris)"
        for key, given in axes.items()
        if isinstance(given, Interval)
    ]
    if faults:
        raise InputError(faults)


def choices_in(axes: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return, for each key that is given values and no range, those values: one for a key that does not vary.

    Raises:
        InputError: naming every key whose values are none.
    """
    found: dict[str, tuple[Any, ...]] = {}
    faults: list[str] = []
    for key, given in axes.items():
        try:
            if isinstance(given, Interval):
                refuse_key(key)
                continue
            if isinstance(given, tuple) and len(given) == 2 and all(_is_number(end) for end in given):
                told = f"({shown(given[0])}, {shown(given[1])})"
                raise InputError(
                    f"{key}: {told}; allowed: ecosim.Interval{told} for a range, ecosim.Choice{told} for two values"
                )
            values = tuple(axis_of(key, given.values if isinstance(given, Choice) else given).values)
            refuse_twice(key, values)
            found[key] = values
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def factor_of(key: str, given: Interval, settings: Settings, *, reaches_ends: bool) -> Factor:
    """Return the factor that a range stands for.

    Args:
        key: of the configuration.
        given: the range.
        settings: in which the parameter is looked up.
        reaches_ends: whether the design takes both ends themselves.

    Raises:
        InputError: where an end is neither given nor declared, is not allowed, or makes no sense.
    """
    words = declared_words(settings, key)
    if words:
        if given.low is not None or given.high is not None or given.log:
            listed = ",".join(_word(word) for word in words)
            raise InputError(f"{key}: a range, but it takes one of a few words; allowed: {key}={listed}")
        return Factor(key, "choice", values=words)
    allowed = declared(settings, key)
    _refuse_what_is_no_number(key, given)
    low, high = _ends(key, given, allowed)
    is_whole = allowed.is_whole and not (_is_free(allowed) and not (_is_whole(low) and _is_whole(high)))
    _check(key, low, high, given, allowed, is_whole, reaches_ends)
    if is_whole:
        return Factor(key, "whole", int(low), int(high), given.log)
    return Factor(key, "real", float(low), float(high), given.log)


def _ends(key: str, given: Interval, allowed: Declared) -> tuple[float, float]:
    """Return both ends, as given or else as declared."""
    low, high = given.low, given.high
    if low is None:
        low = allowed.low + (1 if allowed.is_whole and allowed.is_low_open else 0)
    if high is None:
        high = allowed.high - (1 if allowed.is_whole and allowed.is_high_open else 0)
    if math.isinf(low) or math.isinf(high):
        raise InputError(f"{key}: declared as {_declared_in_words(allowed)}; give a range: {HOW}")
    return low, high


def _check(
    key: str, low: float, high: float, given: Interval, allowed: Declared, is_whole: bool, reaches_ends: bool
) -> None:
    here = f"{key}: interval({low:g},{high:g})"
    if not low < high:
        raise InputError(f"{here}; allowed: a low end below the high one")
    if is_whole and not (_is_whole(low) and _is_whole(high)):
        raise InputError(f"{here}; allowed: whole numbers, for the parameter takes no others")
    if low < allowed.low or high > allowed.high:
        raise InputError(f"{here}; allowed: inside what is declared, {_declared_in_words(allowed)}")
    for end, bound, is_open in ((low, allowed.low, allowed.is_low_open), (high, allowed.high, allowed.is_high_open)):
        if is_open and end == bound and (is_whole or reaches_ends):
            raise InputError(
                f"{here}: declared as {_declared_in_words(allowed)}, and this design takes the ends themselves; give a "
                f"range: {HOW}"
            )
    if given.log and low <= 0:
        raise InputError(f"{here} on a logarithmic scale; allowed: a low end above 0")


def _declared_in_words(allowed: Declared) -> str:
    """Return what is declared: ``a number above 0 with no upper bound``."""
    told = f"a {'whole number' if allowed.is_whole else 'number'}"
    if _is_free(allowed):
        return f"{told} with no bounds"
    low = f"{'above' if allowed.is_low_open else 'at least'} {allowed.low:g}"
    high = f"{'below' if allowed.is_high_open else 'at most'} {allowed.high:g}"
    if math.isinf(allowed.low):
        return f"{told} {high} with no lower bound"
    return f"{told} {low} with no upper bound" if math.isinf(allowed.high) else f"{told} {low} and {high}"


def _refuse_what_is_no_number(key: str, given: Interval) -> None:
    for end in (given.low, given.high):
        if end is not None and not (_is_number(end) and math.isfinite(end)):
            raise InputError(f"{key}: an interval that ends at {shown(end)}; allowed: numbers")


def _is_free(allowed: Declared) -> bool:
    return math.isinf(allowed.low) and math.isinf(allowed.high)


def _is_whole(number: float) -> bool:
    return float(number).is_integer()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _word(word: Any) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)

"""Declared: what a parameter may be, as it says itself: a number of which kind, from where to where."""

from __future__ import annotations

import math
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, did_you_mean
from ecosim.settings import Settings


class Declared(NamedTuple):
    """What a number may be.

    Attributes:
        is_whole: whether only whole numbers are allowed.
        low: least value allowed, or the bound above which it must lie; −∞ where there is none.
        high: greatest value allowed, or the bound below which it must lie; ∞ where there is none.
        is_closed: whether both bounds are finite and allowed themselves.
        is_low_open: whether there is a lower bound that is not allowed itself.
        is_high_open: whether there is an upper bound that is not allowed itself.
    """

    is_whole: bool
    low: float
    high: float
    is_closed: bool
    is_low_open: bool = False
    is_high_open: bool = False


def declared(settings: Settings, key: str) -> Declared:
    """Return what a key of settings allows.

    Args:
        settings: in which the key is looked up, for its rules are known only there.
        key: with dots: ``dynamics.stance.tolerance``.

    Raises:
        InputError: if there is no such key, or it is no number.
    """
    field, value = _found(settings, key)
    if field is not None:
        return _of_field(field, key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key}: is no number here; allowed: the key of a number")
    return Declared(isinstance(value, int), -math.inf, math.inf, False)


def declared_words(settings: Settings, key: str) -> tuple[Any, ...]:
    """Return the words, or truth values, that a key of settings may take; none where it is not one of a few.

    Raises:
        InputError: if there is no such key.
    """
    field, value = _found(settings, key)
    if field is None:
        return (False, True) if isinstance(value, bool) else ()
    found = [kind for kind, _ in _alternatives(field.annotation, field.metadata) if kind is not type(None)]
    if found == [bool]:
        return (False, True)
    return tuple(word for kind in found for word in get_args(kind)) if all(map(_is_literal, found)) else ()


def field_of(settings: Settings, key: str) -> FieldInfo | None:
    """Return how a key of settings is declared; None where no model declares it.

    Raises:
        InputError: if there is no such key.
    """
    return _found(settings, key)[0]


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _found(settings: Settings, key: str) -> tuple[FieldInfo | None, Any]:
    """Return how a key is declared, where a model declares it, and its value."""
    here: Any = settings
    words = key.split(".")
    for place, word in enumerate(words[:-1]):
        here = _entry(here, word, ".".join(words[: place + 1]))
    field = type(here).model_fields.get(words[-1]) if isinstance(here, BaseModel) else None
    return field, _entry(here, words[-1], key)


def _entry(here: Any, word: str, key: str) -> Any:
    """Return what a word leads to inside a model, mapping or list."""
    if isinstance(here, BaseModel):
        known: list[str] = list(type(here).model_fields)
        if word in known:
            return getattr(here, word)
        if isinstance(here, Mechanism) and word == "rule":
            name = key.removesuffix(".rule")
            raise InputError(f"{key}: is no number; a sweep over rules is written '{name}={{rule: …}},{{rule: …}}'")
    elif isinstance(here, Mapping):
        known = [str(name) for name in here]
        if word in here:
            return here[word]
    elif isinstance(here, Sequence) and not isinstance(here, str):
        known = [str(place) for place in range(len(here))]
        if word in known:
            return here[int(word)]
    else:
        known = []
    raise InputError(f"{key}: no such key in this scenario; {did_you_mean(word, known)}")


def _of_field(field: FieldInfo, key: str) -> Declared:
    found = [(kind, constraints) for kind, constraints in _alternatives(field.annotation, field.metadata)]
    numbers = [(kind, constraints) for kind, constraints in found if kind in (int, float)]
    if not numbers:
        raise InputError(f"{key}: is no number; allowed: the key of a number")
    kind, constraints = numbers[0]
    bounds: dict[str, float] = {}
    for one in constraints:
        for name in ("ge", "gt", "le", "lt"):
            if getattr(one, name, None) is not None:
                bounds[name] = float(getattr(one, name))
    low, high = bounds.get("ge", bounds.get("gt", -math.inf)), bounds.get("le", bounds.get("lt", math.inf))
    is_low_open, is_high_open = "ge" not in bounds and "gt" in bounds, "le" not in bounds and "lt" in bounds
    return Declared(kind is int, low, high, {"ge", "le"} <= bounds.keys(), is_low_open, is_high_open)


def _alternatives(annotation: Any, constraints: Sequence[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each type of a union with what constrains it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *further = get_args(annotation)
        unpacked = [part for one in further for part in (one.metadata if isinstance(one, FieldInfo) else [one])]
        yield from _alternatives(inner, [*unpacked, *constraints])
    elif origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _alternatives(branch, constraints)
    else:
        yield annotation, list(constraints)

"""Kinds of values that settings of a world take: shares, weights that sum to 1, names, counts; each refuses what is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class StrictSettings(BaseModel):
    """Settings that take what they declare and nothing else, and do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def as_tuple(value: Any) -> Any:
    """Return a list as a tuple, which is what settings hold; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def sum_to_one(weights: tuple[float, ...]) -> tuple[float, ...]:
    """Return weights that sum to 1.

    Raises:
        ValueError: if they do not, with the nearest that do.
    """
    total = sum(weights)
    if abs(total - 1.0) <= 1e-6:
        return weights
    if total <= 0.0:
        raise ValueError("the weights sum to 0; allowed: a sum of 1")
    normalised = ", ".join(f"{weight / total:.4g}" for weight in weights)
    raise ValueError(f"the weights sum to {total:.6g}; allowed: a sum of 1, for example [{normalised}]")


def distinct_words(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that are words, each once.

    Raises:
        ValueError: naming those that are not.
    """
    check_words(names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is named twice; allowed: each once")
    return names


def check_words(names: Iterable[str]) -> None:
    """Refuse names that could not stand in a table, an option or a file.

    Raises:
        ValueError: naming them.
    """
    wrong = [name for name in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name)]
    if wrong:
        raise ValueError(f"{wrong} cannot be used; allowed: a letter, then up to 39 letters, digits and underscores")


Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[tuple[Share, ...], BeforeValidator(as_tuple), AfterValidator(sum_to_one)]
Names = Annotated[
    tuple[str, ...], BeforeValidator(as_tuple), AfterValidator(distinct_words), Field(min_length=1, max_length=64)
]
Jitter = Annotated[float, Field(ge=0, lt=1)]
JITTER = "standard deviation between organisations, as a share of the widest possible for that mean"
"""What every jitter is; for descriptions."""


def count_or(what: str, most: int) -> BeforeValidator:
    """Return a check that a value is a count from 1 to most, or a collection, before its parts are looked at."""

    def check(value: Any) -> Any:
        if isinstance(value, (list, tuple, dict)):
            return as_tuple(value)
        if type(value) is not int or not 1 <= value <= most:
            raise ValueError(
                f"{str(value).lower() if isinstance(value, bool) else repr(value)} is no number of {what}; "
                f"allowed: a whole number from 1 to {most:,}, or one by one"
            )
        return value

    return BeforeValidator(check)

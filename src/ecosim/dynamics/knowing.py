"""Knowing: what a mechanism is told of others in its schedule, and of sectors by their names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import work_out

Rule = TypeVar("Rule", bound=Mechanism)


def knowing(mechanism: Rule, **told: Any) -> Rule:
    """Return a copy of a mechanism that knows more, each thing as an attribute of its name, and what it then works out.

    A rule declares what it may be told as a class variable, ``_market: ClassVar[Market] = Market()``, which holds where
    nobody told it. These are plain attributes, since private ones of pydantic take fifty times as long to read, and many
    are read each tick.
    """
    copy = mechanism.model_copy()
    copy.__dict__.update(told)
    work_out(copy)
    return copy


@lru_cache(maxsize=256)
def are_named(names: tuple[str, ...], sectors: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return whether each sector is named (sectors,).

    The array is kept for whoever asks again, so nobody may write to it; it is not marked as read-only, since a kernel
    takes several times as long to call with an array that is.
    """
    return np.array([sector in names for sector in sectors], np.bool_)

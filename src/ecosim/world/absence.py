"""Absence: a world without a column says so, and why, to whoever asks for it; one with it is read at no cost.

Columns that are there are nothing but attributes: a ``__getattr__`` for those that are not would make reading each of them
four times as slow, and a run of two hundred organisations reads fifty thousand. So what is not there is in the class.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from ecosim.world.columns import COLUMNS, Column

Kind = TypeVar("Kind")


def explaining(kind: type[Kind], there: frozenset[str]) -> type[Kind]:
    """Return the class of what has only these columns, in which each of the others raises ``AttributeError`` with why."""
    found: type[Kind] = _explaining(kind, there)  # type: ignore[arg-type]  # classes are hashable
    return found


@lru_cache(maxsize=256)
def _explaining(kind: Any, there: frozenset[str]) -> Any:
    absent = {name: property(_absence(column)) for name, column in COLUMNS.items() if name not in there}
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, "__doc__": kind.__doc__, **absent})


def _absence(column: Column) -> Callable[[object], Any]:
    def explain(world: object) -> Any:
        raise AttributeError(
            f"this world has no column '{column.name}' ({column.meaning}): no mechanism or measure in it names that "
            "column in its reads or writes"
        )

    return explain

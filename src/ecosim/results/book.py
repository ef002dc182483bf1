"""Book: the reasons that were noted in a tick, to be looked up by what was done and who did it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.reasons import TERMS, Noted

_UNORDERED = ("tie_made", "tie_ended")


class Book:
    """Reasons by kind of event and two numbers: of the ends of a tie, or of organisation and coalition (or founder)."""

    def __init__(self, noted: Iterable[Noted]) -> None:
        self._entries: dict[tuple[str, int, int], tuple[Noted, int]] = {}
        for each in noted:
            second = each.coalition if each.kind in ("left", "joined") else each.other
            for row, key in enumerate(_keys(each.kind, each.organisation, second)):
                self._entries.setdefault(key, (each, row))

    def of(self, kind: str, one: Any, other: Any, instead: str = "", instead_other: Any = None) -> dict[str, Any]:
        """Return ``why`` and ``terms`` of events, as a log takes them: nothing where nothing was noted.

        Args:
            kind: the event.
            one: number of who did it (p,).
            other: number of the other end, or of the coalition (p,).
            instead: the kind under which it is looked up where it is not found.
            instead_other: the second number to that (p,).
        """
        if not self._entries:
            return {}
        keys = _keys(kind, one, other)
        found = [self._entries.get(key) for key in keys]
        if instead:
            others = _keys(instead, one, instead_other)
            found = [entry or self._entries.get(key) for entry, key in zip(found, others, strict=True)]
        terms: dict[str, NDArray[np.float64]] = {name: np.full(len(found), np.nan) for name in TERMS}
        why = [""] * len(found)
        for place, entry in enumerate(found):
            if entry is not None:
                noted, row = entry
                why[place] = noted.why[row]
                for name, values in noted.terms.items():
                    terms[name][place] = values[row]
        return {"why": why, "terms": terms}


def _keys(kind: str, one: Any, other: Any) -> list[tuple[str, int, int]]:
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    if kind in _UNORDERED:
        return [(kind, min(pair), max(pair)) for pair in pairs]
    return [(kind, *pair) for pair in pairs]

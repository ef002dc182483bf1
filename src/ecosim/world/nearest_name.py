"""The name most like one that is not there, in a table of any length."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import shown

_MOST_COMPARED = 200
_MOST_LETTERS = 200
_LEAST_ALIKE = 0.5


class NearestNames:
    """Finds the name most like one that is not there, among names that are looked through only if somebody asks.

    Likeness is costly to work out: of a long list, only the names that share most pairs of letters are compared.

    Args:
        names: those that there are, in the order of the table.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)

    def clause(self, name: str) -> str:
        """Return a clause that names it, or says what is allowed where none is alike."""
        near = _most_alike(name[:_MOST_LETTERS], self._compared(name[:_MOST_LETTERS]))
        return f"; did you mean {shown(near)}?" if near else "; allowed: a name from the table of organisations"

    def _compared(self, name: str) -> list[str]:
        """Return the names that share most pairs of letters, those that share more first."""
        if len(self._names) <= _MOST_COMPARED:
            return self._names
        shared = np.zeros(len(self._names), np.int64)
        for pair in _pairs(name):
            if pair in self._with_pair:
                shared[self._with_pair[pair]] += 1
        return [self._names[row] for row in np.argsort(-shared, kind="stable")[:_MOST_COMPARED]]

    @cached_property
    def _with_pair(self) -> dict[str, NDArray[np.int64]]:
        """The rows of the names in which each pair of letters occurs."""
        rows: dict[str, list[int]] = {}
        for row, name in enumerate(self._names):
            for pair in _pairs(name):
                rows.setdefault(pair, []).append(row)
        return {pair: np.array(found) for pair, found in rows.items()}


def _most_alike(name: str, known: Iterable[str]) -> str | None:
    """Return the known name of the highest ratio of likeness, at least a half; of equals the last by alphabet.

    The answer of ``difflib.get_close_matches``, but what cannot be better than the best so far is not worked out.
    """
    best: tuple[float, str] | None = None
    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(name)
    for other in known:
        matcher.set_seq1(other)
        least = best[0] if best else _LEAST_ALIKE
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            ratio = matcher.ratio()
            if ratio >= _LEAST_ALIKE:
                best = max(best, (ratio, other)) if best else (ratio, other)
    return best[1] if best else None


def _pairs(name: str) -> set[str]:
    folded = name.casefold()
    return {folded[k : k + 2] for k in range(len(folded) - 1)}

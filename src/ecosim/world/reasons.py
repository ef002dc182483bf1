"""Reasons: why ties and memberships were made and ended, noted by the mechanisms that did it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

TERMS: dict[str, tuple[str, str]] = {
    "gain": ("as of the utility", "what was expected, or found, of it"),
    "present": ("as of the utility", "what the same effort brings, or would bring, otherwise"),
    "cost": ("as of the utility", "what it takes: translation, or the upkeep of a membership"),
    "gap": ("1", "translation gap: between the two, or the mean among the members"),
    "trust": ("1", "trust: the lower side's, or the mean in co-members"),
    "bond": ("1", "relationship capital"),
    "threshold": ("as of the utility", "advantage, bond or trust at which the decision turns"),
    "chance": ("probability", "how likely the decision was"),
}
"""The terms of a decision's utility: unit and meaning of each; which of them a decision has depends on its kind."""


class Noted(NamedTuple):
    """Reasons of one kind of decision in one tick, a row each.

    Attributes:
        kind: the event: tie_made, tie_ended, joined, left, founded, gone.
        why: a word for each (p,).
        organisation: number of who decided (p,).
        other: number of the other end of the tie (p,); of a founder's coalition, the founder's.
        coalition: number of the coalition (p,), -1 where it has none yet.
        terms: some of :data:`TERMS`, each (p,).
    """

    kind: str
    why: Sequence[str]
    organisation: NDArray[np.int64]
    other: NDArray[np.int64]
    coalition: NDArray[np.int64]
    terms: dict[str, NDArray[np.float64]]


class Reasons:
    """What has been noted since it was last taken."""

    def __init__(self) -> None:
        self._noted: list[Noted] = []

    def note(
        self, kind: str, why: str | Sequence[str], organisation: Any, other: Any = -1, coalition: Any = -1, **terms: Any
    ) -> None:
        """Note why some organisations did something; numbers stand for each of them alike.

        Args:
            kind: the event it explains, as events call it.
            why: a word, or one for each.
            organisation: their numbers (p,).
            other: number of the other end, or the founder (p,).
            coalition: number of the coalition (p,).
            **terms: some of :data:`TERMS`.
        """
        who = np.asarray(organisation, np.int64)
        if not who.size:
            return
        words = [why] * who.size if isinstance(why, str) else list(why)
        numbers = [np.broadcast_to(np.asarray(given, np.int64), who.shape) for given in (other, coalition)]
        values = {
            name: np.broadcast_to(np.asarray(value, np.float64), who.shape).copy() for name, value in terms.items()
        }
        self._noted.append(Noted(kind, words, who, numbers[0], numbers[1], values))

    def take(self) -> list[Noted]:
        """Return what was noted, in order, and forget it."""
        noted, self._noted = self._noted, []
        return noted

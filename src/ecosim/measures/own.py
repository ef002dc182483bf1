"""A user's own measure: whatever is wrong with it is told by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ecosim.errors import Happened, InputError, code_of
from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from ecosim.world.world import World


def own_measure(name: str, rule: Callable[[World], float]) -> Measure:
    """Return the measure that a function of a world is; its first line of documentation says what it means.

    Raises:
        InputError: if it is no function.
    """
    if isinstance(rule, Measure):
        return rule
    if not callable(rule):
        raise InputError(f"measures.{name} is {rule!r}; allowed: a function of a world that returns a number")
    words = (rule.__doc__ or name).strip().splitlines()[0]
    return Measure(name, words, "as its function says", _Told(name, rule))


@dataclass(frozen=True)
class _Told:
    """A function of a world that is named where it fails, or returns what is no number."""

    name: str
    rule: Callable[[World], float]

    def __call__(self, world: World) -> float:
        try:
            found = self.rule(world)
        except BaseException as error:
            error.add_note(Happened(f"measures.{self.name}", code_of(self.rule), world.tick))
            raise
        if not isinstance(found, float) and (np.ndim(found) > 0 or np.asarray(found).dtype.kind not in "biuf"):
            raise InputError(f"measures.{self.name} returns {found!r} in tick {world.tick:,}; allowed: one number")
        return found

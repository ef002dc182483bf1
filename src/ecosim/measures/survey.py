"""Survey: many numbers found in one pass over a world, for all measures that share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from ecosim.world.labels import Labels
    from ecosim.world.world import World


def _as_they_are(numbers: NDArray[Any], labels: Labels) -> Sequence[Any]:
    return numbers  # type: ignore[return-value]  # an array of one axis will do


@dataclass(frozen=True, eq=False)
class Survey:
    """A ``compute`` of measures that writes its numbers side by side into an array, so that a record makes none.

    Attributes:
        fill: writes the numbers of a world into an array (size,).
        size: how many numbers there are, by the labels of the world.
        arranged: the numbers as measures find them, each under its ``part``: one, or those of all issues, sectors or axes.
        sees: all of the world that the numbers depend on, where that is quick to tell and often stays the same for
            many ticks: as long as it does, a record does not compute them again.
    """

    fill: Callable[[World, NDArray[np.float64]], None]
    size: Callable[[Labels], int]
    arranged: Callable[[NDArray[Any], Labels], Sequence[Any]] = _as_they_are
    sees: Callable[[World], Hashable] | None = None

    def __call__(self, world: World) -> Sequence[Any]:
        """Return the numbers of this world, arranged."""
        numbers = np.empty(self.size(world.labels))
        self.fill(world, numbers)
        return self.arranged(numbers, world.labels)

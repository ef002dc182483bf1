"""Measure: one number, or one per issue, sector or axis, read off a world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ecosim.world.labels import Labels
from ecosim.world.world import World


@dataclass(frozen=True)
class Measure:
    """A pure function of a world, with the words that tables, plots and documents use for it.

    Attributes:
        name: the fixed word for it; ``name_<label>`` where there is one value per issue, sector or axis.
        meaning: a sentence.
        unit: unit, or what 1 means.
        compute: world to a number, or to a sequence of numbers (see ``part`` and ``per``). NaN where undefined.
        reads: columns it needs; a world that lacks one gives a missing value.
        part: which entry of ``compute``'s sequence is this measure. Measures that share a ``compute`` share its work:
            it is called once for all of them.
        per: what the sequence has one entry for, or None.
        costly: whether it is measured at the start and the end, and every ``record.costly_every`` ticks, only.
        source: reference.
        flow: whether it tells what a tick brought. Tick 0 has brought nothing yet: a record has it missing there, not 0.
    """

    name: str
    meaning: str
    unit: str
    compute: Callable[[World], Any]
    reads: tuple[str, ...] = ()
    part: int | None = None
    per: Literal["issue", "sector", "stance"] | None = None
    costly: bool = False
    source: str = ""
    flow: bool = False

    @property
    def word(self) -> str:
        """The name that configuration uses: one with a value for each axis has a mean over axes of the same name."""
        return f"{self.name}_by_axis" if self.per == "stance" else self.name

    def of(self, world: World, column: str | None = None) -> float:
        """Return this measure of a world: of one of its columns, where it fills several; NaN where undefined."""
        if not world.has(*self.reads):
            return float("nan")
        found = self.compute(world)
        if self.part is not None:
            found = found[self.part]
        return float(found if self.per is None else found[self.columns(world.labels).index(column or self.name)])

    def columns(self, labels: Labels) -> tuple[str, ...]:
        """Return the names of the columns that this measure fills in a table."""
        if self.per is None:
            return (self.name,)
        words: Sequence[str] = {
            "issue": labels.issues,
            "sector": labels.sectors,
            "stance": labels.stance_axes,
        }[self.per]
        return tuple(f"{self.name}_{word}" for word in words)

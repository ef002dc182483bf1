"""Schedule: mechanisms in the order in which they act; it prints itself as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ecosim.dynamics.mechanism import Mechanism
from ecosim.rng import Key, Stream, stream
from ecosim.world.columns import COLUMNS
from ecosim.world.world import World


class Schedule:
    """The mechanisms of a run, in order, each with its own stream of random numbers.

    Args:
        mechanisms: name in the schedule to mechanism, in the order of acting. The name, not the rule, chooses the
            stream, so a rule may be scheduled twice.
        seed: the run's seed.
    """

    def __init__(self, mechanisms: Mapping[str, Mechanism], seed: int) -> None:
        self.mechanisms = dict(mechanisms)
        self._steps: list[tuple[Callable[[World, Key], None], Stream, int]] = [
            (mechanism.bind(self.mechanisms).step, stream(seed, name), mechanism.every)
            for name, mechanism in self.mechanisms.items()
        ]

    def step(self, world: World) -> None:
        """Let every mechanism that is due act once; ties and memberships made or ended by one are committed when it ends."""
        tick = world.tick
        for step, luck, every in self._steps:
            if every == 1 or tick % every == 0:
                step(world, luck.key(tick))
                if world.is_pending:
                    world.commit()

    def columns(self) -> set[str]:
        """Return the names of all columns that any mechanism reads or writes."""
        return columns_named(self.mechanisms.values())

    def table(self) -> list[tuple[int, str, str, str, str]]:
        """Return one row a mechanism: position, name, rule, what it reads, what it writes."""
        return [
            (position, name, mechanism.rule(), ", ".join(mechanism.reads), ", ".join(mechanism.writes))
            for position, (name, mechanism) in enumerate(self.mechanisms.items(), start=1)
        ]

    def __iter__(self) -> Iterator[tuple[str, Mechanism]]:
        return iter(self.mechanisms.items())

    def __str__(self) -> str:
        head = ("", "mechanism", "rule", "reads", "writes")
        rows = [head, *((str(row[0]), *row[1:]) for row in self.table())]
        width = [max(len(row[k]) for row in rows) for k in range(4)]
        return "\n".join("  ".join([*(row[k].ljust(width[k]) for k in range(4)), row[4]]) for row in rows)


def columns_named(mechanisms: Iterable[Mechanism]) -> set[str]:
    """Return the columns that these mechanisms read or write."""
    return {name for mechanism in mechanisms for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS}

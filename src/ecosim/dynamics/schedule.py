"""Schedule: mechanisms in the order in which they act; it prints itself as a table."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from ecosim.dynamics.agent_rules import AgentRules
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.placing import refuse_misplaced_goods
from ecosim.dynamics.promise import BrokenPromise, undeclared_changes
from ecosim.errors import Happened, code_of
from ecosim.rng import Key, stream
from ecosim.world import snapshot
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.remembered import remembered
from ecosim.world.world import World


class Schedule:
    """The mechanisms of a run, in order, each with its own stream of random numbers.

    Args:
        mechanisms: name in the schedule to mechanism, in the order of acting. The name, not the rule, chooses the
            stream, so a rule may be scheduled twice.
        seed: the run's seed.
        checked: whether each is held to what it says that it writes, every time it acts.

    Attributes:
        mechanisms: as they were given.
        bound: as they act, knowing of each other; what one reads and writes may depend on who else is there.

    Raises:
        InputError: if one depends on another of the wrong kind, or they do not fit together.
    """

    def __init__(self, mechanisms: Mapping[str, Mechanism], seed: int, *, checked: bool = False) -> None:
        self.mechanisms, self.checked = dict(mechanisms), checked
        make = _made_once if all(map(_is_plain, mechanisms.values())) else _made
        acts, bound, self._columns = make(*mechanisms, *mechanisms.values())
        self.bound = dict(zip(mechanisms, bound, strict=True))
        self._steps: list[tuple[Callable[[World, Key], None], tuple[int, int], int]] = []
        for name, (step, every) in zip(mechanisms, acts, strict=True):
            low, high = stream(seed, name)  # kept as a plain tuple: a named one takes three times as long to take apart
            self._steps.append((step, (low, high), every))

    def step(self, world: World) -> None:
        """Let every mechanism that is due act once; ties and memberships made or ended by one are committed when it ends."""
        if self.checked:
            self._checked_step(world)
            return
        tick = world.tick
        try:
            for step, (low, high), every in self._steps:
                if every == 1 or tick % every == 0:
                    step(world, (low, high, tick))
                    if world.pending.is_any:
                        world.commit()
        except BaseException as error:  # a user's rule may raise anything, or call exit()
            self._note(error, locals().get("step"), tick)  # Ctrl-C may come before the first acts
            raise

    def _checked_step(self, world: World) -> None:
        """Let every mechanism that is due act, and compare the world with a copy from before.

        Raises:
            BrokenPromise: naming the mechanism, the tick, and the columns that it changed and does not name.
        """
        tick = world.tick
        for (name, mechanism), (step, (low, high), every) in zip(self.bound.items(), self._steps, strict=True):
            if tick % every:
                continue
            before = snapshot.copy(world)
            try:
                step(world, (low, high, tick))
                world.commit()
            except BaseException as error:
                self._note(error, step, tick)
                raise
            breaches = list(undeclared_changes(mechanism.writes, before, world))
            if breaches:
                raise BrokenPromise(f"dynamics.{name} ({mechanism.rule()}) in tick {tick:,}: {'; '.join(breaches)}")

    def _note(self, error: BaseException, acting: object, tick: int) -> None:
        """Note with an error which mechanism acted when it was raised, and in which tick."""
        for (name, mechanism), (step, _, _) in zip(self, self._steps, strict=True):
            if step is acting:
                error.add_note(Happened(f"dynamics.{name}", _code_of(mechanism), tick))

    def columns(self) -> set[str]:
        """Return the names of all columns that any mechanism reads or writes."""
        return set(self._columns)

    def faults(self, labels: Labels) -> list[str]:
        """Return what is wrong with the mechanisms in a world of these words, each with the key it is about."""
        return [f"dynamics.{name}.{fault}" for name, each in self.mechanisms.items() for fault in each.faults(labels)]

    def table(self) -> list[tuple[int, str, str, int, str, str]]:
        """Return one row a mechanism: position, name, rule, ticks between actions, what it reads, what it writes."""
        return [
            (position, name, each.rule(), each.every, ", ".join(each.reads), ", ".join(each.writes))
            for position, (name, each) in enumerate(self.bound.items(), start=1)
        ]

    def __iter__(self) -> Iterator[tuple[str, Mechanism]]:
        return iter(self.mechanisms.items())

    def __str__(self) -> str:
        return in_columns(in_words(self.table()))


def _is_plain(mechanism: Mechanism) -> bool:
    """Return whether a mechanism holds nothing but parameters, so that runs may share it; a user's may hold anything."""
    return type(mechanism).__module__.startswith(_OURS) and not isinstance(mechanism, AgentRules)


_OURS = f"{__package__}."


def _code_of(mechanism: Mechanism) -> str:
    """Return where a mechanism's code is, ``package.module:name``."""
    return code_of(mechanism.function if isinstance(mechanism, AgentRules) else type(mechanism))


class _Made(NamedTuple):
    """What is made of mechanisms for a run: how each acts, how often; each as it knows of the others; their columns."""

    acts: tuple[tuple[Callable[[World, Key], None], int], ...]
    bound: tuple[Mechanism, ...]
    columns: frozenset[str]


def _made(*names_and_mechanisms: Any) -> _Made:
    """Return what is made of mechanisms that are given after all of their names."""
    count = len(names_and_mechanisms) // 2
    schedule: dict[str, Mechanism] = dict(zip(names_and_mechanisms[:count], names_and_mechanisms[count:], strict=True))
    refuse_misplaced_goods(schedule)
    bound = tuple(_bound(name, mechanism, schedule) for name, mechanism in schedule.items())
    acts = tuple((mechanism.step, mechanism.every) for mechanism in bound)
    return _Made(acts, bound, frozenset(columns_named(bound)))


def _bound(name: str, mechanism: Mechanism, schedule: Mapping[str, Mechanism]) -> Mechanism:
    """Return a mechanism that knows of the others; an error of its own says whose it is."""
    try:
        return mechanism.bind(schedule)
    except BaseException as error:
        error.add_note(Happened(f"dynamics.{name}", _code_of(mechanism), None))
        raise


_made_once = remembered(_made)


def in_words(table: Sequence[tuple[Any, ...]]) -> list[list[str]]:
    """Return a schedule's ``table`` under its head, as words; how often is told where not all act every tick."""
    rows = [["", "mechanism", "rule", "acts every", "reads", "writes"]]
    for position, name, rule, every, reads, writes in table:
        rows.append([str(position), name, rule, "tick" if every == 1 else f"{every} ticks", reads, writes])
    if all(row[3] == 1 for row in table):
        rows = [[*row[:3], *row[4:]] for row in rows]
    return rows


def columns_named(mechanisms: Iterable[Mechanism]) -> set[str]:
    """Return the columns that these mechanisms read or write."""
    return {name for mechanism in mechanisms for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS}


def in_columns(rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Return rows of words below each other; the last two columns are wrapped to share what width the others leave.

    Args:
        rows: as many words each, at least three.
        width: letters in a line; None: as many as the terminal has, 120 where there is none.
    """
    width = shutil.get_terminal_size((120, 24)).columns if width is None else width
    *narrow, reads, writes = (max(map(len, column)) for column in zip(*rows, strict=True))
    left = width - sum(narrow) - 2 * (len(narrow) + 1)
    if reads + writes > left:
        writes = max(_LEAST, min(writes, 2 * left // 5))
        reads = max(_LEAST, min(reads, left - writes))
    widths = [*narrow, reads, writes]
    lines: list[str] = []
    for row in rows:
        cells = [[word] for word in row[:-2]]
        cells += [
            textwrap.wrap(words, wide, break_on_hyphens=False)
            for words, wide in zip(row[-2:], widths[-2:], strict=True)
        ]
        for line in zip_longest(*cells, fillvalue=""):
            lines.append("  ".join(word.ljust(wide) for word, wide in zip(line, widths, strict=True)).rstrip())
    return "\n".join(lines)


_LEAST = 20
"""Letters that a wrapped column has on the narrowest of terminals."""

"""One more organisation, in a town at work, leaves the luck of every other alone.

What others do may change, since they may meet it; what they draw may not. A draw is a function of a mechanism's key at a
tick and of the identity of whoever draws, so it is enough that neither changes. Where nothing but its own draws moves a
column, that column is the same to the last bit after the whole run.
"""

from typing import NamedTuple

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.rng import Key
from ecosim.rules import RULES, find_rule
from ecosim.world.snapshot import copy
from ecosim.world.world import World
from tests.ecosystems import differing

COUNTS = {"business": 100, "government": 40, "civil_society": 60}
TICKS = 30


class Story(NamedTuple):
    """A run in which nobody leaves: its world at the start and the end, its rules, and each rule's key at every tick."""

    start: World
    end: World
    keys: dict[tuple[str, int], list[Key]]
    rules: set[str]


def told(**more: int) -> Story:
    """Return the story of the town with so many more organisations of some sectors."""
    counts = ",".join(f"{name}: {number + more.get(name, 0)}" for name, number in COUNTS.items())
    settings = load(
        *("town", f"ecosystem.organisations={{{counts}}}", f"ticks={TICKS}", "dynamics.change.motive_noise=0.05"),
        *("dynamics.turnover.floor=0", "record.figures=false"),
    )
    keys: dict[tuple[str, int], list[Key]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for rule in sorted({mechanism.rule() for mechanism in settings.dynamics.values()} & set(RULES)):
            patch.setattr(find_rule(rule), "step", watched(find_rule(rule).step, rule, keys))
        model = Ecosystem(settings, rng=3)
        start = copy(model.world)
        model.run()
    return Story(start, model.world, keys, {mechanism.rule() for mechanism in settings.dynamics.values()})


def watched(step, rule, keys):
    """Return a rule's step that also writes down its key."""

    def stepped(self, world, key):
        keys.setdefault((rule, world.tick), []).append(key)
        step(self, world, key)

    return stepped


@pytest.fixture(scope="module")
def without() -> Story:
    return told()


@pytest.fixture(scope="module", params=list(COUNTS))
def with_one_more(request) -> Story:
    return told(**{request.param: 1})


def others(one: Story, more: Story) -> np.ndarray:
    """Return the rows, in the larger world, of all but the newcomer."""
    rows = np.flatnonzero(np.isin(more.start.identity, one.start.identity))
    assert rows.size == one.start.n == more.start.n - 1
    assert np.array_equal(more.start.identity[rows], one.start.identity)
    return rows


def test_every_other_is_founded_the_same_in_every_column(without, with_one_more):
    rows = others(without, with_one_more)
    columns = [column.name for column in without.start.columns if column.axis == "organisation"]
    assert {"identity", "motive", "capital", "stance", "contribution", "culture"} <= set(columns)
    for name in columns:
        here, there = getattr(without.start, name), getattr(with_one_more.start, name)[rows]
        assert here.tobytes() == there.tobytes(), name


def test_nearly_all_ties_between_the_others_are_founded_the_same(without, with_one_more):
    """One place more in a list of 40 to 100 takes over one draw in as many, and only draws of those listed behind it."""
    pairs = [
        {tuple(sorted(world.identity[pair])) for pair in world.ends} for world in (without.start, with_one_more.start)
    ]
    assert len(pairs[0]) > 400
    assert len(pairs[0] & pairs[1]) >= 0.97 * len(pairs[0])


def test_every_rule_has_the_same_key_at_every_tick_and_everyone_its_number(without, with_one_more):
    assert {rule for rule, _ in without.keys} == without.rules
    assert len(without.keys) > 10 * TICKS
    assert with_one_more.keys == without.keys
    rows = others(without, with_one_more)
    assert np.array_equal(with_one_more.end.identity[rows], without.end.identity)


def test_what_moves_by_ones_own_draws_alone_is_the_same_after_the_whole_run(without, with_one_more):
    rows = others(without, with_one_more)
    assert not np.array_equal(without.end.motive, without.start.motive)
    assert with_one_more.end.motive[rows].tobytes() == without.end.motive.tobytes()


def test_what_one_more_does_reaches_others_all_the_same(without, with_one_more):
    """Otherwise the tests above would hold for worlds in which nobody meets anybody."""
    rows = others(without, with_one_more)
    assert with_one_more.end.capital[rows].tobytes() != without.end.capital.tobytes()


def test_the_town_without_one_more_is_the_same_town(without):
    assert differing(told().end, without.end) == []

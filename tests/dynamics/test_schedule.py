"""Mechanisms act in their order, each with its own luck, and what they ask for is done when they end."""

import re
from typing import ClassVar

import numpy as np
import pytest

from ecosim.dynamics.citizens.citizens import Citizens
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.schedule import Schedule, columns_named, in_columns
from ecosim.rng import stream, uniforms
from ecosim.world.columns import COLUMNS
from tests.dynamics.toys import Multiply
from tests.dynamics.worlds import world_for


class Add(Mechanism):
    reads: ClassVar[tuple[str, ...]] = ("capital",)
    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital[:] += 1


class DrawContribution(Mechanism):
    reads: ClassVar[tuple[str, ...]] = ("identity",)
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def step(self, world, key):
        world.contribution[:] = uniforms(key, world.identity)


class TieFirstTwo(Mechanism):
    writes: ClassVar[tuple[str, ...]] = ("ties",)

    def step(self, world, key):
        world.add_ties(np.array([[0, 1]]))
        assert world.ties == 0  # nobody's row moves while a rule is running


class CountTies(Mechanism):
    writes: ClassVar[tuple[str, ...]] = ("payoff",)

    def step(self, world, key):
        world.payoff[:] = world.ties


def test_mechanisms_act_in_the_order_of_the_schedule():
    for mechanisms, capital in (((Multiply(), Add()), 3), ((Add(), Multiply()), 4)):
        world = world_for(*mechanisms, n=2)
        Schedule({str(k): mechanism for k, mechanism in enumerate(mechanisms)}, seed=1).step(world)
        assert list(world.capital) == [capital, capital]


def test_ties_that_one_mechanism_makes_are_there_for_the_next():
    world = world_for(TieFirstTwo(), CountTies(), n=3)
    Schedule({"tie": TieFirstTwo(), "count": CountTies()}, seed=1).step(world)
    assert list(world.payoff) == [1, 1, 1]


def test_luck_comes_from_the_seed_the_name_and_the_tick_and_from_nothing_else():
    def drawn(name, seed, tick, before=()):
        world = world_for(DrawContribution(), Add(), n=5)
        world.tick = tick
        Schedule({**dict(before), name: DrawContribution()}, seed).step(world)
        return list(world.contribution)

    first = drawn("gossip", 1, 0)
    assert first == drawn("gossip", 1, 0, before={"other": Add()}.items())
    assert first == list(uniforms(stream(1, "gossip").key(0), np.arange(5)))
    assert (
        len({tuple(drawn(*how)) for how in (("gossip", 1, 0), ("rumour", 1, 0), ("gossip", 2, 0), ("gossip", 1, 1))})
        == 4
    )


def test_a_rule_scheduled_twice_draws_twice():
    world = world_for(DrawContribution(), n=5)
    schedule = Schedule({"first": DrawContribution(), "second": DrawContribution()}, seed=1)
    schedule.step(world)
    assert list(world.contribution) == list(uniforms(stream(1, "second").key(0), np.arange(5)))


def test_a_schedule_prints_itself_in_order():
    schedule = Schedule({"growth": Multiply(), "gift": Add()}, seed=1)
    assert schedule.table() == [
        (1, "growth", "multiply", 1, "capital", "capital"),
        (2, "gift", "add", 1, "capital", "capital"),
    ]
    assert [line.split() for line in str(schedule).splitlines()] == [
        ["mechanism", "rule", "reads", "writes"],
        ["1", "growth", "multiply", "capital", "capital"],
        ["2", "gift", "add", "capital", "capital"],
    ]
    assert [name for name, _ in schedule] == ["growth", "gift"]


def test_a_schedule_tells_what_does_not_act_each_tick():
    lines = str(Schedule({"growth": Multiply(every=3), "gift": Add()}, seed=1)).splitlines()
    assert [line.split() for line in lines] == [
        ["mechanism", "rule", "acts", "every", "reads", "writes"],
        ["1", "growth", "multiply", "3", "ticks", "capital", "capital"],
        ["2", "gift", "add", "tick", "capital", "capital"],
    ]


def test_a_world_gets_the_columns_that_are_named_and_ties_are_no_column():
    assert columns_named([Multiply(), TieFirstTwo(), CountTies()]) == {"capital", "payoff"}
    assert Schedule({"a": DrawContribution()}, seed=1).columns() == {"identity", "contribution"}


@pytest.mark.parametrize("width", [70, 120, 400])
def test_a_schedule_fits_the_width_and_loses_no_word(width, monkeypatch):
    class Wide(Mechanism):
        reads: ClassVar[tuple[str, ...]] = tuple(COLUMNS)
        writes: ClassVar[tuple[str, ...]] = ("capital", "contribution", "payoff")

        def step(self, world, key):
            pass

    monkeypatch.setenv("COLUMNS", str(width))
    lines = str(Schedule({"wide": Wide(), "add": Add()}, seed=1)).splitlines()
    assert max(map(len, lines)) <= width
    assert sorted(re.findall(r"\w+", "\n".join(lines[1:-1]))) == sorted(["1", "wide", "wide", *COLUMNS, *Wide.writes])
    start = lines[0].index("writes")
    assert all(line[start - 2 : start].strip() == "" for line in lines)


def test_the_narrowest_terminal_breaks_no_column_name():
    rows = [("", "mechanism", "rule", "reads", "writes"), ("1", "a", "b", "coalition_identity, trust", "trust, bond")]
    assert "coalition_identity," in in_columns(rows, 10)


def test_mechanisms_of_a_users_own_are_bound_for_each_run_and_those_of_ecosim_once():
    class Remembering(Add):
        def bind(self, schedule):
            bound.append(self)
            return self.model_copy()

    bound: list[Mechanism] = []
    own = {"own": Remembering()}
    assert Schedule(own, 1)._steps[0][0].__self__ is not Schedule(own, 1)._steps[0][0].__self__
    assert len(bound) == 2
    ours = {"market": Market(), "citizens": Citizens()}
    first, second = Schedule(ours, 1), Schedule(dict(ours), 2)
    assert [one[0] for one in first._steps] == [other[0] for other in second._steps]
    assert [one[1] for one in first._steps] != [other[1] for other in second._steps]
    assert first.columns() == second.columns() == columns_named(ours.values())
    turned = Schedule(dict(reversed(ours.items())), 1)
    assert turned._steps[0][1] == stream(1, "citizens")
    assert turned._steps[0][0].__self__.rule() == "citizens"

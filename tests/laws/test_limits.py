"""Worlds that lack something: without citizens, coalitions, capital or reach, what needs them comes to nothing."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.dynamics.schedule import Schedule
from ecosim.ecosystem import Ecosystem
from ecosim.rules import RULES
from ecosim.world.snapshot import copy
from tests.ecosystems import differing
from tests.laws.everything import everything

SMALL = ("ecosystem.organisations=40", "ticks=24", "record.figures=false")


def run(*words, rng=2):
    model = Ecosystem(load("town", *SMALL, *words), rng=rng)
    model.run()
    return model


def test_without_citizens_their_rule_does_nothing():
    nobody = "ecosystem.citizens.count=0"
    one, other = run(nobody), run(nobody, "~dynamics.citizens")
    here, there = one.world.arrays(), other.world.arrays()
    assert {name for name in there if here[name].tobytes() != there[name].tobytes()} == set()
    assert np.all(one.world.customers == 0)
    assert np.all(one.world.support == 0.5)


def test_one_more_citizen_changes_nothing_in_the_first_choices_of_the_others():
    """Until citizens have chosen nobody depends on them; that they are one more changes nobody's draws."""
    worlds = []
    for count in (300, 301):
        model = Ecosystem(load("town", *SMALL, f"ecosystem.citizens.count={count}"), rng=3)
        model.run(4)
        worlds.append(model.world)
    one, more = worlds
    for column in one.columns:
        if column.axis == "citizen":
            values = getattr(more, column.name)[: one.labels.citizens]
            assert getattr(one, column.name).tobytes() == values.tobytes(), column.name
    assert (one.buys_from >= 0).all()
    assert more.workers.sum() == one.workers.sum() + 1


def test_where_nobody_founds_a_coalition_all_work_is_done_alone():
    model = Ecosystem(load("town", *SMALL, "dynamics.coalition.initiative=0"), rng=2)
    for _ in range(24):
        model.step()
        world = model.world
        assert (world.coalitions, world.memberships) == (0, 0)
        assert world.relief.sum() == pytest.approx(world.alone.sum())
        assert not world.spillover.any()
        assert not world.ledger[:, 2].any(), "no mission is fulfilled by coalitions"


def test_without_any_means_nothing_is_made_and_nothing_is_paid():
    model = everything(rng=3)
    model.run(4)
    world = copy(model.world)
    world.capital[:] = 0.0
    mechanisms = {m.rule(): m for _, m in model.schedule}
    chosen = {name: mechanisms[name] for name in ("joint_work", "sharing", "ripple")}
    chosen["joining"] = mechanisms["joining"].model_copy(update={"upkeep": 0.0, "every": 10**6})
    world.tick += 1
    Schedule({**chosen, "production": chosen["joint_work"]}, 1).step(world)
    for name in ("effort", "alone", "output", "relief", "member_share", "payoff", "spillover"):
        assert not getattr(world, name).any(), name


def test_the_committed_are_brought_back_to_where_they_stand_and_nothing_else_is_touched():
    model = everything(rng=2)
    chosen = {m.rule(): m for _, m in model.schedule}
    for _ in range(12):
        model.step()
        world = model.world
        world_after = copy(world)
        world_after.tick += 1
        Schedule({"c": chosen["committed_contribution"], "s": chosen["committed_stance"]}, 1).step(world_after)
        rows = world.committed == 1
        assert np.all(world_after.contribution[rows] == chosen["committed_contribution"].value)
        assert np.all(world_after.stance[rows] == chosen["committed_stance"].value)
        assert set(differing(world, world_after)) <= {"contribution", "stance"}


@pytest.fixture(scope="module")
def founded():
    """A world with every rule, just founded."""
    return everything(rng=2)


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"agent_rules"}))
def test_a_world_in_which_nobody_is_left_stands_still(founded, rule):
    """No organisation, tie or coalition: nothing happens to anybody, and nothing breaks."""
    world = copy(founded.world)
    world.remove_organisations(np.arange(world.n))
    world.commit()
    assert (world.n, world.ties, world.coalitions) == (0, 0, 0)
    mechanism = next(each for _, each in founded.schedule if each.rule() == rule)
    bound = mechanism.bind(founded.schedule.mechanisms)
    for _ in range(3):
        world.tick += 1
        bound.step(world, (1, 2, world.tick))
        world.commit()
    assert world.n == 0
    assert world.ties == world.coalitions == 0
    assert all(np.isfinite(values).all() for values in world.arrays().values())

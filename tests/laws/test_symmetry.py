"""What is only a name changes nothing; where there is nobody to work with, nothing passes between organisations.

A sector's name and place in the list change nothing under any rule. The order of rows changes nothing under the rules that
do not choose by place in a list (``CHOOSE_BY_PLACE``): those that do would draw other partners, by the same law.
"""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.dynamics.schedule import Schedule
from ecosim.ecosystem import Ecosystem
from ecosim.testing import renumbered
from ecosim.world.snapshot import copy
from tests.dynamics.test_contract import CHOOSE_BY_PLACE
from tests.ecosystems import coupled, coupled_settings, differing
from tests.laws.relabelling import relabelled


def run(world, mechanisms, ticks=25, seed=3):
    schedule = Schedule(mechanisms, seed)
    for _ in range(ticks):
        world.tick += 1
        schedule.step(world)
    return world


def started(seed=1):
    """Return a town in which coalitions have formed, and its mechanisms."""
    model = Ecosystem(load("town"), rng=seed)
    model.run(10)
    assert model.world.coalitions > 5
    return model.world, dict(model.schedule)


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 0, 2), (2, 1, 0)])
def test_listing_the_sectors_in_another_order_only_relabels_them(order):
    world, mechanisms = started()
    one = run(copy(world), mechanisms)
    other = run(relabelled(world, "sectors", order), mechanisms)
    assert "sector" in differing(one, other)
    assert differing(relabelled(one, "sectors", order), other) == []


def test_two_sectors_that_swap_their_names_swap_their_lots():
    # What is tied to a name are purses and answerability: swapped names with swapped settings change nothing else.
    world, mechanisms = started()
    one = run(copy(world), mechanisms)
    swapped = dict(mechanisms)
    swapped["market"] = mechanisms["market"].model_copy(
        update={"customers": ("civil_society",), "taxes": ("government",)}
    )
    other = relabelled(world, "sectors", (2, 1, 0))
    other.labels = world.labels
    run(other, swapped)
    assert "sector" in differing(one, other)
    assert differing(relabelled(one, "sectors", (2, 1, 0)), other) == []


@pytest.mark.parametrize("seed", range(3))
def test_in_another_order_of_rows_everyone_fares_the_same_but_for_rules_that_choose_by_place(seed):
    """From a town at work: every rule but meeting, joining, opinion change and imitation, which draw by place."""
    world, mechanisms = started(seed)
    mechanisms = {name: rule for name, rule in mechanisms.items() if rule.rule() not in CHOOSE_BY_PLACE}
    order = np.random.default_rng(seed).permutation(world.n)
    one, other = copy(world), renumbered(world, order)
    run(one, mechanisms, ticks=15)
    run(other, mechanisms, ticks=15)
    row = {number: k for k, number in enumerate(other.identity.tolist())}
    rows = [row[number] for number in one.identity.tolist()]
    for name in ("capital", "contribution", "payoff", "success", "reputation", "spillover", "income", "ledger"):
        assert one.__dict__[name] == pytest.approx(other.__dict__[name][rows], rel=1e-8, abs=1e-10), name
    assert one.severity == pytest.approx(other.severity)
    assert one.ties == other.ties


def test_without_ties_nothing_passes_between_organisations():
    settings = coupled_settings(
        ecosystem={"organisations": 30, "network": {"kind": "none"}},
        dynamics={"meeting": {"rule": "meeting", "friends": 1.0}, **without(("meeting", "stance"))},
    )
    model = Ecosystem(settings, rng=4)
    for _ in range(20):
        model.step()
        world = model.world
        assert (world.ties, world.coalitions, world.memberships) == (0, 0, 0)
        assert np.all(world.spillover == 0)
        assert np.all(world.ledger[:, 2:4] == 0)
        assert world.relief.sum() == pytest.approx(world.alone.sum())


def without(names):
    """Return the coupled dynamics but for these."""
    return {
        name: {"rule": mechanism.rule(), **({"production": "joint_work"} if name == "joining" else {})}
        for name, mechanism in coupled_settings().dynamics.items()
        if name not in names
    }


def test_alike_organisations_of_one_sector_stay_alike_where_nothing_is_drawn():
    model = coupled()
    drawing = {*CHOOSE_BY_PLACE, "change", "issue"}
    mechanisms = {name: rule for name, rule in model.schedule if rule.rule() not in drawing}
    world = copy(model.world)
    world.end_ties(np.arange(world.ties))
    world.commit()
    for column in world.columns:
        if column.axis == "organisation" and column.name not in ("identity", "sector"):
            world.__dict__[column.name][:] = world.__dict__[column.name][0]
    run(world, mechanisms, ticks=40)
    for sector in range(3):
        for name in ("capital", "contribution", "reputation", "success"):
            assert np.ptp(world.__dict__[name][world.sector == sector]) < 1e-12, name

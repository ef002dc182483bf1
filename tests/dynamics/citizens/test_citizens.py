"""Citizens: where they are, income and legitimacy are theirs to give."""

import numpy as np
import pytest

from ecosim.dynamics.citizens.citizens import Citizens
from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.market import Market
from ecosim.dynamics.schedule import Schedule, columns_named
from ecosim.world.labels import Labels
from ecosim.world.world import World

RULES = {"market": Market(), "citizens": Citizens(), "ledger": Ledger()}


def town(citizens=600, rules=RULES, n=30):
    draw = np.random.default_rng(4)
    labels = Labels(issues=("water", "work"), stance_axes=("left",), citizens=citizens)
    world = World(labels, n, columns_named(rules.values()))
    world.sector[:] = np.arange(n) % 3
    world.contribution[:], world.reputation[:] = draw.random(n), draw.random(n)
    world.salience[:], world.motive[:] = 0.5, 0.2
    world.stance[:] = draw.uniform(-1, 1, (n, 1))
    world.orientation[:] = draw.random(citizens)
    return world


def tick(world, rules=RULES, ticks=1):
    schedule = Schedule(rules, 7)
    for _ in range(ticks):
        schedule.step(world)
        world.tick += 1
    return world


def test_incomes_are_shared_as_citizens_chose():
    world = tick(town())
    customers, supporters = world.customers.copy(), world.supporters.copy()
    at_stake = world.custom_at_stake.copy()
    tick(world)
    market = RULES["market"]
    turnover = market.spending * 10 * (1 - market.loss * 0.5)  # severity is 1: half pressing
    business, donors = world.sector == 0, world.sector == 2
    assert world.income[business] == pytest.approx((1 - market.tax) * turnover * customers[business] / 600)
    assert world.income[donors] == pytest.approx(market.giving * 10 * supporters[donors] / 600)
    assert world.forgone == pytest.approx(at_stake * world.income)


def test_each_citizen_may_bring_a_purse_of_its_own():
    rules = {**RULES, "market": Market(each_spends=0.1, loss=0.0)}
    world = tick(town(rules=rules), rules, ticks=2)
    assert world.income[world.sector == 0].sum() == pytest.approx(0.7 * 0.1 * 600)


def test_legitimacy_is_support():
    world = tick(town())
    before = world.support.copy()
    assert world.ledger[:, 4] == pytest.approx(2 * before - 1)
    assert np.ptp(before) > 0.1


def test_in_a_world_without_citizens_nothing_changes():
    with_rule, without = town(0), town(0)
    tick(with_rule, ticks=4)
    tick(without, {name: RULES[name] for name in ("market", "ledger")}, ticks=4)
    for name in ("income", "forgone", "ledger", "capital", "reputation", "price"):
        assert getattr(with_rule, name).tobytes() == getattr(without, name).tobytes()
    assert np.all(with_rule.support == 0.5)


def test_whoever_loses_its_supplier_finds_another():
    world = tick(town())
    gone = np.flatnonzero(world.sector == 0)[:4]
    lost = np.isin(world.buys_from, gone)
    assert lost.sum() > 100
    world.remove_organisations(gone)
    world.commit()
    assert np.all(world.buys_from[lost] == -1)
    tick(world)
    assert np.all(world.sector[world.buys_from] == 0)
    assert world.customers.sum() == 600


def test_in_a_town_of_government_only_nobody_buys_or_supports():
    world = town()
    world.sector[:] = 1
    tick(world, ticks=3)
    assert np.all(world.buys_from == -1)
    assert np.all(world.supports == -1)
    assert world.workers.sum() == 600


def test_a_citizen_more_changes_no_other():
    """A draw belongs to a citizen; what all of them do together reaches others only through organisations, later."""
    few, more = tick(town()), town(601)
    more.orientation[:600] = town().orientation
    tick(more)
    for name in ("buys_from", "works_for", "supports", "approval", "citizen_stance"):
        assert np.array_equal(getattr(few, name), getattr(more, name)[:600]), name


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)looking.*considered.*selectivity"):
        Citizens(looking=2.0, considered=0, selectivity=-1.0)

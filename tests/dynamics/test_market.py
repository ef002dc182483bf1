"""Purses are finite: what one wins, others lose."""

import numpy as np
import pytest

from ecosim.dynamics.market import Market
from tests.dynamics.worlds import live, world_for

BUSINESS, GOVERNMENT, CIVIL_SOCIETY = 0, 1, 2


def town(market, n=30, issues=3, seed=0):
    draw = np.random.default_rng(seed)
    world = world_for(market, n=n, issues=issues)
    world.sector[:] = np.arange(n) % 3
    world.capital[:], world.contribution[:], world.reputation[:] = 3 * draw.random(n), draw.random(n), draw.random(n)
    world.severity[:], world.urgency[:] = 4 * draw.random(issues), 4 * draw.random(issues)
    world.demand[:], world.relief[:], world.price[:] = draw.random(issues), 2 * draw.random(issues), draw.random(issues)
    return world


def pressing(level, half=1.0):
    return level**2 / (level**2 + half**2)


def income_of(world, sector):
    return world.income[world.sector == sector].sum()


@pytest.mark.parametrize("seed", range(6))
def test_price_is_demand_times_need_over_crowding(seed):
    market = Market(floor=0.3, rivalry=0.9, pressing_at=1.4)
    world = live(town(market, seed=seed), market)
    need = 0.3 + 0.7 * pressing(world.urgency, 1.4)
    assert world.price == pytest.approx(world.demand * need / (1 + 0.9 * world.relief * 3 / 30))


@pytest.mark.parametrize("seed", range(6))
def test_every_purse_is_given_out_whole(seed):
    market = Market(spending=1.3, loss=0.4, tax=0.25, public_share=0.6, giving=0.8)
    world = town(market, seed=seed)
    paid = 0.6 * (world.price * world.relief).sum()
    live(world, market)
    turnover = 1.3 * 10 * (1 - 0.4 * pressing(world.severity).mean())
    collected = 0.25 * turnover
    assert income_of(world, BUSINESS) == pytest.approx(0.75 * turnover)
    assert income_of(world, GOVERNMENT) == pytest.approx(collected - min(paid, collected / 2))
    assert income_of(world, CIVIL_SOCIETY) == pytest.approx(0.8 * 10 * (0.25 + 0.75 * pressing(world.urgency).mean()))


def test_customers_are_won_by_capital_attention_and_reputation():
    market = Market(attention=0.6)
    world = live(town(market), market)
    weight = np.sqrt(world.capital) * (1 - 0.6 * world.contribution) * (0.5 + world.reputation)
    ours = world.sector == BUSINESS
    assert world.income[ours] / world.income[ours].sum() == pytest.approx(weight[ours] / weight[ours].sum())


def test_taxes_go_by_size_and_gifts_by_size_and_reputation():
    market = Market()
    world = live(town(market), market)
    bodies, groups = world.sector == GOVERNMENT, world.sector == CIVIL_SOCIETY
    size, regard = np.sqrt(world.capital), 0.5 + world.reputation
    assert world.income[bodies] / size[bodies] == pytest.approx(income_of(world, GOVERNMENT) / size[bodies].sum())
    won = size[groups] * regard[groups]
    assert world.income[groups] / won == pytest.approx(income_of(world, CIVIL_SOCIETY) / won.sum())


@pytest.mark.parametrize("sector", [BUSINESS, CIVIL_SOCIETY])
def test_a_better_name_wins_exactly_what_rivals_lose(sector):
    market = Market()
    before, after = town(market), town(market)
    one = np.flatnonzero(before.sector == sector)[0]
    before.reputation[one], after.reputation[one] = 0.2, 0.9
    gained = live(after, market).income - live(before, market).income
    rivals = before.sector == sector
    assert gained[one] > 0.01
    assert np.all(np.delete(gained, one)[np.delete(rivals, one)] < 0)
    assert gained[rivals].sum() == pytest.approx(0, abs=1e-12)
    assert np.all(gained[~rivals] == 0)


def prices(market, **columns):
    world = town(market, issues=50)
    for name, values in {"demand": 1.0, "relief": 1.0, "urgency": 1.0, **columns}.items():
        world.__dict__[name][:] = values
    return live(world, market).price


def test_price_falls_with_work_already_done_and_rises_with_urgency():
    market = Market()
    assert np.all(np.diff(prices(market, relief=np.linspace(0, 9, 50))) < 0)
    assert np.all(np.diff(prices(market, urgency=np.linspace(0, 9, 50))) > 0)


def test_without_rivalry_or_above_a_full_floor_price_does_not_move():
    assert np.ptp(prices(Market(rivalry=0.0), relief=np.linspace(0, 9, 50))) == 0
    assert np.ptp(prices(Market(floor=1.0), urgency=np.linspace(0, 9, 50))) == 0


def test_hard_times_cost_business_and_government_in_proportion():
    market = Market(loss=0.5, public_share=0.0)
    calm, hard = town(market), town(market)
    calm.severity[:], hard.severity[:] = 0, 1e9
    ratio = live(hard, market).income / live(calm, market).income
    assert ratio[calm.sector != CIVIL_SOCIETY] == pytest.approx(0.5)
    assert ratio[calm.sector == CIVIL_SOCIETY] == pytest.approx(1)


def test_government_keeps_half_of_its_taxes_however_much_relief_it_owes():
    market = Market(public_share=1.0, tax=0.3, spending=1.0)
    world = town(market)
    world.severity[:], world.price[:], world.relief[:] = 0, 100, 100
    assert income_of(live(world, market), GOVERNMENT) == pytest.approx(0.5 * 0.3 * 10)


def test_what_contributing_forgoes_is_the_income_lost_to_a_crowd_of_rivals():
    market = Market(attention=0.7)
    idle, busy = town(market, n=30_000), town(market, n=30_000)
    idle.contribution[0], busy.contribution[0] = 0, 1
    idle.capital[0] = busy.capital[0] = 1
    lost = live(idle, market).income[0] - live(busy, market).income[0]
    # One of ten thousand moves the sum of all weights by some 1e-4 of it.
    assert idle.forgone[0] == pytest.approx(lost, rel=1e-3)
    assert busy.forgone[0] == pytest.approx(lost, rel=1e-3)
    assert np.all(idle.forgone[idle.sector != BUSINESS] == 0)


def test_twice_the_same_town_pays_everyone_the_same():
    market = Market()
    one, two = town(market), town(market, n=60)
    for name in ("sector", "capital", "contribution", "reputation"):
        two.__dict__[name][:] = np.tile(one.__dict__[name], 2)
    for name in ("severity", "urgency", "demand", "price"):
        two.__dict__[name][:] = one.__dict__[name]
    two.relief[:] = 2 * one.relief
    live(one, market)
    live(two, market)
    assert two.price == pytest.approx(one.price)
    assert two.income == pytest.approx(np.tile(one.income, 2))


def test_whoever_is_named_lives_by_customers():
    market = Market(customers=("civil_society",), taxes=("business",), loss=0.0, public_share=0.0, tax=0.2)
    world = live(town(market), market)
    assert income_of(world, CIVIL_SOCIETY) == pytest.approx(8)
    assert income_of(world, BUSINESS) == pytest.approx(2)


def test_a_purse_that_nobody_lives_by_is_given_to_nobody():
    market = Market()
    world = town(market)
    world.sector[:] = CIVIL_SOCIETY
    live(world, market)
    assert np.isfinite(world.income).all()
    assert np.all(world.income > 0)


def test_a_market_of_nobody_still_has_prices():
    market = Market()
    world = world_for(market, n=0, issues=2)
    assert np.isfinite(live(world, market).price).all()


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)floor.*rivalry.*tax"):
        Market(floor=2.0, rivalry=-1.0, tax=1.5)

"""The books: five components, weighed by one's own motive; capital and reputation follow."""

import numpy as np
import pytest

from ecosim.dynamics.ledger import Ledger
from tests.dynamics.worlds import live, some_tied, unite, world_for

GOVERNMENT = 1
FINANCIAL, PUBLIC_VALUE, MISSION, RELATIONAL, LEGITIMACY = range(5)


def society(ledger, n=12, seed=0):
    draw = np.random.default_rng(seed)
    world = world_for(ledger, n=n, issues=3, ties=some_tied(n, 0.3, seed))
    unite(world, (0, (0, 1, 2)), (2, (1, 2, 3, 5)), (1, (4, 6)))
    world.sector[:] = np.arange(n) % 3
    for name in ("income", "payoff", "spillover", "capital", "contribution", "reputation", "bond", "member_share"):
        values = world.__dict__[name]
        values[:] = draw.random(values.shape)
    world.severity[:], world.urgency[:] = 9 * draw.random(3), 4 * draw.random(3)
    world.salience[:], world.motive[:] = draw.dirichlet(np.ones(3), n), draw.dirichlet(np.ones(5), n)
    return world


def one_of_each(ledger, **columns):
    """Return a world of a business, a government body and a civil-society group without ties."""
    world = world_for(ledger, n=3, issues=2)
    world.sector[:], world.salience[:], world.severity[:] = [0, 1, 2], 0.5, 0
    for name, values in columns.items():
        world.__dict__[name][:] = values
    return world


@pytest.mark.parametrize("seed", range(4))
def test_success_is_the_ledger_weighed_by_ones_own_motive(seed):
    ledger = Ledger()
    world = live(society(ledger, seed=seed), ledger)
    assert world.success == pytest.approx((world.motive * world.ledger).sum(axis=1))


@pytest.mark.parametrize("seed", range(4))
def test_each_component_counts_what_it_says(seed):
    ledger = Ledger(spill_value=0.4, pressing_at=1.5, full_circle=5.0, worst=10.0)
    world = society(ledger, seed=seed)
    reputation = world.reputation.copy()
    live(world, ledger)
    need = world.urgency**2 / (world.urgency**2 + 1.5**2)
    for i in range(world.n):
        issues = world.coalition_issue[world.member_coalition[world.member == i]]
        shares = world.member_share[world.member == i]
        assert world.ledger[i] == pytest.approx(
            [
                world.income[i] + world.payoff[i] + 0.4 * world.spillover[i],
                sum(world.salience[i, q] * (1 - 2 * world.severity[q] / 10) for q in range(3)),
                sum(3 * world.salience[i, q] * need[q] * y for q, y in zip(issues, shares, strict=True)),
                world.bond[(world.ends == i).any(axis=1)].sum() / 5,
                2 * reputation[i] - 1,
            ]
        )


@pytest.mark.parametrize(("income", "start"), [(1.4, 0.3), (0.7, 4.0), (2.0, 1.0)])
def test_capital_settles_where_income_meets_its_upkeep(income, start):
    ledger = Ledger(spending=0.7, thrift=0.05)
    world = one_of_each(ledger, income=income, capital=start)
    for tick in range(1, 60):
        live(world, ledger)
        settled = income / 0.7
        assert world.capital == pytest.approx(settled + (start - settled) * (1 - 0.05 * 0.7) ** tick)
    assert live(world, ledger, ticks=2000).capital == pytest.approx(income / 0.7)


def test_capital_never_falls_below_its_least():
    ledger = Ledger(least_capital=0.2, thrift=1.0, spending=0.7)
    world = one_of_each(ledger, income=-5.0, capital=3.0)
    assert np.all(live(world, ledger, ticks=3).capital == 0.2)


def test_public_value_runs_from_solved_to_the_worst():
    ledger = Ledger(worst=10.0)
    assert live(one_of_each(ledger, severity=0.0), ledger).ledger[:, PUBLIC_VALUE] == pytest.approx(1)
    assert live(one_of_each(ledger, severity=5.0), ledger).ledger[:, PUBLIC_VALUE] == pytest.approx(0)
    assert live(one_of_each(ledger, severity=10.0), ledger).ledger[:, PUBLIC_VALUE] == pytest.approx(-1)
    assert live(one_of_each(ledger, severity=1e6), ledger).ledger[:, PUBLIC_VALUE] == pytest.approx(-1)


def test_reputation_approaches_conduct_compared_with_others_exponentially():
    ledger = Ledger(memory=20.0, answerable=())
    world = one_of_each(ledger, contribution=[0.1, 0.2, 0.6], reputation=0.9)
    conduct = np.array([0.1, 0.2, 0.6]) / (np.array([0.1, 0.2, 0.6]) + 0.3)
    for tick in range(1, 30):
        live(world, ledger)
        assert world.reputation == pytest.approx(conduct + (0.9 - conduct) * (1 - 1 / 20) ** tick)


def test_where_all_do_the_same_nobody_stands_out():
    ledger = Ledger(answerable=())
    for contribution in (0.05, 0.5, 1.0):
        world = live(one_of_each(ledger, contribution=contribution, reputation=0.1), ledger, ticks=500)
        assert world.reputation == pytest.approx(0.5)


def test_one_organisations_better_conduct_costs_the_others_their_name():
    ledger = Ledger(answerable=())
    before = live(one_of_each(ledger, contribution=[0.3, 0.3, 0.3]), ledger).reputation.copy()
    after = live(one_of_each(ledger, contribution=[0.9, 0.3, 0.3]), ledger).reputation
    assert after[0] > before[0]
    assert np.all(after[1:] < before[1:])


@pytest.mark.parametrize(("severity", "share"), [(0.0, 1.0), (5.0, 0.5), (10.0, 0.0)])
def test_whoever_is_answerable_is_half_judged_by_outcomes(severity, share):
    ledger = Ledger(memory=1.0)
    world = live(one_of_each(ledger, contribution=0.4, severity=severity), ledger)
    assert world.reputation == pytest.approx([0.5, 0.25 + share / 2, 0.5])


@pytest.mark.parametrize("memory", [1.0, 20.0])
@pytest.mark.parametrize("severity", [0.0, 10.0, 1e3])
def test_reputation_stays_between_none_and_full_even_when_a_shock_passes_the_worst(memory, severity):
    ledger = Ledger(memory=memory)
    world = one_of_each(ledger, contribution=[0.0, 0.0, 1.0], severity=severity)
    for _ in range(50):
        live(world, ledger)
        assert np.all((world.reputation >= 0) & (world.reputation <= 1))


def test_mission_counts_only_joint_work_and_relations_only_bonds():
    ledger = Ledger()
    world = live(one_of_each(ledger, payoff=5.0, urgency=9.0), ledger)
    assert np.all(world.ledger[:, [MISSION, RELATIONAL]] == 0)
    assert np.all(world.ledger[:, FINANCIAL] == 5)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)thrift.*least_capital.*memory"):
        Ledger(thrift=2.0, least_capital=0.0, memory=0.5)

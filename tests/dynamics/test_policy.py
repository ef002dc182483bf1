"""Policy: what government pays out it has collected, and what is lost on the way is told."""

import numpy as np
import pytest

from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.policy import Policy, invite
from ecosim.rng import stream
from tests.dynamics.worlds import live, unite, world_for

NOTHING = {"subsidies": 0.0, "convening": 0.0, "least": 0.0}


def town(policy, n=30, seed=0):
    """Return a town in which rows 0 to 2 and 9 to 12 work across sectors, and 3 and 6 (businesses) among themselves."""
    draw = np.random.default_rng(seed)
    world = world_for(policy, n=n, issues=2, capabilities=2)
    world.sector[:] = np.arange(n) % 3
    unite(world, (0, (0, 1, 2)), (1, (3, 6)), (0, (9, 10, 11, 12)))
    for name in ("capital", "contribution", "income", "forgone", "capability"):
        world.__dict__[name][:] = 0.1 + draw.random(world.__dict__[name].shape)
    world.salience[:] = draw.dirichlet(np.ones(2), n)
    return world


@pytest.mark.parametrize("seed", range(5))
def test_incomes_together_fall_by_waste_and_invitations_and_nothing_else(seed):
    policy = Policy(
        subsidies=0.3, waste=0.2, least=0.6, regulated=("business", "government"), enforcement=0.7, fine=2.0,
        convening=0.1, invitation=0.05,
    )  # fmt: skip
    world = town(policy, seed=seed)
    before, means = world.income.copy(), world.income[world.sector == 1].sum()
    live(world, policy)
    lost = before.sum() - world.income.sum() - 0.2 * 0.3 * means
    invitations = lost / 0.05
    assert invitations == pytest.approx(round(invitations))
    assert abs(invitations - 0.1 * means / 0.05) < 1


def test_subsidies_go_by_effort_to_those_who_work_with_another_sector():
    policy = Policy(**{**NOTHING, "subsidies": 0.2}, waste=0.25)
    world = town(policy)
    before, forgone = world.income.copy(), world.forgone.copy()
    bodies = world.sector == 1
    live(world, policy)
    gained = world.income - before
    paid = [0, 2, 9, 11, 12]
    effort = world.contribution[paid] * np.sqrt(world.capital[paid])
    pot = 0.75 * 0.2 * before[bodies].sum()
    assert gained[paid] == pytest.approx(pot * effort / effort.sum())
    assert gained[bodies] == pytest.approx(-0.2 * before[bodies])
    others = ~bodies & ~np.isin(np.arange(world.n), paid)
    assert np.all(gained[others] == 0)
    rate = pot / effort.sum() * np.sqrt(world.capital[paid])
    assert world.forgone[paid] == pytest.approx(np.maximum(0, forgone[paid] - rate))


def test_where_nobody_works_across_sectors_nothing_is_paid_or_collected():
    policy = Policy(**{**NOTHING, "subsidies": 0.5})
    world = world_for(policy, n=9, issues=1)
    world.sector[:] = np.arange(9) % 3
    unite(world, (0, (0, 3)))
    world.income[:] = 1.0
    assert np.all(live(world, policy).income == 1)


def test_whoever_is_caught_below_the_least_pays_for_what_is_missing_and_obeys():
    policy = Policy(**{**NOTHING, "least": 0.5}, enforcement=1.0, fine=0.4)
    world = town(policy)
    before, contribution = world.income.copy(), world.contribution.copy()
    live(world, policy)
    business, bodies = world.sector == 0, world.sector == 1
    owed = 0.4 * np.maximum(0, 0.5 - contribution) * np.sqrt(world.capital)
    assert owed[business].max() > 0.05
    assert world.income[business] == pytest.approx((before - owed)[business])
    assert world.contribution[business] == pytest.approx(np.maximum(contribution, 0.5)[business])
    assert np.array_equal(world.contribution[~business], contribution[~business])
    assert world.income[bodies] == pytest.approx(before[bodies] * (1 + owed[business].sum() / before[bodies].sum()))


def test_only_a_share_is_inspected():
    """Binomial, 20,000 businesses at .3: false alarms 1e-6; an enforcement of .32 is found."""
    policy = Policy(**{**NOTHING, "least": 1.0}, enforcement=0.3)
    world = world_for(policy, n=20_001, issues=1)
    world.sector[0] = 1
    live(world, policy)
    assert abs((world.contribution == 1).sum() - 6_000) < 4.9 * np.sqrt(20_000 * 0.3 * 0.7)


def test_a_fine_to_be_expected_makes_contributing_cheaper():
    policy = Policy(**{**NOTHING, "least": 0.5}, enforcement=0.2, fine=0.4)
    world = town(policy)
    before, business = world.forgone.copy(), world.sector == 0
    live(world, policy)
    expected = np.maximum(0, before - 0.2 * 0.4 * 0.5 * np.sqrt(world.capital))
    assert world.forgone[business] == pytest.approx(expected[business])
    assert np.array_equal(world.forgone[~business], before[~business])


def test_without_a_government_there_is_no_policy():
    policy = Policy(least=1.0, enforcement=1.0)
    world = town(policy)
    world.sector[world.sector == 1] = 0
    before = {name: values.copy() for name, values in world.arrays().items()}
    live(world, policy)
    assert all(np.array_equal(values, before[name]) for name, values in world.arrays().items())


def test_invitations_bring_together_who_cares_for_the_most_urgent_issue_across_sectors():
    policy = Policy(**{**NOTHING, "convening": 0.5}, invitation=0.02)
    eager = Meeting(cost=0.0, reserve=-10.0, attention=100)
    world = town(policy, n=60)
    world.urgency[:], world.salience[:] = [1.0, 3.0], [1.0, 0.0]
    caring = np.arange(20)
    world.salience[caring] = [0.0, 1.0]
    policy.bind({"meeting": eager}).step(world, stream(1, "policy").key(0))
    world.commit()
    assert world.ties > 30
    assert np.isin(world.ends, caring).all()
    assert np.all(world.sector[world.ends[:, 0]] != world.sector[world.ends[:, 1]])


def test_nobody_is_brought_together_who_does_not_want_to_or_has_no_attention_left():
    for unwilling in (Meeting(reserve=10.0, selectivity=100.0), Meeting(reserve=-10.0, attention=0)):
        policy = Policy(**{**NOTHING, "convening": 0.5}, invitation=0.02)
        world = town(policy)
        policy.bind({"meeting": unwilling}).step(world, stream(1, "policy").key(0))
        world.commit()
        assert world.ties == 0


def test_parties_are_drawn_in_proportion_to_their_salience():
    """Chi-squared over 40 parties, false alarms 1e-6: finds a party drawn a third too often."""
    from scipy import stats

    n, draws = 40, 60_000
    salience = np.stack([np.linspace(0.2, 1, n), np.zeros(n)], axis=1)
    kind = (np.arange(n, dtype=np.int8), np.ones((n, 1)), salience, np.zeros((n, 0), np.int8), np.zeros((n, 0)))
    no_ties = (np.zeros(n + 1, np.int64), np.zeros(0, np.int32))
    urgency = np.array([2.0, 1.0])
    pairs, terms, no_gap = np.empty((draws, 2), np.int32), (0.0, 0.0, 1.0, -1e3), (0.0, 0.0, 0.0)
    pairs = pairs[: invite(pairs, urgency, kind, no_ties, terms, 10**6, no_gap, stream(1, "x").key(0))]
    share = salience[:, 0] / salience[:, 0].sum()
    both = np.outer(share, share)
    np.fill_diagonal(both, 0)
    seen = np.bincount(pairs.ravel(), minlength=n)
    assert pairs.shape[0] > 0.95 * draws
    # Two a pair: counts vary a little less than if drawn one by one, so the test errs on the side of silence.
    assert stats.chisquare(seen, both.sum(axis=1) / both.sum() * seen.sum()).pvalue > 1e-6


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)subsidies.*waste.*invitation"):
        Policy(subsidies=0.9, waste=-1.0, invitation=0.0)


def test_a_sector_that_is_not_there_is_refused():
    assert "busines" in Policy(regulated=("busines",)).faults(world_for(n=1).labels)[0]

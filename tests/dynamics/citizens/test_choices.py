"""Choices: in the long run they are the logit choice among all, and everybody is counted once."""

import numpy as np
import pytest
from scipy import stats

from ecosim.dynamics.citizens.choices import count, reconsider
from ecosim.rng import stream

PURSE = np.array([0, 0, 0, 0, 1, 2, 2, 2])
BUSINESSES, GROUPS = np.flatnonzero(PURSE == 0), np.flatnonzero(PURSE == 2)
RATES = (1.0, 0.0, 0.0, 0.0)
BUY, WORK, SUPPORT = range(3)


def people(citizens, theta=0.3, stance=0.2):
    return (
        np.full(citizens, theta), np.full((citizens, 1), stance), *(np.full(citizens, -1) for _ in range(3)),
        np.full(citizens, 0.5),
    )  # fmt: skip


def organisations(seed=0):
    draw = np.random.default_rng(seed)
    n = PURSE.size
    return PURSE, draw.uniform(-1, 1, (n, 1)), draw.random((n, 3)), draw.random((n, 3)), draw.random(n)


def look(crowd, offered, *, need=0.4, reserve=0.6, considered=1, ticks=1, rates=RATES, seed=1, trend=0.0, merit=0.5):
    for tick in range(ticks):
        reconsider(
            crowd, offered, (BUSINESSES, GROUPS), (need, trend, merit), np.zeros((1, 1)), rates, (2.5, 0.8, reserve),
            considered, stream(seed, "citizens").key(tick),
        )  # fmt: skip
    return crowd


def worth(offered, what, theta=0.3, stance=0.2):
    _, position, offer, regard, _ = offered
    return 2.5 * ((1 - theta) * offer[:, what] + theta * regard[:, what] - 0.8 * abs(position[:, 0] - stance) / 2)


def fits(rows, weights, options):
    """Return whether citizens are spread over options by these weights: chi-squared, false alarms 1e-6.

    With 40,000 citizens a share that is a tenth too large at a share of .1 is found nearly always.
    """
    seen = np.array([(rows == option).sum() for option in options])
    assert seen.sum() == rows.size
    return stats.chisquare(seen, weights / weights.sum() * rows.size).pvalue > 1e-6


@pytest.mark.parametrize("considered", [1, 3])
def test_with_time_choices_are_those_of_a_logit_choice_among_all(considered):
    offered = organisations()
    crowd = look(people(40_000), offered, considered=considered, ticks=80)
    _, _, buys, works, supports, _ = crowd
    assert fits(buys, np.exp(worth(offered, BUY))[BUSINESSES], BUSINESSES)
    assert fits(works, np.exp(worth(offered, WORK)), np.arange(PURSE.size))
    # Nobody weighs as much as all groups of utility "nobody" together.
    nobody = GROUPS.size * np.exp(2.5 * 0.6 * (1 - 0.4))
    assert fits(supports, np.append(np.exp(worth(offered, SUPPORT))[GROUPS], nobody), [*GROUPS, -1])


def test_a_wrong_law_would_have_been_found():
    offered = organisations()
    buys = look(people(40_000), offered, ticks=80)[2]
    assert not fits(buys, np.exp(0.8 * worth(offered, BUY))[BUSINESSES], BUSINESSES)


def test_one_step_balances_in_detail():
    """Of those at a and those at b, as many move a to b as b to a when they are spread by the logit law: 1e-6, normal."""
    offered = organisations(3)
    weights = np.exp(worth(offered, BUY))[BUSINESSES]
    crowd = people(200_000)
    start = np.random.default_rng(5).choice(BUSINESSES, 200_000, p=weights / weights.sum())
    crowd[2][:], crowd[3][:] = start, 0
    after = look(crowd, offered)[2]
    for a in BUSINESSES:
        for b in range(a + 1, BUSINESSES.size):
            there, back = ((start == a) & (after == b)).sum(), ((start == b) & (after == a)).sum()
            assert there + back > 2_000
            assert abs(there - back) < 4.9 * np.sqrt(there + back)


@pytest.mark.parametrize(("theta", "ignored"), [(0.0, 3), (1.0, 2)])
def test_consumers_ignore_conduct_and_citizens_ignore_the_offer(theta, ignored):
    here, there = organisations(), organisations()
    there[ignored][:] = 1 - there[ignored]
    one, other = look(people(500, theta), here, ticks=5), look(people(500, theta), there, ticks=5)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_citizens_prefer_those_who_think_alike():
    offered = organisations()
    for column in offered[2:4]:
        column[:] = 0.5
    offered[1][:4, 0] = [-1, 1, -1, 1]
    buys = look(people(10_000, stance=1.0), offered, ticks=40)[2]
    assert np.isin(buys, [1, 3]).mean() == pytest.approx(1 / (1 + np.exp(-2.0)), abs=0.02)


def test_where_needs_press_more_support_somebody():
    calm, pressed = (look(people(5_000), organisations(), need=need, ticks=30)[4] for need in (0.0, 1.0))
    assert (calm >= 0).mean() < (pressed >= 0).mean() - 0.1


def test_whoever_does_not_look_keeps_what_it_has_but_nobody_stays_without():
    crowd = people(1_000)
    crowd[2][:500], crowd[3][:] = 2, 1
    look(crowd, organisations(), rates=(0.0, 0.0, 0.0, 0.0))
    assert np.all(crowd[2][:500] == 2)
    assert np.isin(crowd[2][500:], BUSINESSES).all()
    assert np.all(crowd[3][:500] == 1)


def test_approval_moves_to_the_trend_for_consumers_and_to_merit_for_citizens():
    for theta, good in ((0.0, 0.7), (1.0, 0.2)):
        crowd = look(people(10, theta, 0.0), organisations(), rates=(1.0, 1.0, 0.0, 0.0), trend=0.7, merit=0.2)
        assert crowd[5] == pytest.approx(1 / (1 + np.exp(-2.5 * good)))


def test_without_a_government_nobody_judges_it():
    assert np.all(look(people(10), organisations(), rates=(1.0, 1.0, 0.0, 0.0), merit=-1.0)[5] == 0.5)


def test_orientation_follows_what_is_seen_and_stance_those_one_belongs_to():
    offered = organisations()
    crowd = look(people(200), offered, rates=(1.0, 0.0, 0.5, 0.25), trend=0.4)
    theta, stance, _, works, supports, _ = crowd
    seen = (0.5 + 0.2 + 2 * offered[4][works]) / 3
    assert theta == pytest.approx(0.3 + 0.5 * (seen - 0.3))
    position = offered[1][:, 0]
    there = np.where(supports >= 0, (position[works] + position[supports]) / 2, position[works])
    assert stance[:, 0] == pytest.approx(0.2 + 0.25 * (there - 0.2))


def test_everybody_is_counted_once_and_support_is_beside_the_usual():
    crowd = look(people(3_000), organisations(), ticks=10)
    crowd[0][:] = np.random.default_rng(0).random(3_000)
    counted = tuple(np.empty(PURSE.size) for _ in range(4))
    caring = count(crowd, PURSE, counted)
    customers, workers, supporters, support = counted
    for column, chosen in zip((customers, workers, supporters), crowd[2:5], strict=True):
        assert np.array_equal(column, np.bincount(chosen[chosen >= 0], minlength=PURSE.size))
    assert customers.sum() == workers.sum() == 3_000
    assert support[BUSINESSES] == pytest.approx(customers[BUSINESSES] / (customers[BUSINESSES] + 750))
    assert support[GROUPS] == pytest.approx(supporters[GROUPS] / (supporters[GROUPS] + supporters.sum() / 3))
    assert support[4] == 0.5
    assert caring[1] == pytest.approx(crowd[0][crowd[2] == 1].mean())

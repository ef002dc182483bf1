"""The pie is split, whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.production.sharing import Sharing
from tests.dynamics.worlds import live, some_tied, unite, world_for

COALITIONS = ((0, (0, 1, 2)), (1, (1, 3)), (0, (0, 2, 3, 4)), (2, (5, 6)))
NUMBER = st.floats(0, 1e6)


def shared(sharing, output, efforts, seed=0):
    draw = np.random.default_rng(seed)
    world = unite(world_for(sharing, n=8, ties=some_tied(8, 0.5), issues=3, capabilities=3, culture=2), *COALITIONS)
    world.capability[:], world.capital[:], world.severity[:] = draw.random((8, 3)), 0.1 + draw.random(8), draw.random(3)
    world.bond[:], world.salience[:], world.needs[:] = draw.random(world.ties), draw.random((8, 3)), 1 / 3
    world.output[:], world.member_effort[:], world.member_alone[:] = output, efforts, np.multiply(efforts, 0.3)
    return live(world, sharing)


@pytest.mark.parametrize("by", ["equal", "proportional", "need", "shapley"])
@given(
    output=st.lists(NUMBER, min_size=4, max_size=4),
    efforts=st.lists(NUMBER, min_size=11, max_size=11),
    seed=st.integers(0, 99),
)
def test_what_is_shared_equals_what_was_made(by, output, efforts, seed):
    world = shared(Sharing(by=by), output, efforts, seed)
    parts = np.bincount(world.member_coalition, world.member_share)
    size = np.bincount(world.member_coalition, np.abs(world.member_share))
    assert np.all(np.abs(parts - world.output) <= 1e-12 * size + 1e-300)
    if by != "shapley":  # who costs the others more than it brings has a negative one
        assert np.all(world.member_share >= 0)


def test_equal_shares_are_equal_whatever_the_effort():
    world = shared(Sharing(by="equal"), [6, 4, 8, 1], np.arange(11.0))
    assert world.member_share.tolist() == [2] * 3 + [2] * 2 + [2] * 4 + [0.5] * 2


def test_proportional_shares_pay_every_unit_of_effort_in_a_coalition_alike():
    efforts = np.random.default_rng(0).random(11) + 0.1
    world = shared(Sharing(by="proportional"), [6, 4, 8, 1], efforts)
    rate = world.member_share / efforts
    for c in range(4):
        total = efforts[world.member_coalition == c].sum()
        assert rate[world.member_coalition == c] == pytest.approx(world.output[c] / total)


def test_alike_members_share_alike_under_either_rule():
    equal = shared(Sharing(by="equal"), [6, 4, 8, 1], 0.7)
    proportional = shared(Sharing(by="proportional"), [6, 4, 8, 1], 0.7)
    assert equal.member_share == pytest.approx(proportional.member_share)


def test_by_need_whoever_is_as_troubled_and_half_as_rich_gets_twice_the_share():
    world = unite(world_for(Sharing(), n=4, issues=2), (0, (0, 1, 2, 3)))
    world.capital[:] = [1.0, 0.5, 1.0, 2.0]
    world.severity[:] = [3.0, 0.5]
    world.salience[:] = [[1, 0], [1, 0], [0, 1], [0.5, 0.5]]
    world.output[:] = 7.0
    share = live(world, Sharing(by="need")).member_share
    needs = np.array([4.0, 8.0, 1.5, 2.75 / 2])
    assert share == pytest.approx(7 * needs / needs.sum())


def test_where_nobody_put_in_any_effort_shares_are_equal():
    world = shared(Sharing(by="proportional"), [6, 4, 8, 1], 0.0)
    assert world.member_share.tolist() == [2] * 3 + [2] * 2 + [2] * 4 + [0.5] * 2


@pytest.mark.parametrize("seed", range(5))
def test_payoff_is_what_was_paid_less_the_cost_of_effort(seed):
    sharing = Sharing(cost=0.7)
    draw = np.random.default_rng(seed)
    world = unite(world_for(sharing, n=8, issues=3), *COALITIONS)
    world.output[:], world.member_effort[:] = draw.random(4), draw.random(11)
    world.price[:], world.effort[:], world.alone[:] = draw.random(3), draw.random(8), draw.random(8)
    world.works_on[7], world.contribution[:] = 1, draw.random(8)
    live(world, sharing)
    for i in range(8):
        paid = sum(
            world.price[world.coalition_issue[world.member_coalition[row]]] * world.member_share[row]
            for row in np.flatnonzero(world.member == i)
        )
        own = world.price[1] * world.alone[7] if i == 7 else 0
        cost = 0.7 / 2 * world.contribution[i] * world.effort[i]
        assert world.payoff[i] == pytest.approx(paid + own - cost)


def test_all_payoffs_together_are_all_payments_less_all_costs():
    sharing = Sharing(cost=0.3)
    draw = np.random.default_rng(1)
    world = unite(world_for(sharing, n=8, issues=3), *COALITIONS)
    world.output[:], world.member_effort[:], world.effort[:] = draw.random(4), draw.random(11), draw.random(8)
    world.price[:], world.contribution[:] = [2, 3, 5], 0.8
    live(world, sharing)
    paid = (world.price[world.coalition_issue] * world.output).sum()
    assert world.payoff.sum() == pytest.approx(paid - 0.3 / 2 * 0.8 * world.effort.sum())


def test_what_joining_weighs_as_upkeep_is_charged_for_every_membership():
    """And where nothing is said of joining, or another rule forms coalitions, nothing is charged."""
    still = {"looking": 0.0, "initiative": 0.0, "reconsidering": 0.0}
    for rules, charged in (((Joining(upkeep=0.07, **still),), 0.07), ((), 0.0)):
        world = unite(world_for(Sharing(), *rules, n=8, issues=3), *COALITIONS)
        live(world, *rules, Sharing())
        assert world.payoff == pytest.approx(-charged * np.diff(world.first_membership))


def test_whoever_does_nothing_is_paid_nothing():
    sharing = Sharing()
    world = world_for(sharing, n=3, issues=1)
    assert np.all(live(world, sharing).payoff == 0)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)by.*cost.*exact_to.*samples"):
        Sharing(by="force", cost=-1.0, exact_to=40, samples=0)


def test_who_joins_a_coalition_between_two_turns_of_work_is_still_paid_for_what_it_made_alone():
    """Work goes on as it was arranged: what it made alone is its own, and of what the others made it has no part."""
    sharing = Sharing(cost=1.0)
    world = shared(sharing, 5.0, 1.0)
    world.alone[7], world.works_on[7], world.price[:], world.worth[7] = 0.5, 2, [1.0, 2.0, 4.0], [0.0, 0.0, 3.0]
    alone = live(world, sharing).payoff[7], world.achieved[7]
    assert alone == (2.0, 1.5)
    world.join(np.array([7]), np.array([0]))
    world.commit()
    assert (live(world, sharing).payoff[7], world.achieved[7]) == alone
    assert np.bincount(world.member_coalition, world.member_share) == pytest.approx(world.output)


def test_nobody_is_paid_for_what_a_coalition_made_that_has_dissolved_since():
    sharing = Sharing(cost=1.0)
    world = shared(sharing, 5.0, 1.0)
    world.price[:] = 1.0
    assert live(world, sharing).payoff.sum() == pytest.approx(20.0)
    world.leave(np.flatnonzero(world.member_coalition == 3))
    world.commit()
    assert live(world, sharing).payoff.sum() == pytest.approx(15.0)
    assert world.payoff[5] == world.payoff[6] == 0.0

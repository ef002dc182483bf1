"""Organisations contribute as much as pays by their own measure, and as they trust the others."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.best_response import BestResponse
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.sharing import Sharing
from tests.dynamics.worlds import live, unite, world_for


def at_cost(cost, **more):
    """Return the rule where effort costs so much: it is sharing that says so."""
    return BestResponse(**more).bind({"sharing": Sharing(cost=cost)})


def loners(response, worth, forgone=0.0, n=1):
    """Return organisations that work alone on one issue, where a unit of effort makes 0.8."""
    world = world_for(response, JointWork(), Sharing(), n=n, issues=1, capabilities=1)
    world.capability[:], world.capital[:], world.contribution[:], world.needs[:] = 0.8, 1, 0.1, 1
    world.worth[:], world.forgone[:], world.motive[:] = np.reshape(worth, (-1, 1)), forgone, [0.5, 0, 0.5, 0, 0]
    return world


def pair(response, trust=None, worth=1.0):
    """Return two that work together, tied or not, each given 0.4 for a contribution of one half."""
    world = world_for(response, n=2, ties=[] if trust is None else [(0, 1)], issues=1)
    unite(world, (0, (0, 1)))
    world.capital[:], world.effort[:], world.contribution[:], world.achieved[:] = 1, 0.5, 0.5, 0.4 * worth
    if trust is not None:
        world.trust[:] = trust
    return world


@pytest.mark.parametrize(("worth", "capital", "forgone"), [(1.0, 1.0, 0.0), (0.6, 4.0, 0.3), (0.9, 0.25, 0.2)])
def test_alone_contribution_settles_where_its_return_meets_its_cost(worth, capital, forgone):
    # A unit of effort is worth w·0.8; marginal cost is κ c; what is forgone counts by the financial motive, ½.
    response = BestResponse()
    world = loners(response, worth, forgone)
    world.capital[:] = capital
    live(world, JointWork(), Sharing(cost=1.5), response, ticks=300)
    settled = (worth * 0.8 - 0.5 * forgone / np.sqrt(capital)) / 1.5
    assert 0.02 < settled < 1
    assert world.contribution[0] == pytest.approx(settled)


def test_that_contribution_is_the_one_that_pays_best():
    response = BestResponse()
    world = loners(response, 0.9, forgone=0.3)
    world.capital[:] = 2.0
    best = live(world, JointWork(), Sharing(cost=1.5), response, ticks=300).contribution[0]

    def gain(c):
        return 0.9 * 0.8 * c * np.sqrt(2) - 0.5 * 0.3 * c - 1.5 * np.sqrt(2) * c**2 / 2

    assert gain(best) > max(gain(best - 0.001), gain(best + 0.001))


@pytest.mark.parametrize(("invest", "performance"), [(0.1, 1.0), (0.3, 0.5), (0.5, 0.5)])
def test_where_full_contribution_makes_more_or_less_effort_what_is_forgone_is_misjudged_as_the_docstring_says(
    invest, performance
):
    """What pays best lies m f / (κ √K) · (1 − 1/φ) higher, and nowhere else where nothing is forgone."""
    response, factor = BestResponse(), (1 - invest) * (0.5 + performance)
    world = loners(response, 0.9, forgone=[0.0, 0.3], n=2)
    world.capital[:], world.invest[:], world.performance[:] = 2.0, invest, performance
    settled = live(world, JointWork(), Sharing(cost=1.5), response, ticks=300).contribution.copy()
    best = settled + 0.5 * np.array([0.0, 0.3]) / (1.5 * np.sqrt(2)) * (1 - 1 / factor)

    def gain(contribution):
        world.contribution[:] = contribution
        live(world, JointWork(), Sharing(cost=1.5))
        return world.achieved - 0.75 * contribution * world.effort - 0.5 * world.forgone * contribution

    assert np.all(gain(best) > gain(best - 0.001))
    assert np.all(gain(best) > gain(best + 0.001))
    assert abs(settled[1] - best[1]) > 0.015


def test_the_cost_that_is_weighed_is_the_cost_that_is_paid():
    """Of loners paid by price alone, the settled contribution is that of the greatest payoff."""
    response, work, sharing = BestResponse(), JointWork(), Sharing(cost=1.1)
    world = loners(response, 1.0)
    world.price[:], world.worth[:] = 0.9, 0.9  # it is paid for what it values, at that price
    live(world, work, sharing, response, ticks=300)
    best = world.contribution[0]
    assert best == pytest.approx(0.9 * 0.8 / 1.1)
    paid = []
    for contribution in (best - 0.01, best, best + 0.01):
        world.contribution[:] = contribution
        paid.append(live(world, work, sharing).payoff[0])
    assert paid[1] > max(paid[0], paid[2])


@pytest.mark.parametrize("damping", [0.0, 0.15, 1.0])
def test_contribution_goes_a_damped_way_to_the_best_response(damping):
    response = BestResponse(damping=damping)
    world = loners(response, 1.0)
    for tick in range(1, 20):
        live(world, JointWork(), Sharing(cost=1.5), response)
        settled = 0.8 / 1.5
        assert world.contribution[0] == pytest.approx(settled + (0.1 - settled) * (1 - damping) ** tick)


def test_contribution_stays_between_its_least_and_everything():
    response = BestResponse(least=0.05)
    world = loners(response, [100.0, 0.0, 1.0], forgone=[0.0, 9.0, 100.0], n=3)
    for _ in range(200):
        live(world, JointWork(), Sharing(cost=0.5), response)
        assert np.all((world.contribution >= 0.05) & (world.contribution <= 1))
    assert world.contribution == pytest.approx([1, 0.05, 0.05])


def test_what_an_organisation_forgoes_counts_by_its_financial_motive_only():
    response = BestResponse(damping=1.0)
    world = loners(response, 0.6, forgone=[0.0, 0.2], n=2)
    world.motive[:] = [0, 0.4, 0.6, 0, 0]
    live(world, JointWork(), Sharing(), response)
    assert world.contribution[0] == world.contribution[1]


@pytest.mark.parametrize("trust", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("weight", [0.0, 0.8, 1.0])
def test_in_company_contribution_is_lowered_by_distrust(trust, weight):
    response = at_cost(1.0, trust_weight=weight, damping=1.0, least=0.0)
    live(world := pair(response, trust), response)
    assert world.contribution == pytest.approx(0.8 * (1 - weight + weight * trust))


def test_each_side_goes_by_its_own_trust():
    response = at_cost(1.0, trust_weight=1.0, damping=1.0, least=0.0)
    world = live(pair(response, [[0.25, 0.75]]), response)
    assert world.contribution == pytest.approx([0.2, 0.6])


def test_of_those_it_is_not_tied_to_it_expects_what_society_deserves():
    response = at_cost(1.0, trust_weight=1.0, damping=1.0, least=0.0)
    world = world_for(response, n=4, ties=[(2, 3)], issues=1)
    unite(world, (0, (0, 1)))
    world.effort[:], world.achieved[:], world.trust[:] = 0.5, 0.4, [0.3, 0.5]
    live(world, response)
    assert world.contribution[:2] == pytest.approx(0.8 * 0.4)


def test_contributions_settle_together_where_return_meets_cost_among_equals():
    # m equals with η = 1 make m·0.8·e and share it alike: as alone, but for trust.
    response = BestResponse(trust_weight=0.5)
    work = JointWork(complementarity=1.0, bond_gain=0.0, pool_gain=0.0, coordination=0.0)
    world = world_for(response, work, Sharing(), n=3, ties=[(0, 1), (0, 2), (1, 2)], issues=1, capabilities=1)
    unite(world, (0, (0, 1, 2)))
    world.capability[:], world.contribution[:], world.needs[:], world.worth[:], world.trust[:] = 0.8, 0.1, 1, 1, 0.6
    live(world, work, Sharing(cost=1.2), response, ticks=300)
    assert world.contribution == pytest.approx(0.8 * (0.5 + 0.5 * 0.6) / 1.2)


def test_whoever_starts_or_leaves_a_coalition_goes_by_what_its_effort_brought_before():
    response = at_cost(1.0, damping=1.0, trust_weight=0.0)
    world = loners(response, 0.9, n=3)
    unite(world, (0, (0, 1)))
    live(world, JointWork(bond_gain=0.0, translation=0.0, coordination=0.0), Sharing())
    before = world.achieved / world.effort
    world.leave(np.arange(2))
    world.commit()
    unite(world, (0, (1, 2)))
    assert live(world, response).contribution == pytest.approx(before)


def test_whoever_put_in_nothing_starts_with_the_least():
    response = BestResponse(least=0.03)
    world = world_for(response, n=2, issues=1)
    world.contribution[:] = [0.0, 0.4]
    assert live(world, response).contribution.tolist() == [0.03, 0.4]


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)trust_weight.*damping.*least"):
        BestResponse(trust_weight=2.0, damping=-1.0, least=2.0)

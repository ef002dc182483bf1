"""Research: firms respond best to each other, partners share what is found out, and rivals are partners, too."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.research import Research
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for


def regular(n, k):
    """Return the ties of n firms that have k partners each (n k even): a circulant graph."""
    pairs = {tuple(sorted((i, (i + step) % n))) for i in range(n) for step in range(1, k // 2 + 1)}
    if k % 2:
        pairs |= {(i, i + n // 2) for i in range(n // 2)}
    return sorted(pairs)


def firms(rule, n, ties, start=0.1):
    world = world_for(rule, n=n, ties=ties)
    world.contribution[:] = start
    return world


def equilibrium(n, k, a, c, gamma, leak=0.0):
    """Return the symmetric equilibrium's research, from q = (a − c + e R) / (n + 1) and γ e = s q."""
    slope = (n - k - leak * (n - 1 - k)) / (n + 1)
    reach = 1 + k + leak * (n - 1 - k)
    return slope * (a - c) / (gamma * (n + 1) - slope * reach)


def profits(effort, world, rule):
    """Return profits (n,) by plain sums over all pairs, where everyone sells."""
    n = world.n
    tied = np.eye(n)
    tied[world.ends[:, 0], world.ends[:, 1]] = tied[world.ends[:, 1], world.ends[:, 0]] = 1
    cost = rule.unit_cost - (tied + rule.leak * (1 - tied)) @ effort
    quantity = (rule.demand - n * cost + (cost.sum() - cost)) / (n + 1)
    return quantity**2 - rule.dearness * effort**2


@pytest.mark.parametrize("activation", ["simultaneous", "sweep", "random"])
@pytest.mark.parametrize(("n", "k"), [(4, 0), (4, 1), (4, 2), (4, 3), (10, 3), (11, 4)])
@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_where_all_have_as_many_partners_research_settles_at_the_symmetric_equilibrium(n, k, leak, activation):
    rule = Research(demand=3.0, unit_cost=1.5, dearness=4.0, leak=leak, activation=activation)
    world = live(firms(rule, n, regular(n, k)), rule, ticks=200)
    assert rule.unit_cost * world.contribution == pytest.approx(equilibrium(n, k, 3.0, 1.5, 4.0, leak), rel=1e-9)


def test_without_a_leak_that_equilibrium_is_the_published_one():
    for n, k in ((4, 2), (9, 4)):
        published = 1.5 * (n - k) / (1.6 * (n + 1) ** 2 - (n - k) * (k + 1))
        assert equilibrium(n, k, 3.0, 1.5, 1.6) == pytest.approx(published)


def test_where_research_is_cheap_the_one_pair_that_is_a_little_ahead_drives_the_other_to_the_edge():
    """Responses to a lead of one pair over the other are s (1 + 1 − s) / (γ − s²) = 1.3 times as large, with s = .6."""
    rule = Research(dearness=1.0)
    alike = live(firms(rule, 4, [(0, 1), (2, 3)]), rule, ticks=60)
    assert alike.contribution == pytest.approx(equilibrium(4, 1, 2.0, 1.0, 1.0))
    ahead = live(firms(rule, 4, [(0, 1), (2, 3)], [0.1001, 0.1001, 0.1, 0.1]), rule, ticks=200)
    assert np.all(ahead.contribution[:2] > 0.2)
    assert np.all(ahead.contribution[2:] < 0.03)
    dear = Research(dearness=2.0)
    ahead = live(firms(dear, 4, [(0, 1), (2, 3)], [0.2, 0.2, 0.1, 0.1]), dear, ticks=200)
    assert ahead.contribution == pytest.approx(equilibrium(4, 1, 2.0, 1.0, 2.0))


def test_partners_lower_research_and_four_firms_earn_most_with_two_each():
    ends = [live(firms(rule := Research(), 4, regular(4, k)), rule, ticks=200) for k in range(4)]
    effort = [world.contribution[0] for world in ends]
    assert effort == sorted(effort, reverse=True)
    assert np.argmax([world.payoff[0] for world in ends]) == 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("leak", [0.0, 0.2])
def test_where_it_settles_nobody_would_gain_by_another_choice(seed, leak):
    rule = Research(dearness=4.0, leak=leak)
    world = live(firms(rule, 8, some_tied(8, 0.4, seed)), rule, ticks=400)
    effort = rule.unit_cost * world.contribution
    assert np.all((effort > 0) & (effort < 1))
    assert world.payoff == pytest.approx(profits(effort, world, rule))
    for i in range(8):
        for other in (-0.01, 0.01):
            changed = effort.copy()
            changed[i] += other
            assert profits(changed, world, rule)[i] < world.payoff[i]


def test_whose_cost_is_above_the_price_sells_nothing_and_the_others_as_if_it_were_not_there():
    # Row 3 has no partner; the three others share research that makes them far cheaper.
    rule = Research(demand=1.05, unit_cost=1.0, dearness=1.0, damping=0.0)
    world = firms(rule, 4, everyone_tied(3), start=[0.2, 0.2, 0.2, 0.0])
    live(world, rule)
    alone = live(firms(rule, 3, everyone_tied(3), start=0.2), rule)
    assert world.payoff[:3] == pytest.approx(alone.payoff)
    assert world.payoff[3] == 0


def test_research_is_at_most_all_that_can_be_saved_and_costs_never_fall_below_nothing():
    rule = Research(dearness=0.01, damping=1.0)
    world = live(firms(rule, 5, everyone_tied(5)), rule, ticks=10)
    assert np.all((world.contribution >= 0) & (world.contribution <= 1))
    assert np.all(np.isfinite(world.payoff))


def test_damping_goes_a_part_of_the_way():
    full, half = Research(damping=1.0), Research(damping=0.5)
    start = np.array([0.1, 0.3, 0.2])
    whole = live(firms(full, 3, [(0, 1)], start), full).contribution
    assert live(firms(half, 3, [(0, 1)], start), half).contribution == pytest.approx((start + whole) / 2)


def test_nothing_happens_in_an_empty_market():
    assert live(world_for(Research(), n=0), Research()).n == 0


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)demand.*dearness.*leak"):
        Research(demand=0.0, dearness=0.0, leak=2.0)

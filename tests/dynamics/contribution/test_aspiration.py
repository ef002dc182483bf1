"""Aspiration: whoever is paid less than it hopes for tries something else."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.aspiration import Aspiration
from tests.dynamics.worlds import live, world_for


def society(rule, contribution, payoff):
    world = world_for(rule, n=np.size(payoff))
    world.contribution[:], world.payoff[:] = contribution, payoff
    return world


@pytest.mark.parametrize("missing", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("looking", [1.0, 0.4])
def test_the_dissatisfied_switch_with_the_fermi_probability_of_what_they_miss(missing, looking):
    """20,000 of them, five standard deviations (false alarm 6e-7)."""
    rule = Aspiration(level=1.0, selectivity=3.0, looking=looking)
    world = live(society(rule, 0.0, np.full(20_000, 1.0 - missing)), rule)
    expected = looking / (1 + np.exp(-3 * missing))
    assert set(world.contribution) == {0, 1}
    assert abs(world.contribution.mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / 20_000)


def test_the_satisfied_keep_what_they_do():
    rule = Aspiration(level=1.0, selectivity=0.001, looking=1.0)
    world = society(rule, np.linspace(0, 1, 50), np.linspace(1, 3, 50))
    assert np.array_equal(live(world, rule, ticks=20).contribution, np.linspace(0, 1, 50))


def test_the_satisfied_may_err_where_they_are_said_to():
    """Five standard deviations of 20,000 (false alarm 6e-7)."""
    rule = Aspiration(level=1.0, selectivity=2.0, looking=1.0, satisfied="may_err")
    share = live(society(rule, 0.0, np.full(20_000, 1.5)), rule).contribution.mean()
    expected = 1 / (1 + np.exp(1.0))
    assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / 20_000)


def test_two_kinds_settle_where_as_many_switch_either_way():
    """Contributors miss .4, others .1: the share settles at p₀ / (p₀ + p₁). 20,000, five standard deviations."""
    rule = Aspiration(level=1.0, selectivity=5.0, looking=0.5)
    world = society(rule, 0.0, np.zeros(20_000))
    for _ in range(60):
        world.payoff[:] = np.where(world.contribution == 1, 0.6, 0.9)
        live(world, rule)
        world.tick += 1
    up, down = 1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-2.0))
    share = up / (up + down)
    assert abs(world.contribution.mean() - share) < 5 * np.sqrt(share * (1 - share) / 20_000)


def test_who_gets_used_to_its_payoff_comes_to_be_content_with_it():
    rule = Aspiration(level=2.0, adaptation=0.25, selectivity=1e9, looking=0.0)
    world = society(rule, 0.0, np.array([0.5, 4.0]))
    for tick in range(1, 12):
        live(world, rule)
        assert 2.0 + world.accustomed == pytest.approx(world.payoff + (2.0 - world.payoff) * 0.75**tick)


def test_a_fixed_aspiration_is_never_got_used_to():
    rule = Aspiration(level=2.0, looking=1.0)
    assert np.all(live(society(rule, 0.5, np.array([0.5, 4.0])), rule, ticks=9).accustomed == 0)


def test_who_falls_below_what_it_got_used_to_changes_though_it_is_above_where_it_began():
    rule = Aspiration(level=0.0, adaptation=0.5, selectivity=1e9, looking=1.0)
    world = live(society(rule, 0.0, np.array([4.0])), rule, ticks=10)
    assert world.contribution[0] == 0
    world.payoff[:] = 3.0
    assert live(world, rule).contribution[0] == 1


def test_to_switch_is_to_do_the_contrary_and_anywhere_is_anywhere():
    payoff = np.full(2000, -1.0)
    switch = Aspiration(selectivity=1e9, looking=1.0)
    assert live(society(switch, 0.3, payoff), switch).contribution == pytest.approx(0.7)
    anywhere = Aspiration(selectivity=1e9, looking=1.0, change="anywhere")
    drawn = live(society(anywhere, 0.3, payoff), anywhere).contribution
    # Six standard errors of a mean of 2,000 uniform numbers (false alarm 2e-9).
    assert abs(drawn.mean() - 0.5) < 6 * np.sqrt(1 / 12 / 2000)
    assert np.unique(drawn).size > 1900


def test_a_trembling_hand_needs_no_reason():
    """Five standard deviations of 20,000 (false alarm 6e-7)."""
    rule = Aspiration(trembling=0.2, afresh="all_or_nothing")
    world = live(society(rule, 0.5, np.ones(20_000)), rule)
    trembled = np.mean(world.contribution != 0.5)
    assert abs(trembled - 0.2) < 5 * np.sqrt(0.16 / 20_000)
    assert set(world.contribution) == {0, 0.5, 1}


def test_who_comes_later_leaves_others_their_luck():
    rule = Aspiration(looking=0.5, trembling=0.3, selectivity=1.0)
    payoff = -np.random.default_rng(0).random(21)
    many, few = (live(society(rule, 0.2, payoff[:n]), rule, ticks=5) for n in (21, 20))
    assert np.array_equal(many.contribution[:20], few.contribution)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)trembling.*adaptation.*selectivity.*change"):
        Aspiration(trembling=-1.0, adaptation=2.0, selectivity=0.0, change="never")

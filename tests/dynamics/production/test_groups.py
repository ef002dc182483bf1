"""Public goods of every kind, in groups of every kind: payoffs are those of every game played by hand."""

import numpy as np
import pytest

from ecosim.dynamics.production.public_goods import PublicGoods
from ecosim.dynamics.production.synergy_goods import SynergyGoods
from ecosim.dynamics.production.threshold_goods import ThresholdGoods
from ecosim.rng import stream, uniforms
from tests.chance import deviations_allowed
from tests.dynamics.worlds import live, some_tied, unite, world_for

COALITIONS = (np.array([0, 1, 2]), np.array([1, 2, 3, 5, 8]), np.array([2, 6]), np.array([4, 7, 8, 9]))
GOODS = (
    PublicGoods(multiplication=2.5, cost=0.7),
    SynergyGoods(benefit=3.0, synergy=0.6, cost=0.7),
    SynergyGoods(benefit=3.0, synergy=1.4, cost=0.7),
    SynergyGoods(benefit=3.0, synergy=1.0, cost=0.7),
    SynergyGoods(benefit=3.0, synergy=0.0, cost=0.7),
    ThresholdGoods(multiplication=2.5, threshold=2.0, cost=0.7),
    ThresholdGoods(multiplication=2.5, threshold_share=0.5, cost=0.7),
)


def share_of(game, k, size):
    """Return what each member of a group gets where k contribute, contributor by contributor."""
    if isinstance(game, SynergyGoods):
        return sum(game.benefit / size * game.synergy**earlier for earlier in range(k))
    needed = 0
    if isinstance(game, ThresholdGoods):
        needed = game.threshold if game.threshold_share is None else game.threshold_share * size
    return game.multiplication * game.cost * k / size if k >= needed else 0.0


def payoffs_by_hand(game, contributes, groups):
    payoff = np.zeros(len(contributes))
    for members in groups:
        share = share_of(game, int(contributes[members].sum()), len(members))
        payoff[members] += share - game.cost * contributes[members]
    return payoff


def society(game, contribution, ties=()):
    world = unite(world_for(game, n=len(contribution), ties=ties), *((0, tuple(members)) for members in COALITIONS))
    world.contribution[:], world.payoff[:] = contribution, 99.0
    return world


def who_contributes(n, seed):
    return (np.random.default_rng(seed).random(n) < 0.5).astype(float)


@pytest.mark.parametrize("game", GOODS)
@pytest.mark.parametrize("seed", range(4))
def test_on_a_network_everyone_centres_a_group(game, seed):
    world = society(game, who_contributes(12, seed), some_tied(12, 0.3, seed))
    groups = [np.append(world.partner[world.first_tie[j] : world.first_tie[j + 1]], j) for j in range(12)]
    assert live(world, game).payoff == pytest.approx(payoffs_by_hand(game, world.contribution, groups))


@pytest.mark.parametrize("game", GOODS)
@pytest.mark.parametrize("seed", range(4))
def test_coalitions_are_groups_and_whoever_is_in_none_gets_and_pays_nothing(game, seed):
    game = game.model_copy(update={"groups": "coalitions"})
    world = live(society(game, who_contributes(12, seed)), game)
    assert world.payoff == pytest.approx(payoffs_by_hand(game, world.contribution, COALITIONS))
    assert list(world.payoff[10:]) == [0, 0]


@pytest.mark.parametrize("game", GOODS)
@pytest.mark.parametrize("size", [1, 3, 4, 12])
def test_in_a_mixed_world_everyone_plays_one_game_in_a_group_drawn_by_chance(game, size):
    game = game.model_copy(update={"groups": "mixed", "group_size": size})
    world = live(society(game, who_contributes(12, 1)), game)
    order = np.argsort(uniforms(stream(1, "mechanism 0").key(0), world.identity))
    assert world.payoff == pytest.approx(payoffs_by_hand(game, world.contribution, order.reshape(-1, size)))


@pytest.mark.parametrize("game", GOODS)
def test_whoever_is_left_over_plays_with_stand_ins_in_a_group_as_large_as_any(game):
    game = game.model_copy(update={"groups": "mixed", "group_size": 5})
    world = live(society(game, np.ones(13)), game)
    assert world.payoff == pytest.approx(share_of(game, 5, 5) - 0.7)


@pytest.mark.parametrize("game", GOODS)
def test_fewer_than_a_group_are_one_group(game):
    game = game.model_copy(update={"groups": "mixed", "group_size": 100})
    contributes = who_contributes(12, 2)
    world = live(society(game, contributes), game)
    assert world.payoff == pytest.approx(payoffs_by_hand(game, contributes, [np.arange(12)]))


@pytest.mark.parametrize("game", GOODS)
def test_groups_are_drawn_anew_each_time_and_everyone_meets_everyone_alike(game):
    """One contributor in row 0: each of 11 others gets what it gives in 3 of 11 games. 2,000 ticks, 11 comparisons
    (false alarm 1e-6 in all)."""
    game = game.model_copy(update={"groups": "mixed", "group_size": 4, "cost": 1.0})
    if isinstance(game, ThresholdGoods):
        game = game.model_copy(update={"threshold": 1.0, "threshold_share": None})
    world = society(game, np.append(1.0, np.zeros(11)))
    met = np.zeros(12)
    for _ in range(2000):
        met += live(world, game).payoff > 0
        world.tick += 1
    assert np.all(np.abs(met[1:] / 2000 - 3 / 11) < deviations_allowed(11) * np.sqrt(3 / 11 * 8 / 11 / 2000))


@pytest.mark.parametrize("groups", ["network", "coalitions", "mixed"])
@pytest.mark.parametrize("cost_per", ["game", "individual"])
def test_synergy_of_one_and_no_threshold_are_the_linear_game(groups, cost_per):
    where = {"groups": groups, "cost_per": cost_per, "cost": 0.7}
    contribution, ties = np.random.default_rng(3).random(12), some_tied(12, 0.3)
    linear, *others = (
        live(society(game, contribution, ties), game).payoff
        for game in (
            PublicGoods(multiplication=3.0, **where),
            SynergyGoods(benefit=2.1, synergy=1.0, **where),
            SynergyGoods(benefit=2.1, synergy=1.0 + 1e-12, **where),
            ThresholdGoods(multiplication=3.0, threshold=0.0, **where),
        )
    )
    for payoff in others:
        assert payoff == pytest.approx(linear, abs=1e-9)


@pytest.mark.parametrize("synergy", [0.0, 0.5, 1.0, 1.8])
def test_parts_of_a_contribution_add_up_to_a_whole_one(synergy):
    game = SynergyGoods(synergy=synergy, cost=0.0, groups="mixed", group_size=4)
    assert live(society(game, np.full(12, 0.5)), game).payoff == pytest.approx(share_of(game, 2, 4))
    assert live(society(game, np.full(12, 0.75)), game).payoff == pytest.approx(share_of(game, 3, 4))
    less, more = (live(society(game, np.full(12, x)), game).payoff[0] for x in (0.3, 0.6))
    assert 0 < less <= more <= share_of(game, 4, 4)


def test_a_threshold_is_reached_by_parts_that_add_up_to_it_but_for_rounding():
    game = ThresholdGoods(threshold=0.3, groups="mixed", group_size=3, cost=1.0)
    world = world_for(game, n=3)
    world.contribution[:] = 0.1
    assert 0.1 + 0.1 + 0.1 != 0.3
    assert live(world, game).payoff == pytest.approx(5.0 * 0.1 - 0.1)
    world.contribution[:] = 0.0999
    assert live(world, game).payoff == pytest.approx(-0.0999)


@pytest.mark.parametrize(("rule", "fields"), [(SynergyGoods, "benefit.*synergy"), (ThresholdGoods, "threshold")])
def test_impossible_parameters_are_all_named_at_once(rule, fields):
    with pytest.raises(ValueError, match=rf"(?s)cost.*groups.*group_size.*{fields}"):
        rule(cost=-1.0, groups="clubs", group_size=0, **dict.fromkeys(fields.split(".*"), -1.0))

"""Friedkin–Johnsen: between what the others say and what one thought at first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.friedkin_johnsen import FriedkinJohnsen
from ecosim.errors import InputError
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

PAPER = ((0.220, 0.120, 0.360, 0.300), (0.147, 0.215, 0.344, 0.294), (0.0, 0.0, 1.0, 0.0), (0.090, 0.178, 0.446, 0.286))
ACTIVATIONS = ("simultaneous", "sweep", "random")


def people(rule, prejudice, susceptibility=0.8, ties=(), stance=None):
    prejudice = np.asarray(prejudice, float)
    prejudice = prejudice[:, None] if prejudice.ndim == 1 else prejudice
    world = world_for(rule, n=len(prejudice), ties=ties, axes=prejudice.shape[1])
    world.prejudice[:] = prejudice
    world.stance[:] = prejudice if stance is None else stance
    world.susceptibility[:] = susceptibility
    return world


def anybody(n, axes=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, axes))


def weights_by_ties(world, own=0.0, trust=None):
    """Return the matrix of weights that ties and trust make (n, n), in plain loops."""
    weights = np.zeros((world.n, world.n))
    for t, (i, j) in enumerate(world.ends):
        weights[i, j], weights[j, i] = (1, 1) if trust is None else trust[t]
    for i in range(world.n):
        total = weights[i].sum()
        weights[i] *= (1 - own) / total if total else 0
        weights[i, i] = own if total else 1
    return weights


def test_the_published_four_end_where_the_paper_says():
    rule = FriedkinJohnsen(weights=PAPER, coupled=True)
    world = people(rule, np.array([25, 25, 75, 85]) / 50 - 1)
    opinions = live(world, rule, ticks=200).stance[:, 0] * 50 + 50
    assert opinions == pytest.approx([60.021, 59.984, 75, 74.986], abs=5e-4)


@given(seed=st.integers(0, 99), axes=st.integers(1, 3), own=st.floats(0, 1), by_trust=st.booleans())
def test_one_tick_is_the_equation(seed, axes, own, by_trust):
    rule = FriedkinJohnsen(own_weight=own, weighing="trust" if by_trust else "equal")
    draw = np.random.default_rng(seed)
    world = people(
        rule, anybody(12, axes, seed), draw.random(12), some_tied(12, seed=seed), anybody(12, axes, seed + 1)
    )
    world.trust[:] = draw.random(world.trust.shape)
    weights = weights_by_ties(world, own, world.trust if by_trust else None)
    openness = world.susceptibility[:, None]
    expected = openness * (weights @ world.stance) + (1 - openness) * world.prejudice
    assert live(world, rule).stance == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_whoever_acts_first_all_settle_at_the_same_equilibrium(activation):
    rule = FriedkinJohnsen(own_weight=0.3, activation=activation)
    openness = np.random.default_rng(1).uniform(0.1, 0.95, 30)
    world = people(rule, anybody(30, 2), openness, some_tied(30), stance=anybody(30, 2, seed=5))
    weights = weights_by_ties(world, 0.3)
    expected = np.linalg.solve(np.eye(30) - openness[:, None] * weights, (1 - openness)[:, None] * world.prejudice)
    assert live(world, rule, ticks=1500).stance == pytest.approx(expected, abs=1e-10)


def test_who_is_not_susceptible_stays_at_its_first_stance_and_returns_to_it():
    rule = FriedkinJohnsen()
    world = people(rule, anybody(20), 0.0, everyone_tied(20), stance=anybody(20, seed=3))
    assert np.array_equal(live(world, rule).stance, world.prejudice)


def test_where_all_are_wholly_susceptible_it_is_degroot_and_they_agree():
    """On a connected network the consensus of equal weights is the mean weighed by degree (with weight on oneself)."""
    rule = FriedkinJohnsen(own_weight=0.5)
    ring = [(i, (i + 1) % 9) for i in range(9)] + [(0, 4)]
    world = people(rule, anybody(9), 1.0, ring)
    degree = np.diff(world.first_tie)
    consensus = degree @ world.stance[:, 0] / degree.sum()
    assert live(world, rule, ticks=2000).stance[:, 0] == pytest.approx(consensus, abs=1e-10)


def test_opinions_on_another_scale_may_be_shifted_and_stretched():
    rule = FriedkinJohnsen()
    ties, first = some_tied(25), anybody(25)
    plain = live(people(rule, first, ties=ties), rule, ticks=7).stance
    moved = live(people(rule, 0.3 - 0.5 * first, ties=ties), rule, ticks=7).stance
    assert moved == pytest.approx(0.3 - 0.5 * plain, abs=1e-12)


@given(seed=st.integers(0, 99), activation=st.sampled_from(ACTIVATIONS))
def test_nobody_leaves_the_range_of_first_stances(seed, activation):
    rule = FriedkinJohnsen(activation=activation)
    world = people(rule, anybody(20, 2, seed), np.random.default_rng(seed).random(20), some_tied(20, seed=seed))
    low, high = world.prejudice.min(axis=0), world.prejudice.max(axis=0)
    live(world, rule, ticks=5, seed=seed)
    assert np.all(world.stance >= low - 1e-12)
    assert np.all(world.stance <= high + 1e-12)


def test_who_has_no_partner_or_trusts_none_hears_only_itself():
    rule = FriedkinJohnsen(weighing="trust")
    world = people(rule, [0.2, -0.4, 0.9], 0.5, [(0, 1)], stance=[[1.0], [0.0], [-1.0]])
    world.trust[0] = (0.0, 1.0)  # the first distrusts the second, who trusts it
    assert live(world, rule).stance[:, 0] == pytest.approx([0.6, 0.5 * 1.0 - 0.5 * 0.4, -0.05])


@pytest.mark.parametrize("weighing", ["equal", "trust"])
def test_weights_by_ties_and_as_a_matrix_are_the_same(weighing):
    by_ties = FriedkinJohnsen(weighing=weighing, own_weight=0.25, coupled=True)
    world = people(by_ties, anybody(15, 2), ties=some_tied(15, share=0.5))
    world.trust[:] = np.random.default_rng(2).random(world.trust.shape)
    matrix = weights_by_ties(world, 0.25, world.trust if weighing == "trust" else None)
    given = FriedkinJohnsen(weights=tuple(map(tuple, matrix.tolist())), coupled=True)
    other = people(given, anybody(15, 2))
    assert live(world, by_ties, ticks=4).stance == pytest.approx(live(other, given, ticks=4).stance, abs=1e-12)


def test_renumbering_organisations_renumbers_their_opinions():
    rule = FriedkinJohnsen(own_weight=0.1)
    ties, first, order = some_tied(30), anybody(30), np.random.default_rng(3).permutation(30)
    plain = live(people(rule, first, ties=ties), rule, ticks=4).stance
    renumbered = live(people(rule, first[order], ties=np.argsort(order)[ties]), rule, ticks=4).stance
    assert renumbered == pytest.approx(plain[order], abs=1e-12)


def test_weights_that_are_no_shares_are_refused_in_words():
    with pytest.raises(ValueError, match=r"row 1 has 1 weights.*row 2 sums to 0.9; allowed: 2 numbers in each row"):
        FriedkinJohnsen(weights=((1.0,), (0.5, 0.4)))
    rule = FriedkinJohnsen(weights=((1.0, 0.0), (0.0, 1.0)))
    with pytest.raises(InputError, match="weights has 2 rows, and there are 3 organisations; allowed: a row for each"):
        live(people(rule, [0.0, 0.0, 0.0]), rule)

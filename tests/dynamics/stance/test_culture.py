"""Dissemination of culture: whom one learns from, what one learns, and when there is nothing left to learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.culture import CultureDissemination
from ecosim.measures.culture import active_ties, regions
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

RANDOM = {"activation": "random"}
ACTIVATIONS = ("random", "sweep", "simultaneous")


def villages(rule, culture, ties):
    culture = np.asarray(culture)
    world = world_for(rule, n=len(culture), ties=ties, culture=culture.shape[1])
    world.culture[:] = culture
    return world


def any_culture(n, features=5, traits=4, seed=0):
    return np.random.default_rng(seed).integers(0, traits, (n, features))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_neighbours_alike_in_everything_or_in_nothing_never_change(activation):
    culture = [[0, 0, 0]] * 3 + [[1, 2, 3]] * 3
    rule = CultureDissemination(activation=activation)
    world = villages(rule, culture, everyone_tied(6))
    assert active_ties(world) == 0
    assert np.array_equal(live(world, rule, ticks=20).culture, culture)


@given(seed=st.integers(0, 99), activation=st.sampled_from(ACTIVATIONS))
def test_without_drift_every_trait_comes_from_somebody_it_is_tied_to(seed, activation):
    rule = CultureDissemination(activation=activation)
    ties = some_tied(15, seed=seed)
    world = villages(rule, any_culture(15, seed=seed), ties)
    near = np.eye(15, dtype=bool)
    near[ties[:, 0], ties[:, 1]] = near[ties[:, 1], ties[:, 0]] = True
    for _ in range(5):
        before = world.culture.copy()
        reached = near.copy()
        live(world, rule, seed=seed)
        if activation != "simultaneous":  # what one learnt may be passed on within the tick
            for _ in range(15):
                reached = (reached.astype(int) @ near) > 0
        for i, f in np.argwhere(world.culture != before):
            assert world.culture[i, f] in before[reached[i], f]


def test_at_once_an_organisation_changes_at_most_one_trait_a_tick():
    rule = CultureDissemination()
    world = villages(rule, any_culture(60), some_tied(60))
    before = world.culture.copy()
    changed = (live(world, rule).culture != before).sum(axis=1)
    assert changed.max() == 1
    assert changed.sum() > 5


def shares_of_two(rule, first, second, runs, ticks=1):
    """Return how often each feature of the first of many pairs became that of the second."""
    pairs = np.arange(2 * runs).reshape(-1, 2)
    world = villages(rule, np.tile([first, second], (runs, 1)), pairs)
    before = world.culture.copy()
    live(world, rule, ticks=ticks)
    return (world.culture != before).reshape(runs, 2, -1).mean(axis=0)


@pytest.mark.parametrize("common", [1, 2, 3])
def test_partners_interact_as_often_as_they_are_alike_and_each_difference_is_as_likely(common):
    """Binomial: 40,000 encounters, each chance within five standard errors (false alarm 6e-7); 4 % off is seen."""
    first, second = [0] * 4, [0] * common + [1] * (4 - common)
    seen = shares_of_two(CultureDissemination(), first, second, 20_000).mean(axis=0)
    chance = common / 4 / (4 - common)
    assert not seen[:common].any()
    assert np.abs(seen[common:] - chance).max() < 5 * np.sqrt(chance * (1 - chance) / 40_000)


@pytest.mark.parametrize(("features", "traits"), [(3, 4), (2, 9), (5, 2)])
@pytest.mark.parametrize("activation", ["random", "sweep"])
def test_two_end_apart_only_if_they_began_alike_in_nothing(features, traits, activation):
    """Exactly: the pairs that shared a trait at the start are one culture in the end, the others as they were."""
    rule = CultureDissemination(activation=activation)
    start = any_culture(600, features, traits)
    pairs = np.arange(600).reshape(-1, 2)
    world = villages(rule, start, pairs)
    live(world, rule, ticks=400)
    alike = (start[0::2] == start[1::2]).any(axis=1)
    assert 0 < alike.sum() < 300
    assert np.array_equal((world.culture[0::2] == world.culture[1::2]).all(axis=1), alike)
    assert np.array_equal(world.culture[0::2][~alike], start[0::2][~alike])


def test_a_connected_society_of_one_shared_feature_ends_in_one_culture():
    rule = CultureDissemination(**RANDOM, steps=2000)
    culture = any_culture(20, 4, 3)
    culture[:, 0] = 7  # nobody differs in everything
    world = villages(rule, culture, [(i, i + 1) for i in range(19)])
    live(world, rule, ticks=100)
    assert regions(world) == (1.0, 1.0)


def test_drift_makes_all_traits_equally_common():
    """Chi-square of 3,000 traits with noise alone at work, false alarm 1e-6."""
    from scipy import stats

    for activation in ACTIVATIONS:
        rule = CultureDissemination(noise=1.0, traits=5, activation=activation)
        world = villages(rule, np.full((1000, 3), 4), [])
        live(world, rule, ticks=60)
        counts = np.bincount(world.culture.ravel(), minlength=5)
        assert counts.size == 5
        assert stats.chisquare(counts).pvalue > 1e-6


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_drift_strikes_as_often_as_said(activation):
    """20,000 encounters of hermits: changes are binomial, within five standard errors (false alarm 6e-7)."""
    rule = CultureDissemination(noise=0.1, traits=100, activation=activation)
    world = villages(rule, np.full((20_000, 4), 101), [])
    changed = (live(world, rule).culture != 101).sum()
    # Under random activation one may drift twice: of n draws among 4n features, hardly ever in the same.
    expected = 20_000 * 0.1
    assert abs(changed - expected) < 5 * np.sqrt(expected * 0.9) + (30 if activation == "random" else 0)


def test_a_little_drift_melts_regions_that_were_stable():
    """Klemm et al. 2003: what is frozen without noise ends, with a little of it, in one region that holds nearly all.

    It did so on 40 of 40 seeds, so with a probability above .93 (95 %): that none of five does, below 3e-6.
    """
    culture = np.repeat([[0, 0, 0], [1, 1, 1]], 8, axis=0)
    ring = [(i, (i + 1) % 16) for i in range(16)]
    frozen = CultureDissemination(**RANDOM, steps=1600)
    assert regions(live(villages(frozen, culture, ring), frozen, ticks=200)) == (2.0, 0.5)
    drifting = CultureDissemination(**RANDOM, steps=1600, noise=1e-4, traits=2)
    shares = [regions(live(villages(drifting, culture, ring), drifting, ticks=500, seed=seed))[1] for seed in range(5)]
    assert max(shares) > 0.9


def test_one_more_organisation_leaves_the_others_their_luck():
    rule = CultureDissemination()
    ties, culture = some_tied(20), any_culture(21)
    with_hermit = live(villages(rule, culture, ties), rule, ticks=5).culture
    without = live(villages(rule, culture[:20], ties), rule, ticks=5).culture
    assert np.array_equal(with_hermit[:20], without)
    assert np.array_equal(with_hermit[20], culture[20])


def test_as_many_encounters_as_asked_for_happen_in_a_tick():
    """One encounter of two that differ in one of two features changes something in half of the runs."""
    rule = CultureDissemination(**RANDOM, steps=1)
    changed = 0
    for seed in range(200):
        world = villages(rule, [[0, 0], [0, 1]], [(0, 1)])
        live(world, rule, seed=seed)
        changed += int(world.culture[0, 1] == world.culture[1, 1])
    assert 60 < changed < 140  # 100 ± 5.6 standard deviations


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)noise.*traits"):
        CultureDissemination(noise=2.0, traits=200)

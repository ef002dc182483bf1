"""Bounded confidence: who listens, how far, and into how many camps opinion settles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.bounded_confidence import BoundedConfidence
from tests.chance import errors_allowed
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

DEFFUANT = {"listening": "each_other", "activation": "random", "reach": 1.0}


def opinions(rule, stance, ties=()):
    stance = np.asarray(stance, float)
    stance = stance[:, None] if stance.ndim == 1 else stance
    world = world_for(rule, n=len(stance), ties=ties, axes=stance.shape[1])
    world.stance[:] = stance
    return world


def spread_out(n, axes=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, axes))


def clusters(stance, share=0.01, apart=0.02):
    """Return how many camps hold at least this share; stances nearer than ``apart`` are one camp."""
    values = np.sort(stance[:, 0])
    sizes = np.diff(np.flatnonzero(np.concatenate(([True], np.diff(values) > apart, [True]))))
    return int(np.sum(sizes >= share * values.size))


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("responsiveness", [0.3, 1.0])
def test_where_everyone_hears_everyone_distance_to_the_mean_shrinks_by_the_responsiveness(responsiveness, axes):
    rule = BoundedConfidence(tolerance=4.0, responsiveness=responsiveness)
    world = opinions(rule, spread_out(30, axes), everyone_tied(30))
    start, mean = world.stance.copy(), world.stance.mean(axis=0)
    live(world, rule, ticks=3)
    assert world.stance == pytest.approx(mean + (1 - responsiveness) ** 3 * (start - mean), abs=1e-12)


@pytest.mark.parametrize("listening", ["one", "each_other"])
def test_without_tolerance_opinion_is_frozen(listening):
    for rule in (
        BoundedConfidence(tolerance=0.0),
        BoundedConfidence(tolerance=0.0, listening=listening, activation="random"),
    ):
        world = opinions(rule, spread_out(40), everyone_tied(40))
        start = world.stance.copy()
        assert np.array_equal(live(world, rule, ticks=5).stance, start)


@pytest.mark.parametrize(
    "rule",
    [
        BoundedConfidence(tolerance=0.5),
        BoundedConfidence(tolerance=0.5, listening="one", reach=0.5),
        BoundedConfidence(tolerance=0.5, listening="one", activation="sweep"),
        BoundedConfidence(tolerance=0.5, **DEFFUANT),
    ],
)
def test_camps_beyond_each_others_tolerance_are_a_fixed_point(rule):
    world = opinions(rule, [-0.9] * 5 + [0.0] * 5 + [0.75] * 5, everyone_tied(15))
    start = world.stance.copy()
    assert np.array_equal(live(world, rule, ticks=5).stance, start)


@given(seed=st.integers(0, 99), tolerance=st.floats(0, 4), responsiveness=st.floats(0, 0.5), axes=st.integers(1, 3))
def test_pairs_that_listen_to_each_other_keep_the_mean_and_narrow_the_spread(seed, tolerance, responsiveness, axes):
    for activation, reach in (("random", 1.0), ("sweep", 0.3)):
        rule = BoundedConfidence(
            tolerance=tolerance,
            responsiveness=responsiveness,
            listening="each_other",
            activation=activation,
            reach=reach,
        )
        world = opinions(rule, spread_out(20, axes, seed), some_tied(20))
        mean, variance = world.stance.mean(axis=0), world.stance.var()
        live(world, rule, ticks=3, seed=seed)
        assert world.stance.mean(axis=0) == pytest.approx(mean, abs=1e-12)
        assert world.stance.var() <= variance + 1e-12


@given(seed=st.integers(0, 99), tolerance=st.floats(0, 3), listening=st.sampled_from(["everyone", "one"]))
def test_opinion_never_leaves_the_range_it_started_in(seed, tolerance, listening):
    rule = BoundedConfidence(tolerance=tolerance, responsiveness=1.0, listening=listening)
    world = opinions(rule, spread_out(20, 2, seed), some_tied(20))
    low, high = world.stance.min(axis=0), world.stance.max(axis=0)
    live(world, rule, ticks=3)
    assert np.all(world.stance >= low - 1e-12)
    assert np.all(world.stance <= high + 1e-12)


@pytest.mark.parametrize("axes", [1, 2])
def test_renumbering_organisations_renumbers_their_opinions(axes):
    rule = BoundedConfidence(tolerance=0.6)
    ties, stance, order = some_tied(30), spread_out(30, axes), np.random.default_rng(3).permutation(30)
    number = np.argsort(order)
    plain = live(opinions(rule, stance, ties), rule, ticks=4).stance
    renumbered = live(opinions(rule, stance[order], number[ties]), rule, ticks=4).stance
    assert renumbered == pytest.approx(plain[order], abs=1e-12)


def test_an_axis_on_which_all_agree_changes_nothing():
    rule = BoundedConfidence(tolerance=0.5)
    ties, stance = some_tied(40), spread_out(40)
    one = live(opinions(rule, stance, ties), rule, ticks=3).stance
    two = live(opinions(rule, np.hstack((stance, np.full((40, 1), 0.3))), ties), rule, ticks=3).stance
    assert two == pytest.approx(np.hstack((one, np.full((40, 1), 0.3))), abs=1e-12)


def test_who_hears_nobody_keeps_its_opinion_and_leaves_others_their_luck():
    rule = BoundedConfidence(tolerance=2.0, listening="one")
    ties, stance = some_tied(20), spread_out(21)
    with_hermit = live(opinions(rule, stance, ties), rule, ticks=3).stance
    without = live(opinions(rule, stance[:20], ties), rule, ticks=3).stance
    assert with_hermit[20] == stance[20]
    assert np.array_equal(with_hermit[:20], without)


def test_at_once_all_see_last_ticks_opinions_and_in_a_sweep_those_of_now():
    chain = {"stance": [-1.0, 0.0], "ties": [(0, 1)]}
    at_once = BoundedConfidence(tolerance=4.0, responsiveness=1.0, listening="one")
    assert list(live(opinions(at_once, **chain), at_once).stance[:, 0]) == [0, -1]
    sweep = BoundedConfidence(tolerance=4.0, responsiveness=1.0, listening="one", activation="sweep")
    assert len(set(live(opinions(sweep, **chain), sweep).stance[:, 0])) == 1


@pytest.mark.parametrize(("tolerance", "published"), [(0.1, 4.7), (0.2, 2.1), (0.3, 1.1)])
def test_pairwise_opinion_settles_into_as_many_camps_as_an_independent_program_found(tolerance, published):
    # Deffuant et al. 2000, N = 1000, uniform start, 20 runs. The reference is a mean of unstated error, allowed .3;
    # to this come our own standard errors (false alarm 1e-6 if the reference is within .3 of the truth).
    rule = BoundedConfidence(tolerance=2 * tolerance, responsiveness=0.5, steps=300_000, **DEFFUANT)
    found = [clusters(live(opinions(rule, spread_out(1000, seed=seed)), rule, seed=seed).stance) for seed in range(20)]
    assert abs(np.mean(found) - published) < 0.3 + errors_allowed(20) * max(np.std(found, ddof=1), 0.2) / np.sqrt(20)


@pytest.mark.parametrize(("tolerance", "published"), [(0.15, 2.6), (0.25, 1.0)])
def test_listening_to_everyone_settles_into_as_many_camps_as_an_independent_program_found(tolerance, published):
    # Hegselmann & Krause 2002, N = 625, uniform start, 10 runs; bounds as above.
    rule = BoundedConfidence(tolerance=2 * tolerance, responsiveness=1.0)
    world = opinions(rule, spread_out(625), everyone_tied(625))
    found = []
    for seed in range(10):
        world.stance[:] = spread_out(625, seed=seed)
        found.append(clusters(live(world, rule, ticks=25).stance))
    assert abs(np.mean(found) - published) < 0.3 + errors_allowed(10) * max(np.std(found, ddof=1), 0.2) / np.sqrt(10)


def test_what_does_not_go_together_is_refused_in_words():
    with pytest.raises(ValueError, match="everyone is simultaneous"):
        BoundedConfidence(activation="random")
    with pytest.raises(ValueError, match="activation must be random or sweep"):
        BoundedConfidence(listening="each_other")
    with pytest.raises(ValueError, match=r"(?s)tolerance.*responsiveness"):
        BoundedConfidence(tolerance=-1.0, responsiveness=2.0)

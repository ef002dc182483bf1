"""Attraction and repulsion: the published rule, to the last draw, and what couples it to ties and issues."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.attraction_repulsion import AttractionRepulsion
from ecosim.dynamics.stance.encounters import look, turns
from ecosim.rng import stream
from tests.chance import errors_allowed
from tests.dynamics.worlds import live, some_tied, world_for


def opinions(rule, stance, ties=(), issues=0):
    stance = np.asarray(stance, float)
    stance = stance[:, None] if stance.ndim == 1 else stance
    world = world_for(rule, n=len(stance), ties=ties, axes=stance.shape[1], issues=issues)
    world.stance[:] = stance
    return world


def spread_out(n, axes=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, axes))


def published_rule(position, actors, others, chances, tolerance, exposure, responsiveness):
    """The rule as its authors tell it, in plain Python and on their scale, 0 to 1, with luck handed in."""
    position = position.copy()
    for i, j, chance in zip(actors, others, chances, strict=True):
        distance = np.linalg.norm(position[j] - position[i])
        if chance < 0.5 ** (distance / exposure):
            way = responsiveness if distance <= tolerance else -responsiveness
            position[i] = np.clip(position[i] + way * (position[j] - position[i]), 0, 1)
    return position


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("tolerance", [0.05, 0.25, 0.6])
def test_with_the_same_luck_every_opinion_is_that_of_the_published_rule(tolerance, axes):
    rule = AttractionRepulsion(tolerance=2 * tolerance, exposure=0.2, activation="random", steps=3000)
    world = opinions(rule, spread_out(30, axes))
    key = stream(1, "mechanism 0").key(0)
    actors, luck = turns(world.identity, "random", 3000, key)
    others, _, chances = look(actors, luck, world.first_tie, world.partner, 1.0, key)
    expected = published_rule((world.stance + 1) / 2, actors, others, chances, tolerance, 0.1, 0.25)
    assert (live(world, rule).stance + 1) / 2 == pytest.approx(expected, abs=1e-9)
    assert np.abs(expected - (spread_out(30, axes) + 1) / 2).max() > 0.1


@pytest.mark.parametrize(
    ("tolerance", "reference", "spread"),
    [(0.05, 0.232, 0.0), (0.25, 0.238, 0.023), (0.3, 0.074, 0.059), (0.5, 0.001, 0.0)],
)
def test_final_variance_by_tolerance_is_that_of_an_independent_program(tolerance, reference, spread):
    # N = 100, normal(.5, .2) truncated to [0, 1], a million encounters, 20 runs. The reference is a mean of runs whose
    # number is not told: taken as 10, with their spread or ours, whichever is greater, and rounding of .002. False
    # alarm 1e-6 for near-normal means.
    rule = AttractionRepulsion(tolerance=2 * tolerance, activation="random", steps=1_000_000)
    final = []
    for seed in range(20):
        drawn = np.random.default_rng(seed).normal(0.5, 0.2, 400)
        world = opinions(rule, 2 * drawn[(drawn >= 0) & (drawn <= 1)][:100] - 1)
        final.append(live(world, rule, seed=seed).stance.var() / 4)
    error = max(np.std(final, ddof=1), spread) * np.sqrt(1 / 20 + 1 / 10)
    assert abs(np.mean(final) - reference) < 0.002 + errors_allowed(20) * error


@given(
    seed=st.integers(0, 99),
    tolerance=st.floats(0, 4),
    activation=st.sampled_from(["simultaneous", "random", "sweep"]),
    axes=st.integers(1, 3),
)
def test_opinion_and_affect_stay_within_their_ranges(seed, tolerance, activation, axes):
    rule = AttractionRepulsion(
        tolerance=tolerance,
        exposure=5.0,
        responsiveness=1.0,
        reach=0.3,
        activation=activation,
        warming=0.9,
        dislike=1.0,
    )
    world = opinions(rule, spread_out(15, axes, seed), some_tied(15, 0.4))
    live(world, rule, ticks=5, seed=seed)
    assert np.abs(world.stance).max() <= 1
    assert np.abs(world.affect).max() <= 1


def test_shared_opinion_never_changes():
    for activation in ("simultaneous", "random", "sweep"):
        rule = AttractionRepulsion(tolerance=0.0, activation=activation)
        world = opinions(rule, np.full((10, 2), 0.3))
        assert np.all(live(world, rule, ticks=5).stance == 0.3)


def test_two_beyond_each_others_tolerance_end_at_opposite_extremes_and_within_it_meet():
    apart = AttractionRepulsion(tolerance=0.3, exposure=1e9)
    assert sorted(live(opinions(apart, [-0.2, 0.2]), apart, ticks=30).stance[:, 0]) == [-1, 1]
    near = AttractionRepulsion(tolerance=0.5, exposure=1e9)
    assert live(opinions(near, [-0.2, 0.2]), near, ticks=30).stance == pytest.approx(np.zeros((2, 1)), abs=1e-6)


def test_how_often_they_interact_halves_with_every_exposure_of_distance():
    # 20,000 tied pairs .4 apart: each side moves with probability (1/2)^(.4/E), independently. Six standard deviations
    # (false alarm 2e-9).
    pairs = 20_000
    ties = np.arange(2 * pairs).reshape(pairs, 2)
    for exposure in (0.1, 0.2, 0.8):
        rule = AttractionRepulsion(tolerance=1.0, exposure=exposure, reach=0.0)
        world = opinions(rule, np.tile([-0.2, 0.2], pairs), ties)
        moved = np.abs(live(world, rule).stance[:, 0]) < 0.19
        expected = 0.5 ** (0.4 / exposure)
        assert abs(moved.mean() - expected) < 6 * np.sqrt(expected * (1 - expected) / (2 * pairs))


def test_without_reach_and_ties_nobody_is_moved_and_hermits_leave_others_their_luck():
    rule = AttractionRepulsion(reach=0.0)
    stance, ties = spread_out(21), some_tied(20)
    assert np.array_equal(live(opinions(rule, stance), rule, ticks=3).stance, stance)
    with_hermit = live(opinions(rule, stance, ties), rule, ticks=3).stance
    assert np.array_equal(with_hermit[:20], live(opinions(rule, stance[:20], ties), rule, ticks=3).stance)


@pytest.mark.parametrize("activation", ["simultaneous", "sweep"])
def test_attraction_warms_a_tie_and_repulsion_cools_it(activation):
    # Both sides of the one tie interact in every tick (exposure without bound), so its distance to ±1 shrinks twice.
    for tolerance, goal in ((4.0, 1), (0.0, -1)):
        rule = AttractionRepulsion(
            tolerance=tolerance, exposure=1e12, responsiveness=0.1, reach=0.0, warming=0.2, activation=activation
        )
        world = opinions(rule, [-0.5, 0.5], [(0, 1)])
        for tick in range(1, 5):
            assert live(world, rule).affect[0] == pytest.approx(goal * (1 - 0.8 ** (2 * tick)))


def test_encounters_beyond_ties_leave_no_affect():
    rule = AttractionRepulsion(exposure=1e12, reach=1.0, warming=0.5)
    world = opinions(rule, spread_out(10), some_tied(10, 0.5))
    assert not live(world, rule, ticks=5).affect.any()


@pytest.mark.parametrize(("affect", "attracts"), [(-1.0, False), (-0.5, False), (-0.3, True), (0.0, True), (1.0, True)])
def test_dislike_takes_tolerance_away_and_liking_adds_none(affect, attracts):
    # Tolerance 1, dislike .8: at affect a < 0 it is 1 + .8 a, against a distance of .7.
    rule = AttractionRepulsion(tolerance=1.0, exposure=1e12, reach=0.0, dislike=0.8)
    world = opinions(rule, [-0.35, 0.35], [(0, 1)])
    world.affect[:] = affect
    distance = np.ptp(live(world, rule).stance)
    assert distance == pytest.approx(0.35 if attracts else 1.05)
    assert world.affect[0] == affect


@pytest.mark.parametrize(("urgency", "goal"), [([0, 0], 0), ([1, 1], 0.5), ([3, 0], 0.45), ([1e9, 1e9], 1)])
def test_an_urgent_common_issue_weakens_repulsion_and_not_attraction(urgency, goal):
    for tolerance, share in ((0.1, -0.25 / (1 + 3 * goal)), (2.0, 0.25)):
        rule = AttractionRepulsion(tolerance=tolerance, exposure=1e12, superordinate=3.0)
        world = opinions(rule, [-0.2, 0.2], issues=2)
        world.urgency[:] = urgency
        assert np.ptp(live(world, rule).stance) == pytest.approx(0.4 * (1 - 2 * share))


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)tolerance.*exposure.*activation.*warming"):
        AttractionRepulsion(tolerance=5.0, exposure=0.0, activation="never", warming=2.0)

"""Structural balance: enemies of enemies become friends, until there are two camps at most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.dynamics.stance.balance import StructuralBalance
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

PAPER = np.array(
    [
        [0, 3, -1, -2, 1, -2],
        [3, 0, 2, -3, 1, -1],
        [-1, 2, 0, -1, -2, 1],
        [-2, -3, -1, 0, 2, 3],
        [1, 1, -2, 2, 0, -1],
        [-2, -1, 1, 3, -1, 0],
    ]
)
PUBLISHED = {"bounds": "rescaling", "towards_oneself": True}


def feelings(matrix, rule, ties=None):
    """Return a world with these feelings (n, n), towards oneself on the diagonal."""
    matrix = np.asarray(matrix, float)
    world = world_for(rule, n=len(matrix), ties=everyone_tied(len(matrix)) if ties is None else ties)
    world.affect[:] = matrix[world.ends[:, 0], world.ends[:, 1]]
    world.self_affect[:] = matrix.diagonal()
    return world


def matrix_of(world):
    matrix = np.diag(world.self_affect)
    matrix[world.ends[:, 0], world.ends[:, 1]] = matrix[world.ends[:, 1], world.ends[:, 0]] = world.affect
    return matrix


def strangers(n, mean=0.0, spread=1.0, seed=0):
    """Return symmetric random feelings (n, n) around a mean, none towards oneself."""
    upper = np.triu(np.random.default_rng(seed).uniform(mean - spread, mean + spread, (n, n)), 1)
    return upper + upper.T


def test_the_published_six_go_the_published_way():
    rule = StructuralBalance(rate=1.0, **PUBLISHED)  # 1,000 units, and ticks of a thousandth
    world = feelings(PAPER / 1000, rule)
    live(world, rule, ticks=100)
    first = 1000 * matrix_of(world)[0]
    assert first == pytest.approx([4.732, 7.0216, -0.3054, -6.4473, 1.5235, -5.7657], abs=5e-5)
    live(world, rule, ticks=40)
    assert 0.140 + 1 / (1000 * np.linalg.eigvalsh(matrix_of(world))[-1]) == pytest.approx(0.140570, abs=5e-7)
    assert np.sign(matrix_of(world)[0]).tolist() == [1, 1, 1, -1, 1, -1]


@given(seed=st.integers(0, 200), n=st.integers(2, 9))
def test_on_a_complete_network_it_follows_the_solution_of_the_matrix_equation(seed, n):
    """X(t) = X(0) (I − X(0) t)⁻¹, here to nine tenths of the way to its blow-up."""
    start = 0.01 * strangers(n, seed=seed) + np.diag(np.random.default_rng(seed).uniform(-0.01, 0.01, n))
    greatest = max(np.linalg.eigvalsh(start)[-1], 1e-3)
    rule = StructuralBalance(rate=0.3 / greatest, accuracy=0.05, **PUBLISHED)
    world = live(feelings(start, rule), rule, ticks=3)
    expected = start @ np.linalg.inv(np.eye(n) - 0.9 / greatest * start)
    if np.abs(expected).max() < 1:
        assert matrix_of(world) == pytest.approx(expected, abs=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("accuracy", [0.4, 0.2])
def test_half_the_step_errs_about_a_sixteenth_as_much(accuracy):
    """The integration is of fourth order; fifth power a step, fourth over a time: between 8 and 40 times is found."""

    def error(how):
        rule = StructuralBalance(rate=0.8 / np.linalg.eigvalsh(start)[-1], accuracy=how, **PUBLISHED)
        return np.abs(matrix_of(live(feelings(start, rule), rule)) - expected).max()

    start = 0.01 * strangers(10, seed=3)
    expected = start @ np.linalg.inv(np.eye(10) - 0.8 / np.linalg.eigvalsh(start)[-1] * start)
    assert 8 < error(accuracy) / error(accuracy / 2) < 40


@settings(max_examples=25)
@given(seed=st.integers(0, 200))
def test_scaled_down_feelings_end_in_the_camps_of_the_first_eigenvector(seed):
    start = strangers(12, seed=seed)
    values, vectors = np.linalg.eigh(start)
    rule = StructuralBalance(rate=0.1, **PUBLISHED)
    ended = matrix_of(live(feelings(start, rule), rule, ticks=400))
    first = vectors[:, -1]
    is_clear = np.abs(first) > 0.02  # who stands between the camps takes longer to choose
    if values[-1] - values[-2] > 0.05:
        assert (np.sign(ended) == np.sign(np.outer(first, first)))[np.ix_(is_clear, is_clear)].all()
    assert np.abs(ended).max() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_feelings_that_harden_end_in_balance_too(seed):
    """Kułakowski et al. 2005: every triad of a complete network; many of them were not at the start."""
    rule = StructuralBalance(rate=0.05)
    world = live(feelings(strangers(15, seed=seed), rule), rule, ticks=400)
    signs = np.sign(matrix_of(world))
    cube = np.einsum("ij,jk,ki->ijk", signs, signs, signs)
    assert cube.min() == 0  # a triad of three has a product of 1; with oneself, nothing is felt
    assert np.abs(world.affect).min() > 0.99
    start = np.sign(strangers(15, seed=seed))
    assert np.einsum("ij,jk,ki->ijk", start, start, start).min() == -1


def test_friendly_strangers_become_one_camp_and_neutral_ones_two():
    rule = StructuralBalance(rate=0.02)
    for mean, camps in ((0.3, {1.0}), (0.0, {-1.0, 1.0})):
        world = live(feelings(strangers(40, mean, 0.6), rule), rule, ticks=100)
        assert set(np.sign(world.affect)) == camps


@pytest.mark.parametrize("bounds", ["saturating", "rescaling"])
def test_turning_a_camp_around_turns_its_feelings_around(bounds):
    """A gauge symmetry: x_ij → s_i s_j x_ij for any signs s commutes with the rule."""
    rule = StructuralBalance(rate=0.1, bounds=bounds, towards_oneself=True)
    start, signs = strangers(10, spread=0.3, seed=4), np.where(np.arange(10) % 3, 1, -1)
    turn = np.outer(signs, signs)
    plain = matrix_of(live(feelings(start, rule), rule, ticks=5))
    assert matrix_of(live(feelings(turn * start, rule), rule, ticks=5)) == pytest.approx(turn * plain, abs=1e-12)


@pytest.mark.parametrize("bounds", ["saturating", "rescaling"])
def test_two_without_a_common_partner_keep_their_feelings(bounds):
    rule = StructuralBalance(rate=1.0, bounds=bounds)
    ring = [(i, (i + 1) % 6) for i in range(6)]
    start = strangers(6)
    world = feelings(start, rule, ring)
    before = world.affect.copy()
    assert np.array_equal(live(world, rule, ticks=10).affect, before)


@pytest.mark.parametrize("oneself", [True, False])
def test_on_any_network_the_slope_is_that_of_the_equation(oneself):
    rule = StructuralBalance(rate=1e-6, towards_oneself=oneself)
    ties = some_tied(25, share=0.4)
    world = feelings(strangers(25) + np.diag(np.linspace(-0.9, 0.9, 25)), rule, ties)
    x, tied = matrix_of(world), np.zeros((25, 25), bool)
    tied[world.ends[:, 0], world.ends[:, 1]] = tied[world.ends[:, 1], world.ends[:, 0]] = True
    if oneself:
        tied |= np.eye(25, dtype=bool)
    felt = x if oneself else x - np.diag(x.diagonal())
    slope = np.where(tied, (felt @ felt) * (1 - x * x), 0.0)
    grown = (matrix_of(live(world, rule)) - x) / 1e-6
    assert grown == pytest.approx(slope, abs=2e-4)


def test_balanced_camps_at_the_ends_stay_as_they_are():
    camps = np.array([1, 1, 1, -1, -1])
    for bounds in ("saturating", "rescaling"):
        rule = StructuralBalance(rate=0.5, bounds=bounds)
        start = np.outer(camps, camps) - np.eye(5)
        assert matrix_of(live(feelings(start, rule), rule, ticks=20)) == pytest.approx(start, abs=1e-12)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)rate.*bounds.*accuracy"):
        StructuralBalance(rate=-1.0, bounds="none", accuracy=0.0)

"""Moran: what the better paid contribute is passed on as often as the theory of birth and death says."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.moran import Moran
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for


def society(rule, contribution, payoff, ties=()):
    world = world_for(rule, n=len(contribution), ties=ties)
    world.contribution[:], world.payoff[:] = contribution, payoff
    return world


def taken_over(rule, size, fitness, cliques=1500):
    """Return in what share of many cliques the one who contributes, and is so many times as fit, takes over.

    Cliques do not touch: which of them an event falls into says nothing of what it brings there.
    """
    n = size * cliques
    ties = (size * np.arange(cliques)[:, None, None] + everyone_tied(size)).reshape(-1, 2)
    world = society(rule, np.arange(n) % size == 0, 0.0, ties)
    for _ in range(4000):
        world.payoff[:] = np.log(fitness) * world.contribution
        live(world, rule)
        world.tick += 1
        alike = world.contribution.reshape(-1, size).mean(axis=1)
        if np.isin(alike, [0, 1]).all():
            return alike.mean(), np.sqrt(alike.mean() * (1 - alike.mean()) / cliques)
    raise AssertionError("some clique still disagrees")


def fixation_by_birth_and_death(r, n):
    return 1 / n if r == 1 else (1 - 1 / r) / (1 - r**-n)


def fixation_by_death_and_birth(r, n):
    """Return it from the odds of one contributor fewer against one more (neighbours are all others, not oneself)."""
    odds = [(r * i + n - i - 1) / (r * (r * (i - 1) + n - i)) for i in range(1, n)]
    return 1 / (1 + np.cumprod(odds).sum())


@pytest.mark.parametrize(("fitness", "size"), [(1.0, 5), (1.5, 8), (0.8, 4)])
def test_one_contributor_takes_over_as_often_as_morans_formula_says(fitness, size):
    """Five standard errors over 1,500 cliques (false alarm 6e-7); a fifth of the advantage would be missed by 1.5."""
    share, error = taken_over(Moran(fitness="exponential", intensity=1.0), size, fitness)
    assert abs(share - fixation_by_birth_and_death(fitness, size)) < 5 * error


@pytest.mark.parametrize("activation", ["random", "sweep"])
def test_where_death_comes_first_one_contributor_takes_over_as_often_as_its_formula_says(activation):
    """Five standard errors (false alarm 6e-7). For r = 2 and five, .409 rather than .516 by birth and death.

    In a sweep each dies once in an order that does not look at fitness. Where there are three, the first death decides
    nothing else than under drawing with replacement only on average: so the formula is held against ``random`` alone,
    and a sweep against its value without selection, 1/n, which any order gives.
    """
    rule = Moran(fitness="exponential", intensity=1.0, order="death_birth", activation=activation)
    fitness = 2.0 if activation == "random" else 1.0
    share, error = taken_over(rule, 5, fitness)
    assert abs(share - fixation_by_death_and_birth(fitness, 5)) < 5 * error


def test_without_selection_the_two_orders_are_as_fair():
    assert fixation_by_death_and_birth(1.0, 7) == pytest.approx(1 / 7)
    assert fixation_by_birth_and_death(1.0, 7) == pytest.approx(1 / 7)


@pytest.mark.parametrize("w", [0.2, 0.8])
def test_a_generation_moves_the_share_as_wright_and_fisher_say(w):
    """E[x'] = x f₁ / (x f₁ + (1 − x) f₀). Five standard deviations of a binomial of 20,000 (false alarm 6e-7)."""
    rule = Moran(intensity=w, order="death_birth", activation="simultaneous", among="everyone")
    contribution = (np.arange(20_000) < 6_000).astype(float)
    share = live(society(rule, contribution, contribution), rule).contribution.mean()
    expected = 0.3 / (0.3 + 0.7 * (1 - w))
    assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / 20_000)


def test_fitness_is_one_less_w_plus_w_times_payoff_and_never_below_nothing():
    # Two may reproduce, fit 0.9 and 0.4; the third's fitness would be negative. 4,000 births, five standard deviations.
    rule = Moran(intensity=0.5, steps=1, among="everyone")
    births = np.zeros(3)
    for seed in range(4000):
        world = live(society(rule, [0.1, 0.2, 0.3], [0.8, -0.2, -3.0]), rule, seed=seed)
        births += [(world.contribution == value).sum() == 2 for value in (0.1, 0.2, 0.3)]
    assert births[2] == 0
    assert births.sum() == 4000
    assert abs(births[0] / 4000 - 0.9 / 1.3) < 5 * np.sqrt(0.9 * 0.4 / 1.3**2 / 4000)


def test_of_the_few_that_are_left_the_fitter_is_copied_more_however_fit_the_one_who_died():
    """Row 0 is a billion times as fit, and is who dies: the others are drawn 1 to 3. Five standard deviations."""
    rule = Moran(fitness="exponential", intensity=1.0, order="death_birth", activation="simultaneous")
    payoff = np.log([1.0, 3.0])
    copied = []
    for seed in range(2000):
        world = world_for(rule, n=4, ties=[(0, 1), (0, 2)])
        world.contribution[:], world.payoff[:] = [0.5, 0.1, 0.2, 0.9], [-30, *payoff, 25]
        copied.append(live(world, rule, seed=seed).contribution[0])
    assert set(copied) == {0.1, 0.2}
    assert abs(np.mean(np.array(copied) == 0.2) - 0.75) < 5 * np.sqrt(0.1875 / 2000)


def test_one_event_changes_one_contribution_at_most_to_that_of_a_partner():
    rule, ties = Moran(steps=1), some_tied(20, 0.3)
    for seed in range(50):
        before = np.arange(20) / 20
        world = live(society(rule, before, np.zeros(20), ties), rule, seed=seed)
        (changed,) = np.nonzero(world.contribution != before)
        assert changed.size <= 1
        for i in changed:
            partners = world.partner[world.first_tie[i] : world.first_tie[i + 1]]
            assert world.contribution[i] in before[partners]


@pytest.mark.parametrize("order", ["birth_death", "death_birth"])
@pytest.mark.parametrize("among", ["partners", "everyone"])
def test_within_a_sector_nothing_passes_between_sectors(order, among):
    rule = Moran(order=order, among=among, within="sector")
    world = society(rule, np.arange(30) % 3 / 2, np.arange(30), some_tied(30, 0.5))
    world.sector[:] = np.arange(30) % 3
    live(world, rule, ticks=20)
    assert np.array_equal(world.contribution, np.arange(30) % 3 / 2)


@pytest.mark.parametrize("order", ["birth_death", "death_birth"])
def test_whoever_has_no_partner_keeps_what_it_contributes(order):
    rule = Moran(order=order)
    world = society(rule, [0.3, 0.6, 0.9], [1.0, 2.0, 9.0], [(0, 1)])
    assert live(world, rule, ticks=30).contribution[2] == 0.9


def test_where_nobody_is_fit_nothing_happens():
    rule = Moran(intensity=1.0, among="everyone")
    world = society(rule, [0.3, 0.6, 0.9], [-1.0, -2.0, 0.0])
    assert list(live(world, rule, ticks=5).contribution) == [0.3, 0.6, 0.9]


def test_what_mutates_is_drawn_afresh():
    """Of 5,000 heirs at least as many as are all new are there; 0 and 1 alike often. Five standard deviations."""
    rule = Moran(trembling=1.0, afresh="all_or_nothing", among="everyone", order="death_birth", activation="sweep")
    world = live(society(rule, np.full(5000, 0.5), np.zeros(5000)), rule)
    assert set(world.contribution) == {0, 1}
    assert abs(world.contribution.mean() - 0.5) < 5 * 0.5 / np.sqrt(5000)
    rule = Moran(trembling=0.1, among="everyone", order="death_birth", activation="sweep", intensity=0.0)
    world = live(society(rule, np.full(5000, 0.5), np.zeros(5000)), rule)
    assert np.unique(world.contribution).size > 100


def test_nothing_happens_in_an_empty_world():
    for order in ("birth_death", "death_birth"):
        assert live(world_for(Moran(order=order), n=0), Moran(order=order)).n == 0


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ValueError, match="birth_death goes one after the other"):
        Moran(activation="sweep")
    with pytest.raises(ValueError, match="intensity is 2; allowed with fitness: linear: 0 to 1"):
        Moran(intensity=2.0)
    with pytest.raises(ValueError, match=r"(?s)trembling.*within.*order"):
        Moran(trembling=2.0, within="family", order="at once")

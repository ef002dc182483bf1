"""Proposals: places of several rounds, weighed by all that could have drawn them, tell the even box and a posterior."""

import numpy as np
import pytest

from ecosim.experiments import proposals
from ecosim.experiments.proposals import drawn_round, weights_of
from ecosim.experiments.searches import search_by_abc
from ecosim.experiments.targets import Target
from tests.experiments.test_calibration import Formula

EVENLY, ROUND = 4000, 2000
CENTRE, WIDTH = np.array([0.7, 0.04]), np.array([0.05, 0.08])
"""Of a likelihood, normal in either parameter: the second is cut off at the edge of the box."""


def likelihood(places):
    return np.exp(-0.5 * (((places - CENTRE) / WIDTH) ** 2).sum(axis=1))


@pytest.fixture(scope="module")
def rounds():
    """Places of an even round and of three that close in on the likelihood's hill; of each its round; and the proposals."""
    luck = np.random.default_rng(11)
    places, made = [luck.random((EVENLY, 2))], []
    there = places[0][likelihood(places[0]) > 1e-4]
    for least in (1e-2, 0.1, 0.5):
        drawn, one = drawn_round(there, np.ones(len(there)), ROUND, luck)
        places, made = [*places, drawn], [*made, one]
        there = drawn[likelihood(drawn) > least]
    return np.vstack(places), np.repeat(range(4), [EVENLY, *[ROUND] * 3]), made


def test_the_density_of_a_proposal_integrates_to_one_over_the_box(rounds):
    """By a grid of 120 × 120; how much of it lies within the box is known to a hundredth or two."""
    middle = (np.arange(120) + 0.5) / 120
    grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
    for one in rounds[2]:
        assert one.inside < 0.9, "a good part lies beyond the edge"
        assert one.density(grid).mean() == pytest.approx(1.0, abs=0.04)


@pytest.mark.parametrize(
    ("mean_of", "truth"),
    [(lambda x: np.ones(len(x)), 1.0), (lambda x: x[:, 0], 0.5), (lambda x: (x[:, 1] < 0.2) * x[:, 1], 0.02)],
    ids=["volume", "middle", "edge"],
)
def test_weighted_places_of_all_rounds_tell_means_over_the_even_box(rounds, mean_of, truth):
    """Σ w f / n is free of bias, each round by itself; five standard errors, a false alarm in 2e6, and 2 % for the edge."""
    places, which, made = rounds
    told = weights_of(places, EVENLY, made) * mean_of(places)
    error = np.sqrt(sum(told[which == one].var() * (which == one).sum() for one in range(4))) / len(places)
    assert error < 0.05 * truth
    assert told.mean() == pytest.approx(truth, abs=5.0 * error + 0.02 * truth)


def test_weighted_places_of_several_rounds_tell_the_posterior_of_a_conjugate_likelihood(rounds):
    """In the first parameter it is normal, .7 ± .05; n effective places tell its mean to .05/√n: five times that pass."""
    places, _, made = rounds
    weights = weights_of(places, EVENLY, made) * likelihood(places)
    weights /= weights.sum()
    effective = 1.0 / (weights**2).sum()
    mean = weights @ places[:, 0]
    assert mean == pytest.approx(0.7, abs=5 * 0.05 / np.sqrt(effective))
    sd = np.sqrt(weights @ (places[:, 0] - mean) ** 2)
    assert sd == pytest.approx(0.05, rel=5 / np.sqrt(2 * effective))
    assert effective > 1000


def test_no_place_outweighs_the_even_round_and_more_places_count(rounds):
    """By the proposal alone that drew each, a few at the foot of the hill would outweigh the others."""
    places, which, made = rounds
    weights = weights_of(places, EVENLY, made)
    assert weights.max() <= len(places) / EVENLY
    alone = np.ones(len(places))
    for number, one in enumerate(made, start=1):
        alone[which == number] = 1.0 / one.density(places[which == number])
    both = [each * likelihood(places) for each in (weights, alone)]
    mixed, single = (each.sum() ** 2 / (each**2).sum() for each in both)
    assert mixed > 1.5 * single


def test_densities_are_the_same_however_many_distances_are_in_memory(rounds, monkeypatch):
    places, _, made = rounds
    whole = made[0].density(places[:50])
    monkeypatch.setattr(proposals, "PAIRS", 1)
    assert made[0].density(places[:50]) == pytest.approx(whole, rel=1e-12)


def test_particles_of_a_search_are_worth_more_than_half_of_their_number():
    """Of a alone, .6 ± .05: the mean of twelve searches, each of which tells it to about .005, is off by .0075 at most."""
    found = [search_by_abc(Formula((Target("first", 0.6, 0.05),), lambda a, b: a[:, None]), 1200, s) for s in range(12)]
    for one in found:
        assert 1.0 / (one.weights**2).sum() > 0.5 * one.weights.size
    assert np.mean([one.weights @ one.shares[:, 0] for one in found]) == pytest.approx(0.6, abs=0.0075)

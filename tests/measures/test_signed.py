from itertools import combinations, product

import networkx
import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures import signed
from ecosim.measures.signed import balanced_triads, frustration, smallest_signed_eigenvalue
from tests.measures.graphs import ties_of


def signs_on(ties, sign_of):
    first_tie, partner = ties
    owner = np.repeat(np.arange(first_tie.size - 1), np.diff(first_tie))
    return np.array([sign_of(min(i, j), max(i, j)) for i, j in zip(owner.tolist(), partner.tolist(), strict=True)])


def random_signs(ties, seed):
    luck = np.random.default_rng(seed).choice([-0.5, 2.0], size=(200, 200))
    return signs_on(ties, lambda i, j: luck[i, j])


def fewest_frustrated(ties, signs):
    first_tie, partner = ties
    owner = np.repeat(np.arange(first_tie.size - 1), np.diff(first_tie))
    return min(
        np.sum(np.sign(signs) * np.array(camps)[owner] * np.array(camps)[partner] < 0) / 2
        for camps in product((-1, 1), repeat=first_tie.size - 1)
    )


def test_two_camps_with_enmity_between_are_in_balance():
    ties = ties_of(networkx.gnm_random_graph(16, 70, seed=1))
    signs = signs_on(ties, lambda i, j: 1.0 if i % 2 == j % 2 else -1.0)
    assert balanced_triads(*ties, signs) == 1
    assert frustration(*ties, signs) == 0
    assert smallest_signed_eigenvalue(*ties, signs) == pytest.approx(0, abs=1e-9)


def test_three_mutual_enemies_are_out_of_balance():
    ties = ties_of(networkx.complete_graph(3))
    signs = -np.ones(6)
    assert balanced_triads(*ties, signs) == 0
    assert frustration(*ties, signs) == pytest.approx(1 / 3)
    assert smallest_signed_eigenvalue(*ties, signs) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_triads_and_frustration_equal_their_plain_definitions(seed):
    graph = networkx.gnm_random_graph(9, 22, seed=seed)
    ties = ties_of(graph)
    signs = random_signs(ties, seed)
    luck = np.random.default_rng(seed).choice([-0.5, 2.0], size=(200, 200))
    products = [
        luck[a, b] * luck[b, c] * luck[a, c]
        for a, b, c in combinations(range(9), 3)
        if graph.has_edge(a, b) and graph.has_edge(b, c) and graph.has_edge(a, c)
    ]
    assert balanced_triads(*ties, signs) == pytest.approx(np.mean(np.array(products) > 0))
    assert frustration(*ties, signs) == pytest.approx(fewest_frustrated(ties, signs) / 22)


@pytest.mark.parametrize("seed", range(4))
def test_descents_find_the_best_cut_of_small_networks(seed, monkeypatch):
    ties = ties_of(networkx.gnm_random_graph(14, 40, seed=seed))
    signs = random_signs(ties, seed)
    best = frustration(*ties, signs)
    monkeypatch.setattr(signed, "LARGEST_EXACT", 0)
    assert frustration(*ties, signs) == pytest.approx(best)


def test_frustration_of_a_large_network_is_at_most_half():
    ties = ties_of(networkx.gnm_random_graph(100, 500, seed=5))
    assert 0 < frustration(*ties, random_signs(ties, 5)) <= 0.5


@pytest.mark.parametrize("seed", range(3))
def test_turning_one_organisation_against_everyone_changes_nothing(seed):
    """Switching: flip the sign of all of one organisation's ties."""
    ties = ties_of(networkx.gnm_random_graph(12, 35, seed=seed))
    signs = random_signs(ties, seed)
    flipped = signs * signs_on(ties, lambda i, j: -1.0 if 4 in (i, j) else 1.0)
    for measure in (balanced_triads, frustration, smallest_signed_eigenvalue):
        assert measure(*ties, flipped) == pytest.approx(measure(*ties, signs), abs=1e-9)


def test_ties_without_sign_count_as_none():
    ties = ties_of(networkx.complete_graph(4))
    nothing = np.full(12, np.nan)
    for measure in (balanced_triads, frustration, smallest_signed_eigenvalue):
        assert np.isnan(measure(*ties, nothing))
        assert np.isnan(measure(*ties, np.zeros(12)))
    only_three = signs_on(ties, lambda i, j: 0.0 if j == 3 else -1.0)
    assert balanced_triads(*ties, only_three) == 0
    assert smallest_signed_eigenvalue(*ties, only_three) == pytest.approx(1)


def test_a_sign_is_needed_for_each_half_edge():
    with pytest.raises(InputError, match="signs"):
        balanced_triads(*ties_of(networkx.path_graph(2)), [1.0])

"""Those who are tied stand close; nobody stands outside the picture."""

import numpy as np
import pytest

from ecosim.reports.layout import force_layout, spanning_tree, walk_sample
from ecosim.reports.lines import running_mean


def two_cliques(size):
    pairs = [(a, b) for a in range(size) for b in range(a)]
    return np.array(pairs + [(a + size, b + size) for a, b in pairs] + [(0, size)])


def test_partners_stand_closer_than_strangers():
    place = force_layout(20, two_cliques(10), np.ones(91))
    apart = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    within = np.concatenate([apart[:10, :10][np.triu_indices(10, 1)], apart[10:, 10:][np.triu_indices(10, 1)]])
    assert within.mean() < 0.5 * apart[:10, 10:].mean()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 50])
@pytest.mark.parametrize("is_tied", [False, True])
def test_everyone_stands_within_the_disc(n, is_tied):
    pairs = np.array([(i, i + 1) for i in range(n - 1)] if is_tied else []).reshape(-1, 2).astype(int)
    place = force_layout(n, pairs, np.ones(len(pairs)))
    assert place.shape == (n, 2)
    assert np.isfinite(place).all()
    assert (np.sqrt((place**2).sum(axis=1)) <= 1 + 1e-9).all()
    assert len(np.unique(place.round(6), axis=0)) == n


def test_the_same_ties_are_drawn_alike():
    pairs = two_cliques(5)
    assert np.array_equal(force_layout(10, pairs, np.ones(21)), force_layout(10, pairs, np.ones(21)))


def test_a_sample_has_the_size_asked_for_and_nobody_twice():
    luck = np.random.default_rng(1)
    for pairs in (luck.integers(0, 1000, (3000, 2)), np.empty((0, 2), int)):
        sample = walk_sample(1000, pairs, 400)
        assert len(np.unique(sample)) == 400
        assert np.array_equal(sample, np.sort(sample))
    assert walk_sample(5, np.empty((0, 2), int), 400).tolist() == [0, 1, 2, 3, 4]


def test_a_sample_keeps_more_ties_than_a_draw_by_lot():
    """On a ring of 2,000 a draw of 400 by lot keeps a fifth of a fifth of 2,000 ties, about 80."""
    ring = np.stack([np.arange(2000), (np.arange(2000) + 1) % 2000], axis=1)
    is_in = np.isin(np.arange(2000), walk_sample(2000, ring, 400))
    assert is_in[ring].all(axis=1).sum() > 200


def test_the_shortest_tree_joins_a_line_in_order():
    place = np.array([[0.0, 0], [3, 0], [1, 0], [2, 0]])
    assert {frozenset(pair) for pair in spanning_tree(place)} == {frozenset(p) for p in [(0, 2), (2, 3), (3, 1)]}


def test_a_running_mean_keeps_a_constant_and_leaves_out_what_is_missing():
    assert running_mean(np.full(9, 2.5), 5).tolist() == [2.5] * 9
    values = np.array([1.0, np.nan, 3.0])
    found = running_mean(values, 3)
    assert found[0] == 1.0
    assert np.isnan(found[1])
    assert found[2] == 3.0

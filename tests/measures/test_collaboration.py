import networkx
import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.collaboration import (
    communities,
    cross_sector_share,
    e_i_index,
    mixing,
    mixing_matrix,
    modularity,
    sector_assortativity,
)
from tests.measures.graphs import karate_club, random_graphs, ties_of

every_shape = pytest.mark.parametrize("graph", random_graphs(), ids=str)


def some_labels(graph):
    return np.random.default_rng(len(graph)).integers(0, 3, len(graph))


def test_the_karate_club_split_as_published():
    graph, faction = karate_club()
    ties = ties_of(graph)
    assert e_i_index(*ties, faction) == pytest.approx(-0.718, abs=5e-4)
    assert modularity(*ties, faction) == pytest.approx(0.3582, abs=5e-5)
    assert cross_sector_share(*ties, faction) == pytest.approx(11 / 78)


@every_shape
def test_mixing_agrees_with_networkx(graph):
    labels = some_labels(graph)
    networkx.set_node_attributes(graph, dict(enumerate(labels.tolist())), "sector")
    ties = ties_of(graph)
    parts = [set(np.flatnonzero(labels == label).tolist()) for label in range(3)]
    assert modularity(*ties, labels) == pytest.approx(networkx.community.modularity(graph, parts), abs=1e-12)
    assert sector_assortativity(*ties, labels) == pytest.approx(
        networkx.attribute_assortativity_coefficient(graph, "sector")
    )


@every_shape
def test_all_mixing_measures_follow_from_the_mixing_matrix(graph):
    labels = some_labels(graph)
    e = mixing_matrix(*ties_of(graph), labels, 3)
    assert e.sum() == pytest.approx(1)
    assert np.array_equal(e, e.T)
    expected = e.sum(axis=0) @ e.sum(axis=0)
    within = np.trace(e)
    assert mixing(*ties_of(graph), labels) == pytest.approx(
        (1 - within, 1 - 2 * within, (within - expected) / (1 - expected), within - expected)
    )


@every_shape
def test_neither_numbering_nor_names_of_labels_matter(graph):
    labels = some_labels(graph)
    order = np.random.default_rng(9).permutation(len(graph))
    other = networkx.relabel_nodes(graph, dict(enumerate(order.tolist())))
    moved = np.empty_like(labels)
    moved[order] = np.array([7, 0, 2])[labels]
    assert mixing(*ties_of(other), moved) == pytest.approx(mixing(*ties_of(graph), labels), abs=1e-12)


def test_separate_sectors_mix_not_at_all_and_two_sided_ties_mix_fully():
    apart = networkx.disjoint_union(networkx.complete_graph(4), networkx.complete_graph(4))
    found = mixing(*ties_of(apart), np.repeat([0, 1], 4))
    assert found == pytest.approx((0.0, -1.0, 1.0, 0.5))
    two_sided = networkx.complete_bipartite_graph(4, 4)
    assert mixing(*ties_of(two_sided), np.repeat([0, 1], 4)) == pytest.approx((1.0, 1.0, -1.0, -0.5))


def test_without_ties_mixing_is_missing():
    nothing = np.zeros(4, dtype=np.int64), np.array([], dtype=np.int64)
    assert np.isnan(mixing(*nothing, np.array([0, 1, 2]))).all()
    assert np.isnan(mixing_matrix(*nothing, np.array([0, 1, 2]), 3)).all()
    assert np.isnan(communities(*nothing)[1])


def test_with_one_sector_assortativity_is_missing_but_shares_are_not():
    found = mixing(*ties_of(networkx.complete_graph(5)), np.zeros(5, dtype=np.int64))
    assert np.isnan(found.sector_assortativity)
    assert (found.cross_sector_share, found.e_i_index, found.modularity) == (0.0, -1.0, 0.0)


def test_ties_of_organisations_without_a_sector_are_left_out():
    graph = networkx.gnm_random_graph(30, 90, seed=6)
    labels = some_labels(graph)
    labels[:7] = -1
    rest = networkx.convert_node_labels_to_integers(graph.subgraph(range(7, 30)), ordering="sorted")
    assert mixing(*ties_of(graph), labels) == pytest.approx(mixing(*ties_of(rest), labels[7:]))
    assert np.allclose(mixing_matrix(*ties_of(graph), labels, 3), mixing_matrix(*ties_of(rest), labels[7:], 3))


def test_communities_are_found_again_where_they_are_plain():
    graph = networkx.connected_caveman_graph(4, 6)
    labels, quality = communities(*ties_of(graph))
    assert sorted(np.bincount(labels)) == [6, 6, 6, 6]
    assert quality == pytest.approx(modularity(*ties_of(graph), labels))
    assert [len(set(labels[6 * c : 6 * c + 6])) for c in range(4)] == [1, 1, 1, 1]


def test_the_same_seed_finds_the_same_communities_better_than_the_faction():
    graph, faction = karate_club()
    ties = ties_of(graph)
    labels, quality = communities(*ties, seed=3)
    again, _ = communities(*ties, seed=3)
    assert np.array_equal(labels, again)
    assert modularity(*ties, faction) < quality <= 0.4198 + 1e-4


def test_a_label_is_needed_for_everyone():
    with pytest.raises(InputError, match="one label for each"):
        mixing(*ties_of(networkx.path_graph(3)), np.array([0, 1]))

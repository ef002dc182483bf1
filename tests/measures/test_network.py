import itertools

import networkx
import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.network import (
    _triangles,
    clustering,
    coreness,
    coreness_max,
    degree_assortativity,
    giant_component,
    transitivity,
)
from tests.measures.graphs import karate_club, random_graphs, ties_of

every_shape = pytest.mark.parametrize("graph", random_graphs(), ids=str)
NOBODY = (np.array([0]), np.array([], dtype=np.int64))
NO_TIES = (np.zeros(6, dtype=np.int64), np.array([], dtype=np.int64))


@every_shape
def test_clustering_agrees_with_networkx(graph):
    assert clustering(*ties_of(graph)) == pytest.approx(networkx.average_clustering(graph))
    assert transitivity(*ties_of(graph)) == pytest.approx(networkx.transitivity(graph))


@every_shape
def test_coreness_agrees_with_networkx(graph):
    expected = networkx.core_number(graph)
    assert coreness(*ties_of(graph)).tolist() == [expected[i] for i in range(len(graph))]
    assert coreness_max(*ties_of(graph)) == max(expected.values())


@every_shape
def test_giant_component_agrees_with_networkx(graph):
    largest = max(networkx.connected_components(graph), key=len)
    assert giant_component(*ties_of(graph)) == pytest.approx(len(largest) / len(graph))


def test_the_largest_component_is_found_wherever_it_stands():
    for sizes in ((2, 5, 3), (5, 2, 3), (3, 1, 2, 6)):
        graph = networkx.disjoint_union_all([networkx.path_graph(size) for size in sizes])
        assert giant_component(*ties_of(graph)) == pytest.approx(max(sizes) / sum(sizes))


@every_shape
def test_degree_assortativity_is_the_correlation_over_ends_of_ties(graph):
    first_tie, partner = ties_of(graph)
    degrees = np.diff(first_tie).astype(float)
    ends = np.repeat(degrees, np.diff(first_tie)), degrees[partner]
    if np.ptp(ends[0]) == 0:
        assert np.isnan(degree_assortativity(first_tie, partner))
    else:
        assert degree_assortativity(first_tie, partner) == pytest.approx(np.corrcoef(*ends)[0, 1])
        assert degree_assortativity(first_tie, partner) == pytest.approx(
            networkx.degree_assortativity_coefficient(graph)
        )


def test_the_karate_club_has_its_published_shape():
    ties = ties_of(karate_club()[0])
    assert clustering(*ties) == pytest.approx(0.5706, abs=1e-4)
    assert transitivity(*ties) == pytest.approx(0.2557, abs=1e-4)
    assert degree_assortativity(*ties) == pytest.approx(-0.4756, abs=1e-4)


def test_a_star_is_as_disassortative_as_can_be_and_unclustered():
    star = ties_of(networkx.star_graph(5))
    assert degree_assortativity(*star) == pytest.approx(-1)
    assert clustering(*star) == 0


@every_shape
def test_numbering_of_organisations_does_not_matter(graph):
    shuffled = np.random.default_rng(9).permutation(len(graph))
    other = networkx.relabel_nodes(graph, dict(enumerate(shuffled.tolist())))
    for measure in (clustering, transitivity, degree_assortativity, giant_component, coreness_max):
        assert measure(*ties_of(other)) == pytest.approx(measure(*ties_of(graph)), abs=1e-12, nan_ok=True)


def test_the_order_of_partners_does_not_matter():
    first_tie, partner = ties_of(random_graphs()[3])
    turned = np.concatenate([partner[a:b][::-1] for a, b in itertools.pairwise(first_tie)])
    for measure in (clustering, transitivity, degree_assortativity, giant_component, coreness_max):
        assert measure(first_tie, turned) == pytest.approx(measure(first_tie, partner), abs=1e-12)


def test_where_nothing_can_be_said_the_measure_is_missing():
    for measure in (clustering, transitivity, degree_assortativity):
        assert np.isnan(measure(*NO_TIES))
        assert np.isnan(measure(*NOBODY))
    assert np.isnan(clustering(*ties_of(networkx.path_graph(2))))
    assert np.isnan(giant_component(*NOBODY))
    assert np.isnan(coreness_max(*NOBODY))


def test_without_ties_everyone_is_alone():
    assert giant_component(*NO_TIES) == pytest.approx(1 / 5)
    assert coreness_max(*NO_TIES) == 0


def test_ties_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="first_tie"):
        clustering(np.array([0, 1, 3]), np.array([1, 0]))


@pytest.mark.parametrize("n", [2, 63, 64, 65, 512, 513])
def test_triangles_are_all_counted_once_whatever_the_number_of_organisations(n):
    """Up to 512 organisations they are counted by bits, beyond by marks."""
    graph = networkx.gnm_random_graph(n, min(4 * n, n * (n - 1) // 2), seed=n)
    triangles = networkx.triangles(graph)
    assert _triangles(*ties_of(graph)).tolist() == [triangles[i] for i in range(n)]

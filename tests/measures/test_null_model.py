"""The chain of swaps must visit every simple network with the given degrees equally often."""

from itertools import combinations, pairwise

import networkx
import numpy as np
import pytest
from scipy.stats import chi2, norm

from ecosim.errors import InputError
from ecosim.measures import null_model
from ecosim.measures.collaboration import mixing
from ecosim.measures.network import clustering, degree_assortativity
from ecosim.measures.null_model import STATISTICS, null_networks, z_scores
from ecosim.rng import stream
from tests.measures.graphs import graph_of, karate_club, random_graphs, ties_of

FALSE_ALARM = 1e-6
KEY = stream(11, "null").key(0)


def every_network_with_degrees(degrees):
    """Return the ties of each simple network with these degrees, by trying all sets of ties."""
    n = len(degrees)
    pairs = list(combinations(range(n), 2))
    return [
        ties
        for ties in combinations(pairs, sum(degrees) // 2)
        if np.array_equal(np.bincount(np.ravel(ties), minlength=n), degrees)
    ]


def as_set_of_ties(first_tie, partner):
    return tuple(sorted(tuple(sorted(tie)) for tie in graph_of(first_tie, partner).edges))


def start(networks, n):
    graph = networkx.empty_graph(n)
    graph.add_edges_from(networks[0])
    return ties_of(graph)


@pytest.mark.parametrize(
    "degrees", [(2, 2, 1, 1), (2, 2, 2, 1, 1), (3, 2, 2, 2, 1), (2, 2, 2, 2, 2, 2), (3, 3, 2, 2, 1, 1)]
)
@pytest.mark.parametrize("largest_table", [0, 2048])
def test_every_network_with_these_degrees_is_equally_likely(degrees, largest_table, monkeypatch):
    """Chi-square over all networks; it would see a network that is left out, or twice as likely as the others.

    Samples are 50 swaps a tie apart, so that they are independent. The chain starts elsewhere for each way to look
    up ties, with the table of pairs and without.
    """
    monkeypatch.setattr(null_model, "SWAPS_PER_TIE", 50)
    if largest_table == 0:
        monkeypatch.setattr(null_model, "_table", lambda first_tie, partner, owner: np.zeros(0, np.bool_))
    networks = every_network_with_degrees(degrees)
    first_tie, partner = start(networks, len(degrees))
    visits = dict.fromkeys(networks, 0)
    samples = 60 * len(networks)
    for drawn in null_networks(first_tie, partner, samples, stream(12, str(degrees)).key(largest_table)):
        visits[as_set_of_ties(first_tie, drawn)] += 1
    expected = samples / len(networks)
    statistic = sum((count - expected) ** 2 / expected for count in visits.values())
    assert len(visits) == len(networks)
    assert statistic < chi2.isf(FALSE_ALARM, len(networks) - 1)


def test_the_mean_and_spread_over_the_null_are_those_of_all_networks():
    """Over 6000 samples; a mean off by a tenth of the null's spread would be seen."""
    degrees, labels, samples = (3, 3, 2, 2, 1, 1), np.array([0, 0, 1, 1, 0, 1]), 6000
    networks = every_network_with_degrees(degrees)
    every = []
    for ties in networks:
        graph = networkx.empty_graph(6)
        graph.add_edges_from(ties)
        csr = ties_of(graph)
        every.append([*mixing(*csr, labels), clustering(*csr), degree_assortativity(*csr)])
    names = (*STATISTICS[:4], "clustering", "degree_assortativity")
    found = z_scores(*start(networks, 6), labels, samples, KEY, statistics=names)
    for name, values in zip(names, np.transpose(every), strict=True):
        deviation = values.std()
        tolerance = norm.isf(FALSE_ALARM / 2) * deviation / np.sqrt(samples) * 1.2  # samples are slightly correlated
        assert found[name].mean == pytest.approx(values.mean(), abs=tolerance)
        assert found[name].deviation == pytest.approx(deviation, rel=0.1)
        assert tolerance < 0.1 * deviation


def test_the_karate_club_is_split_by_faction_far_beyond_chance():
    """z about −8; at 1000 samples its standard error is .18, so ±1 is five of them."""
    graph, faction = karate_club()
    found = z_scores(*ties_of(graph), faction, 1000, KEY)
    assert found["e_i_index"].observed == pytest.approx(-0.718, abs=5e-4)
    assert found["e_i_index"].z == pytest.approx(-8, abs=1)
    assert found["modularity"].z == pytest.approx(-found["e_i_index"].z)
    assert found["sector_assortativity"].z == pytest.approx(-found["cross_sector_share"].z)
    assert np.isnan(found["giant_component"].z) or abs(found["giant_component"].z) < 1


@pytest.mark.parametrize("graph", random_graphs(), ids=str)
def test_swaps_keep_degrees_and_a_simple_network(graph):
    first_tie, partner = ties_of(graph)
    given = partner.copy()
    for drawn in null_networks(first_tie, partner, 3, KEY):
        shuffled = graph_of(first_tie, drawn)
        assert [shuffled.degree[i] for i in range(len(graph))] == np.diff(first_tie).tolist()
        assert networkx.number_of_selfloops(shuffled) == 0
        assert 2 * shuffled.number_of_edges() == partner.size
        sets = [set(drawn[a:b].tolist()) for a, b in pairwise(first_tie)]
        assert all(i in sets[j] for i in range(len(sets)) for j in sets[i])
    assert np.array_equal(partner, given)


def test_large_networks_are_swapped_without_a_table_of_pairs():
    n = null_model.LARGEST_TABLE + 100
    first_tie, partner = ties_of(networkx.barabasi_albert_graph(n, 2, seed=1))
    (drawn,) = null_networks(first_tie, partner, 1, KEY)
    shuffled = graph_of(first_tie, drawn)
    assert [shuffled.degree[i] for i in range(n)] == np.diff(first_tie).tolist()
    kept = np.mean([shuffled.has_edge(i, j) for i in range(n) for j in partner[first_tie[i] : first_tie[i + 1]]])
    assert kept < 0.1


def test_a_null_without_spread_has_no_z():
    graph = networkx.star_graph(6)
    found = z_scores(*ties_of(graph), np.array([0, 1, 0, 1, 0, 1, 0]), 20, KEY)
    for score in found.values():
        assert np.isnan(score.z)
        assert score.deviation == 0
        assert score.mean == pytest.approx(score.observed)


def test_without_ties_observed_null_and_z_are_missing():
    found = z_scores(np.zeros(5, dtype=np.int64), np.array([], dtype=np.int64), np.zeros(4, dtype=np.int64), 5, KEY)
    assert np.isnan(found["clustering"]).all()
    assert np.isnan(found["e_i_index"]).all()
    assert found["giant_component"].observed == pytest.approx(1 / 4)


def test_the_same_key_gives_the_same_null_and_another_key_another():
    graph, faction = karate_club()
    one, same = (z_scores(*ties_of(graph), faction, 20, KEY) for _ in range(2))
    other = z_scores(*ties_of(graph), faction, 20, stream(11, "null").key(1))
    assert np.array_equal(list(one.values()), list(same.values()), equal_nan=True)
    assert one["clustering"].mean != other["clustering"].mean


def test_only_the_measures_asked_for_are_scored():
    graph, faction = karate_club()
    assert list(z_scores(*ties_of(graph), faction, 5, KEY, statistics=["clustering"])) == ["clustering"]


def test_what_is_no_simple_network_is_refused():
    for first_tie, partner in [
        ([0, 1, 2], [0, 1]),  # to oneself
        ([0, 2, 4], [1, 1, 0, 0]),  # twice
        ([0, 1, 1], [1]),  # at one end only
        ([0, 2, 3, 4], [2, 1, 0, 0]),  # unsorted
        ([0, 1, 2], [5, 0]),  # nobody of that number
    ]:
        with pytest.raises(InputError, match="partner"):
            list(null_networks(np.array(first_tie), np.array(partner), 1, KEY))


def test_unknown_names_and_too_few_samples_are_refused_at_once():
    graph, faction = karate_club()
    with pytest.raises(InputError) as refusal:
        z_scores(*ties_of(graph), faction, 1, KEY, statistics=["clusterin"])
    assert "did you mean 'clustering'" in str(refusal.value)
    assert len(refusal.value.faults) == 2

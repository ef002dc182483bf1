"""Regions of one culture, and whether anything can still change them, on networks small enough to count by hand."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.measures.culture import active_ties, regions
from ecosim.world.labels import Labels
from ecosim.world.world import World


def society(culture, ties):
    culture = np.asarray(culture)
    world = World(Labels(culture=culture.shape[1]), len(culture), ("culture",))
    world.culture[:] = culture
    world.add_ties(np.asarray(ties, np.int64).reshape(-1, 2))
    world.commit()
    return world


def test_a_tie_is_active_where_some_traits_are_shared_and_some_are_not():
    world = society([[0, 0], [0, 1], [1, 0], [0, 0]], [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert active_ties(world) == 2 / 4  # (0, 1) and (2, 3); (1, 2) shares nothing, (0, 3) everything


def test_regions_are_connected_and_of_one_culture():
    culture = [[0, 0], [0, 0], [0, 1], [0, 0], [0, 1]]
    assert regions(society(culture, [(0, 1), (1, 2), (2, 3), (3, 4)])) == (4.0, 2 / 5)
    assert regions(society(culture, [(0, 1), (1, 3), (2, 4)])) == (2.0, 3 / 5)


@given(st.integers(1, 25), st.integers(0, 60), st.integers(0, 999))
def test_regions_are_the_connected_parts_of_the_ties_between_equals(n, ties, seed):
    draw = np.random.default_rng(seed)
    culture, pairs = draw.integers(0, 2, (n, 2)), draw.integers(0, n, (ties, 2))
    world = society(culture, pairs[pairs[:, 0] != pairs[:, 1]])
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((i, j) for i, j in world.ends.tolist() if (culture[i] == culture[j]).all())
    parts = [len(part) for part in nx.connected_components(graph)]
    assert regions(world) == (len(parts), pytest.approx(max(parts) / n))


def test_without_ties_nothing_is_active_or_not_and_without_organisations_there_is_no_region():
    assert np.isnan(active_ties(society([[0], [1]], [])))
    assert np.isnan(regions(society(np.empty((0, 2)), []))).all()

"""Half-edges: both ends of every tie, in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecosim.kernels import kernel
from ecosim.world.lookup import find_half_edge
from ecosim.world.relationships import half_edges, lower_first


@kernel
def found(first_tie, partner, n):
    answer = np.empty((n, n), np.int64)
    for i in range(n):
        for j in range(n):
            answer[i, j] = find_half_edge(first_tie, partner, i, j)
    return answer


@given(n=st.integers(0, 12), pairs=st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11))), data=st.data())
def test_half_edges_are_the_adjacency_of_the_ties_in_any_order(n, pairs, data):
    pairs = data.draw(st.permutations(sorted({(i, j) for i, j in pairs if i < j < n})))
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    first, partner, tie = half_edges(ends, n)
    assert partner.size == tie.size == first[-1] == 2 * len(pairs)
    for i in range(n):
        mine = slice(first[i], first[i + 1])
        assert partner[mine].tolist() == sorted(k + j - i for k, j in pairs if i in (k, j))
        assert all(sorted((i, j)) == ends[t].tolist() for j, t in zip(partner[mine], tie[mine], strict=True))
    answer = found(first, partner, n)
    for i in range(n):
        for j in range(n):
            tied = (min(i, j), max(i, j)) in pairs and i != j
            assert (answer[i, j] >= 0) == tied
            if tied:
                assert first[i] <= answer[i, j] < first[i + 1]
                assert partner[answer[i, j]] == j


def test_an_organisation_without_ties_has_an_empty_list():
    first, partner, _ = half_edges(np.array([[1, 3]], np.int32), 5)
    assert first.tolist() == [0, 0, 1, 1, 2, 2]
    assert partner.tolist() == [3, 1]


def test_turning_a_pair_turns_its_two_sided_values_and_no_others():
    pairs = np.array([[4, 1], [0, 2]], np.int32)
    trust, bond = np.array([[0.4, 0.1], [0.0, 0.2]]), np.array([0.5, 0.6])
    turned, values = lower_first(pairs, 5, {"trust": trust, "bond": bond, "affect": 0.3})
    assert turned.tolist() == [[1, 4], [0, 2]]
    assert values["trust"].tolist() == [[0.1, 0.4], [0.0, 0.2]]
    assert values["bond"].tolist() == [0.5, 0.6]
    assert values["affect"] == 0.3
    assert trust.tolist() == [[0.4, 0.1], [0.0, 0.2]]
    assert pairs.tolist() == [[4, 1], [0, 2]]

"""A small vocabulary for tests about ties."""

import networkx
import numpy as np


def ties_of(graph):
    """Return a networkx graph's ties as half-edges in CSR, nodes in the order 0…n−1."""
    rows = [sorted(graph[i]) for i in range(graph.number_of_nodes())]
    first_tie = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    return first_tie, np.array([j for row in rows for j in row], dtype=np.int64)


def graph_of(first_tie, partner):
    """Return half-edges in CSR as a networkx graph."""
    graph = networkx.empty_graph(first_tie.size - 1)
    graph.add_edges_from(
        (i, int(j)) for i in range(first_tie.size - 1) for j in partner[first_tie[i] : first_tie[i + 1]]
    )
    return graph


def karate_club():
    """Return Zachary's karate club as (graph, faction of each member)."""
    graph = networkx.karate_club_graph()
    return graph, np.array([int(graph.nodes[i]["club"] == "Officer") for i in graph])


def random_graphs():
    """Return networks of many shapes: sparse, dense, hubs, lattices, small worlds, with isolates."""
    return [
        networkx.gnm_random_graph(40, 60, seed=1),
        networkx.gnm_random_graph(30, 300, seed=2),
        networkx.gnm_random_graph(60, 20, seed=3),
        networkx.barabasi_albert_graph(80, 3, seed=4),
        networkx.watts_strogatz_graph(50, 6, 0.2, seed=5),
        networkx.star_graph(12),
        networkx.complete_graph(9),
        networkx.barbell_graph(6, 3),
        networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(5, 6)),
    ]

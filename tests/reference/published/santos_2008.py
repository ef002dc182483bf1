"""Santos, Santos & Pacheco (2008) with NumPy and NetworkX; prints what ``ecosim verify`` holds ours against.

``python tests/reference/published/santos_2008.py`` takes some minutes.
"""

import networkx as nx
import numpy as np

PEOPLE, DEGREE = 500, 4


def network(kind, rng, people=PEOPLE):
    """Return the matrix of ties (people, people): a ring, or one grown from a complete core of three."""
    if kind == "ring":
        graph = nx.circulant_graph(people, [1, 2])
    else:
        core = nx.complete_graph(DEGREE // 2 + 1)
        seed = int(rng.integers(2**31))
        graph = nx.barabasi_albert_graph(people, DEGREE // 2, seed=seed, initial_graph=core)
    return nx.to_scipy_sparse_array(graph, nodelist=range(people), format="csr")


def cooperation(kind, cost_per, multiplication, rng, settling=10_000, measured=1_000, people=PEOPLE):
    """Return the share of co-operators, a mean over the last generations."""
    ties = network(kind, rng, people)
    degree = np.diff(ties.indptr)
    gives = rng.random(people) < 0.5
    paid_each = np.ones(people) if cost_per == "game" else 1.0 / (degree + 1)
    total = 0.0
    for generation in range(settling + measured):
        put_in = paid_each * gives
        pot = multiplication * (put_in + ties @ put_in) / (degree + 1)
        payoff = pot + ties @ pot - put_in * (degree + 1)
        model = ties.indices[ties.indptr[:-1] + (rng.random(people) * degree).astype(int)]
        widest = payoff.max() - payoff.min()
        copies = rng.random(people) * widest < payoff[model] - payoff
        gives = np.where(copies, gives[model], gives)
        total += gives.mean() if generation >= settling else 0.0
    return total / measured


if __name__ == "__main__":
    for kind, cost_per, relative in (
        ("ring", "game", 0.78),
        ("ring", "game", 0.9),
        ("scale_free", "game", 0.57),
        ("scale_free", "game", 0.8),
        ("scale_free", "individual", 0.28),
        ("scale_free", "individual", 0.5),
    ):
        rng = np.random.default_rng(1)
        found = [cooperation(kind, cost_per, relative * (DEGREE + 1), rng) for _ in range(60)]
        error = np.std(found, ddof=1) / len(found) ** 0.5
        print(f"{kind}, per {cost_per}, r/5 = {relative}: {np.mean(found):.4f} ± {error:.4f} (60 runs)", flush=True)

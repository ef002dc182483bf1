"""Santos, Santos & Pacheco (2008) with NumPy and NetworkX; prints what ``ecosim verify`` holds ours against.

``python tests/reference/published/santos_2008.py`` makes 200 runs of each setting, in about an hour of one core;
``scale_free/game`` and the like as arguments choose among them.
"""

import sys

import networkx as nx
import numpy as np
from scipy import sparse

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


def cooperation(kind, cost_per, multiplication, rng, runs, settling=10_000, measured=1_000, people=PEOPLE):
    """Return the share of co-operators in each of some runs (runs,), a mean over the last generations.

    The runs, each on a network of its own, are the unconnected parts of one large network.
    """
    ties = sparse.block_diag([network(kind, rng, people) for _ in range(runs)], format="csr")
    degree = np.diff(ties.indptr)
    gives = rng.random(runs * people) < 0.5
    paid_each = np.ones(runs * people) if cost_per == "game" else 1.0 / (degree + 1)
    total = np.zeros(runs)
    for generation in range(settling + measured):
        put_in = paid_each * gives
        pot = multiplication * (put_in + ties @ put_in) / (degree + 1)
        payoff = pot + ties @ pot - put_in * (degree + 1)
        model = ties.indices[ties.indptr[:-1] + (rng.random(runs * people) * degree).astype(int)]
        by_run = payoff.reshape(runs, people)
        widest = np.repeat(by_run.max(axis=1) - by_run.min(axis=1), people)
        copies = rng.random(runs * people) * widest < payoff[model] - payoff
        gives = np.where(copies, gives[model], gives)
        if generation >= settling:
            total += gives.reshape(runs, people).mean(axis=1)
    return total / measured


SETTINGS = (
    ("scale_free", "game", (0.5, 0.57, 0.6, 0.7, 0.8)),
    ("scale_free", "individual", (0.2, 0.28, 0.3, 0.4, 0.5)),
    ("ring", "game", (0.75, 0.78, 0.8, 0.85, 0.9)),
)
RUNS = 200


def main():
    """Print the mean share and its standard error for each setting, each by luck of its own."""
    for kind, cost_per, multiplications in SETTINGS:
        if sys.argv[1:] and f"{kind}/{cost_per}" not in sys.argv[1:]:
            continue
        for relative in multiplications:
            rng = np.random.default_rng([1, round(100 * relative)])
            found = cooperation(kind, cost_per, relative * (DEGREE + 1), rng, RUNS)
            error = found.std(ddof=1) / RUNS**0.5
            print(f"{kind}, per {cost_per}, r/5 = {relative}: {found.mean():.4f} ± {error:.4f}", flush=True)


if __name__ == "__main__":
    main()

"""Parallel problem solving on NK landscapes in plain NumPy, as Lazer & Friedman (2007) tell it: slow, and obvious.

``python tests/reference/published/lazer_2007.py`` prints what ``ecosim verify`` holds ours against; it takes some minutes.
"""

import networkx as nx
import numpy as np


class Landscape:
    """F(x) = (1/N) Σ of contributions, each of one bit and K others; the score is (F / greatest F) ** 8."""

    def __init__(self, bits, others, draw):
        self.contribution = draw.random((bits, 2 ** (others + 1)))
        self.depends = np.array(
            [[i, *draw.choice(np.delete(np.arange(bits), i), others, replace=False)] for i in range(bits)]
        )
        every = (np.arange(2**bits)[:, None] >> np.arange(bits) & 1).astype(np.int64)
        self.highest = self.fitness(every).max()

    def fitness(self, solutions):
        weights = 2 ** np.arange(self.depends.shape[1])
        total = np.zeros(len(solutions))
        for bit, depends in enumerate(self.depends):
            total += self.contribution[bit, solutions[:, depends] @ weights]
        return total / len(self.depends)

    def score(self, solutions):
        return (self.fitness(solutions) / self.highest) ** 8


def mean_scores(graph, landscape, rounds, draw):
    """Return the mean score at each round (rounds + 1,), from random solutions on.

    In a round everyone looks at all partners, as they were, and copies the best of them if it is better; who has none
    that is better flips one bit, and keeps it flipped if that is better.
    """
    partners = [np.array(list(graph[i])) for i in range(len(graph))]
    bits = len(landscape.depends)
    solutions = draw.integers(2, size=(len(graph), bits))
    scores = landscape.score(solutions)
    means = [scores.mean()]
    for _ in range(rounds):
        following = solutions.copy()
        tried = solutions.copy()
        tried[np.arange(len(graph)), draw.integers(bits, size=len(graph))] ^= 1
        tried_scores = landscape.score(tried)
        for i, friends in enumerate(partners):
            best = friends[scores[friends].argmax()]
            if scores[best] > scores[i]:
                following[i] = solutions[best]
            elif tried_scores[i] > scores[i]:
                following[i] = tried[i]
        solutions, scores = following, landscape.score(following)
        means.append(scores.mean())
    return np.array(means)


def line(n):
    return nx.path_graph(n)


class Adjacent(Landscape):
    """The same, where a bit's contribution depends on those that follow it on a circle."""

    def __init__(self, bits, others, draw):
        super().__init__(bits, others, draw)
        self.depends = np.array([[(i + k) % bits for k in range(others + 1)] for i in range(bits)])
        every = (np.arange(2**bits)[:, None] >> np.arange(bits) & 1).astype(np.int64)
        self.highest = self.fitness(every).max()


def main():
    """Print mean scores and standard errors over landscapes, at rounds 5, 20 and 200."""
    for kind, bits, others, landscapes in ((Landscape, 12, 3, 200), (Adjacent, 12, 8, 200), (Landscape, 20, 5, 60)):
        scores = {"linear": [], "full": []}
        for seed in range(landscapes):
            draw = np.random.default_rng(seed)
            landscape = kind(bits, others, draw)
            for name, graph in (("linear", line(100)), ("full", nx.complete_graph(100))):
                scores[name].append(mean_scores(graph, landscape, 200, draw)[[5, 20, 200]])
        for name, values in scores.items():
            error = np.std(values, axis=0, ddof=1) / np.sqrt(landscapes)
            print(kind.__name__, bits, others, name, np.mean(values, axis=0).round(4), error.round(4), flush=True)


if __name__ == "__main__":
    main()

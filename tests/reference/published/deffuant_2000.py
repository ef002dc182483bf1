"""Deffuant et al. (2000) in plain Python, one pair after the other; prints what ``ecosim verify`` holds ours against.

``python tests/reference/published/deffuant_2000.py`` takes some minutes.
"""

import random
import statistics
from itertools import pairwise

PEOPLE = 1000


def final_opinions(tolerance, seed, meetings=2_000_000, people=PEOPLE, share=0.5):
    """Return opinions in [0, 1] after so many meetings of two, drawn anew each time."""
    luck = random.Random(seed)
    opinions = [luck.random() for _ in range(people)]
    for _ in range(meetings):
        i, j = int(people * luck.random()), int(people * luck.random())
        if i == j:
            continue
        apart = opinions[j] - opinions[i]
        if abs(apart) <= tolerance:
            opinions[i] += share * apart
            opinions[j] -= share * apart
    return opinions


def camps(opinions, tolerance):
    """Return how many camps there are, parted by gaps wider than the tolerance, of at least 1 % of all."""
    ordered = sorted(opinions)
    sizes = [1]
    for before, after in pairwise(ordered):
        if after - before > tolerance:
            sizes.append(0)
        sizes[-1] += 1
    return sum(size >= 0.01 * len(ordered) for size in sizes)


if __name__ == "__main__":
    for tolerance in (0.12, 0.18):
        counts = [camps(final_opinions(tolerance, seed), tolerance) for seed in range(60)]
        error = statistics.stdev(counts) / len(counts) ** 0.5
        print(f"tolerance {tolerance}: {statistics.mean(counts):.4f} ± {error:.4f} ({len(counts)} runs)", flush=True)

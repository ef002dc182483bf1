"""Hegselmann & Krause (2002) with a matrix of who hears whom; prints what ``ecosim verify`` holds ours against."""

import numpy as np

PEOPLE = 625


def final_opinions(tolerance, rng, ticks=80, people=PEOPLE):
    """Return opinions in [0, 1] when nobody moves any more, or after so many ticks."""
    opinions = rng.random(people)
    for _ in range(ticks):
        hears = np.abs(opinions[:, None] - opinions[None, :]) <= tolerance
        following = hears @ opinions / hears.sum(axis=1)
        if np.abs(following - opinions).max() < 1e-12:
            break
        opinions = following
    return opinions


def camps(opinions, tolerance):
    """Return how many camps there are, of any size, parted by gaps wider than the tolerance."""
    return 1 + int((np.diff(np.sort(opinions)) > tolerance).sum())


if __name__ == "__main__":
    for tolerance in (0.01, 0.05, 0.1, 0.15, 0.18, 0.25):
        rng = np.random.default_rng(1)
        counts = [camps(final_opinions(tolerance, rng), tolerance) for _ in range(200)]
        error = np.std(counts, ddof=1) / len(counts) ** 0.5
        print(f"tolerance {tolerance}: {np.mean(counts):.4f} ± {error:.4f} ({len(counts)} runs)", flush=True)

"""Axelrod, Daymude & Forrest (2021) in plain Python; prints what ``ecosim verify`` holds ours against.

``python tests/reference/published/axelrod_2021.py`` takes some minutes.
"""

import random
import statistics

PEOPLE = 100


def final_variance(tolerance, seed, steps=1_000_000, exposure=0.1, responsiveness=0.25, people=PEOPLE):
    """Return the variance (over all, not its estimate) of opinions in [0, 1] after so many encounters."""
    luck = random.Random(seed)
    opinions = [truncated(luck) for _ in range(people)]
    for _ in range(steps):
        i = int(people * luck.random())
        j = int((people - 1) * luck.random())
        j += j >= i
        apart = opinions[j] - opinions[i]
        if luck.random() >= 0.5 ** (abs(apart) / exposure):
            continue
        step = responsiveness * apart if abs(apart) <= tolerance else -responsiveness * apart
        opinions[i] = min(1.0, max(0.0, opinions[i] + step))
    return statistics.pvariance(opinions)


def truncated(luck):
    """Return a normal number of mean 0.5 and deviation 0.2, drawn again where it lies outside [0, 1]."""
    while True:
        number = luck.gauss(0.5, 0.2)
        if 0.0 <= number <= 1.0:
            return number


if __name__ == "__main__":
    for tolerance in (0.1, 0.2, 0.28, 0.3, 0.45):
        found = [final_variance(tolerance, seed) for seed in range(60)]
        error = statistics.stdev(found) / len(found) ** 0.5
        print(f"tolerance {tolerance}: {statistics.mean(found):.4f} ± {error:.4f} ({len(found)} runs)", flush=True)

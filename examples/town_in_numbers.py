"""What the scenario town does, over many seeds: the table of the README.

Run it: ``python examples/town_in_numbers.py``. Each row is the mean over seeds and, in brackets, the range that holds
nine runs in ten, of the mean over the second half of a run.
"""

import itertools

import numpy as np
import pandas as pd

import ecosim
from ecosim.settings import Settings

SEEDS = range(1001, 1041)
SUCCESSES = ("success_business", "success_government", "success_civil_society")
ROWS = {
    "contribution_business": "share of its means that a business puts into common work",
    "contribution_government": "the same, a government body",
    "contribution_civil_society": "the same, a civil-society group",
    "in_coalition_share": "share of organisations in a coalition",
    "coalition_mixed_share": "share of coalitions across sectors",
    "coalition_size_mean": "members of a coalition",
    "cross_sector_share": "share of relationships across sectors",
    "cross_sector_share_z": "the same, in standard deviations above chance, at the end",
    "win_win_share": "share of relationships in which both sides gain",
    "dispersion": "mean distance from the average opinion",
    "gini_capital": "Gini coefficient of capital",
    "severity_mean": "mean severity of the issues",
}


def later(settings: Settings, seed: int) -> dict[str, float]:
    """Return the means over the second half of a run, and how the successes of the sectors go together in it."""
    model = ecosim.Ecosystem(settings, rng=seed)
    model.run()
    half = pd.DataFrame(model.recorder.series()).query("tick > tick.max() / 2")
    told = {name: float(half[name].mean()) for name in ROWS}
    for one, other in itertools.combinations(SUCCESSES, 2):
        pair = f"correlation of {one.removeprefix('success_')} and {other.removeprefix('success_')} success"
        told[pair.replace("_", " ")] = float(half[one].corr(half[other]))
    return told


def main() -> pd.DataFrame:
    """Print the table in Markdown and return a row for each run."""
    settings = ecosim.load("town")
    runs = pd.DataFrame([later(settings, seed) for seed in SEEDS])
    print(f"| second half of {settings.ticks} ticks, {len(SEEDS)} seeds | mean | nine runs in ten |\n|---|--:|--:|")
    for name, values in runs.items():
        low, high = np.quantile(values, [0.05, 0.95])
        print(f"| {ROWS.get(str(name), name)} | {values.mean():.2f} | {low:.2f} to {high:.2f} |")
    return runs


if __name__ == "__main__":
    main()

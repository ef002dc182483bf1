"""What if Acme left? The same past, the same luck, and from tick 60 on three stories.

Run it: ``python examples/coalition_what_if.py``. The organisations are those of ``examples/harbour``, which are invented.
Acme stays; or it leaves its coalitions and keeps its relationships; or it leaves the harbour altogether.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

import ecosim

HARBOUR = Path(__file__).parent / "harbour"
ACME = "Acme Shipping"
SEEDS = range(1, 21)
PAST, FUTURE = 60, 60
MEASURES = ("relationships", "coalitions", "total_value", "severity_mean")

STORIES: dict[str, Callable[[ecosim.Organisation], object]] = {
    "stays": lambda acme: None,
    "leaves its coalitions": lambda acme: acme.leave(),
    "leaves the harbour": lambda acme: acme.remove(),
}


def stories(seed: int) -> dict[str, np.ndarray]:
    """Return, for each story, the mean of each measure over the time after the branching."""
    settings = ecosim.load("town")
    actors = ecosim.actors(settings, HARBOUR / "organisations.csv", HARBOUR / "ties.csv", HARBOUR / "mapping.yaml")
    model = ecosim.Ecosystem(settings, rng=seed, actors=actors)
    model.run(PAST)
    outcome = {}
    for story, happens in STORIES.items():
        with ecosim.branch(model) as what_if:
            happens(what_if.organisations[ACME])
            what_if.run(FUTURE)
            series = what_if.results().series
        outcome[story] = series.loc[series["tick"] > PAST, list(MEASURES)].mean().to_numpy()
    return outcome


def main() -> dict[str, np.ndarray]:
    """Print what each departure changes, over all seeds: mean difference to staying and its 95 % interval."""
    runs = [stories(seed) for seed in SEEDS]
    differences = {story: np.array([run[story] - run["stays"] for run in runs]) for story in STORIES}
    print(f"If {ACME}, instead of staying, …")
    for story in list(STORIES)[1:]:
        mean = differences[story].mean(axis=0)
        half = 2.09 * differences[story].std(axis=0, ddof=1) / np.sqrt(len(SEEDS))  # Student's t, 19 degrees of freedom
        print(f"… {story}:")
        for name, middle, width in zip(MEASURES, mean, half, strict=True):
            print(f"    {name:14} {middle:+8.3f}  [{middle - width:+.3f}, {middle + width:+.3f}]")
    return differences


if __name__ == "__main__":
    main()

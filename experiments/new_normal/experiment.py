"""From what trust on does a transient scare leave a new normal?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.in_words import as_markdown, cells, crossed, crossing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2050
TRUSTS = (0.1, 0.2, 0.3, 0.45, 0.7)
SCARE_AT, CALM_AGAIN = 150, 190
SCARE = f"interventions=[{{do: shock, at: {SCARE_AT}, every: 10, until: {CALM_AGAIN}, of: urgency, add: 4.0}}]"
WORLDS = {
    "chronic": (HERE / "chronic.yaml",),
    "chronic, bonds add nothing": (HERE / "chronic.yaml", "dynamics.production.bond_gain=0.0"),
    "chronic, no generalised trust": (HERE / "chronic.yaml", "dynamics.relationship.general_trust=0.0"),
    "town, problems can be solved": (HERE / "town.yaml",),
}
SEEN = {"contribution_mean": "contribution", "in_coalition_share": "share in coalitions", "trust_mean": "trust"}
KEPT = 0.1
"""Share of the effort won at the height of the scare that must be left, long after, for a new normal."""


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return each series' mean at the height of the scare, and in the last quarter after it."""
    model.run()
    series = model.recorder.series()
    at = min(SCARE_AT, model.tick // 2)
    seen = {}
    for name in SEEN:
        values = np.asarray(series[name], float)
        seen[name] = _mean(values[at + 3 * (values.size - at) // 4 :])
        seen[f"{name} at the height"] = _mean(values[at + 20 : at + 50])
    return seen


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs with and without a scare, by world and by the trust that it begins with."""
    arms = {
        f"{world} | {trust} | {what}": (*base, f"ecosystem.network.trust={trust}", *own)
        for world, base in WORLDS.items()
        for trust in TRUSTS
        for what, own in {"calm": (), "scare": (SCARE,)}.items()
    }
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def lasting(runs: pd.DataFrame, world: str, name: str) -> pd.DataFrame:
    """Return what the scare made of a measure in each replicate (row), by the trust to begin with (column)."""
    import pandas as pd

    table = runs.pivot(index="replicate", columns="scenario", values=name)
    both = {trust: (table[f"{world} | {trust} | scare"], table[f"{world} | {trust} | calm"]) for trust in TRUSTS}
    return pd.DataFrame({trust: scare - calm for trust, (scare, calm) in both.items()})


def told(runs: pd.DataFrame) -> str:
    """Return the tables."""
    head = ["scare less calm, by trust at the start", *(f"{trust:g}" for trust in TRUSTS), "critical trust"]
    rows = []
    for world in WORLDS:
        for name, words in SEEN.items():
            table = lasting(runs, world, name)
            rows.append(
                [f"{world}: {words}", *cells(table, 3), _critical(runs, world) if name == "contribution_mean" else ""]
            )
        height = lasting(runs, world, "contribution_mean at the height")
        rows.append([f"{world}: contribution at the height", *(f"+{height[trust].mean():.3f}" for trust in TRUSTS), ""])
    return as_markdown(head, rows)


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: what is left of the effort, by the trust to begin with."""
    with explained(
        8.0,
        5.0,
        "What a scare leaves behind",
        "Urgency is shaken from tick 150 to 190, and then forgotten with a lag of 12 ticks. Mean contribution 300 to "
        "400 ticks after the scare began, less that of the same town without it. Bands: 95 % intervals.",
    ) as drawn:
        axes = drawn.subplots()
        left = {world: lasting(runs, world, "contribution_mean") for world in WORLDS}
        bands(axes, TRUSTS, {world: [interval(table[trust]) for trust in TRUSTS] for world, table in left.items()})
        no_difference(axes)
        axes.set_xlabel("trust at the start")
        axes.set_ylabel("contribution left by a scare that is over")
        axes.legend()
    return drawn


def _mean(values: np.ndarray) -> float:
    """Return the mean; where nobody is tied for a while, there is no trust to count."""
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _critical(runs: pd.DataFrame, world: str) -> str:
    """Return the trust from which on a tenth of what the scare won is left."""
    left, won = (lasting(runs, world, name) for name in ("contribution_mean", "contribution_mean at the height"))
    return crossed(TRUSTS, crossing(TRUSTS, (left - KEPT * won).to_numpy()))


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

"""When what works changes, do organisations that go on adapting beat those that do not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, late, run_all
from ecosim.experiments.in_words import as_markdown, brackets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2100
DRIFTS = (0.0, 0.001, 0.005, 0.02, 0.05)
TOWN = 0.005
GAPS = {"performance": 3, "success": 3, "capital": 3}
# Set at each tick before work is done: the same quality for all, whatever they know.
NO_QUALITY = "interventions=[{do: set, at: 61, every: 1, column: performance, value: 0.5}]"
VARIANTS = {
    "quality of work is the same for all": (f"+{NO_QUALITY}",),
    "nobody looks at partners": ("+dynamics.learning.looking=0.0",),
    "one in ten goes on": ("dynamics.learning.adapting=0.1",),
    "nine in ten go on": ("dynamics.learning.adapting=0.9",),
}
WHOLE = {"severity": "severity_mean", "total value": "total_value", "success of all": "success_collective"}


def arms() -> dict[str, tuple[str | Path, ...]]:
    """Return the arms: half adapts at each drift; variants at one; everybody against nobody at two."""
    half = HERE / "half.yaml"
    found: dict[str, tuple[str | Path, ...]] = {
        f"drift {drift:g}": (half, f"dynamics.learning.drift={drift}") for drift in DRIFTS
    }
    found |= {label: (half, "dynamics.learning.drift=0.02", *changes) for label, changes in VARIANTS.items()}
    for drift in (0.0, TOWN, 0.02):
        for who, share in (("nobody", 0.0), ("everybody", 1.0)):
            changes = (f"dynamics.learning.drift={drift}", f"dynamics.learning.adapting={share}")
            found[f"{who} {drift:g}"] = (half, *changes)
    return found


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return by how much those who adapt lead, within sectors, over the last third of the run."""
    first, gaps = 2 * model.settings.ticks // 3, []
    while model.tick < model.settings.ticks:
        model.step()
        if model.tick > first and model.tick % 4 == 0:
            gaps.append([gap(model, name) for name in GAPS])
    whole = {label: late(model, measure, first) for label, measure in WHOLE.items()}
    return dict(zip(GAPS, np.mean(gaps, axis=0), strict=True)) | whole


def gap(model: ecosim.Ecosystem, name: str) -> float:
    """Return the mean of those who adapt less that of the others, sector by sector, weighed by the sectors' sizes."""
    world = model.world
    values, total, weight = getattr(world, name), 0.0, 0
    for sector in range(len(world.labels.sectors)):
        here = world.sector == sector
        adapts, settled = here & (world.adapts == 1), here & (world.adapts == 0)
        if adapts.any() and settled.any():
            total += here.sum() * (values[adapts].mean() - values[settled].mean())
            weight += here.sum()
    return float(total / weight) if weight else float("nan")


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run."""
    return run_all(arms(), live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return the tables: what those who adapt are ahead by, and what everybody's adapting does to the whole."""
    groups = runs.groupby("scenario")
    labels = {f"drift {drift:g}": f"half goes on, drift {drift:g}" for drift in DRIFTS}
    labels |= {label: f"{label}, drift 0.02" for label in VARIANTS}
    rows = [
        [words, *(brackets(*interval(groups.get_group(arm)[name]), 3, signed=True) for name in GAPS)]
        for arm, words in labels.items()
    ]
    head = ["those who adapt, less those who do not", *GAPS]
    second = ["everybody adapts, against nobody", *WHOLE]
    whole = []
    for drift in (0.0, TOWN, 0.02):
        cells = []
        for name in WHOLE:
            table = runs.pivot(index="replicate", columns="scenario", values=name)
            nobody, everybody = table[f"nobody {drift:g}"], table[f"everybody {drift:g}"]
            cells.append(f"{brackets(*interval(everybody - nobody), signed=True)} from {nobody.mean():.2f}")
        whole.append([f"drift {drift:g}", *cells])
    return f"{as_markdown(head, rows)}\n\n{as_markdown(second, whole)}"


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: the lead of those who adapt against the drift of the landscape."""
    groups = runs.groupby("scenario")
    with explained(
        8.0,
        4.8,
        "Adapting pays where what works changes",
        "Half of the organisations of one town go on searching after tick 60. Means within sectors over ticks 200 to "
        "300; performance from 0 to 1, success by one's own motive, capital where 1 is typical at the start. Bands: "
        "95 % intervals over replicates.",
    ) as drawn:
        axes = drawn.subplots()
        places = np.arange(len(DRIFTS))
        lead = {name: [interval(groups.get_group(f"drift {drift:g}")[name]) for drift in DRIFTS] for name in GAPS}
        bands(axes, places, lead)
        no_difference(axes)
        axes.set_xticks(places, [f"{drift:g}" for drift in DRIFTS])
        axes.set_xlabel("drift: share of practices whose contributions are redrawn each tick")
        axes.set_ylabel("those who go on adapting, less the others")
        axes.legend()
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

"""Does a synergist bring sectors together and make more of it all, more than its rivals at equal budget, and where?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.explained import bars, explained
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, late, run_all
from ecosim.experiments.in_words import as_markdown, brackets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2020
NOBODY = "dynamics.synergist.budget=0"
WORK, RATE = "dynamics.production", "dynamics.meeting.rate"
RIVALS = ("random", "most_connected", "most_alike", "peripheral")
SCARCE = "partners scarce"
WORLDS = {
    SCARCE: ("scarce.yaml",),
    "meetings: rate 0.25": ("scarce.yaml", f"{RATE}=0.25"),
    "meetings plentiful: rate 1": ("scarce.yaml", f"{RATE}=1"),
    "less complementary: η = 0.5": ("scarce.yaml", f"{WORK}.complementarity=0.5"),
    "parts add up: η = 1": ("scarce.yaml", f"{WORK}.complementarity=1"),
    "bonds add half: bond_gain 0.5": ("scarce.yaml", f"{WORK}.bond_gain=0.5"),
    "bonds add as in the town: bond_gain 1.5": ("scarce.yaml", f"{WORK}.bond_gain=1.5"),
    "the default town": ("town.yaml",),
}
OUTCOMES = {
    "z": ("z of cross-sector ties against the null, at the end", 2),
    "cross": ("cross-sector ties (share)", 3),
    "value": ("total value (output / tick)", 1),
    "per effort": ("output per effort", 3),
    "severity": ("severity", 2),
    "ties": ("relationships", 0),
}
DISCARDED = 0.5


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return what came out: z at the end, the rest as means over the second half."""
    model.run()
    half = DISCARDED * model.settings.ticks
    z = np.asarray(model.recorder.series()["cross_sector_share_z"], float)
    names = {"cross": "cross_sector_share", "value": "total_value", "per effort": "output_per_effort",
             "severity": "severity_mean", "ties": "relationships"}  # fmt: skip
    return {"z": float(z[-1])} | {name: late(model, measure, int(half)) for name, measure in names.items()}


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run: nobody and a synergist in every world, and the synergist's rivals where partners are scarce."""
    arms = {}
    for world, (name, *own) in WORLDS.items():
        arms[f"{world} | nobody"] = (HERE / name, *own, NOBODY)
        arms[f"{world} | dividend"] = (HERE / name, *own)
    for rival in RIVALS:
        arms[f"{SCARCE} | {rival}"] = (HERE / "scarce.yaml", f"dynamics.synergist.introduces={rival}")
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return the tables: each way to introduce against nobody and against the synergist; and the synergist by world."""
    wide = {name: runs.pivot(index="replicate", columns="scenario", values=name) for name in OUTCOMES}
    words = [what for what, _ in OUTCOMES.values()]

    def change(arm: str, reference: str) -> list[str]:
        return [
            brackets(*interval(wide[name][arm] - wide[name][reference]), digits, signed=True)
            for name, (_, digits) in OUTCOMES.items()
        ]

    nobody, dividend = f"{SCARCE} | nobody", f"{SCARCE} | dividend"
    rows = [["nobody, mean", *(f"{wide[n][nobody].mean():.{d}f}".replace("-", "−") for n, (_, d) in OUTCOMES.items())]]
    rows += [[f"{way} less nobody", *change(f"{SCARCE} | {way}", nobody)] for way in ("dividend", *RIVALS)]
    rows += [[f"dividend less {rival}", *change(dividend, f"{SCARCE} | {rival}")] for rival in RIVALS]
    first = as_markdown(["where partners are scarce", *words], rows)
    rows = [[world, *change(f"{world} | dividend", f"{world} | nobody")] for world in WORLDS]
    return f"{first}\n\n{as_markdown(['dividend less nobody, world by world', *words], rows)}"


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: what each way to introduce adds to ties and value, and the synergist's value world by world."""
    ways = {way: (f"{SCARCE} | {way}", f"{SCARCE} | nobody") for way in ("dividend", *RIVALS)}
    worlds = {world: (f"{world} | dividend", f"{world} | nobody") for world in WORLDS}
    with explained(
        10.5,
        6.5,
        "What introductions add",
        "Above: five ways to spend the same budget of introductions where partners are scarce. Below: the synergist (by "
        "expected dividend), world by world. Bars: 95 % intervals over replicates.",
    ) as drawn:
        panels = drawn.subplots(2, 2, sharex="col", sharey="row")
        for row, pairs in enumerate((ways, worlds)):
            for column, name in enumerate(("z", "value")):
                axes, table = panels[row, column], runs.pivot(index="replicate", columns="scenario", values=name)
                differences = {label: table[arm] - table[reference] for label, (arm, reference) in pairs.items()}
                bars(axes, {label.replace("_", " "): interval(values) for label, values in differences.items()})
                if row == 1:
                    axes.set_xlabel(f"{OUTCOMES[name][0]},\nagainst nobody")
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

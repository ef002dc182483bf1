"""Does coupling members, organisations and coalitions change how far opinions spread at each level?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.explained import explained
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, late, run_all
from ecosim.experiments.in_words import as_markdown, brackets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2090
LEVELS = {
    "within an organisation": "dispersion_within_organisations",
    "all members": "dispersion_members",
    "organisations": "dispersion",
    "coalitions": "dispersion_coalitions",
}
STRENGTHS = ("to_members", "from_members", "to_coalitions", "from_coalitions")
TOLERANCES = (0.3, 0.6, 0.9)
TOWN = 0.6
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#882255")
SHAPES = ("o", "s", "^", "D")


def without(*strengths: str) -> tuple[str, ...]:
    """Return the changes that switch couplings off."""
    return tuple(f"dynamics.levels.{strength}=0.0" for strength in strengths)


COUPLINGS = {
    "all four, by the law": (),
    "all four, by attraction at any distance": ("+dynamics.levels.coupling=pull",),
    "members and organisations only": without("to_coalitions", "from_coalitions"),
    "organisations and coalitions only": without("to_members", "from_members"),
    "downwards only (from_coalitions, to_members)": without("from_members", "to_coalitions"),
    "upwards only (from_members, to_coalitions)": without("to_members", "from_coalitions"),
}


def arms() -> dict[str, tuple[str | Path, ...]]:
    """Return the arms: each coupling at the town's tolerance, and all or none at each tolerance."""
    town = {label: (HERE / "coupled.yaml", *changes) for label, changes in COUPLINGS.items()}
    for tolerance in TOLERANCES:
        change = f"dynamics.stance.tolerance={tolerance}"
        if tolerance != TOWN:
            town[f"all four, by the law | {tolerance}"] = (HERE / "coupled.yaml", change)
        town[f"none | {tolerance}"] = (HERE / "coupled.yaml", *without(*STRENGTHS), change)
    return town


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return the spread at each level in the second half."""
    model.run()
    return {level: late(model, measure, model.tick // 2) for level, measure in LEVELS.items()}


def ratio(runs: pd.DataFrame, arm: str, level: str, tolerance: float = TOWN) -> tuple[float, float, float]:
    """Return the geometric mean of coupled spread over uncoupled, pair by pair, with its interval."""
    table = runs.pivot(index="replicate", columns="scenario", values=level)
    logs = interval(np.log(table[arm] / table[f"none | {tolerance}"]))
    return tuple(float(np.exp(value)) for value in logs)  # type: ignore[return-value]


def of_law(tolerance: float) -> str:
    """Return the arm in which all levels are coupled by the law at a tolerance."""
    return "all four, by the law" + ("" if tolerance == TOWN else f" | {tolerance}")


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run."""
    return run_all(arms(), live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return the tables: spread without and with coupling, then the ratio for each coupling and tolerance."""
    table = runs.groupby("scenario")[list(LEVELS)]
    head = ["mean distance from the mean", *LEVELS]
    rows = [
        [label, *(brackets(*interval(table.get_group(arm)[level])) for level in LEVELS)]
        for label, arm in (("uncoupled", f"none | {TOWN}"), ("coupled", "all four, by the law"))
    ]
    second = ["spread, as a multiple of the uncoupled", *LEVELS]
    ratios = [[arm, *(brackets(*ratio(runs, arm, level)) for level in LEVELS)] for arm in COUPLINGS]
    for tolerance in TOLERANCES:
        if tolerance != TOWN:
            cells = [brackets(*ratio(runs, of_law(tolerance), level, tolerance)) for level in LEVELS]
            ratios.append([f"all four, tolerance {tolerance:g} instead of {TOWN:g}", *cells])
    return f"{as_markdown(head, rows)}\n\n{as_markdown(second, ratios)}"


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: how many times as wide opinions spread at each level, by coupling."""
    with explained(
        9.5,
        5.2,
        "Levels that move each other spread less",
        "Mean distance of stances from their mean, second half of 200 ticks, against the same town and luck in "
        "which each level moves alone. Bars: 95 % intervals over replicates. Attraction at any distance leaves none "
        "within organisations: its point lies beyond the left edge.",
    ) as drawn:
        axes = drawn.subplots()
        rows = np.arange(len(COUPLINGS))[::-1]
        for k, level in enumerate(LEVELS):
            means, lows, highs = np.array([ratio(runs, arm, level) for arm in COUPLINGS]).T
            axes.errorbar(
                means, rows + 0.24 - 0.16 * k, xerr=[means - lows, highs - means], fmt=SHAPES[k], color=COLOURS[k],
                label=level,
            )  # fmt: skip
        axes.axvline(1.0, color="#555555", linewidth=0.8)
        axes.set_xscale("log")
        axes.set_xticks([0.25, 0.5, 1.0], ["¼", "½", "1"])
        axes.minorticks_off()
        axes.set_yticks(rows, list(COUPLINGS))
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("spread of opinion, as a multiple of that of the same levels uncoupled")
        axes.set_xlim(0.18, 1.5)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

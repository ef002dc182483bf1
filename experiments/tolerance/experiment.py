"""Does polarised opinion keep organisations of the default town from working together?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecosim.drawing.explained import bands, explained
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, late, run_all
from ecosim.experiments.in_words import as_markdown, brackets, cells

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 7001
TOLERANCES = (0.4, 0.6, 0.8, 1.0)
LEAST, MOST = TOLERANCES[0], TOLERANCES[-1]
# A stance at the other end of opinion is understood as well as one's own, at meetings and in joint work.
UNDERSTOOD = tuple(f"+dynamics.{rule}.gap.stance=0.0" for rule in ("meeting", "production"))
TOWNS: dict[str, tuple[str, ...]] = {"as in the town": (), "stance makes no gap": UNDERSTOOD}
ENDING = {"dispersion of opinion, at the end": "dispersion", "cross-sector ties, at the end": "cross_sector_share"}
LATE = {
    "organisations in a coalition": "in_coalition_share",
    "coalitions that are mixed": "coalition_mixed_share",
    "total value": "total_value",
    "success of all": "success_collective",
}


def arms() -> dict[str, tuple[str, ...]]:
    """Return the arms: every tolerance, where stance makes a translation gap and where it does not."""
    return {
        f"{town} | {tolerance}": ("town", f"dynamics.stance.tolerance={tolerance}", *changes)
        for town, changes in TOWNS.items()
        for tolerance in TOLERANCES
    }


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return its patterns at the end, and its outcomes in the second half."""
    model.run()
    ending = {label: late(model, name, model.tick - 1) for label, name in ENDING.items()}
    return ending | {label: late(model, name, model.tick // 2) for label, name in LATE.items()}


def by_tolerance(runs: pd.DataFrame, town: str, outcome: str) -> pd.DataFrame:
    """Return an outcome of each replicate (row) at each tolerance (column)."""
    table = runs.pivot(index="replicate", columns="scenario", values=outcome)
    return table[[f"{town} | {tolerance}" for tolerance in TOLERANCES]].set_axis(list(TOLERANCES), axis=1)


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run."""
    return run_all(arms(), live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return a table for each town: outcomes by tolerance, and how the most tolerant differs from the least."""
    tables = []
    for town in TOWNS:
        rows = []
        for outcome in (*ENDING, *LATE):
            table = by_tolerance(runs, town, outcome)
            digits = 1 if outcome == "total value" else 3
            change = brackets(*interval(table[MOST] - table[LEAST]), digits, signed=True)
            rows.append([outcome, *cells(table, digits, signed=False), change])
        head = [f"{town}, by tolerance", *(f"{tolerance:g}" for tolerance in TOLERANCES), f"{MOST:g} less {LEAST:g}"]
        tables.append(as_markdown(head, rows))
    return "\n\n".join(tables)


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: dispersion of opinion, and the share of mixed coalitions, against tolerance."""
    shown = ("dispersion of opinion, at the end", "organisations in a coalition", "coalitions that are mixed")
    with explained(
        9.0,
        4.2,
        "Tolerance decides how far opinions part, and little of who works with whom",
        "The default town, with stance as a part of the translation gap and without. Bands: 95 % intervals over "
        "replicates.",
    ) as drawn:
        for axes, outcome in zip(drawn.subplots(1, 3, sharey=True), shown, strict=True):
            found = {
                town: [interval(values) for _, values in by_tolerance(runs, town, outcome).items()] for town in TOWNS
            }
            bands(axes, TOLERANCES, found)
            axes.set_ylim(0, 1)
            axes.set_title(outcome)
            axes.set_xlabel("tolerance")
        axes.legend()
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

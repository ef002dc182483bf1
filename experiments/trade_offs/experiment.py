"""Why do business and civil society rise and fall together, and where do they not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from successes import KNOWN, PAIRS, REST, SOURCES, live

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.in_words import as_markdown, brackets, crossed, crossing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2120
BOTH = "business ~ civil society"
FLOORS = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0)
RIVALRIES = (0.6, 1.5, 3.0, 6.0, 12.0, 24.0)
"""The first of each is the town's own."""
TICKS = 600
QUIET = (
    "record.events=false",
    "record.figures=false",
    "record.costly_at_start=false",
    "measures=[in_coalition_share,coalition_mixed_share]",
)
OFF = (
    "media", "stance", "policy", "citizens", "imitation", "ripple", "pool", "absorption", "learning", "purpose",
    "turnover", "technology", "change", "contribution", "coalition",
)  # fmt: skip
CHANGED = {
    "the price does not follow urgency": ("dynamics.market.floor=1",),
    "the purse for relief is nearly fixed": ("dynamics.market.rivalry=24",),
    "both of these": ("dynamics.market.floor=1", "dynamics.market.rivalry=24"),
    "crises cost no custom": ("dynamics.market.loss=0",),
    "crises cost all custom": ("dynamics.market.loss=1",),
    "common work costs no custom": ("dynamics.market.attention=0",),
    "government bears none of the pay": ("dynamics.market.public_share=0",),
    "need met counts the same, urgent or not": ("dynamics.ledger.pressing_at=0.001",),
}
ASIDE = ("severity", "in_coalition_share", "coalition_mixed_share")


def arms() -> dict[str, tuple[str, ...]]:
    """Return the arms: the town, two boundaries, changes of what pays, and each mechanism switched off."""
    found: dict[str, tuple[str, ...]] = {"the town": ()}
    found |= {f"floor {floor:g}": (f"dynamics.market.floor={floor}",) for floor in FLOORS[1:-1]}
    found |= {f"rivalry {rivalry:g}": (f"dynamics.market.rivalry={rivalry}",) for rivalry in RIVALRIES[1:-1]}
    found |= CHANGED | {f"no {name}": (f"dynamics.{name}=null",) for name in OFF}
    return {label: ("town", f"ticks={TICKS}", *QUIET, *changes) for label, changes in found.items()}


def along(runs: pd.DataFrame, levels: tuple[float, ...], word: str, last: str, measure: str) -> np.ndarray:
    """Return a measure by replicate and level (replicates, levels)."""
    labels = ["the town", *(f"{word} {level:g}" for level in levels[1:-1]), last]
    return runs.pivot(index="replicate", columns="scenario", values=measure)[labels].to_numpy()


BOUNDARIES = (
    (FLOORS, "floor", "the price does not follow urgency"),
    (RIVALRIES, "rivalry", "the purse for relief is nearly fixed"),
)


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run."""
    return run_all(arms(), live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return the tables: parts of the correlation, both boundaries, what pays changed, and mechanisms off."""
    town = runs[runs["scenario"] == "the town"]
    groups = [*SOURCES, REST]
    parts = [[mine, *(brackets(*interval(town[f"{mine} × {theirs}"])) for theirs in groups)] for mine in groups]
    given = [[f"given {known}", brackets(*interval(town[f"given {known}"]))] for known in KNOWN]
    tables = [
        as_markdown(["business's part, by civil society's", *groups], parts),
        as_markdown([BOTH, "correlation"], [["as it is", brackets(*interval(town[BOTH]))], *given]),
    ]
    for levels, word, last in BOUNDARIES:
        rows = [
            [name, *(brackets(*interval(column)) for column in along(runs, levels, word, last, name).T)]
            for name in (*PAIRS, *ASIDE)
        ]
        zero = crossed(levels, crossing(levels, -along(runs, levels, word, last, BOTH)))
        rows.append(
            [f"{word} at which business and civil society cease to go together", zero, *[""] * (len(levels) - 1)]
        )
        tables.append(as_markdown([word, *(f"{level:g}" for level in levels)], rows))
    tables.append(as_markdown(["changed", *PAIRS, f"{BOTH}, less the town's", "severity"], changes_of(runs)))
    return "\n\n".join(tables)


def changes_of(runs: pd.DataFrame) -> list[list[str]]:
    """Return a row for each change: the three correlations, the paired difference of one, and severity."""
    wide = {name: runs.pivot(index="replicate", columns="scenario", values=name) for name in (*PAIRS, "severity")}
    return [
        [
            label,
            *(brackets(*interval(wide[pair][label])) for pair in PAIRS),
            brackets(*interval(wide[BOTH][label] - wide[BOTH]["the town"]), signed=True),
            f"{wide['severity'][label].mean():.1f}",
        ]
        for label in (*CHANGED, *(f"no {name}" for name in OFF))
    ]


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: the three correlations along both boundaries."""
    names = (
        "floor: part of the price of work that does not follow urgency",
        "rivalry: how fast the price falls with work done",
    )
    with explained(
        9.5,
        4.6,
        "What pays for common work decides who prospers together",
        "Correlations within a run after tick 150 of 600: mean over runs and its 95 % interval. Dotted: the town as it "
        "is. Left: pay that follows urgency less. Right: a purse that is shared by more work.",
    ) as drawn:
        for axes, (levels, word, last), name in zip(drawn.subplots(1, 2, sharey=True), BOUNDARIES, names, strict=True):
            bands(
                axes, levels,
                {pair: [interval(column) for column in along(runs, levels, word, last, pair).T] for pair in PAIRS},
            )  # fmt: skip
            no_difference(axes)
            axes.axvline(levels[0], color="#555555", linewidth=0.8, linestyle=":")
            axes.set(xlabel=name, ylim=(-1, 1))
            if word == "rivalry":
                axes.set_xscale("log")
                axes.set_xticks(levels, [f"{level:g}" for level in levels])
                axes.minorticks_off()
            else:
                axes.set_ylabel("correlation of successes over time")
                axes.legend(loc="lower left")
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

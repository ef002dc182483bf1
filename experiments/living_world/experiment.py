"""Is the default town a living world: waves, partial and mixed collaboration, sectors that trade off?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from waves import NETWORK, PAIRS, live

import ecosim
from ecosim.drawing.explained import explained
from ecosim.drawing.style import ISSUE_COLOURS
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.in_words import as_markdown, brackets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

HERE = Path(__file__).parent
REPLICATES, SEED = 30, 2110
MEASURES = (
    "severity", "severity_mean", "contribution_mean", "contribution", "success", "in_coalition_share",
    "coalition_mixed_share", "coalition_size_mean", "dispersion", "clustering", "cross_sector_share",
    "cross_sector_share_z", "degree_assortativity",
)  # fmt: skip
QUIET = (
    "record.events=false",
    "record.figures=false",
    "record.costly_at_start=false",
    f"measures=[{','.join(MEASURES)}]",
)
ARMS = {
    "town": ("town", "ticks=600", *QUIET),
    "calm": (HERE / "calm.yaml", "ticks=600", *QUIET),
    "steady effort": (HERE / "steady_effort.yaml", "ticks=600", *QUIET),
    "open purses": (HERE / "open_purses.yaml", "ticks=600", *QUIET),
    "town at tick 200": ("town", "ticks=200", *QUIET),
}
"""Every arm but the last runs long; the first quarter is discarded."""
UNLIKE = {
    "coalitions acquaint nobody": ("dynamics.coalition.acquaintance=false",),
    "nor do friends of friends meet": ("dynamics.coalition.acquaintance=false", "dynamics.meeting.friends=0"),
    "nobody meets but in coalitions": ("dynamics.meeting=null",),
    "no coalitions": ("dynamics.coalition=null",),
    "attention for 30 ties, not 10": ("dynamics.meeting.attention=30",),
    "begins in groups": ("ecosystem.network.kind=groups",),
    "begins with hubs, attention for 100": (
        "ecosystem.network.kind=scale_free", "ecosystem.network.degree=4", "dynamics.meeting.attention=100",
    ),
}  # fmt: skip
"""What may make the pattern of ties unlike that of real networks, switched off or changed, over 200 ticks."""
PATTERNS = {label: ("town", "ticks=200", *QUIET, *changes) for label, changes in UNLIKE.items()}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#882255", "#A38F00", "#777777")


class Seen(NamedTuple):
    """All runs, and the first of the towns, which the picture shows."""

    runs: pd.DataFrame
    first: ecosim.Ecosystem


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> Seen:
    """Return all runs, and the first town, run again."""
    runs = run_all(ARMS | PATTERNS, live, *changes, replicates=replicates, seed=seed, workers=workers)
    first = ecosim.Ecosystem(ecosim.load(*ARMS["town"], *changes), rng=seed_of_replicate(seed, 0))
    first.run()
    return Seen(runs, first)


def told(seen: Seen) -> str:
    """Return the tables: waves and shares by arm, correlations by arm, and the pattern beside real networks."""
    runs = seen.runs
    groups = {arm: runs[runs["scenario"] == arm] for arm in (*ARMS, *PATTERNS)}
    long = [arm for arm in ARMS if arm != "town at tick 200"]
    waves = [name for name in runs.columns if name not in _OTHER and not name.startswith("success_")]

    def rows(names: Any, arms: Any) -> list[list[str]]:
        return [[name, *(brackets(*interval(groups[arm][name])) for arm in arms)] for name in names]

    pairs = [name for name in runs.columns if name.startswith("success_")]
    both, _range = (
        ["town", "town at tick 200"],
        lambda values: f"{values.min():.2f} to {values.max():.2f}".replace("-", "−"),
    )
    network = [
        [name, *(f"{brackets(*interval(groups[a][name]))}; {_range(groups[a][name])}" for a in both), real]
        for name, real in NETWORK.items()
    ]
    return "\n\n".join((
        as_markdown(["waves, effort and coalitions", *long], rows(waves, long)),
        as_markdown(["correlation over time, within a run", *ARMS], rows(pairs, ARMS)),
        as_markdown(["pattern at the end: mean; range over runs", *both, "seven real networks"], network),
        as_markdown(
            ["pattern at tick 200", *NETWORK],
            [[arm, *(brackets(*interval(groups[arm][name])) for name in NETWORK)] for arm in (both[1], *PATTERNS)],
        ),
    ))  # fmt: skip


def figure(seen: Seen) -> Figure:
    """Return the picture: severity and effort in the first of the towns, and every town's correlations."""
    series, town = seen.first.recorder.series(), seen.runs[seen.runs["scenario"] == "town"]
    with explained(
        9.5,
        6.6,
        "Crises come and go, and not everybody prospers at once",
        "Above: one town over 600 ticks; effort (black) rises with severity and fades once it is down. Below: "
        "correlations after tick 150 in every one of the towns.",
    ) as drawn:
        above, below = drawn.subplots(2, 1)
        for issue, colour in zip(seen.first.world.labels.issues, ISSUE_COLOURS, strict=False):
            values = series[f"severity_{issue}"]
            above.plot(series["tick"], values, color=colour, linewidth=1.2, label=f"severity of {issue}")
        beside = above.twinx()
        beside.plot(series["tick"], series["contribution_mean"], color="#000000", label="effort (right)")
        beside.set(ylim=(0, 1), ylabel="effort, share of means")
        beside.grid(visible=False)
        above.set(xlabel="tick", ylabel="severity")
        lines = [*above.get_lines(), *beside.get_lines()]
        above.legend(handles=lines, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
        for k, (pair, colour) in enumerate(zip(PAIRS, COLOURS, strict=True)):
            values = town[" ~ ".join(pair)]
            below.plot(values, k + np.linspace(-0.25, 0.25, len(values)), ".", color=colour, alpha=0.6)
            below.plot([values.mean()], [k], "D", color="#000000", markersize=5)
        below.axvline(0.0, color="#555555", linewidth=0.8)
        below.set_yticks(range(len(PAIRS)), [" and ".join(pair).replace("_", " ") for pair in PAIRS])
        below.set(xlim=(-1, 1), xlabel="correlation over time, within a run (a dot a run; diamond: their mean)")
    return drawn


_OTHER = {"scenario", "replicate", "status", *NETWORK}


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

"""Do mixed coalitions make more of their effort than single-sector ones, and up to what cost of translation?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.in_words import as_markdown, brackets, crossed, crossing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    import ecosim
    from ecosim.world.world import World

HERE = Path(__file__).parent
REPLICATES, SEED = 24, 2010
TRANSLATION = (0.0, 0.2, 0.4, 0.8, 1.2)
VARIANTS = {
    "as in the town, η = 0.5": ("town.yaml",),
    "more complementary, η = 0.2": ("town.yaml", "dynamics.production.complementarity=0.2"),
    "parts add up, η = 1": ("town.yaml", "dynamics.production.complementarity=1"),
    "bonds add nothing, η = 0.5": ("town.yaml", "dynamics.production.bond_gain=0"),
}
NO_GAP = "no gap between anybody, η = 0.5"
OUTCOMES = {"output per effort": "against effort", "output against the same effort alone": "against alone"}
EVERY, DISCARDED = 5, 0.5
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#777777")


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return how much more, in logarithms, mixed coalitions make than single-sector ones of their size."""
    seen = [np.empty((0, 4))]
    while model.tick < model.settings.ticks:
        model.step()
        if model.tick > DISCARDED * model.settings.ticks and model.tick % EVERY == 0 and model.world.coalitions:
            seen.append(look(model.world))
    table = np.vstack(seen)
    size, mixed = table[:, 0], table[:, 1] > 0
    return {
        "against effort": advantage(size, mixed, table[:, 2]),
        "against alone": advantage(size, mixed, table[:, 3]),
        "share mixed": float(mixed.mean()) if mixed.size else float("nan"),
    }


def look(world: World) -> NDArray[np.float64]:
    """Return size, whether mixed, log output per effort and log output against the same effort alone (coalitions, 4)."""
    first = world.first_member[:-1]
    other = world.sector[world.member] != world.sector[world.member[first]][world.member_coalition]
    works = (world.effort_total > 0) & (world.output > 0)
    columns = (
        np.diff(world.first_member)[works],
        np.logical_or.reduceat(other, first)[works],
        np.log(world.output[works] / world.effort_total[works]),
        np.log(world.output[works] / world.output_alone[works]),
    )
    return np.column_stack([np.asarray(column, float) for column in columns])


def advantage(size: NDArray[np.float64], mixed: NDArray[np.bool_], value: NDArray[np.float64]) -> float:
    """Return how far mixed coalitions are above single-sector ones of their size; of a size, a and b weigh a b / (a + b)."""
    total = weights = 0.0
    for members in np.unique(size):
        one, two = value[(size == members) & mixed], value[(size == members) & ~mixed]
        if one.size and two.size:
            weight = one.size * two.size / (one.size + two.size)
            total += weight * (one.mean() - two.mean())
            weights += weight
    return float(total / weights) if weights else float("nan")


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run: every variant at every cost of translation, and no gap at the greatest."""
    arms = {
        f"{variant} | {cost}": (HERE / name, f"dynamics.production.translation={cost}", *own)
        for variant, (name, *own) in VARIANTS.items()
        for cost in TRANSLATION
    }
    arms[NO_GAP] = (HERE / "no_gap.yaml", f"dynamics.production.translation={TRANSLATION[-1]}")
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def by_cost(runs: pd.DataFrame, variant: str, name: str) -> pd.DataFrame:
    """Return the outcome of each replicate (row) at each cost of translation (column)."""
    table = runs.pivot(index="replicate", columns="scenario", values=name)
    return table[[f"{variant} | {cost}" for cost in TRANSLATION]]


def told(runs: pd.DataFrame) -> str:
    """Return the tables: the advantage by cost and where it ends, for each outcome; and the share of mixed coalitions."""
    costs, tables = [f"τ = {cost:g}" for cost in TRANSLATION], []
    no_gap = runs[runs["scenario"] == NO_GAP]
    for outcome, name in OUTCOMES.items():
        rows = []
        for variant in VARIANTS:
            table = by_cost(runs, variant, name)
            cells = [brackets(*interval(table[column]), signed=True) for column in table]
            whole = -table.dropna().to_numpy()  # runs with both kinds of coalitions at every cost
            rows.append(
                [variant, *cells, crossed(TRANSLATION, crossing(TRANSLATION, whole)) if len(whole) > 1 else "unknown"]
            )
        rows.append([NO_GAP, *[""] * (len(costs) - 1), brackets(*interval(no_gap[name]), signed=True), ""])
        tables.append(as_markdown([f"mixed less single-sector: log {outcome}", *costs, "crossover in τ"], rows))
    rows = []
    for variant in VARIANTS:
        rows.append(
            [variant, *(brackets(*interval(each)) for _, each in by_cost(runs, variant, "share mixed").items())]
        )
    rows.append([NO_GAP, *[""] * (len(costs) - 1), brackets(*interval(no_gap["share mixed"]))])
    return "\n\n".join([*tables, as_markdown(["share of coalitions that are mixed", *costs], rows)])


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: the advantage of mixed coalitions against the cost of translation."""
    with explained(
        8.0,
        5.0,
        "Mixed coalitions win where translation is cheap",
        "Coalitions of equal size within a run, in its second half. Above 0 mixed ones win. Bands: 95 % intervals.",
    ) as drawn:
        axes = drawn.subplots()
        tables = {variant: by_cost(runs, variant, "against effort") for variant in VARIANTS}
        found = {variant: [interval(table[column]) for column in table] for variant, table in tables.items()}
        bands(axes, TRANSLATION, found, COLOURS, alpha=0.12)
        no_difference(axes)
        axes.set_xlabel("cost of translation τ, per unit of gap")
        axes.set_ylabel("log output per effort,\nmixed less single-sector coalitions of equal size")
        axes.legend()
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

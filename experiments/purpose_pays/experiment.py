"""Does a stakeholder's purpose cost a business, and from what orientation of citizens on does it not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, late, run_all
from ecosim.experiments.in_words import as_markdown, brackets, cells, crossed, crossing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2030
ORIENTATIONS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
VARIANTS = {
    "as in the town": (),
    "news does not show purpose": ("dynamics.media.values=0.0",),
    "news makes no names": ("dynamics.media.impression=0.0",),
    "contributing costs no custom": ("dynamics.market.attention=0.0",),
}
WORLDS = {"nobody": 0.0, "everybody": 1.0}
CARING = (0.05, 0.8)


class Seen(NamedTuple):
    """Runs in which half of the businesses of one town have purpose, and runs in which none or all have it."""

    within: pd.DataFrame
    between: pd.DataFrame


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return how businesses with purpose differ from those without, if there are both, and the whole."""
    model.run()
    world = model.world
    business = world.sector == world.labels.sectors.index("business")
    has, lacks = business & (world.purpose > 0.5), business & (world.purpose <= 0.5)
    seen = {"capital of a business": float(world.capital[business].mean())}
    for name in ("capital", "income", "payoff", "customers"):
        values = getattr(world, name)
        both = has.any() and lacks.any()
        seen[name] = float(values[has].mean() - values[lacks].mean()) if both else float("nan")
    half = model.tick // 2
    return seen | {"severity": late(model, "severity_mean", half), "total value": late(model, "total_value", half)}


def within(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs in which half of the businesses have purpose, by variant and orientation."""
    arms = {
        f"{variant} | {orientation}": (HERE / "held.yaml", f"ecosystem.citizens.orientation={orientation}", *own)
        for variant, own in VARIANTS.items()
        for orientation in ORIENTATIONS
    }
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def between(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs in which no business, or every one, has purpose, by orientation."""
    arms = {
        f"{who} | {orientation}": (
            HERE / "held.yaml",
            f"ecosystem.citizens.orientation={orientation}",
            f"interventions=[{{do: set, at: 1, column: purpose, value: 0.05, who: {{sector: business}}}},"
            f"{{do: set, at: 1, column: purpose, value: 0.9, who: {{sector: business, share: {share}}}}}]",
        )
        for who, share in WORLDS.items()
        for orientation in CARING
    }
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> Seen:
    """Return all runs."""
    given = (replicates, seed, workers, *changes)
    return Seen(within(*given), between(*given))


def gaps(runs: pd.DataFrame, variant: str, name: str = "capital") -> pd.DataFrame:
    """Return the gap of each replicate (row) at each orientation (column)."""
    table = runs.pivot(index="replicate", columns="scenario", values=name)
    return table[[f"{variant} | {orientation}" for orientation in ORIENTATIONS]]


def told(seen: Seen) -> str:
    """Return the tables."""
    head = [
        "orientation of citizens",
        *(f"{orientation:g}" for orientation in ORIENTATIONS),
        "last less first",
        "break-even",
    ]
    rows = []
    for variant in VARIANTS:
        table = gaps(seen.within, variant)
        rows.append(
            [
                f"capital, {variant}",
                *cells(table),
                brackets(*interval(table.iloc[:, -1] - table.iloc[:, 0]), signed=True),
                crossed(ORIENTATIONS, crossing(ORIENTATIONS, table.to_numpy())),
            ]
        )
    for name in ("customers", "income", "payoff"):
        table = gaps(seen.within, "as in the town", name)
        digits = 1 if name == "customers" else 3
        rows.append([f"{name}, as in the town", *cells(table, digits), "", ""])
    wide = {name: seen.between.pivot(index="replicate", columns="scenario", values=name) for name in _WHOLE}
    whole = [
        [name, *(_changed(wide[name], orientation) for orientation in CARING)] for name in _WHOLE
    ]  # fmt: skip
    second = ["everybody with purpose, against nobody", *(f"orientation {orientation:g}" for orientation in CARING)]
    return f"{as_markdown(head, rows)}\n\n{as_markdown(second, whole)}"


def figure(seen: Seen) -> Figure:
    """Return the picture: the gap in capital against orientation, for each variant."""
    with explained(
        8.0,
        5.0,
        "What a stakeholder's purpose is worth to a business",
        "Half of the businesses of one town keep purpose .9, the others .05; capital after 300 ticks, where 1 is a "
        "typical organisation. Bands: 95 % intervals over replicates.",
    ) as drawn:
        axes = drawn.subplots()
        tables = {variant: gaps(seen.within, variant) for variant in VARIANTS}
        bands(axes, ORIENTATIONS, {name: [interval(table[x]) for x in table] for name, table in tables.items()})
        no_difference(axes)
        axes.set_xlabel("orientation of citizens (0 consumers, 1 citizens)")
        axes.set_ylabel("capital of businesses with purpose,\nless that of the others")
        axes.legend()
    return drawn


_WHOLE = ("capital of a business", "severity", "total value")


def _changed(table: pd.DataFrame, orientation: float) -> str:
    nobody, everybody = (table[f"{who} | {orientation}"] for who in WORLDS)
    return f"{brackets(*interval(everybody - nobody), signed=True)} from {nobody.mean():.2f}"


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

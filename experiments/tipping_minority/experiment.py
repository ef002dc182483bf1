"""How many committed contributors tip a distrustful world, and how many committed speakers a convention?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.drawing.explained import bands, explained
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import run_all
from ecosim.experiments.in_words import as_markdown, brackets, cells, crossed, crossing
from ecosim.experiments.intervals import wilson

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 30, 2060
COMMITTED = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15)
SPEAKERS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
TIPPED = 0.25
"""Mean trust, between the two states that are seen (about .03 and .45), from which on a town has left distrust."""
Kinds = Mapping[str, tuple[str, tuple[str, ...]]]
Given = tuple[int, int, int, tuple[str, ...]]

TOWNS: Kinds = {
    "by chance": ("chance", ()),
    "most connected": ("hubs", ()),
    "by chance, trust cannot grow": ("chance", ("dynamics.relationship.trust_up=0.0",)),
    "by chance, dearer effort": ("chance", ("dynamics.sharing.cost=2.4",)),
}
CROWDS: Kinds = {
    "anyone meets anyone, by chance": ("chance", ()),
    "along ties, by chance": ("chance", ("dynamics.convention.reach=0.0",)),
    "along ties, most connected": ("hubs", ("dynamics.convention.reach=0.0",)),
}


class Seen(NamedTuple):
    """Runs of towns, and of crowds."""

    towns: pd.DataFrame
    crowds: pd.DataFrame


def commit(model: ecosim.Ecosystem, share: float, who: str) -> None:
    """Commit a share of the organisations: drawn, or those with most ties; more of them are always the same and others."""
    world = model.world
    order = np.random.default_rng(model.seed).permutation(world.n)
    if who == "hubs":
        order = order[np.argsort(-np.diff(world.first_tie)[order], kind="stable")]
    world.committed[:] = 0
    world.committed[order[: round(share * world.n)]] = 1


def contribute(share: float, who: str, model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town for half of its time with the committed, for the other half without, and return what became of others."""
    commit(model, share, who)
    world = model.world
    others = set(world.identity[world.committed == 0].tolist())
    model.run(model.settings.ticks // 2)
    seen = {f"{name}, with them": value for name, value in _others(model, others).items()}
    world.committed[:] = 0
    model.run()
    after = _others(model, others)
    return seen | after | {"tipped": float(after["trust"] > TIPPED)}


def speak(share: float, who: str, model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a crowd with committed speakers, and return whether most of the others speak as they do in the end."""
    commit(model, share, who)
    world = model.world
    world.convention[:] = world.committed
    model.run()
    return {"tipped": float(world.convention[world.committed == 0].mean() > 0.5)}


def towns(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs of towns, by who is committed and how many."""
    return _runs(TOWNS, COMMITTED, contribute, HERE / "distrust.yaml", (replicates, seed, workers, changes))


def crowds(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs of crowds, by who is committed and how many."""
    return _runs(CROWDS, SPEAKERS, speak, HERE / "convention.yaml", (replicates, seed, workers, changes))


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> Seen:
    """Return all runs."""
    given = (replicates, seed, workers, *changes)
    return Seen(towns(*given), crowds(*given))


def told(seen: Seen) -> str:
    """Return the tables."""
    parts = []
    tipped = (seen.towns, TOWNS, COMMITTED, "towns"), (seen.crowds, CROWDS, SPEAKERS, "crowds")
    for runs, kinds, shares, what in tipped:
        head = [f"share of {what} tipped, by share committed", *(f"{share:g}" for share in shares), "critical share"]
        rows = []
        for kind in kinds:
            table = _table(runs, kind, shares, "tipped")
            counts = [_tipped(table[share]) for share in shares]
            rows.append(
                [kind, *(brackets(*found) for found in counts), crossed(shares, crossing(shares, table, 0.5), 3)]
            )
        parts.append(as_markdown(head, rows))
    names = [f"{name}{when}" for when in (", with them", "") for name in ("trust", "contribution", "in coalitions")]
    rows = [[name, *cells(_table(seen.towns, "by chance", COMMITTED, name), signed=False)] for name in names]
    parts.append(
        as_markdown(["the others, by share committed by chance", *(f"{share:g}" for share in COMMITTED)], rows)
    )
    return "\n\n".join(parts)


def figure(seen: Seen) -> Figure:
    """Return the picture: share that tips against the share committed, for towns and for crowds."""
    with explained(
        10.0,
        5.0,
        "How many committed it takes",
        "Left: towns that trust again long after the committed have stopped. Right: crowds that speak as the committed "
        "do. Bands: 95 % intervals (Wilson).",
    ) as drawn:
        panels = drawn.subplots(1, 2, sharey=True)
        left = seen.towns, TOWNS, COMMITTED, "committed contributors"
        right = seen.crowds, CROWDS, SPEAKERS, "committed speakers"
        for axes, (runs, kinds, shares, title) in zip(panels, (left, right), strict=True):
            tables = {kind: _table(runs, kind, shares, "tipped") for kind in kinds}
            bands(axes, shares, {kind: [_tipped(table[x]) for x in shares] for kind, table in tables.items()})
            axes.set_title(title)
            axes.set_xlabel("share committed")
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
        panels[0].set_ylabel("share of runs that tip")
    return drawn


def _runs(
    kinds: Kinds, shares: tuple[float, ...], live: Callable[..., dict[str, float]], scenario: Path, given: Given
) -> pd.DataFrame:
    replicates, seed, workers, changes = given
    arms = {f"{kind} | {share}": (scenario, *own) for kind, (_, own) in kinds.items() for share in shares}
    lives = {f"{kind} | {share}": partial(live, share, who) for kind, (who, _) in kinds.items() for share in shares}
    return run_all(arms, lives, *changes, replicates=replicates, seed=seed, workers=workers)


def _tipped(runs: pd.Series) -> tuple[float, float, float]:
    return wilson(float(runs.mean()), runs.size)


def _table(runs: pd.DataFrame, kind: str, shares: tuple[float, ...], name: str) -> pd.DataFrame:
    table = runs.pivot(index="replicate", columns="scenario", values=name)
    return table[[f"{kind} | {share}" for share in shares]].set_axis(list(shares), axis=1)


def _others(model: ecosim.Ecosystem, others: set[int]) -> dict[str, float]:
    """Return what those who never were committed do, and how far they trust each other (0 where no two are tied)."""
    world = model.world
    is_other = np.array([who in others for who in world.identity.tolist()])
    between = is_other[world.ends].all(axis=1)
    works = np.zeros(world.n, bool)
    works[world.member] = True
    return {
        "trust": float(world.trust[between].mean()) if between.any() else 0.0,
        "contribution": float(world.contribution[is_other].mean()),
        "in coalitions": float(works[is_other].mean()),
    }


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

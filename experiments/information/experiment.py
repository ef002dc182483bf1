"""When does information polarise, when does it unite, and when does a crisis re-connect the camps?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.drawing.explained import bands, explained, no_difference
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.in_words import as_markdown, brackets, cells, crossed, crossing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim

HERE = Path(__file__).parent
REPLICATES, SEED = 20, 2040
FAKES = (0.0, 0.15, 0.3, 0.45, 0.6)
REACHES = {"wide": 0.9, "narrow": 0.05}
PLAIN = "dynamics.media.exaggeration=0.0"
TOLERANCES = (0.6, 0.7, 0.8, 0.9, 1.0)
SEPARATIONS = (0.2, 0.4, 0.7)
STRIKES = 80
CRISIS = f"interventions=[{{do: shock, at: {STRIKES}, of: severity, add: 6.0}}]"
APART = ("dynamics.stance.superordinate=0.0", "dynamics.media.superordinate=0.0")
WORDS = {"dispersion": "dispersion of stances", "of citizens": "dispersion of citizens' stances"}
OF_CAMPS = {"at the height": "dispersion, 20 ticks on", "dispersion": "dispersion, at the end", "across": "ties across",
            "odds": "ties across / by chance"}  # fmt: skip


class Seen(NamedTuple):
    """Runs that differ in their news, in what is tolerated, and in whether a crisis strikes."""

    news: pd.DataFrame
    tolerances: pd.DataFrame
    crises: pd.DataFrame


def hear(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return how far stances lie from their mean, of organisations and of citizens."""
    model.run()
    return {"dispersion": _dispersion(model.world.stance), "of citizens": _dispersion(model.world.citizen_stance)}


def struck(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town in camps and return its dispersion, and ties between those whom the crisis found in different camps.

    ``across`` counts such ties an organisation; ``odds`` is their share against that expected of camps of these sizes.
    """
    before = min(STRIKES - 1, model.settings.ticks // 2)
    model.run(before)
    side = {int(who): stance > 0.0 for who, stance in zip(model.world.identity, model.world.stance[:, 0], strict=True)}
    model.run(min(20, model.settings.ticks - before))
    height = _dispersion(model.world.stance)
    model.run()
    world = model.world
    upper = np.array(
        [side.get(int(who), stance > 0.0) for who, stance in zip(world.identity, world.stance[:, 0], strict=True)]
    )
    cross = upper[world.ends[:, 0]] != upper[world.ends[:, 1]]
    expected = 2.0 * upper.mean() * (1.0 - upper.mean()) * world.n / (world.n - 1)
    return {
        "at the height": height,
        "dispersion": _dispersion(world.stance),
        "across": float(cross.sum() / world.n),
        "odds": float(cross.mean() / expected) if expected > 0 else float("nan"),
    }


def news(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs that differ in the reach and the truth of media."""
    arms: dict[str, tuple[str | Path, ...]] = {"none": (HERE / "town.yaml", "dynamics.media.reach=0.0")}
    for word, reach in REACHES.items():
        for fake in FAKES:
            own = (f"dynamics.media.reach={reach}", f"dynamics.media.fake={fake}")
            arms[f"{word} | {fake}"] = (HERE / "town.yaml", *own)
            if word == "wide":
                arms[f"wide, nothing exaggerated | {fake}"] = (HERE / "town.yaml", *own, PLAIN)
    return run_all(arms, hear, *changes, replicates=replicates, seed=seed, workers=workers)


def crises(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs with and without a crisis, by how far the camps begin from the middle."""
    arms = {
        f"{what} | {separation}": (HERE / "camps.yaml", f"ecosystem.stance.separation={separation}", *own)
        for separation in SEPARATIONS
        for what, own in {
            "calm": (),
            "crisis": (CRISIS,),
            "calm, no common goal": APART,
            "crisis, no common goal": (CRISIS, *APART),
        }.items()
    }
    return run_all(arms, struck, *changes, replicates=replicates, seed=seed, workers=workers)


def tolerances(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return the runs with true news for all, and with none, in towns that tolerate less or more."""
    arms = {
        f"{word} | {tolerance}": (
            HERE / "town.yaml",
            f"dynamics.media.reach={reach}",
            "dynamics.media.fake=0.0",
            *(f"dynamics.{rule}.tolerance={tolerance}" for rule in ("stance", "media")),
        )
        for word, reach in {"none": 0.0, "wide": 0.9}.items()
        for tolerance in TOLERANCES
    }
    return run_all(arms, hear, *changes, replicates=replicates, seed=seed, workers=workers)


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> Seen:
    """Return all runs."""
    given = (replicates, seed, workers, *changes)
    return Seen(news(*given), tolerances(*given), crises(*given))


def by_fake(runs: pd.DataFrame, word: str, name: str = "dispersion") -> pd.DataFrame:
    """Return the difference from no news of each replicate (row) at each share of fakes (column)."""
    table = runs.pivot(index="replicate", columns="scenario", values=name)
    return table[[f"{word} | {fake}" for fake in FAKES]].sub(table["none"], axis=0)


def told(seen: Seen) -> str:
    """Return the tables."""
    parts = _by_fake(seen.news), _by_tolerance(seen.tolerances), _of_crises(seen.crises)
    return "\n\n".join(as_markdown(*part) for part in parts)


def _by_fake(heard: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    head = [
        "difference from a town without news, by share of fakes",
        *(f"{fake:g}" for fake in FAKES),
        "from there on it polarises",
    ]
    rows = []
    for word in (*REACHES, "wide, nothing exaggerated"):
        for name, words in WORDS.items():
            table = by_fake(heard, word, name)
            turns = crossed(FAKES, crossing(FAKES, table.to_numpy())) if word == "wide" else ""
            rows.append([f"{word}: {words}", *cells(table, 3), turns])
    return head, rows


def _by_tolerance(tolerant: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    head = ["true news for all, less none, by tolerance", *(f"{tolerance:g}" for tolerance in TOLERANCES)]
    rows = []
    for name, words in WORDS.items():
        table = tolerant.pivot(index="replicate", columns="scenario", values=name)
        pairs = [(table[f"wide | {tolerance}"], table[f"none | {tolerance}"]) for tolerance in TOLERANCES]
        rows.append([words, *(f"{brackets(*interval(a - b), 3, signed=True)} from {b.mean():.2f}" for a, b in pairs)])
    return head, rows


def _of_crises(shaken: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    columns = [f"{goal} | {separation}" for goal in ("", ", no common goal") for separation in SEPARATIONS]
    second = ["crisis, less calm", *(_of_crisis(column) for column in columns)]
    more = []
    for name, words in OF_CAMPS.items():
        table = shaken.pivot(index="replicate", columns="scenario", values=name)
        pairs = [(table[f"crisis{column}"], table[f"calm{column}"]) for column in columns]
        more.append([words, *(f"{brackets(*interval(a - b), 3, signed=True)} from {b.mean():.2f}" for a, b in pairs)])
    return second, more


def figure(seen: Seen) -> Figure:
    """Return the picture: dispersion against the share of fakes, by reach."""
    with explained(
        8.0,
        5.0,
        "True news unites, exaggerated news divides, unheard news does nothing",
        "Mean distance of stances from their mean after 200 ticks. Bands: 95 % intervals over replicates.",
    ) as drawn:
        axes = drawn.subplots()
        tables = {word: by_fake(seen.news, word) for word in (*REACHES, "wide, nothing exaggerated")}
        bands(axes, FAKES, {word: [interval(table[x]) for x in table] for word, table in tables.items()})
        no_difference(axes)
        axes.set_xlabel("share of the news that is fake")
        axes.set_ylabel("dispersion of stances,\nless that of a town without news")
        axes.legend(title="reach")
    return drawn


def _dispersion(stance: np.ndarray) -> float:
    return float(np.abs(stance - stance.mean(axis=0)).mean())


def _of_crisis(column: str) -> str:
    goal, separation = column.split(" | ")
    return f"camps {separation} from the middle{goal}"


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

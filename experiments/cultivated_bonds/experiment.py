"""Do coalitions last longer, and make more of their effort, where members cultivate their bonds?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.explained import bars, explained
from ecosim.experiments.answer import answer
from ecosim.experiments.arms import interval, run_all
from ecosim.experiments.in_words import as_markdown, brackets

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    import ecosim
    from ecosim.world.world import World

HERE = Path(__file__).parent
REPLICATES, SEED = 24, 2070
NO_GAIN = "dynamics.production.bond_gain=0"
NO_TRANSLATION = "dynamics.production.translation=0"
ARMS = {
    "as in the town, half invest 0.3": (),
    "half invest 0.2": ("interventions.0.value=0.2",),
    "half invest 0.5": ("interventions.0.value=0.5",),
    "placebo: half picked, and invest 0.1 like the rest": ("interventions.0.value=0.1",),
    "bonds add nothing": (NO_GAIN,),
    "nor do they translate": (NO_GAIN, NO_TRANSLATION),
    "nor does what members pool": (NO_GAIN, NO_TRANSLATION, "dynamics.production.pool_gain=0"),
}
FEW, MOST = 1 / 3, 2 / 3
BETWEEN = -1
OUTCOMES = {
    "dissolved": ("coalitions dissolved, per 1,000 coalition-ticks", 1),
    "left": ("members who left, per 1,000 member-ticks", 1),
    "per effort": ("output per effort", 2),
    "per effort and investment": ("output per effort, what was invested in bonds included", 2),
}
DISCARDED = 0.25


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return hazards and output per effort of coalitions with few and with most members who were picked."""
    value = model.settings.interventions[0].value
    counts = {name: np.zeros((2, 2)) for name in OUTCOMES}  # group (few, most): what happened, out of how much
    before: dict[int, tuple[int, set[int]]] = {}
    while model.tick < model.settings.ticks:
        model.step()
        now, made = look(model.world, value)
        if model.tick > DISCARDED * model.settings.ticks:
            for coalition, (group, members) in before.items():
                if group == BETWEEN:
                    continue
                still = now[coalition][1] if coalition in now else set()
                counts["dissolved"][group] += (coalition not in now, 1)
                counts["left"][group] += (len(members - still), len(members))
            for group, output, effort, whole in made:
                counts["per effort"][group] += (output, effort)
                counts["per effort and investment"][group] += (output, whole)
        before = now
    return {
        f"{name} {where}": scale(name) * count[0] / count[1] if count[1] > 0 else float("nan")
        for name, groups in counts.items()
        for where, count in zip(("few", "most"), groups, strict=True)
    }


def look(world: World, value: Any) -> tuple[dict[int, tuple[int, set[int]]], list[tuple[int, float, float, float]]]:
    """Return each coalition's group and members, and what those with few or most members who were picked made of what."""
    picked, members, made = world.invest == value, {}, []
    for c in range(world.coalitions):
        rows = slice(world.first_member[c], world.first_member[c + 1])
        who = world.member[rows]
        share = picked[who].mean()
        group = BETWEEN if FEW <= share <= MOST else int(share > MOST)
        members[int(world.coalition_identity[c])] = (group, set(world.identity[who].tolist()))
        if group != BETWEEN:
            effort = world.member_effort[rows]
            made.append((group, float(world.output[c]), effort.sum(), (effort / (1 - world.invest[who])).sum()))
    return members, made


def scale(name: str) -> float:
    """Return by what a rate is multiplied: hazards are told per 1,000."""
    return 1000.0 if name in ("dissolved", "left") else 1.0


def measured(replicates: int, seed: int, workers: int = 0, *changes: str) -> pd.DataFrame:
    """Return a row a run."""
    arms = {label: (HERE / "cultivated.yaml", *own) for label, own in ARMS.items()}
    return run_all(arms, live, *changes, replicates=replicates, seed=seed, workers=workers)


def told(runs: pd.DataFrame) -> str:
    """Return the tables: for each outcome and arm both groups, and how they differ within a world."""
    tables = []
    for name, (words, digits) in OUTCOMES.items():
        rows = []
        for arm in ARMS:
            there = runs[runs["scenario"] == arm]
            few, most = there[f"{name} few"], there[f"{name} most"]
            means = (f"{few.mean():.{digits}f}", f"{most.mean():.{digits}f}")
            rows.append([arm, *means, brackets(*interval(most - few), digits, signed=True)])
        tables.append(as_markdown([words, "few cultivate", "most cultivate", "difference"], rows))
    return "\n\n".join(tables)


def figure(runs: pd.DataFrame) -> Figure:
    """Return the picture: the differences in hazard and in output per effort, arm by arm."""
    with explained(
        9.0,
        4.6,
        "Where bonds are cultivated, coalitions last and make more",
        "Coalitions of which more than two thirds of the members were picked to invest more, less those of which fewer "
        "than one third were, in the same world. Bars: 95 % intervals over replicates.",
    ) as drawn:
        panels = drawn.subplots(1, 2, sharey=True)
        for axes, name in zip(panels, ("dissolved", "per effort"), strict=True):
            groups = {arm: runs[runs["scenario"] == arm] for arm in ARMS}
            bars(axes, {arm: interval(there[f"{name} most"] - there[f"{name} few"]) for arm, there in groups.items()})
            axes.set_xlabel(OUTCOMES[name][0] + ",\nmost less few")
    return drawn


if __name__ == "__main__":
    answer(HERE, __doc__, measured, told, figure, replicates=REPLICATES, seed=SEED)

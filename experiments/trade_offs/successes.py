"""What is looked at in one town: how sectors' successes move together over time, and of what parts that is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.experiments.arms import correlation

if TYPE_CHECKING:
    import ecosim

PAIRS = {
    "business ~ government": (0, 1),
    "business ~ civil society": (0, 2),
    "government ~ civil society": (1, 2),
}
SOURCES = {"custom": 0, "pay for work": 1, "mission": 4}
"""What a part of success comes from, and its place in ``parts_of``; what is left is ``the rest``."""
REST = "the rest"
KNOWN = {"severity": 0, "work done": 1, "pay for work": 2}
"""What is held constant in a partial correlation, and its column in what ``course`` returns."""


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return what is told of it, from after the first quarter of its ticks."""
    parts, common = course(model)
    parts, common = parts[model.tick // 4 :], common[model.tick // 4 :]
    success = parts.sum(axis=2)
    series, first = model.recorder.series(), model.tick // 4
    found = {pair: correlation(success[:, one], success[:, other]) for pair, (one, other) in PAIRS.items()}
    one, other = PAIRS["business ~ civil society"]
    for known, column in KNOWN.items():
        found[f"given {known}"] = partial(success[:, one], success[:, other], common[:, column])
    found |= shares_of(parts[:, one], parts[:, other])
    found["severity"] = float(common[:, 0].mean())
    for name in ("in_coalition_share", "coalition_mixed_share"):
        values = np.asarray(series[name], float)[first:]
        found[name] = float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
    return found


def course(model: ecosim.Ecosystem) -> tuple[Any, Any]:
    """Run a town; return parts of success (ticks, sectors, 6) and mean severity, work done and pay for it (ticks, 3)."""
    parts, common = [], []
    while model.tick < model.settings.ticks:
        model.step()
        world = model.world
        each = parts_of(world)
        parts.append([each[world.sector == sector].mean(axis=0) for sector in range(len(world.labels.sectors))])
        work = np.asarray(world.relief)
        common.append([np.mean(world.severity), work.sum(), (work * np.asarray(world.price)).sum()])
    return np.array(parts), np.array(common)


def parts_of(world: Any) -> Any:
    """Return each organisation's success as the sum of its parts (n, 6).

    In turn: custom, taxes or gifts; pay for work, less its cost, and what others' work brought it; public value;
    its bonds; its mission; legitimacy; each weighed by its own motive.
    """
    ledger, motive = np.asarray(world.ledger), np.asarray(world.motive)
    weighed = ledger * motive
    income = np.asarray(world.income) * motive[:, 0]
    money = weighed[:, 0] - income
    return np.column_stack([income, money, weighed[:, 1], weighed[:, 3], weighed[:, 2], weighed[:, 4]])


def shares_of(one: Any, other: Any) -> dict[str, float]:
    """Return what each pair of parts (ticks, 6) adds to the correlation of two sums; all together are the correlation."""
    scale = one.sum(axis=1).std() * other.sum(axis=1).std() * one.shape[0]
    products = (one - one.mean(axis=0)).T @ (other - other.mean(axis=0)) / scale
    places = list(SOURCES.values())
    rest = [k for k in range(products.shape[0]) if k not in places]
    groups = {label: [place] for label, place in SOURCES.items()} | {REST: rest}
    return {
        f"{mine} × {theirs}": float(products[np.ix_(rows, columns)].sum())
        for mine, rows in groups.items()
        for theirs, columns in groups.items()
    }


def partial(one: Any, other: Any, known: Any) -> float:
    """Return the correlation of what a straight line in ``known`` leaves of the two."""
    line = np.column_stack([np.ones(known.size), known])
    one, other = (values - line @ np.linalg.lstsq(line, values, rcond=None)[0] for values in (one, other))
    return correlation(one, other)

"""Friedkin & Johnsen (1999): opinions that remember where they began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.settings import settings_from

PUBLISHED = (60.0, 60.0, 75.0, 75.0)
"""Opinions of the four at the end, on the scale from 0 to 100, as the paper rounds them."""
EXACT = (60.021, 59.984, 75.0, 74.986)
"""The same, recomputed."""
TOLD = ("first", "second", "third", "fourth")


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the opinions at the end: of the four, and of others, whose equilibrium a system of equations gives."""
    model = Ecosystem(load("friedkin_1999"), rng=effort.seed)
    model.run()
    opinions = 50.0 + 50.0 * model.world.stance[:, 0]
    for person, opinion, published, exact in zip(TOLD, opinions, PUBLISHED, EXACT, strict=True):
        ours = np.array([opinion])
        yield Cell(
            f"{person} of four", MEASURE, published, "published", ours, allowance=0.5, note="printed in full units"
        )
        yield Cell(f"{person} of four", MEASURE, exact, "recomputed", ours, allowance=0.0005, note="three decimals")
    for number in range(5 if effort.full else 2):
        yield _matrix_cell(number, effort.seed + number)
    for weighing in ("equal", "trust"):
        for activation in ("simultaneous", "sweep", "random"):
            yield _ties_cell(weighing, activation, effort)


MEASURE = "opinion at the end, from 0 to 100"
FARTHEST = "farthest from the equilibrium, stance from -1 to 1"
NOTE = "x = (I − ΛW)⁻¹ (I − Λ) x(0), solved as a system of equations"


def _matrix_cell(number: int, seed: int) -> Cell:
    """Return how far seven with random weights, susceptibilities and stances end from where they should."""
    size = 7
    weights = np.random.default_rng(number).dirichlet(np.full(size, 0.4), size)
    ecosystem = {"organisations": size, "stance": {"axes": 2}, "susceptibility": {"value": 0.7, "jitter": 0.6}}
    rule = {"weights": weights.tolist(), "coupled": bool(number % 2)}
    model = _settled({**ecosystem, "network": {"kind": "none"}}, rule, seed)
    openness = 1.0 - weights.diagonal() if number % 2 else model.world.susceptibility
    return _against_equilibrium(f"seven, random weights {number + 1}", model, weights, openness)


def _settled(ecosystem: dict[str, Any], rule: dict[str, Any], seed: int) -> Ecosystem:
    """Return a model of such a world in which the rule, and nothing else, has acted for long."""
    dynamics = {"stance": {"rule": "friedkin_johnsen", **rule}}
    model = Ecosystem(settings_from({"ecosystem": ecosystem, "dynamics": dynamics, "ticks": 3000}), rng=seed)
    model.run()
    return model


def _ties_cell(weighing: str, activation: str, effort: Effort) -> Cell:
    """Return how far two hundred organisations that weigh their partners end from where they should."""
    network = {"kind": "random", "degree": 6, "trust_jitter": 0.5}
    rule = {"weighing": weighing, "own_weight": 0.2, "activation": activation}
    model = _settled({"organisations": 200, "network": network}, rule, effort.seed)
    world = model.world
    given = np.zeros((world.n, world.n))
    (i, j), trust = world.ends.T, world.trust if weighing == "trust" else np.ones((world.ties, 2))
    given[i, j], given[j, i] = trust[:, 0], trust[:, 1]
    total = given.sum(axis=1, keepdims=True)
    weights = 0.8 * np.divide(given, total, out=np.zeros_like(given), where=total > 0.0)
    weights += np.diag(1.0 - weights.sum(axis=1))
    setting = f"200 by ties, {weighing} weights, {activation}"
    return _against_equilibrium(setting, model, weights, world.susceptibility)


def _against_equilibrium(
    setting: str, model: Ecosystem, weights: NDArray[np.float64], openness: NDArray[np.float64]
) -> Cell:
    world = model.world
    heard, kept = openness[:, None] * weights, (1.0 - openness)[:, None] * world.prejudice
    expected = np.linalg.solve(np.eye(world.n) - heard, kept)
    farthest = np.array([np.abs(world.stance - expected).max()])
    return Cell(setting, FARTHEST, 0.0, "derived", farthest, allowance=1e-9, note=NOTE)


CASE = Case(
    name="friedkin_1999",
    title="Opinions that remember where they began",
    source="Friedkin & Johnsen (1999), Social influence networks and opinion change, Advances in Group Processes 16, 1–29 "
    "(not seen); rule and values as Parsegov, Proskurnikov, Tempo & Friedkin (2017) print them, IEEE Trans. "
    "Automatic Control 62, 2270",
    about="Four people weigh each other's opinions by a given matrix, all at once (simultaneous activation), and keep to "
    "their first opinion as much as they weigh themselves. Reproduced: their opinions at the end, and the equilibrium of "
    "other matrices and of weights by ties, under each activation.",
    cells=cells,
)

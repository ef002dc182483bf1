"""Marvel, Kleinberg, Kleinberg & Strogatz (2011): feelings follow those of common acquaintances, until all is balanced."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort

Matrix = NDArray[np.float64]

UNIT = 100.0
"""How many units of the paper's X are 1 of ours, in the configuration."""
TICKS = 1000
"""Ticks of the paper's unit of time, in the configuration."""

RATE = 0.02
"""Of change, in the other worlds: per unit of ours and tick."""

FIRST_ROW = (4.732, 7.0216, -0.3054, -6.4473, 1.5235, -5.7657)
"""Of X(.1), recomputed."""
CAMP = (1, 1, 1, -1, 1, -1)
"""The published camps: the first, second, third and fifth against the fourth and sixth."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield eigenvalue, course, blow-up and camps of the six, and the same of other worlds, which theory tells."""
    model = Ecosystem(load("marvel_2011"), rng=effort.seed)
    start = UNIT * feelings(model)
    six = "six organisations"
    yield _cell(six, "greatest eigenvalue of X(0)", 7.113887, "recomputed", _greatest(start), 5e-7, "six decimals")
    model.run(TICKS // 10)
    for column, (value, reference) in enumerate(zip(UNIT * feelings(model)[0], FIRST_ROW, strict=True), 1):
        rounded = 0.0005 if reference == FIRST_ROW[0] else 0.00005
        yield _cell(six, f"X(.1), first row, column {column}", reference, "recomputed", value, rounded, "as printed")
    model.run(TICKS // 40)
    blow_up = model.tick / TICKS + 1.0 / _greatest(UNIT * feelings(model))
    yield _cell(six, "time of the blow-up", 0.140570, "recomputed", blow_up, 5e-7, "t + 1/λ₁(t), at t = .125")
    model.run()
    right = int((np.sign(feelings(model)[0]) == CAMP).sum())
    yield _cell(six, "organisations in their published camp", 6, "published", right)
    yield _cell(six, "triads in balance, a share", 1.0, "published", balanced(feelings(model)))
    for number in range(6 if effort.full else 2):
        yield from _random_world(number, effort)
    for mean, camps in ((0.0, 2), (0.2, 1)):
        yield _fate(mean, camps, effort)


def _random_world(number: int, effort: Effort) -> Iterator[Cell]:
    """Yield how a dozen with random feelings fare against X(0) (I − X(0) t)⁻¹ and the first eigenvector of X(0)."""
    model = _strangers(12, 0.0, 0.1, effort.seed + number)
    start = feelings(model)
    values, vectors = np.linalg.eigh(start)
    ticks = int(0.5 / (RATE * values[-1]))
    model.run(ticks)
    time = RATE * model.tick
    expected = start @ np.linalg.inv(np.eye(12) - time * start)
    off = np.abs(feelings(model) - expected).max() / np.abs(expected).max()
    setting = f"twelve, random feelings {number + 1}"
    yield _cell(
        setting, "farthest from X(0)(I − X(0)t)⁻¹, relative", 0.0, "derived", off, 1e-5, "half-way to the blow-up"
    )
    model.run(ticks + 3000)
    camps = np.sign(np.outer(vectors[:, -1], vectors[:, -1]))
    right = float((np.sign(feelings(model)) == camps).mean())
    yield _cell(setting, "share of feelings with the sign of the theorem", 1.0, "derived", right)


def _fate(mean: float, camps: int, effort: Effort) -> Cell:
    """Return into how many camps many strangers fall whose feelings are on average so friendly."""
    runs = 10 if effort.full else 3
    found = []
    for number in range(runs):
        model = _strangers(60, mean, 0.5, effort.seed + 100 + number)
        model.run(120)
        found.append(float(np.unique(np.sign(feelings(model)[0])).size))
    return Cell(f"sixty strangers, mean affect {mean:g}", "camps", camps, "published", np.array(found), note=NOTE_FATE)


NOTE_FATE = "the paper: two camps from neutral feelings, one where they are friendly on average, in large groups"


def _strangers(number: int, mean: float, spread: float, seed: int) -> Ecosystem:
    """Return so many organisations with feelings drawn uniformly around a mean, before anything has happened."""
    return Ecosystem(
        load(
            "marvel_2011",
            f"ecosystem.organisations.member={number}",
            "ecosystem.network.affects=null",
            f"ecosystem.network.affect={mean}",
            f"ecosystem.network.affect_spread={spread}",
            f"dynamics.balance.rate={RATE}",
            "record={every: 10000, relationships: never, organisations: never, events: false, figures: false}",
        ),
        rng=seed,
    )


def feelings(model: Ecosystem) -> Matrix:
    """Return affect as a symmetric matrix (n, n), that towards oneself on the diagonal."""
    world = model.world
    matrix = np.diag(world.self_affect)
    i, j = world.ends.T
    matrix[i, j] = matrix[j, i] = world.affect
    return matrix


def balanced(matrix: Matrix) -> float:
    """Return the share of triads whose product of signs is positive."""
    signs = np.sign(matrix)
    np.fill_diagonal(signs, 0.0)
    cube, triads = np.trace(signs @ signs @ signs), np.trace(abs(signs) @ abs(signs) @ abs(signs))
    return float((cube + triads) / (2 * triads))


def _greatest(matrix: Matrix) -> float:
    return float(np.linalg.eigvalsh(matrix)[-1])


def _cell(
    setting: str, measure: str, reference: float, standing: str, ours: float, allowance: float = 0.0, note: str = ""
) -> Cell:
    return Cell(setting, measure, reference, standing, np.array([ours]), allowance=allowance, note=note)  # type: ignore[arg-type]


CASE = Case(
    name="marvel_2011",
    title="Enemies of enemies become friends",
    source="Marvel, Kleinberg, Kleinberg & Strogatz (2011), Continuous-time model of structural balance, PNAS 108, 1771 "
    "(abstract checked)",
    about="Affect between each two of six follows what both feel towards every third, dX/dt = X², all at once and "
    "continuously, so there is no activation to choose. Reproduced: its course, when it blows up and into which camps, "
    "and the paper's theorem for other groups; 100 units of the paper are 1 of ours, 1,000 ticks one of its time.",
    cells=cells,
)

"""Lazer & Friedman (2007): the more a network spreads what is known, the less there will be to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import seeds

MEASURE = "mean score"

NETWORKS: dict[str, tuple[str, ...]] = {
    "linear": ("ecosystem.network.kind=ring", "ecosystem.network.degree=2"),
    "small world": (
        "ecosystem.network.kind=small_world",
        "ecosystem.network.degree=4",
        "ecosystem.network.rewired=0.1",
    ),
    "random": ("ecosystem.network.kind=random", "ecosystem.network.degree=10"),
    "full": ("ecosystem.network.kind=complete",),
}

ROUNDS = (5, 20, 200)
LISTED: dict[str, tuple[float, float, float]] = {
    "linear": (0.21, 0.53, 0.755),
    "small world": (0.31, 0.67, 0.674),
    "random": (0.41, 0.53, 0.527),
    "full": (0.45, 0.50, 0.500),
}
"""Network to the mean score after 5, 20 and 200 rounds that an independent program found over 60 landscapes."""

Three = tuple[float, float, float]
FURTHER: dict[tuple[str, int, int], dict[str, tuple[Three, Three]]] = {
    ("random", 12, 3): {
        "linear": ((0.4039, 0.8605, 0.9882), (0.0067, 0.0065, 0.0034)),
        "full": ((0.7301, 0.7622, 0.7622), (0.0155, 0.0157, 0.0157)),
    },
    ("adjacent", 12, 8): {
        "linear": ((0.2941, 0.5778, 0.7640), (0.0050, 0.0095, 0.0138)),
        "full": ((0.4865, 0.4865, 0.4865), (0.0142, 0.0142, 0.0142)),
    },
}
"""Neighbourhood, N and K to network to means and standard errors of tests/reference/published/lazer_2007.py,
where linear is a line, not a ring."""

ALLOWED = 0.05
PASSING = 18


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the mean scores by network and round, where linear passes full, and other N and K."""
    landscapes = 240 if effort.full else 32
    found = scores(tuple(NETWORKS), effort.seed, landscapes, "adjacent", 20, 5)
    for name, listed in LISTED.items():
        for round_, reference in zip(ROUNDS, listed, strict=True):
            ours = found[name][:, round_]
            yield Cell(
                f"{name}, round {round_}", MEASURE, reference, "recomputed", ours, 0.0, ALLOWED, PRECISION, extent=1.0
            )
    ahead = found["linear"][:, PASSING] - found["full"][:, PASSING]
    yield Cell(f"round {PASSING}", "linear less full", 0.0, "recomputed", ahead, 0.0, ALLOWED, NEAR, extent=2.0)
    for (neighbourhood, practices, others), by_network in FURTHER.items():
        fewer = landscapes if practices == 20 else 4 * landscapes
        further = scores(tuple(by_network), effort.seed, fewer, neighbourhood, practices, others)
        for name, (means, errors) in by_network.items():
            for round_, reference, error in zip(ROUNDS, means, errors, strict=True):
                setting = f"N = {practices}, K = {others} {neighbourhood}, {name}, round {round_}"
                yield Cell(setting, MEASURE, reference, "recomputed", further[name][:, round_], error, extent=1.0)


PRECISION = (
    "±.05: the precision of the reference. It took the K practices that follow on a circle; where they are drawn, scores "
    "of round 200 are higher by about a seventh, in their order (a plain program over 24 landscapes: linear .86, full .58)"
)
NEAR = "the two curves cross near round 18: their difference there, within the precision of the reference"


def scores(
    networks: Sequence[str], seed: int, landscapes: int, neighbourhood: str, practices: int, others: int
) -> dict[str, NDArray[np.float64]]:
    """Return, for each network, the mean score of all organisations at each round (landscapes, 201), NaN at round 0.

    Args:
        networks: words of ``NETWORKS``; all see the same landscapes.
        seed: chooses the luck of all runs.
        landscapes: how many runs, each with a landscape of its own.
        neighbourhood: "adjacent" or "random".
        practices: N.
        others: K.
    """
    changes = (
        f"ecosystem.practices={practices}",
        f"dynamics.learning.neighbourhood={neighbourhood}",
        f"dynamics.learning.interdependence={others}",
        "measures=[]",
        "record.figures=false",
    )
    settings = {name: load("lazer_2007", *NETWORKS[name], *changes) for name in networks}
    found = {name: np.full((landscapes, max(ROUNDS) + 1), np.nan) for name in networks}
    for row, luck in enumerate(seeds(seed, landscapes)):
        for name in networks:  # one after the other on the same landscape, which is worked out once
            model = Ecosystem(settings[name], rng=luck)
            for round_ in range(1, max(ROUNDS) + 1):
                model.step()
                found[name][row, round_] = model.world.performance.mean()
    return found


CASE = Case(
    name="lazer_2007",
    title="Exploration and exploitation in networks",
    source="Lazer & Friedman (2007), The network structure of exploration and exploitation, Administrative Science "
    "Quarterly 52, 667–694 (abstract checked; the text was not at hand: networks as far as it leaves them open are those "
    "of the reference: ring, small world of degree 4 with a tenth rewired, random of degree 10)",
    about="A hundred organisations, all at once, copy their best partner where it does better and else try one change of "
    "their own, on an NK landscape of twenty practices (simultaneous activation). Reproduced: the mean score, (F/max F)⁸, "
    "by network and round: what spreads fastest is best at first and worst in the end.",
    cells=cells,
)

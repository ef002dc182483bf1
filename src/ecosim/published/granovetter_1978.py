"""Granovetter (1978): crowds that are nearly the same, and outcomes that are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import seeds
from ecosim.published.tipping import BARE

NAME = "granovetter_1978"
LISTED = {0.122: 5.5, 0.1222: 6.0, 0.1225: 100.0}
"""Standard deviation of normal thresholds around a quarter, to the percentage that acts in the end, as published."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the hundred with both sets of thresholds, and crowds with normal ones, dealt out and drawn."""
    values = ", ".join(repr(max(k, 2 * (k == 1)) / 100) for k in range(100))
    changed = f"ecosystem.threshold={{start: list, values: [{values}]}}"
    yield Cell("thresholds 0 … 99", "that act", 100, "published", final(effort.seed, 1))
    yield Cell("the same, a 2 in place of the 1", "that act", 1, "published", final(effort.seed, 1, changed))
    for activation in ("sweep", "random"):
        ours = final(effort.seed, 1, f"dynamics.action.activation={activation}")
        yield Cell(f"thresholds 0 … 99, activation {activation}", "that act", 100, "derived", ours)
    size = 100_000
    for spread, reference in LISTED.items():
        ours = 100.0 / size * final(effort.seed, size, _normal(0.25, spread, dealt=True))
        yield Cell(_words(0.25, spread), SHARE, reference, "published", ours, 0.0, 0.06, DEALT)
    for mean, spread in ((0.25, 0.1), (0.3, 0.2), (0.5, 0.1)):
        reference = 100.0 * lowest_fixed_point(mean, spread)
        ours = 100.0 / size * final(effort.seed, size, _normal(mean, spread, dealt=True))
        yield Cell(_words(mean, spread), SHARE, reference, "derived", ours, 0.0, 1000.0 / size, DEALT)
    mean, spread = 0.25, 0.11
    drawn = [
        final(luck, size, _normal(mean, spread, dealt=False)) for luck in seeds(effort.seed, 30 if effort.full else 10)
    ]
    yield Cell(
        f"{_words(mean, spread)}, drawn", SHARE, 100.0 * lowest_fixed_point(mean, spread), "derived",
        100.0 / size * np.concatenate(drawn), 0.0, 1000.0 / size, "a finite crowd",
    )  # fmt: skip


SHARE = "that act, in percent"
DEALT = "the quantiles of the law are dealt out, not drawn; the printed value is rounded, and the crowd finite"


def final(seed: int, size: int, *changes: str) -> NDArray[np.float64]:
    """Return how many act when nothing changes any more (1,); a size of 1 leaves the hundred of the configuration."""
    number = (f"ecosystem.organisations={size}",) if size > 1 else ()
    model = Ecosystem(load(NAME, *number, *BARE, *changes), rng=seed)
    before = -1
    while (now := int(model.world.active.sum())) != before:
        before = now
        model.run(50)
    return np.array([float(now)])


def lowest_fixed_point(mean: float, spread: float) -> float:
    """Return the lowest share r with r = F(r), F the normal law: where a crowd that starts from nobody ends."""
    from scipy import special

    share = 0.0
    for _ in range(100_000):
        share = float(special.ndtr((share - mean) / spread))
    return share


def _normal(mean: float, spread: float, dealt: bool) -> str:
    return f"ecosystem.threshold={{start: normal, mean: {mean}, spread: {spread}, dealt: {str(dealt).lower()}}}"


def _words(mean: float, spread: float) -> str:
    return f"normal thresholds of mean {100 * mean:g} and standard deviation {100 * spread:g} %"


CASE = Case(
    name=NAME,
    title="Thresholds of collective behaviour",
    source="Granovetter (1978), Threshold models of collective behavior, American Journal of Sociology 83, 1420–1443 "
    "(the set-up and the leap near σ = 12 checked in what others tell of it)",
    about="Each acts once the share of the others that act reaches its threshold; all respond at once to the last tick "
    "(simultaneous activation), and nobody stops. Reproduced: how many act in the end, with thresholds 0 … 99, with one "
    "of them changed, and with normal thresholds just below and above the standard deviation at which all act.",
    cells=cells,
)

"""Tested rules: boxes found in one half of the points and tested on the other, and how easily chance would make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.cart import Tree
from ecosim.experiments.cases import Box, Cases
from ecosim.experiments.crossing import Estimate
from ecosim.experiments.intervals import wilson
from ecosim.experiments.prim import Quality, find_box, quality

ALARM = 0.01
"""Chance that a rule is told of a sweep in which nothing matters."""

MOST_RULES = 3
DRAWS = 4000


class Rule(NamedTuple):
    """A box found in one half of the points and tested on the other.

    Attributes:
        box: where it holds.
        density: share of runs in it that hold, in the other half, with its 95 % interval.
        tested: what it is worth in the other half.
        found: what it seemed worth in the half in which it was found.
        p_value: chance of so many cases among as many points of the other half, drawn at random.
        quasi: quasi-p-value of each restricted factor, in the half in which it was found.
        path: what each box on the way was worth, there.
        again: the first box that the same search finds in the other half, to see how firm the bounds are.
    """

    box: Box
    density: Estimate
    tested: Quality
    found: Quality
    p_value: float
    quasi: dict[int, float]
    path: list[Quality]
    again: Box


def tested_rules(first: Cases, second: Cases, density: float | None, seed: int) -> Iterator[Rule]:
    """Yield rules that stand the test, each among the points that no earlier one holds, until one does not."""
    left, right = first, second
    for number in range(MOST_RULES):
        if min(left.share.size, right.share.size) < 10 or not 0 < left.base < 1 or not 0 < right.base < 1:
            return
        found = find_box(left, density=density)
        if not found.box.restricted():
            return
        inside = found.box.holds(right.factors)
        chance = p_value(inside, right, seed + number)
        if chance >= ALARM:
            return
        tested = quality(found.box, right)
        among_all = quality(found.box, second)
        yield Rule(
            found.box, wilson(tested.density, tested.points),
            among_all._replace(density=tested.density) if number == 0 else _share_of(tested, right, second),
            found.quality, chance, found.quasi, found.path, find_box(right, density=density).box,
        )  # fmt: skip
        left = left.some(~found.box.holds(left.factors))
        right = right.some(~inside)


def p_value(inside: NDArray[np.bool_], cases: Cases, seed: int = 0) -> float:
    """Return the chance that as many cases would be among as many points drawn at random, by drawing them."""
    score = cases.share * cases.runs
    count = int(inside.sum())
    if count in (0, inside.size):
        return 1.0
    luck, draws = np.random.default_rng(seed), _draws(score.size)
    seen = float(score[inside].sum())
    again = np.array([score[luck.permutation(score.size)[:count]].sum() for _ in range(draws)])
    return float((1 + (again >= seen - 1e-9).sum()) / (draws + 1))


def tree_p(tree: Tree, first: Cases, second: Cases, seed: int = 0) -> float:
    """Return the chance that a tree from one half would foretell the other as well, were its shares put in any order."""
    if len(tree.leaves) < 2:
        return 1.0
    worth = np.array([quality(leaf, first).density for leaf in tree.leaves])
    guess = worth[tree.leaf_of(second.factors)]
    guess = guess - guess.mean()
    luck, draws = np.random.default_rng(seed), _draws(guess.size)
    seen = float(guess @ second.share)
    again = np.array([guess @ luck.permutation(second.share) for _ in range(draws)])
    return float((1 + (again >= seen - 1e-12).sum()) / (draws + 1))


def _draws(points: int) -> int:
    """Return how often chance is drawn: less often for very many points, where a thousand are plenty."""
    return max(1000, min(DRAWS, 10**8 // max(points, 1)))


def _share_of(tested: Quality, rest: Cases, everything: Cases) -> Quality:
    """Return what a later rule is worth: its share of all runs and cases, not of those that were left to it."""
    runs = rest.runs.sum() / everything.runs.sum()
    holding = (rest.share @ rest.runs) / (everything.share @ everything.runs)
    return Quality(float(tested.coverage * holding), tested.density, float(tested.mass * runs), tested.points)

"""CART: a small tree of yes-or-no questions that tells where something holds, pruned by cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.experiments.cases import Box, Cases

Numbers = NDArray[np.float64]

DEPTH = 3
LEAST = 0.05
FOLDS = 5


class Tree(NamedTuple):
    """A pruned tree.

    Attributes:
        leaves: a box each; together they are everything.
        importance: of each factor (k,): by how much its questions lessen the variance, as shares of 1; 0 without any.
    """

    leaves: list[Box]
    importance: Numbers

    def leaf_of(self, factors: Numbers) -> NDArray[np.int64]:
        """Return the number of the leaf in which each point lies (n,)."""
        inside = np.array([leaf.holds(factors) for leaf in self.leaves])
        return np.asarray(inside.argmax(axis=0), np.int64)


def find_tree(cases: Cases, *, depth: int = DEPTH, seed: int = 0) -> Tree:
    """Return the tree that tells best, by five-fold cross-validation over points, where it holds.

    A question splits the points so that the variance of the share that holds becomes least, runs counted, which is
    Gini's measure for shares; a leaf keeps a twentieth of all runs at least. The tree is cut back to the smallest whose
    error is within one standard error of the least.

    Args:
        cases: points with the share of their runs in which it holds.
        depth: questions on a way at most.
        seed: of the folds.

    Raises:
        InputError: if scikit-learn is missing.

    References:
        Breiman, Friedman, Olshen & Stone (1984), Classification and regression trees, §§3.4 and 8.
    """
    columns, meaning = _columns(cases)
    grow = _grower(columns, cases, depth, seed)
    everyone = np.arange(cases.share.size)
    path = grow(everyone, 0.0).cost_complexity_pruning_path(columns, cases.share, sample_weight=cases.runs).ccp_alphas
    penalties = [*np.sqrt(np.maximum(path[:-1] * path[1:], 0.0)).tolist(), float(path[-1]) * 2.0 + 1e-12]
    errors = _errors(grow, penalties, columns, cases, seed)
    tree = grow(everyone, penalties[_largest_as_good(errors, cases.runs / cases.runs.sum())])
    importance = np.zeros(len(cases.keys))
    np.add.at(importance, [k for k, _ in meaning], tree.feature_importances_)
    return Tree(_leaves(tree.tree_, meaning, len(cases.keys)), importance)


Grow = Callable[[NDArray[np.int64], float], Any]
"""Returns a tree grown on some points, cut back under a penalty a leaf."""


def _grower(columns: Numbers, cases: Cases, depth: int, seed: int) -> Grow:
    try:
        from sklearn.tree import DecisionTreeRegressor
    except ImportError:
        raise InputError("CART needs scikit-learn; install ecosim with the extra: ecosim[analysis]") from None

    def grow(which: NDArray[np.int64], penalty: float) -> Any:
        tree = DecisionTreeRegressor(
            max_depth=depth, min_weight_fraction_leaf=LEAST, ccp_alpha=penalty, random_state=seed
        )
        return tree.fit(columns[which], cases.share[which], sample_weight=cases.runs[which])

    return grow


def _errors(grow: Grow, penalties: Sequence[float], columns: Numbers, cases: Cases, seed: int) -> Numbers:
    """Return the squared error at each point of trees that have not seen it (penalties, points)."""
    order = np.random.default_rng(seed).permutation(cases.share.size)
    errors = np.zeros((len(penalties), cases.share.size))
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        kept = np.setdiff1d(np.arange(cases.share.size), out)
        for row, penalty in enumerate(penalties):
            guess = grow(kept, penalty).predict(columns[out])
            errors[row, out] = (guess - cases.share[out]) ** 2
    return errors


def _largest_as_good(errors: Numbers, weights: Numbers) -> int:
    """Return the number of the largest penalty whose mean error is within one standard error of the least."""
    mean = errors @ weights
    best = int(np.argmin(mean))
    error = float(np.sqrt(((errors[best] - mean[best]) ** 2) @ weights**2))
    return int(np.flatnonzero(mean <= mean[best] + error)[-1])


def _columns(cases: Cases) -> tuple[Numbers, list[tuple[int, int]]]:
    """Return the columns that the tree sees, and for each the factor, and the word that it stands for (−1: a number)."""
    columns, meaning = [], []
    for k, words in enumerate(cases.words):
        column = cases.factors[:, k]
        if not words:
            columns.append(column)
            meaning.append((k, -1))
        for number in range(len(words)):
            columns.append((column == number).astype(float))
            meaning.append((k, number))
    return np.column_stack(columns), meaning


def _leaves(tree: Any, meaning: list[tuple[int, int]], factors: int) -> list[Box]:
    """Return the leaves of a fitted tree as boxes, from left to right."""
    found: list[Box] = []

    def descend(node: int, box: Box) -> None:
        if tree.children_left[node] < 0:
            found.append(box)
            return
        k, word = meaning[tree.feature[node]]
        bound = float(tree.threshold[node])
        if word < 0:
            no = box.cut(k, high=min(bound, box.high[k]))
            yes = box.cut(k, low=max(bound, box.low[k]))
        else:
            no = box.cut(k, out=word)
            others = [
                number for factor, number in meaning if factor == k and number != word and number not in box.left_out[k]
            ]
            yes = box
            for number in others:
                yes = yes.cut(k, out=number)
        descend(tree.children_left[node], no)
        descend(tree.children_right[node], yes)

    descend(0, Box.whole(factors))
    return found

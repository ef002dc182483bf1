"""Searches: two ways to choose trials: towards the best, by Optuna; and towards all that agree, by approximate Bayes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from ecosim.errors import InputError
from ecosim.experiments.proposals import Proposal, drawn_round, weights_of
from ecosim.experiments.trials import Trials

Numbers = NDArray[np.float64]

BATCH = 8
"""Trials that are chosen at once by Optuna: a fixed number, so that the same seed makes the same search anywhere."""

KEPT = 0.5
STOP = 0.03
"""Share of new particles nearer than the last tolerance below which approximate Bayes has come as far as it will."""

LEAST_PARTICLES = 40
FEWEST_KEPT = 10
"""Particles with a value below which no spread can be told from them."""

FIRST = 0.3
"""Share of the trials that Optuna spreads evenly over the box, at least, so that intervals rest on all of it."""


class Posterior(NamedTuple):
    """Particles that agree with the targets.

    Attributes:
        trials: number of each particle's trial.
        shares: place of each in the box (n, k), moved to where the distance would be none.
        weights: their weights, which add up to 1.
        tolerance: distance up to which a particle was kept, in standard deviations of the targets.
        accepted: share of the last new particles that came nearer than the tolerance before.
    """

    trials: NDArray[np.int64]
    shares: Numbers
    weights: Numbers
    tolerance: float
    accepted: float


def rounds_of(method: str, count: int) -> int:
    """Return about in how many batches a search makes so many trials; by approximate Bayes there may be fewer."""
    if method == "abc":
        first = _particles(count)
        return 1 + math.ceil(max(0, count - first) / (first - math.ceil(KEPT * first)))
    return 1 + math.ceil(max(0, count - _spread(count)) / BATCH)


def _particles(count: int) -> int:
    return max(LEAST_PARTICLES, count // 5)


def _spread(count: int) -> int:
    """Return how many trials cover the box evenly before Optuna chooses."""
    return min(count, max(int(FIRST * count), BATCH))


def search_by_optuna(trials: Trials, count: int, seed: int) -> None:
    """Add trials where a tree-structured Parzen estimator expects less loss, after some that cover the box evenly.

    Nothing of the search itself is kept on disk: it is the same again each time, and finds the runs that it had made.

    Raises:
        InputError: if Optuna is missing.

    References:
        Bergstra, Bardenet, Bengio & Kégl (2011), Algorithms for hyper-parameter optimization, NIPS 24.
        Akiba et al. (2019), Optuna, KDD 2019, doi:10.1145/3292500.3330701.
    """
    try:
        import optuna
    except ImportError:
        raise InputError("--method optuna needs Optuna; install ecosim with the extra: ecosim[analysis]") from None
    names = [f"x{k}" for k in range(len(trials.factors))]
    space: dict[str, Any] = {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in names}
    first = _spread(count)
    shares = _evenly(first, len(names), seed)
    losses = trials.add(shares)
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=1)
        study = optuna.create_study(sampler=sampler)
        for row, loss in zip(shares, losses, strict=True):
            made = optuna.trial.create_trial(
                params=dict(zip(names, row.tolist(), strict=True)), distributions=space, value=float(np.log1p(loss))
            )
            study.add_trial(made)
        while trials.shares.shape[0] < count:
            asked = [study.ask(space) for _ in range(min(BATCH, count - trials.shares.shape[0]))]
            losses = trials.add(np.array([[one.params[name] for name in names] for one in asked]))
            for one, loss in zip(asked, losses, strict=True):
                study.tell(one, float(np.log1p(loss)))
    finally:
        optuna.logging.set_verbosity(before)


def search_by_abc(trials: Trials, count: int, seed: int) -> Posterior:
    r"""Add trials by adaptive population Monte Carlo, and return the particles that agree with the targets.

    A particle's distance is that of the measures *with a draw of the targets' own error added*, in standard deviations:
    so the particles spread as the targets' uncertainty wants, however small the tolerance. The nearer half is kept; others
    are drawn round them, by a normal kernel of twice their covariance; and so on, until hardly any new one is nearer, or all
    trials are used. The prior is even over the box, and a particle weighs the more the less of all rounds was drawn where it
    is (:func:`ecosim.experiments.proposals.weights_of`). In the end particles are moved along a line of their places (as
    logits, which keeps them in the box) in the measures, to where these would meet the targets: that takes out the blur
    that the tolerance leaves.

    Trials without a value of every target are never kept: the prior is then the box without them.

    Raises:
        InputError: if fewer than ten trials of a round have a value of every target.

    References:
        Lenormand, Jabot & Deffuant (2013), Computational Statistics 28, 2777 (adaptive population Monte Carlo).
        Cornuet, Marin, Mira & Robert (2012), Scandinavian Journal of Statistics 39, 798 (weights over all rounds).
        Wilkinson (2013), Statistical Applications in Genetics and Molecular Biology 12, 129 (error added).
        Beaumont, Zhang & Balding (2002), Genetics 162, 2025 (the line).
    """
    luck = np.random.default_rng(seed)
    size = _particles(count)
    k = len(trials.factors)
    shares = _evenly(min(size, count), k, seed)
    trials.add(shares)
    noise = luck.normal(size=(count, len(trials.targets)))
    distance = _distance(trials, noise)
    keep = int(np.ceil(KEPT * size))
    numbers, tolerance = _nearest(np.arange(distance.size), distance, keep)
    proposals: list[Proposal] = []
    accepted = 1.0
    while trials.shares.shape[0] < count and accepted > STOP:
        more = min(size - numbers.size, count - trials.shares.shape[0])
        there = trials.shares[numbers]
        drawn, proposal = drawn_round(there, weights_of(there, size, proposals), more, luck)
        proposals.append(proposal)
        trials.add(drawn)
        distance = _distance(trials, noise)
        new = np.arange(distance.size - more, distance.size)
        accepted = float((distance[new] < tolerance).mean())
        numbers, tolerance = _nearest(np.concatenate([numbers, new]), distance, keep)
    off = (trials.distances() + noise[: trials.shares.shape[0]])[numbers]
    weights = weights_of(trials.shares[numbers], size, proposals)
    weights = weights * np.maximum(1.0 - (distance[numbers] / (1.000001 * tolerance)) ** 2, 1e-12)
    shares = _moved(trials.shares[numbers], off, weights)
    return Posterior(numbers, shares, weights / weights.sum(), float(tolerance), accepted)


def _evenly(count: int, k: int, seed: int) -> Numbers:
    """Return places that cover the box evenly (count, k), by a Latin hypercube."""
    found: Numbers = qmc.LatinHypercube(k, rng=np.random.default_rng(seed)).random(count)
    return found


def _moved(shares: Numbers, off: Numbers, weights: Numbers) -> Numbers:
    """Return places moved to where the measures would meet the targets, by weighted least squares of logits."""
    if not np.isfinite(off).all() or shares.shape[0] <= 2 * (off.shape[1] + 1):
        return shares
    logits = np.log(shares / (1.0 - shares))
    root = np.sqrt(weights)[:, None]
    columns = np.column_stack([np.ones(off.shape[0]), off])
    line = np.linalg.lstsq(columns * root, logits * root, rcond=None)[0]
    moved: Numbers = 1.0 / (1.0 + np.exp(-(logits - off @ line[1:])))
    return moved


def _distance(trials: Trials, noise: Numbers) -> Numbers:
    off = trials.distances() + noise[: trials.shares.shape[0]]
    distance: Numbers = np.sqrt((off**2).sum(axis=1))
    return np.where(np.isfinite(distance), distance, np.inf)


def _nearest(numbers: NDArray[np.int64], distance: Numbers, keep: int) -> tuple[NDArray[np.int64], float]:
    order = np.argsort(distance[numbers], kind="stable")[:keep]
    order = order[np.isfinite(distance[numbers[order]])]
    if order.size < FEWEST_KEPT:
        raise InputError(
            f"{order.size} of {distance.size} trials have a value of every target; allowed: at least {FEWEST_KEPT} "
            "(measures that are defined, runs that do not fail, or more --trials)"
        )
    return numbers[order], float(distance[numbers[order]].max())

"""Proposals: places drawn round particles within a box, and the weights of what was drawn from several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

TRIES = 4000
"""Draws, at least, by which it is told how much of a proposal lies within the box: to a hundredth."""

PAIRS = 2**22
"""Distances that are in memory at once."""


class Proposal(NamedTuple):
    """A mixture of normals round particles, cut off at the box (0 to 1 along each parameter), and how often it was drawn.

    Attributes:
        there: places of the particles (n, k).
        chance: of each particle to be drawn round (n,); they add up to 1.
        root: lower triangle whose square is the covariance of each normal (k, k).
        inside: share of the mixture that lies within the box.
        drawn: how many places were drawn.
    """

    there: Numbers
    chance: Numbers
    root: Numbers
    inside: float
    drawn: int

    def density(self, places: Numbers) -> Numbers:
        r"""Return its density at places within the box (n,), which integrates to 1 over the box.

        .. math:: q(x) = \frac{1}{Z} \sum_j p_j \frac{e^{-\frac12 (x - x_j)^T \Sigma^{-1} (x - x_j)}}
            {(2 \pi)^{k/2} |\Sigma|^{1/2}}

        with Z the share of the mixture that lies within the box.
        """
        from scipy.spatial.distance import cdist

        white = np.linalg.solve(self.root, self.there.T).T
        whole = self.inside * float(np.prod(np.sqrt(2.0 * np.pi) * np.diag(self.root)))
        rows = max(1, PAIRS // white.shape[0])
        found = np.empty(places.shape[0])
        for first in range(0, places.shape[0], rows):
            some = np.linalg.solve(self.root, places[first : first + rows].T).T
            found[first : first + rows] = np.exp(-0.5 * cdist(some, white, "sqeuclidean")) @ self.chance / whole
        return found


def drawn_round(there: Numbers, weights: Numbers, count: int, luck: np.random.Generator) -> tuple[Numbers, Proposal]:
    """Draw places round weighted particles, within the box, by a normal kernel of twice their covariance.

    Args:
        there: places of the particles (n, k).
        weights: of each (n,), above 0.
        count: how many places are drawn.
        luck: what decides.

    Returns:
        The places (count, k), and what they were drawn from.
    """
    k = there.shape[1]
    chance = weights / weights.sum()
    spread = 2.0 * np.cov(there.T, aweights=chance).reshape(k, k) + 1e-12 * np.eye(k)
    root: Numbers = np.linalg.cholesky(spread).astype(np.float64)
    found, tries = np.empty((0, k)), 0
    while found.shape[0] < count or tries < TRIES:
        centre = there[luck.choice(there.shape[0], size=4 * count, p=chance)]
        tried = centre + luck.normal(size=centre.shape) @ root.T
        found = np.vstack([found, tried[((tried > 0) & (tried < 1)).all(axis=1)]])
        tries += centre.shape[0]
    return found[:count], Proposal(there, chance, root, found.shape[0] / tries, count)


def weights_of(places: Numbers, evenly: int, proposals: Sequence[Proposal]) -> Numbers:
    r"""Return what each place weighs for an even prior over the box (n,), with all that could have drawn it heeded.

    .. math:: w(x) = \frac{\sum_t n_t}{\sum_t n_t q_t(x)}

    over the rounds t, of which the first spread its places evenly (:math:`q_0 = 1`). So places of all rounds are on one
    scale, none weighs more than the number of all places over that of the first round's, and their effective number is
    greater than with the proposal alone that drew each: a place of the first round that lies where later ones draw stands
    for no more than its neighbours.

    Args:
        places: within the box (n, k).
        evenly: number of places that were spread evenly over the box.
        proposals: what the others were drawn from.

    References:
        Cornuet, Marin, Mira & Robert (2012), Adaptive multiple importance sampling, Scand. J. Stat. 39, 798,
        arXiv:0907.1254 (there for all simulations of a search, here for those that are kept).
    """
    drawn = np.full(places.shape[0], float(evenly))
    for one in proposals:
        drawn += one.drawn * one.density(places)
    weights: Numbers = (evenly + sum(one.drawn for one in proposals)) / drawn
    return weights

"""Sampling: designs whose points are drawn from ranges, each reproducible from what is written of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.experiments.factor import Factor

Kind = Literal["lhs", "sequence", "sobol", "morris"]

KINDS: tuple[str, ...] = get_args(Kind)

LEVELS = 4
"""Levels of a Morris design where nothing else is said, as in most published screenings."""

_HALF_A_CELL = 2.0**-31
"""Points of a Sobol' sequence lie on corners of a lattice of 2³⁰ cells a side; in their middle none meets an end."""


@dataclass(frozen=True)
class Factors:
    """What a sampled design draws from and how: all that is needed to draw it again, and to analyse it.

    ``manifest.json`` of a sweep holds it under ``design.factors``; ``Factors.of`` reads it. Point number p of the sweep
    (column ``point`` of ``design.parquet``) is row p of ``shares()``, whichever runs were made first. Two points may be
    one run, where whole numbers or choices fall together: join results to the design by ``run_id``.

    ========== ================================================== ======================== =========================
    kind       points, with n samples and d factors               drawn                    analysed by
    ========== ================================================== ======================== =========================
    lhs        n                                                  Latin hypercube          any regression
    sequence   n                                                  Sobol' sequence          any regression
    sobol      n (d + 2), or n (2 d + 2) with second order        Saltelli's, of a Sobol'  SALib.analyze.sobol
                                                                  sequence in 2 d factors
    morris     n (d + 1): n trajectories                          trajectories of Morris   SALib.analyze.morris
    ========== ================================================== ======================== =========================

    For SALib: ``problem()``, ``shares()`` as X, results in the order of the points as Y, ``levels`` as ``num_levels``,
    ``second_order`` as ``calc_second_order``. All its bounds are 0 and 1: an effect is that of the factor's whole range.

    Attributes:
        kind: how points are drawn.
        factors: what is varied, at least one.
        samples: n; of ``sobol`` a power of two.
        seed: of the drawing, 0 to 2⁶⁴ − 1: the sweep's own.
        second_order: whether a ``sobol`` design has the points that indices of pairs need.
        levels: of a ``morris`` design, even: its values are at shares 0, 1 / (levels − 1), …, 1 of each range.

    References:
        McKay, Beckman & Conover (1979), Technometrics 21, 239. Sobol' (1967), USSR Comput. Math. Math. Phys. 7, 86.
        Owen (1998), J. Complexity 14, 466 (scrambling). Saltelli et al. (2010), Comput. Phys. Commun. 181, 259.
        Morris (1991), Technometrics 33, 161.
    """

    kind: Kind
    factors: tuple[Factor, ...]
    samples: int
    seed: int = 1
    second_order: bool = False
    levels: int = LEVELS

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each factor."""
        return tuple(factor.key for factor in self.factors)

    @property
    def points(self) -> int:
        """Number of points, counted without drawing them."""
        count = len(self.factors)
        if self.kind == "sobol":
            return self.samples * (2 * count + 2 if self.second_order else count + 2)
        return self.samples * (count + 1) if self.kind == "morris" else self.samples

    def shares(self) -> NDArray[np.float64]:
        """Return where in each factor's range each point lies, (points, factors), 0 to 1."""
        return _DRAWN[self.kind](self, np.random.default_rng(_seed_of_drawing(self.seed)))

    def values(self) -> tuple[tuple[Any, ...], ...]:
        """Return the values of each factor, one a point."""
        shares = self.shares()
        return tuple(factor.at(shares[:, place]) for place, factor in enumerate(self.factors))

    def problem(self) -> dict[str, Any]:
        """Return the factors as SALib wants them, all ranges 0 to 1."""
        return {"num_vars": len(self.factors), "names": list(self.keys), "bounds": [[0.0, 1.0]] * len(self.factors)}

    def plain(self) -> dict[str, Any]:
        """Return this as plain data, as ``manifest.json`` holds it."""
        return {
            "kind": self.kind,
            "samples": self.samples,
            "seed": self.seed,
            "second_order": self.second_order,
            "levels": self.levels,
            "factors": [factor.plain() for factor in self.factors],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Factors:
        """Return what ``plain`` described."""
        factors = tuple(Factor.of(one) for one in data["factors"])
        return cls(data["kind"], factors, data["samples"], data["seed"], data["second_order"], data["levels"])


def _seed_of_drawing(seed: int) -> int:
    """Return a seed that shares nothing with those of the runs."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:design".encode(), digest_size=8).digest(), "little")


def _latin(factors: Factors, rng: np.random.Generator) -> NDArray[np.float64]:
    from scipy.stats import qmc

    drawn: NDArray[np.float64] = qmc.LatinHypercube(len(factors.factors), rng=rng).random(factors.samples)
    return drawn


def _sequence(factors: Factors, rng: np.random.Generator) -> NDArray[np.float64]:
    return _sobol(len(factors.factors), factors.samples, rng)


def _saltelli(factors: Factors, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return, for each sample, a point A, A with each factor from B in turn, (B with each from A,) and B."""
    d, n = len(factors.factors), factors.samples
    drawn = _sobol(2 * d, n, rng)
    a, b = drawn[:, :d], drawn[:, d:]
    points = np.empty((n, factors.points // n, d))
    points[:, : d + 1] = a[:, None]
    points[:, d + 1 :] = b[:, None]
    for k in range(d):
        points[:, 1 + k, k] = b[:, k]
        if factors.second_order:
            points[:, 1 + d + k, k] = a[:, k]
    return points.reshape(-1, d)


def _morris(factors: Factors, rng: np.random.Generator) -> NDArray[np.float64]:
    try:
        from SALib.sample import morris
    except ImportError:
        raise InputError(
            "design morris: SALib is not installed; it comes with the extra analysis: pip install 'ecosim[analysis]'"
        ) from None
    drawn: NDArray[np.float64] = morris.sample(factors.problem(), factors.samples, factors.levels, seed=rng)
    return np.round(drawn * (factors.levels - 1)) / (factors.levels - 1)  # steps land on levels, not beside them


def _sobol(width: int, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the first points (count, width) of a scrambled Sobol' sequence; more of them begin with the same."""
    from scipy.stats import qmc

    engine = qmc.Sobol(width, scramble=True, rng=rng)
    most_even = 2 ** (count - 1).bit_length()  # of any other number scipy warns; what comes after is left out
    drawn: NDArray[np.float64] = engine.random(most_even)[:count]
    return drawn + _HALF_A_CELL


_DRAWN: Mapping[str, Callable[[Factors, np.random.Generator], NDArray[np.float64]]] = {
    "lhs": _latin,
    "sequence": _sequence,
    "sobol": _saltelli,
    "morris": _morris,
}

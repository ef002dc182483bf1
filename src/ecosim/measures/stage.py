r"""The stage of an ecosystem: collection, network, community, social ecosystem.

Each stage asks for all that the one below asks for, and more:

=====  ==================  ==========================================================================================
0      collection          organisations
1      network             at least half of them are connected, by ties: giant component ≥ 1/2, and a tie at all
2      community           partners of one are partners of each other more than chance gives: clustering at least
                           ``CLEARLY`` standard deviations above networks in which everyone has as many ties; and they
                           trust: the mean over ties of mutual trust :math:`\sqrt{T_{ij} T_{ji}}` is above 1/2, where
                           trust stands between strangers
3      social ecosystem    sectors depend on each other: mutual gain across sectors is at least ``CLEARLY`` standard
                           deviations above chance (:func:`dependence_z`); coalitions make more than their members would
                           alone; and the benefit reaches others (mean spillover above 0)
=====  ==================  ==========================================================================================

Trust has no null among networks of the same degrees, since swapping ties leaves no trust in the new ones; hence the
neutral value. Where what a stage asks for is undefined, it is not reached; where it was not looked at, and the stage
hangs on it, the stage is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.measures.held import held

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ecosim.world.world import World

CLEARLY = 2.0
NEUTRAL_TRUST = 0.5


class Pattern(NamedTuple):
    """What the stage needs to know of the network.

    Attributes:
        giant_component: share of organisations in it, 0 to 1; NaN without organisations.
        clustering_z: standard deviations above chance; NaN where undefined, None where it was not looked at.
    """

    giant_component: float
    clustering_z: float | None


class Stage(NamedTuple):
    """The stage 0 to 3 (NaN where nobody is, or where it is not known), and z of mutual dependence (NaN: undefined)."""

    stage: float
    dependence_z: float


def stage(world: World, pattern: Pattern) -> Stage:
    """Return the stage of a world, given what its network is like; a column that it lacks fulfils nothing."""
    trust, gain, output, alone, spillover = held(world, "trust", "gain", "output", "output_alone", "spillover")
    across = world.sector[world.ends[:, 0]] != world.sector[world.ends[:, 1]]
    dependence = dependence_z(gain.min(axis=1), across)
    is_network = world.ties > 0 and pattern.giant_component >= 0.5  # one of one, or one of two, is half without a tie
    may_be_community = is_network and mutual_trust(trust) > NEUTRAL_TRUST
    if pattern.clustering_z is None and may_be_community:
        return Stage(float("nan"), dependence)
    asked = (
        is_network,
        may_be_community and pattern.clustering_z is not None and pattern.clustering_z >= CLEARLY,
        dependence >= CLEARLY and output.sum() > alone.sum() and spillover.sum() > 0.0,
    )
    reached = asked.index(False) if False in asked else len(asked)
    return Stage(float(reached) if world.n else float("nan"), dependence)


def mutual_trust(trust: NDArray[np.float64]) -> float:
    """Return the mean over ties of the geometric mean of both sides' trust (m, 2), 0 to 1; NaN without ties."""
    return float(np.sqrt(trust[:, 0] * trust[:, 1]).mean()) if len(trust) else float("nan")


def dependence_z(mutual_gain: ArrayLike, across: ArrayLike) -> float:
    r"""Return how far the mean mutual gain of ties across sectors lies above chance, in standard deviations.

    A tie's mutual gain is what the side that gains less gains from it. Chance deals the gains of all m ties out anew
    over these ties; the mean of the X across sectors is then that of X draws without replacement, with mean
    :math:`\bar g` and variance

    .. math:: \frac{S^2}{X} \Big(1 - \frac{X}{m}\Big), \qquad S^2 = \frac{1}{m - 1} \sum_t (g_t - \bar g)^2

    so nothing has to be drawn.

    Args:
        mutual_gain: (m,), output.
        across: (m,), whether a tie joins different sectors.

    Returns:
        z; NaN where all ties or none are across, or all gain alike.

    References:
        Cochran (1977), Sampling Techniques, 3rd ed., ch. 2 (the mean of draws without replacement).
    """
    gain, chosen = np.asarray(mutual_gain, dtype=np.float64), np.asarray(across, dtype=np.bool_)
    m, x = gain.size, int(chosen.sum())
    if not 0 < x < m:
        return float("nan")
    variance = float(gain.var(ddof=1)) / x * (1.0 - x / m)
    mean = float(gain.mean())
    if not variance > (1e-12 * abs(mean)) ** 2:  # what rounding makes of equal gains
        return float("nan")
    return float((gain[chosen].mean() - mean) / np.sqrt(variance))

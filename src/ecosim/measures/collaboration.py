"""Who collaborates with whom: ties within and across sectors, or within and across any other labels.

Ties come as half-edges in CSR (see :mod:`ecosim.measures.network`), labels as whole numbers from 0; a negative label is
missing, and ties of an organisation without a label are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.checks import as_labels, as_ties

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Mixing(NamedTuple):
    """The mixing measures; each is explained at the function of its name. Missing numbers are NaN.

    Attributes:
        cross_sector_share: 0 to 1.
        e_i_index: −1 to 1.
        sector_assortativity: −1 to 1.
        modularity: −1/2 to 1.
    """

    cross_sector_share: float
    e_i_index: float
    sector_assortativity: float
    modularity: float


def mixing(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64]) -> Mixing:
    """Return all mixing measures in one pass over the ties.

    Args:
        first_tie: (n + 1,).
        partner: (2m,).
        labels: (n,), whole numbers from 0; negative is missing.

    Raises:
        InputError: if the shapes do not fit.
    """
    first, other = as_ties(first_tie, partner)
    return Mixing(*_mixing(first, other, as_labels(labels, first.size - 1)))


def cross_sector_share(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64]
) -> float:
    """Return the share of ties between organisations with different labels, 0 to 1; NaN without ties.

    A raw share misleads: it depends on how many there are of each label and on who has many ties. Hold it against
    :func:`ecosim.measures.null_model.z_scores`.
    """
    return mixing(first_tie, partner, labels).cross_sector_share


def e_i_index(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64]) -> float:
    """Return (E − I)/(E + I) with E ties across and I ties within labels, −1 (all within) to 1; NaN without ties.

    References:
        Krackhardt & Stern (1988), Informal networks and organizational crises, Soc. Psych. Quart. 51, 123.
    """
    return mixing(first_tie, partner, labels).e_i_index


def sector_assortativity(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64]
) -> float:
    r"""Return the assortativity of labels: 1 when all ties are within, 0 when the ends do not know of each other.

    .. math:: r = \frac{\mathrm{tr}\, e - \sum_{ab} (e^2)_{ab}}{1 - \sum_{ab} (e^2)_{ab}}

    with e the share of half-edges from one label to another. NaN without ties and with ties of one label only.

    References:
        Newman (2003), Mixing patterns in networks, Phys. Rev. E 67, 026126, Eq. 2.
    """
    return mixing(first_tie, partner, labels).sector_assortativity


def modularity(first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64]) -> float:
    r"""Return the modularity of given labels: ties within beyond what the numbers of ties make expect.

    .. math:: Q = \sum_c \Big[\frac{m_c}{m} - \Big(\frac{d_c}{2m}\Big)^2\Big]

    with :math:`m_c` ties within label c and :math:`d_c` ends of ties in it. NaN without ties.

    References:
        Newman & Girvan (2004), Finding and evaluating community structure in networks, Phys. Rev. E 69, 026113, Eq. 5.
    """
    return mixing(first_tie, partner, labels).modularity


def mixing_matrix(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], labels: NDArray[np.int64], sectors: int
) -> NDArray[np.float64]:
    """Return the share of half-edges from each label to each other, (sectors, sectors), symmetric, summing to 1.

    All NaN without ties. Labels from ``sectors`` upwards count as missing.
    """
    first, other = as_ties(first_tie, partner)
    own = as_labels(labels, first.size - 1)
    ends = np.stack((np.repeat(own, np.diff(first)), own[other]))
    ends = ends[:, ((ends >= 0) & (ends < sectors)).all(axis=0)]
    counts = np.bincount(ends[0] * sectors + ends[1], minlength=sectors * sectors).reshape(sectors, sectors)
    total = counts.sum()
    return counts / total if total else np.full((sectors, sectors), np.nan)


def communities(
    first_tie: NDArray[np.int64], partner: NDArray[np.integer[Any]], seed: int = 0
) -> tuple[NDArray[np.int64], float]:
    """Return communities found by Louvain's greedy search, as labels (n,), and their modularity.

    The search is networkx's, in Python: about 10 ms at 200 organisations and 800 ties, so for the end of a run, not
    for each tick. The same seed finds the same communities. Modularity is NaN without ties.

    References:
        Blondel et al. (2008), Fast unfolding of communities in large networks, J. Stat. Mech. P10008.
    """
    import networkx

    first, other = as_ties(first_tie, partner)
    n = first.size - 1
    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(np.repeat(np.arange(n), np.diff(first)).tolist(), other.tolist(), strict=True))
    labels = np.arange(n)
    if other.size:
        for label, members in enumerate(networkx.community.louvain_communities(graph, seed=seed)):
            labels[list(members)] = label
    return labels, modularity(first, other, labels)


@kernel
def _mixing(first_tie: Any, partner: Any, labels: Any) -> Any:
    k, missing = 0, 0
    for label in labels:
        k = max(k, label + 1)
        missing += label < 0
    ends, within, across = np.zeros(k), 0.0, 0.0
    for i in range(labels.size):
        own = labels[i]
        if own < 0:
            continue
        same, different = 0, 0
        for h in range(first_tie[i], first_tie[i + 1]):
            same += labels[np.uint32(partner[h])] == own
        if missing > 0:
            for h in range(first_tie[i], first_tie[i + 1]):
                label = labels[np.uint32(partner[h])]
                different += label >= 0 and label != own
        else:
            different = first_tie[i + 1] - first_tie[i] - same
        ends[own] += same + different
        within += same
        across += different
    total = within + across
    if total == 0.0:
        return np.nan, np.nan, np.nan, np.nan
    expected = 0.0
    for end in ends:
        expected += (end / total) ** 2
    modular = within / total - expected
    assortative = modular / (1.0 - expected) if ends.max() < total else np.nan
    return across / total, (across - within) / total, assortative, modular

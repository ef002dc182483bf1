"""Collective intelligence: do groups beat their best member, and are those good at one task good at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.kernels import kernel
from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ecosim.world.world import World


class GeneralFactor(NamedTuple):
    """How far one factor tells how groups do at all tasks.

    Attributes:
        share: of the variance of standardised scores that lies along the first principal component, 1/tasks to 1.
        second: the same for the second component.
        positive: share of pairs of tasks whose scores go together.
    """

    share: float
    second: float
    positive: float


def collective_intelligence(world: World) -> float:
    """Return what coalitions made over what each coalition's best member would have made with all of its effort.

    Above 1 the group beats its best: members complement each other beyond what any of them could do. A member's rate is
    what its effort would have made alone on this issue, per unit of effort. NaN where no coalition made anything or put
    in effort.
    """
    return float(_over_best(world.output, world.member_alone, world.member_effort, world.first_member))


@kernel
def _over_best(output: Any, alone: Any, effort: Any, first_member: Any) -> Any:
    made, best_made = 0.0, 0.0
    for c in range(output.size):
        best, total = 0.0, 0.0
        for m in range(first_member[c], first_member[c + 1]):
            if effort[m] > 0.0:
                best = max(best, alone[m] / effort[m])
                total += effort[m]
        made += output[c]
        best_made += best * total
    return made / best_made if best_made > 0.0 else np.nan


def general_factor(scores: ArrayLike) -> GeneralFactor:
    """Return how far one factor explains the scores of groups over several tasks.

    Args:
        scores: a row a group, a column a task (groups, tasks), at least three groups and two tasks.

    Returns:
        NaN throughout where a task does not tell groups apart.

    Raises:
        InputError: with fewer groups or tasks, or missing scores.

    References:
        Woolley et al. (2010), Science 330, 686 (there by factor analysis).
    """
    table = np.asarray(scores, np.float64)
    if table.ndim != 2 or table.shape[0] < 3 or table.shape[1] < 2:
        raise InputError(f"scores: shape {table.shape}; allowed: (groups, tasks) with at least 3 groups and 2 tasks")
    if not np.isfinite(table).all():
        raise InputError("scores: missing or infinite numbers; leave out the groups that have them")
    if (table.std(axis=0) == 0).any():
        return GeneralFactor(*[float("nan")] * 3)
    correlations = np.asarray(np.corrcoef(table, rowvar=False))
    shares = np.linalg.eigvalsh(correlations)[::-1] / len(correlations)
    pairs = correlations[np.triu_indices(len(correlations), 1)]
    return GeneralFactor(float(shares[0]), float(shares[1]), float((pairs > 0).mean()))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "collective_intelligence",
        "what coalitions made over what each one's best member would have made with all of its effort; above 1 the group "
        "beats its best",
        "1",
        collective_intelligence,
        ("output", "member_alone", "member_effort"),
        flow=True,
        source="Strong synergy: Larson (2010), In Search of Synergy in Small Group Performance",
    ),
)

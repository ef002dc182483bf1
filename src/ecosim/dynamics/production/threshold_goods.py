"""Threshold goods: nothing comes of it until enough contribute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.production.groups import Floats, GroupGame
from ecosim.dynamics.production.making import THRESHOLD, is_reached
from ecosim.dynamics.production.work import Rates
from ecosim.kernels import kernel


class ThresholdGoods(GroupGame):
    r"""Public goods that need a critical mass.

    With k contributors in a group of N, each member gets

    .. math:: s(k) = \frac{F c}{N}\, k \;\text{ if } k \ge M, \quad 0 \text{ otherwise}

    and each contributor pays c, whether or not the threshold is reached. Whoever contributes a part :math:`x_i` pays
    that part of c, and parts add up: k is the sum of contributions. M is ``threshold``, or its ``threshold_share`` of
    the members where that is given, so that large groups need more.

    In a large well-mixed world there are, for F large enough, two shares of contributors at which contributing pays as
    much as not contributing: below the lower, unstable one contribution dies out, above it settles at the upper one (or
    at everyone, where all are needed).

    ``groups: network``: every organisation centres a group of itself and its partners (N is its degree plus 1);
    ``coalitions``: these are the groups, and whoever is in none neither gets nor pays; ``mixed``: everybody is drawn
    into one group of ``group_size`` each time it acts (those left over are joined by stand-ins, who are paid for their
    own game only). ``cost_per: individual`` divides what one contributes evenly among one's groups of the first two
    kinds.

    ``groups: coalitions`` with a scheduled ``sharing``: the good takes the place of joint work. Of its members' efforts (as
    joint work has them, split over one's coalitions), :math:`X_g` in all, a coalition makes :math:`Y_g = F c X_g` if
    :math:`X_g \ge M`, else nothing; it relieves its issue and is then shared. Whoever is in none makes as much of its own
    effort, if that reaches M by itself (with ``threshold_share``, that share of 1). Where too few ever reach it, nothing is
    made, nobody sees a return on effort, and all contribution ends.

    Concepts:
        Basic principles: Below a number of contributors nothing comes of it.
        Interaction: Through the groups that each plays in: a neighbourhood, or a group drawn anew.

    References:
        Pacheco, Santos, Souza & Skyrms (2009), Evolutionary dynamics of collective action in N-person stag hunt
        dilemmas, Proc. R. Soc. B 276, 315 (the abstract was checked; the payoffs are as others quote them).
    """

    multiplication: float = Field(5.0, ge=0, le=1000, description="F, what one unit paid is worth to the whole group")
    threshold: float = Field(2.0, ge=0, le=1e6, description="M, contributors below which there is nothing")
    threshold_share: float | None = Field(
        None, ge=0, le=1, description="share of a group's members that must contribute, in place of threshold"
    )

    def rates(self) -> Rates:
        return 1.0, self.multiplication * self.cost, self.threshold, self._share(), 0.0, 0.0, THRESHOLD

    def adding_up(self) -> dict[str, float | None]:
        return {"threshold": 0.0, "threshold_share": None}

    def shares(self, totals: Floats, sizes: NDArray[np.int64]) -> Floats:
        """Return what each member of a group gets (g,): nothing, or an equal share of the multiplied sum."""
        found: Floats = reached(totals, sizes, self.multiplication * self.cost, self.threshold, self._share())
        return found

    def _share(self) -> float:
        """Return the share of members that must contribute as kernels take it: below 0 where there is none."""
        return -1.0 if self.threshold_share is None else self.threshold_share


@kernel
def reached(totals: Any, sizes: Any, factor: Any, threshold: Any, share: Any) -> Any:
    """Return F c X / N for each group (g,) whose total X is at least its threshold, but for rounding; 0 for others."""
    shares = np.zeros(totals.size)
    for g in range(totals.size):
        needed = threshold if share < 0.0 else share * sizes[g]
        if is_reached(totals[g], needed):
            shares[g] = factor * totals[g] / sizes[g]
    return shares

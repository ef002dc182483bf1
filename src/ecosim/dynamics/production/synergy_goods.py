"""Synergy goods: each further contributor adds more than the one before, or less."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.production.groups import Floats, GroupGame
from ecosim.dynamics.production.making import SERIES, series
from ecosim.dynamics.production.work import Rates
from ecosim.kernels import kernel


class SynergyGoods(GroupGame):
    r"""Public goods whose benefit is discounted, or enhanced, as contributors become more.

    In a group of N the first contributor adds b/N to what each member gets, the second w times as much, and so on: with
    k contributors each member gets

    .. math:: s(k) = \frac{b}{N} \left(1 + w + \dots + w^{k-1}\right) = \frac{b}{N}\,\frac{1 - w^k}{1 - w}

    and each contributor pays c. w < 1 is discounting, w > 1 synergy, w = 1 adds up: the linear game with r = b/c.
    Whoever contributes a part :math:`x_i` pays that part of c, and parts add up: the formula on the right is used with
    the sum of contributions in place of k, which is the same where all contribute everything or nothing.

    In a large well-mixed world contributing and not contributing pay the same where a share

    .. math:: x^* = \frac{1 - (cN/b)^{1/(N-1)}}{1 - w}

    contributes; under selection by payoff this is stable for w < 1 and unstable for w > 1.

    ``groups: network``: every organisation centres a group of itself and its partners (N is its degree plus 1);
    ``coalitions``: these are the groups, and whoever is in none neither gets nor pays; ``mixed``: everybody is drawn
    into one group of ``group_size`` each time it acts (those left over are joined by stand-ins, who are paid for their
    own game only). ``cost_per: individual`` divides what one contributes evenly among one's groups of the first two
    kinds.

    ``groups: coalitions`` with a scheduled ``sharing``: the good takes the place of joint work. Of its members' efforts (as
    joint work has them, split over one's coalitions), :math:`X_g` in all, a coalition makes

    .. math:: Y_g = b\, u_g\, \frac{1 - w^{X_g / u_g}}{1 - w}, \qquad u_g = \max(1, X_g / n_g)

    which relieves its issue and is then shared; whoever is in none makes what a group of one does, on the issue that
    presses it most. A member of large means is a contributor of more, not more contributors: the series never has more
    terms than there are members. Synergy makes coalitions more than the sum of their parts, discounting less.

    Concepts:
        Basic principles: Each further contributor adds more, or less, than the one before.
        Interaction: Through the groups that each plays in: a neighbourhood, or a group drawn anew.

    References:
        Hauert, Michor, Nowak & Doebeli (2006), Synergy and discounting of cooperation in social dilemmas, J. Theor.
        Biol. 239, 195 (the abstract was checked; the equilibrium is derived).
    """

    benefit: float = Field(
        3.0, ge=0, le=1e6, description="b, what the first contributor adds for the whole group, output"
    )
    synergy: float = Field(1.0, ge=0, le=10, description="w, what each further contributor adds against the one before")

    def rates(self) -> Rates:
        return 1.0, self.benefit, self.synergy, 0.0, 0.0, 0.0, SERIES

    def adding_up(self) -> dict[str, float | None]:
        return {"synergy": 1.0}

    def shares(self, totals: Floats, sizes: NDArray[np.int64]) -> Floats:
        """Return what each member of a group gets (g,): the sum of a geometric series, also between its terms."""
        return accumulated(totals, sizes, self.benefit, self.synergy)  # type: ignore[no-any-return]  # numba is untyped


@kernel
def accumulated(totals: Any, sizes: Any, benefit: Any, synergy: Any) -> Any:
    """Return b/N · (1 − w^X) / (1 − w) for each group (g,); its limits where w is 1 or 0."""
    shares = np.empty(totals.size)
    steepness = np.log(synergy)  # minus infinity at 0
    for g in range(totals.size):
        shares[g] = benefit / sizes[g] * series(totals[g], synergy, steepness)
    return shares

"""In turn: imitation in which one looks after the other, and sees what those before have already taken over."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.contribution.revision import by_sector, one_of_circle
from ecosim.kernels import kernel
from ecosim.rng import uniform4

# Draw 0 of each entity is that of ``turns``, draw 1 that of a trembling hand.
_LOOKS = 2


@kernel
def imitate_in_turn(contribution: Any, earned: Any, rows: Any, luck: Any, circle: Any, law: Any, key: Any) -> None:
    """Let the rows (s,) look in turn: contribution (n,) and the payoff it earned (n,) change in place.

    Args:
        contribution: what each contributes (n,).
        earned: payoff that this contribution has earned, by whoever played it (n,).
        rows: who looks, in order (s,).
        luck: whose draws each turn has (s,).
        circle: who may copy whom, as ``Copying.circle`` gives it.
        law: share that looks; selectivity of the Fermi law, or 0 where the chance is the difference over a scale; that
            scale; and whether it counts once for oneself and each tie of whoever has more.
        key: source of the draws.
    """
    looking, selectivity, scale, by_degree = law
    first_tie = circle[2]
    lists = by_sector(circle)
    for turn in range(rows.size):
        looks, chooses, decides, _ = uniform4(key, luck[turn], _LOOKS)
        if looks >= looking:
            continue
        i = rows[turn]
        j = one_of_circle(i, chooses, circle, lists)
        if j < 0:
            continue
        better = earned[j] - earned[i]
        if selectivity > 0.0:
            adopts = decides * (1.0 + np.exp(-selectivity * better)) < 1.0
        else:
            games = 1 + max(first_tie[i + 1] - first_tie[i], first_tie[j + 1] - first_tie[j]) if by_degree else 1
            adopts = decides * scale * games < better
        if adopts:
            contribution[i] = contribution[j]
            earned[i] = earned[j]

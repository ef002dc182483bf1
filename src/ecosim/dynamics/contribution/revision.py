"""Revision: what rules have in common by which organisations change what they contribute, and whom they copy."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, uniform4
from ecosim.world.world import World

Selectivity = Annotated[
    float, Field(gt=0, description="β, per unit of payoff: near 0 a coin toss, large only by what is better paid")
]
Looking = Annotated[float, Field(ge=0, le=1, description="share of organisations that reconsider each time it acts")]


class Revision(Mechanism):
    """A rule by which organisations change what they contribute, now and then by no reason at all."""

    trembling: float = Field(
        0.0, ge=0, le=1, description="chance of a contribution drawn afresh in place of what the rule says"
    )
    afresh: Literal["anywhere", "all_or_nothing"] = Field(
        "anywhere", description="drawn uniformly from 0 to 1, or 0 and 1 with equal chance"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "contribution", "payoff")
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def tremble(self, world: World, key: Key) -> None:
        """Let organisations choose afresh, each with the chance ``trembling``; uses draw 1 of each."""
        if self.trembling > 0.0:
            choose_afresh(world.contribution, world.identity, self.trembling, self.afresh == "all_or_nothing", key)


class Copying(Revision):
    """A rule by which organisations take over what another contributes."""

    among: Literal["partners", "everyone"] = Field(
        "partners", description="who may be copied: those one is tied to, or everybody (a well-mixed world)"
    )
    within: Literal["anyone", "sector"] = Field("anyone", description="of them all, or only those of one's own sector")

    reads: ClassVar[tuple[str, ...]] = (*Revision.reads, "sector")

    def circle(self, world: World) -> tuple[Any, ...]:
        """Return who may copy whom, as ``choose_models`` takes it."""
        return (
            world.identity, world.sector, world.first_tie, world.partner, self.among == "everyone",
            self.within == "sector",
        )  # fmt: skip


@kernel
def choose_afresh(contribution: Any, identity: Any, trembling: Any, all_or_nothing: Any, key: Any) -> None:
    """Draw some contributions (n,) anew, in place."""
    for i in range(contribution.size):
        trembles, value, _, _ = uniform4(key, identity[i], 1)
        if trembles < trembling:
            contribution[i] = np.floor(2.0 * value) if all_or_nothing else value


@inner
def choose_models(circle: Any, looking: Any, key: Any) -> Any:
    """Return the row each organisation looks at (n,), its own for nobody, and a uniform number in [0, 1) each (n,).

    A draw picks a place in the list of those who may be copied, which is in the order of rows. Uses draw 0 of each.
    """
    identity, _, first_tie, partner, everyone, own_sector = circle
    n = identity.size
    models, chances = np.empty(n, np.int32), np.empty(n)
    looks, chooses = np.empty(BLOCK), np.empty(BLOCK)
    is_any_partner = not everyone and not own_sector
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        for i in range(start, stop):  # a loop that only draws: the compiler makes several draws at a time
            looks[i - start], chooses[i - start], chances[i], _ = uniform4(key, identity[i], 0)
        for i in range(start, stop):
            models[i] = i
            if is_any_partner:  # the common case, without a call that hands over all of the circle
                first, ties = first_tie[i], first_tie[i + 1] - first_tie[i]
                if looks[i - start] < looking and ties > 0:
                    models[i] = partner[np.uint64(first + np.int64(chooses[i - start] * ties))]
    if not is_any_partner:
        _choose_others(circle, looking, key, models)
    return models, chances


@inner
def _choose_others(circle: Any, looking: Any, key: Any, models: Any) -> None:
    """Put the rows looked at in the place of each one's own (n,), where not simply any partner may be copied."""
    identity, lists = circle[0], by_sector(circle)
    for i in range(identity.size):
        looks, chooses, _, _ = uniform4(key, identity[i], 0)
        if looks < looking:
            j = one_of_circle(i, chooses, circle, lists)
            models[i] = j if j >= 0 else i


@inner
def one_of_circle(i: Any, chooses: Any, circle: Any, lists: Any) -> Any:
    """Return the row of one whom organisation i may copy, picked by a uniform number in [0, 1); -1 where there is none."""
    _, sector, first_tie, partner, everyone, own_sector = circle
    if everyone:
        order, start_of, place = lists
        if not own_sector:
            n = sector.size
            k = np.int64(chooses * (n - 1))
            return k + (k >= i) if n > 1 else np.int64(-1)
        first = start_of[sector[i]]
        others = start_of[sector[i] + 1] - first - 1
        k = first + np.int64(chooses * others)
        return order[k + (k >= place[i])] if others > 0 else np.int64(-1)
    if not own_sector:
        ties = first_tie[i + 1] - first_tie[i]
        return np.int64(partner[first_tie[i] + np.int64(chooses * ties)]) if ties > 0 else np.int64(-1)
    alike = 0
    for h in range(first_tie[i], first_tie[i + 1]):
        alike += sector[partner[h]] == sector[i]
    passed = np.int64(chooses * alike)
    for h in range(first_tie[i], first_tie[i + 1]):
        if sector[partner[h]] == sector[i]:
            if passed == 0:
                return np.int64(partner[h])
            passed -= 1
    return np.int64(-1)


@kernel
def by_sector(circle: Any) -> Any:
    """Return rows sorted by sector (n,), where each sector's begin (129,), and each row's place among them (n,).

    All are empty unless whoever is of one's own sector, tied or not, may be copied: nobody else asks.
    """
    _, sector, _, _, everyone, own_sector = circle
    n = sector.size if everyone and own_sector else 0
    start_of = np.zeros(129 if n else 0, np.int64)
    order, place = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        start_of[sector[i] + 1] += 1
    for s in range(start_of.size - 1):
        start_of[s + 1] += start_of[s]
    free = start_of.copy()
    for i in range(n):
        place[i] = free[sector[i]]
        order[place[i]] = i
        free[sector[i]] += 1
    return order, start_of, place


@kernel
def greatest_difference(payoff: Any) -> Any:
    """Return the difference of the highest and the lowest payoff (n,); 0 where there is none."""
    if payoff.size == 0:
        return 0.0
    low = high = payoff[0]
    for value in payoff:
        low = value if value < low else low
        high = value if value > high else high
    return high - low


BLOCK = 256
"""Draws made at a time: few enough to stay in the fastest cache."""

"""Turnover: the insolvent leave, and newcomers enter."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut
from ecosim.kernels import kernel
from ecosim.rng import Key, normal2, uniform
from ecosim.world.lookup import mean_of
from ecosim.world.newcomers import founded, likenesses, new_identities, recombined
from ecosim.world.world import Rows, World


class Turnover(Mechanism):
    r"""Who goes, who comes, and what newcomers are like.

    *Going.* An organisation is insolvent while its capital is below ``floor``; after ``patience`` ticks of it on end it
    leaves, with its ties and memberships. Its number is nobody's after that.

    *Coming.* By ``entry``:

    - ``replacing``: for each that leaves, one of the same sector comes; numbers stay as they are.
    - ``rate``: into a sector of :math:`n_s` organisations come Poisson(:math:`r\, n_s \max(0, 1 - n / N)`) newcomers each
      time it acts, with ``rate`` r and all n organisations; N is the ``room`` there is (no limit where none is given, so
      that they grow as (1 + r)ᵗ; a run that would become large that way is told so before it begins).

    One draw a sector tells how many come, and more come from a higher mean by the same draw. Newcomers take the lowest
    numbers that nobody of their sector has or had, and their own draws go with these.

    *What they are like*, by ``born``: ``founded``, as they would have been drawn at founding (in a world that nobody
    founded, as ``imitating``); ``imitating``, each takes after the more successful of two of its sector; ``recombined``,
    each attribute after another one of its sector. What is done with others (customers, income, meetings, a camp) is not
    taken over. Into a sector in which nobody stays all come as the founded. In any case their capital is ``size`` of that,
    and never below ``floor``. Each is tied to ``acquaintances`` of those that stay, drawn uniformly, with the society's mean
    trust and a bond of ``first_bond``. A draw picks organisations by place among rows: in another order of rows, the same
    draw may pick another, each still equally likely.

    Concepts:
        Emergence: Whom the population consists of in the end is a result: insolvency selects.
        Stochasticity: Newcomers' sector, attributes and acquaintances are drawn.

    References:
        Hannan & Freeman (1989), Organizational Ecology, Harvard University Press (entry falls as a population fills its
        niche).
    """

    floor: float = Field(0.1, ge=0, le=1000, description="capital below which an organisation is insolvent")
    patience: int = Field(
        10, ge=1, le=1_000_000, description="ticks of insolvency on end after which an organisation leaves"
    )
    entry: Literal["replacing", "rate"] = Field("replacing", description="how many come")
    rate: float = Field(
        0.002, ge=0, le=10, description="r, newcomers per organisation each time it acts, while there is room"
    )
    room: int | None = Field(
        None, ge=1, le=100_000_000, description="N, number of organisations at which no more enter; null: no limit"
    )
    born: Literal["founded", "imitating", "recombined"] = Field("founded", description="what newcomers are like")
    size: float = Field(0.5, ge=0, le=1000, description="capital of a newcomer, as a share of what it would else have")
    acquaintances: int = Field(2, ge=0, le=1000, description="ties with which a newcomer begins")
    first_bond: float = Field(0.1, ge=0, le=1, description="bond with which such a tie begins")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "success")
    writes: ClassVar[tuple[str, ...]] = ("insolvency", "organisations", "ties", "capital", "trust", "bond")

    def organisations_after(self, organisations: float, ticks: int) -> float:
        """Return how many there are on average if nobody leaves: n (1 + r)ᵗ for t acts, but no more than fill the room.

        Above a rate of 1, so many may come at once that they overfill it: up to N (1 + r)² / 4r.
        """
        if self.entry == "replacing":
            return organisations
        free = organisations * math.exp(min(700.0, ticks // self.every * math.log1p(self.rate)))
        if self.room is None:
            return free
        return min(free, max(organisations, self.room * max(1.0, (1.0 + self.rate) ** 2 / (4.0 * max(1.0, self.rate)))))

    @WorkedOut
    def _ready(self) -> tuple[bool, float, int, int]:
        """What is read each time it acts: whether numbers stay as they are, and numbers for the kernel."""
        return self.entry == "replacing", self.floor, self.patience, self.every

    def step(self, world: World, key: Key) -> None:
        """Let the insolvent of ``patience`` ticks leave, and newcomers enter by ``entry``."""
        are_replaced, floor, patience, every = self._ready
        leaving = wait(world.capital, world.insolvency, floor, patience, every)
        if leaving == 0 and are_replaced:
            return
        sectors = len(world.labels.sectors)
        going = np.flatnonzero(world.insolvency >= self.patience)
        if self.entry == "replacing":
            coming = np.bincount(world.sector[going], minlength=sectors)
        else:
            coming = arrivals(world.sector, sectors, self.rate, 0 if self.room is None else self.room, key)
            if leaving == 0 and not coming.any():
                return
        staying = np.flatnonzero(world.insolvency < self.patience)
        if world.reasons is not None:
            note_going(world, going)
        world.remove_organisations(going)
        for sector in np.flatnonzero(coming).tolist():
            self._welcome(world, sector, int(coming[sector]), staying, key)

    def _welcome(self, world: World, sector: int, count: int, staying: Rows, key: Key) -> None:
        """Let newcomers of one sector enter, and tie them to some of those that stay."""
        identity = new_identities(world, sector, count)
        society = mean_of(world.trust, 0.5)
        values = self._values(world, sector, identity, staying, key)
        values["capital"] = np.maximum(self.floor, self.size * values["capital"])
        values["insolvency"] = np.zeros(count, np.int64)
        rows = world.add_organisations(values)
        known = min(self.acquaintances, staying.size)
        if known:
            pairs = acquainted(identity, rows, staying, known, key)
            world.add_ties(pairs, trust=society, bond=self.first_bond)
            if world.reasons is not None:
                world.reasons.note("tie_made", "newcomer", np.repeat(identity, known), world.identity[pairs[:, 1]])

    def _values(self, world: World, sector: int, identity: Rows, staying: Rows, key: Key) -> dict[str, NDArray[Any]]:
        if self.born == "founded" and world.origin is not None:
            return founded(world, sector, identity)
        alike = staying[world.sector[staying] == sector]
        if self.born == "recombined":
            return recombined(world, sector, identity, alike, key)
        return likenesses(world, sector, identity, key, alike, better_of_two=True)


def note_going(world: World, going: Rows) -> None:
    """Note why organisations leave, and why their ties and memberships end: they are insolvent."""
    world.reasons.note("gone", "insolvent", world.identity[going])
    is_going = np.zeros(world.n, np.bool_)
    is_going[going] = True
    one, other = world.identity[world.ends[is_going[world.ends].any(axis=1)].T]
    world.reasons.note("tie_ended", "insolvent", one, other)
    rows = np.flatnonzero(is_going[world.member])
    coalition = world.coalition_identity[world.member_coalition[rows]]
    world.reasons.note("left", "insolvent", world.identity[world.member[rows]], coalition=coalition)


@kernel
def wait(capital: Any, insolvency: Any, floor: Any, patience: Any, ticks: Any) -> Any:
    """Write how long each has been insolvent (n,), some ticks after it last acted; return how many leave."""
    leaving = 0
    for i in range(capital.size):
        insolvency[i] = insolvency[i] + ticks if capital[i] < floor else 0
        leaving += insolvency[i] >= patience
    return leaving


@kernel
def arrivals(sector: Any, sectors: Any, rate: Any, room: Any, key: Any) -> Any:
    """Return how many come to each sector (sectors,); a room of 0 is no limit."""
    members, coming = np.zeros(sectors, np.int64), np.zeros(sectors, np.int64)
    for s in sector:
        members[s] += 1
    left = max(0.0, 1.0 - sector.size / room) if room > 0 else 1.0
    for s in range(sectors):
        coming[s] = poisson(rate * members[s] * left, key, s)
    return coming


@kernel
def poisson(mean: Any, key: Any, entity: Any) -> Any:
    """Return a Poisson number by inversion of one uniform draw: it never falls as the mean rises.

    Above a mean of 500 it is the nearest whole number of the normal law of the same mean and variance.
    """
    if mean <= 0.0:
        return np.int64(0)
    if mean > 500.0:
        normal, _ = normal2(key, entity, _ARRIVALS)
        return np.int64(max(0.0, np.rint(mean + np.sqrt(mean) * normal)))
    luck = uniform(key, entity, _ARRIVALS)
    chance = np.exp(-mean)
    total, number = chance, np.int64(0)
    while luck >= total and number < 2000:
        number += 1
        chance *= mean / number
        total += chance
    return number


@kernel
def acquainted(identity: Any, rows: Any, staying: Any, known: Any, key: Any) -> Any:
    """Return pairs of each newcomer's row and those of ``known`` different ones of those that stay (p, 2).

    Drawn without replacement (Floyd's sampling: of the places up to k one is drawn, and where it was drawn before, k).
    """
    pairs = np.empty((rows.size * known, 2), np.int64)
    for a in range(rows.size):
        for b in range(known):
            last = staying.size - known + b
            luck = uniform(key, identity[a], _ACQUAINTANCES + b)
            place = np.int64(luck * (last + 1))
            for before in range(a * known, a * known + b):
                if pairs[before, 1] == staying[place]:
                    place = last
                    break
            pairs[a * known + b, 0], pairs[a * known + b, 1] = rows[a], staying[place]
    return pairs


_ACQUAINTANCES, _ARRIVALS = 100_000, 2**31
"""First draw of a newcomer for whom it knows (those before are of whom it takes after), and the draw of a sector."""

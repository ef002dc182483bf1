"""Media: what is told of organisations, true or not, and what those who hear it make of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.conduct import Witness, conduct_of
from ecosim.dynamics.knowing import are_named, knowing
from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.odds import CLOSE, rough_exponential
from ecosim.dynamics.stance.attraction_repulsion import chance_to_interact, common_goal, exponent_to_interact
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform4
from ecosim.world.lookup import find_half_edge, mean_of
from ecosim.world.world import World


class Media(Witness):
    r"""Signals about organisations: they make names, and move opinions together or apart.

    **Signals.** Each time it acts, an organisation makes news with probability ``news``. A share ``fake`` of the news is
    false, and all of that gets out; of the true, the share ``transparency``. A true signal shows its source as it is: its
    stance :math:`x`, and its conduct :math:`k` as the ledger sees it, mixed with purpose (weight ``values``). A false one
    shows a stance ``exaggeration`` :math:`e` of the way to the end of opinion on the side where it lies,
    :math:`x + e\,(\operatorname{sgn} x - x)`, and a conduct made up, uniform in [0, 1].

    **Hearing.** Each organisation and citizen comes upon one signal, drawn uniformly, that is not about itself, and hears
    it with probability ``reach``. It then moves its stance by the law of attraction and repulsion (the rule of that name
    says it in full): towards what it hears if that lies within ``tolerance``, away from it otherwise, and the less often,
    the farther it is. So what is true and widely heard unites, what is exaggerated and widely heard drives apart, and
    what reaches nobody does nothing. A common, urgent problem weakens repulsion (``superordinate``).

    **Names.** A signal moves reputation the share ``impression`` :math:`\times` reach of the way to the conduct it shows.
    Reputation follows what is seen: with media in the schedule, nothing else moves it. Whoever is tied to the source
    and hears of it moves its trust ``hearsay`` of the way to that conduct.

    **Us and them.** What attracts a citizen moves its orientation ``identity`` of the way to 1 (we); what repels it, of the
    way to 0 (us and them). A pure consumer's tolerance is narrower by the share ``narrowing``.

    Where organisations use technology, what they say reaches further (``voice``), more of their true conduct is seen
    (``transparency``), and false news of them, and attention to how extreme their stance is, grow with ``distortion``.

    A draw picks a signal by its place in a list: in another order of rows, it may pick another, each equally likely.

    Concepts:
        Sensing: Conduct is seen through signals, some of them false and not all of the true ones; who hears them
            depends on reach.
        Emergence: Whether information polarises or unites is not set: it follows from reach, truth and how far the
            heard stands from the hearer.
        Interaction: Signals act on all who hear them, partners or not.
        Stochasticity: Who makes news, whether it is true, and who hears it are drawn.

    References:
        Axelrod, Daymude & Forrest (2021), PNAS 118 (50) e2102139118 (what those who hear make of a stance). Vosoughi,
        Roy & Aral (2018), Science 359, 1146 (false news spreads further than true).
    """

    news: float = Field(0.3, ge=0, le=1, description="share of organisations that make news each time it acts")
    fake: float = Field(0.3, ge=0, le=1, description="share of the news that is false")
    transparency: float = Field(0.6, ge=0, le=1, description="share of the true news that gets out")
    reach: float = Field(0.4, ge=0, le=1, description="share of those who come upon a signal that hear it")
    exaggeration: float = Field(0.6, ge=0, le=1, description="e, share of the way to the extreme that false news shows")
    tolerance: float = Field(
        0.6, ge=0, le=4, description="greatest distance of stance that attracts (stance runs from -1 to 1)"
    )
    exposure: float = Field(0.5, gt=0, le=1000, description="distance at which every second signal is taken in")
    responsiveness: float = Field(0.05, ge=0, le=1, description="share of the distance that a stance moves")
    superordinate: float = Field(1.0, ge=0, le=1000, description="how much a common, urgent issue weakens repulsion")
    pressing_at: float = Field(1.0, gt=0, le=1000, description="urgency at which an issue counts half as a common goal")
    impression: float = Field(
        0.3, ge=0, le=1, description="share of the way to the conduct shown that reputation moves if everybody hears"
    )
    values: float = Field(0.2, ge=0, le=1, description="weight of purpose in the conduct that is shown")
    hearsay: float = Field(
        0.02, ge=0, le=1, description="share of the way to the conduct shown that a partner's trust moves"
    )
    identity: float = Field(0.02, ge=0, le=1, description="share of the way to we, or to us and them, a signal moves")
    narrowing: float = Field(0.3, ge=0, le=1, description="share of the tolerance that a pure consumer lacks")

    _ledger: ClassVar[Ledger] = Ledger()

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "stance", "contribution", "purpose", "reputation", "severity", "urgency", "trust", "voice",
        "transparency", "distortion", "citizen_stance", "orientation",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("stance", "reputation", "trust", "citizen_stance", "orientation")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return these media, told of the scheduled ledger, by which conduct is seen."""
        return knowing(
            self, _ledger=next((each for each in schedule.values() if isinstance(each, Ledger)), self._ledger)
        )

    @WorkedOut
    def _ready(self) -> tuple[ForSectors[NDArray[np.bool_]], NDArray[np.float64]]:
        """What is read each time it acts: who is answerable, and numbers for the kernel."""
        return (
            ForSectors(partial(are_named, self._ledger.answerable)),
            numbers(
                self._ledger.worst, self.values, self.impression, self.hearsay, self.superordinate, self.pressing_at,
                self.news, self.fake, self.transparency, self.reach, self.exaggeration, self.tolerance, self.exposure,
                self.responsiveness, self.identity, self.narrowing,
            ),
        )  # fmt: skip

    def step(self, world: World, key: Key) -> None:
        """Let some make news, and let everyone who hears one of the signals move stance, trust and orientation by it."""
        are_answerable, rates = self._ready
        tell(
            world.identity, world.sector, are_answerable(world.labels.sectors), world.stance,
            world.contribution, world.purpose, world.reputation, world.voice, world.transparency, world.distortion,
            world.severity, world.urgency, world.first_tie, world.partner, world.tie, world.trust, world.citizen_stance,
            world.orientation, rates, key,
        )  # fmt: skip


# Draws of an organisation: 0 for the news it makes, 1 for what it hears; of a citizen: 2.


@kernel
def tell(
    identity: Any, sector: Any, answerable: Any, stance: Any, contribution: Any, purpose: Any, reputation: Any,
    voice: Any, transparency: Any, distortion: Any, severity: Any, urgency: Any, first_tie: Any, partner: Any, tie: Any,
    trust: Any, citizen_stance: Any, orientation: Any, rates: Any, key: Any,
) -> None:  # fmt: skip
    """Let news get out and be heard, in place: all in one kernel, since each call costs as much as a short part of it.

    ``rates`` (16,) are the worst severity, values, impression, hearsay, superordinate and the urgency that is half pressing;
    news, fake, transparency, reach and exaggeration; tolerance, exposure, responsiveness, identity and narrowing; as in
    ``Media``.
    """
    worst, values, impression, hearsay, superordinate, half = rates[0], rates[1], rates[2], rates[3], rates[4], rates[5]
    news = (rates[6], rates[7], rates[8], rates[9], rates[10])
    tolerance, exposure, responsiveness, identifying, narrowing = rates[11], rates[12], rates[13], rates[14], rates[15]
    conduct = conduct_shown(sector, answerable, contribution, purpose, severity, worst, values)
    source, shown, told, heard = publish(identity, stance, conduct, (voice, transparency, distortion), news, key)
    if source.size == 0:
        return
    make_names(reputation, source, told, heard, impression)
    repulsion = responsiveness / (1.0 + superordinate * common_goal(urgency, half))
    limits = (tolerance, exposure, responsiveness, repulsion, identifying, narrowing)
    signals, nobody = (source, shown, told, heard), np.empty(0)
    bonds = (first_tie, partner, tie, trust)
    take_in(stance, nobody, identity, signals, bonds, hearsay, limits, key)
    take_in(citizen_stance, orientation, identity[:0], signals, bonds, hearsay, limits, key)


@kernel
def conduct_shown(
    sector: Any, answerable: Any, contribution: Any, purpose: Any, severity: Any, worst: Any, values: Any
) -> Any:
    """Return the conduct of each organisation as true news would show it (n,), in [0, 1]."""
    usual = max(1e-9, mean_of(contribution, 0.0))
    wellbeing = 0.0 if severity.size > 0 else 1.0
    for level in severity:
        wellbeing += (1.0 - min(1.0, level / worst)) / severity.size
    conduct = np.empty(sector.size)
    for i in range(sector.size):
        judged = conduct_of(contribution[i], usual, answerable[sector[i]], wellbeing)
        conduct[i] = (1.0 - values) * judged + values * purpose[i]
    return conduct


@kernel
def publish(identity: Any, stance: Any, conduct: Any, technology: Any, rates: Any, key: Any) -> Any:
    """Return the signals that get out: row of the source (p,), stance (p, axes) and conduct (p,) shown, and reach (p,)."""
    voice, openness, distortion = technology
    news, fake, transparency, reach, exaggeration = rates
    n, axes = stance.shape
    draws = np.empty((4, n))
    makes, lies, slips, tales = draws[0], draws[1], draws[2], draws[3]
    for i in range(n):  # a loop that only draws: the compiler makes several draws at a time
        makes[i], lies[i], slips[i], tales[i] = uniform4(key, identity[i], 0)
    source, count = np.empty(n + 1, np.int64), np.uint64(0)
    for i in range(n):  # whose news does not get out is written, too, and then written over: no branch to guess
        source[count] = i
        gets_out = (lies[i] < fake * distortion[i]) | (slips[i] < transparency * openness[i])
        count += np.uint64((makes[i] < news) & gets_out)
    source = source[:count]
    shown, told, heard = np.empty((source.size, axes)), np.empty(source.size), np.empty(source.size)
    for k in range(source.size):
        i = source[k]
        is_fake, extremity = lies[i] < fake * distortion[i], 0.0
        for d in range(axes):
            x = stance[i, d]
            shown[k, d] = x + exaggeration * (np.sign(x) - x) if is_fake else x
            extremity += abs(shown[k, d]) / axes
        told[k] = tales[i] if is_fake else conduct[i]
        heard[k] = min(1.0, reach * voice[i] * (1.0 + (distortion[i] - 1.0) * extremity))
    return source, shown, told, heard


@kernel
def make_names(reputation: Any, source: Any, told: Any, heard: Any, impression: Any) -> None:
    """Move reputation (n,) towards the conduct that signals show, by how many hear them."""
    for k in range(source.size):
        reputation[source[k]] += impression * heard[k] * (told[k] - reputation[source[k]])


@kernel
def take_in(
    stance: Any, orientation: Any, identity: Any, signals: Any, bonds: Any, hearsay: Any, law: Any, key: Any
) -> None:
    """Let everyone come upon a signal and move stance (c, axes) and orientation (c,) or (0,) by it, in place.

    Us and them is dislike of whoever is far, we is liking. Citizens have no ``identity`` but their row; organisations,
    who do, may be sources: they do not hear of themselves, and move their trust in partners of whom they hear.
    """
    source, shown, told, heard = signals
    luck, liking = np.empty(_BLOCK, np.int64), np.empty(min(_BLOCK, orientation.size))
    room = np.empty((4, _BLOCK)), np.empty((3, _BLOCK + 1), np.uint64)
    rows = np.arange(identity.size)
    for start in range(0, stance.shape[0], _BLOCK):
        stop = min(start + _BLOCK, stance.shape[0])
        for c in range(start, stop):
            luck[c - start] = c
        for i in range(start, min(stop, identity.size)):
            luck[i - start] = identity[i]
        draw = np.int64(1 if identity.size > 0 else 2)
        who, said, chances = hear(luck[: stop - start], rows[start:stop], source, heard, draw, room, key)
        for a in range(min(stop - start, liking.size)):
            liking[a] = 2.0 * orientation[start + a] - 1.0
        respond(stance[start:stop], liking, who, said, shown, chances, law, room)
        for a in range(min(stop - start, liking.size)):
            orientation[start + a] = 0.5 * (liking[a] + 1.0)
        if identity.size > 0:
            hear_of_partners(start, who, said, source, told, bonds, hearsay)


@kernel
def respond(stance: Any, liking: Any, who: Any, said: Any, shown: Any, chances: Any, law: Any, room: Any) -> None:
    """Let those who hear (h,) what is said (c,) move stance and liking by the law of attraction and repulsion."""
    tolerance, exposure, responsiveness, repulsion, identifying, narrowing = law
    apart, odds, moving, count = room[0][3], room[0][0], room[1][2], np.uint64(0)
    axes = stance.shape[1]
    for a in range(who.size):
        c, squared = who[a], 0.0
        k = said[c]
        for d in range(axes):
            squared += (shown[k, d] - stance[c, d]) ** 2
        apart[a] = squared
    for a in range(who.size):  # a loop without look-ups: several roots are drawn at a time
        apart[a] = np.sqrt(apart[a])
        odds[a] = rough_exponential(exponent_to_interact(apart[a], exposure))
    for a in range(who.size):
        surplus = odds[a] - chances[who[a]]
        if abs(surplus) < CLOSE:
            surplus = chance_to_interact(apart[a], exposure) - chances[who[a]]
        moving[count] = a  # written over, unless they interact: no branch to guess
        count += np.uint64(surplus > 0.0)
    for b in range(count):
        distance, c = apart[moving[b]], who[moving[b]]
        k, within = said[c], tolerance
        if liking.size > 0:
            within *= 1.0 - narrowing * max(0.0, -liking[c])
            liking[c] += identifying * ((1.0 if distance <= within else -1.0) - liking[c])
        share = responsiveness if distance <= within else -repulsion
        for d in range(axes):
            moved = stance[c, d] + share * (shown[k, d] - stance[c, d])
            stance[c, d] = min(1.0, max(-1.0, moved))


@kernel
def hear(luck: Any, rows: Any, source: Any, heard: Any, draw: Any, room: Any, key: Any) -> Any:
    """Return who hears a signal, in order (h,), and of all (c,) upon which one they come, and a uniform number each.

    ``luck`` (c,) is the number whose draws each has, ``rows`` the organisation's row (c,), or (0,) of citizens: nobody
    hears of itself. What is returned are parts of ``room``, numbers (4, ≥ c) and places (3, > c); places are unsigned,
    which spares looking whether they are counted from the end.
    """
    choices, reaches, chances = room[0][0], room[0][1], room[0][2]
    who, said, count = room[1][0], room[1][1], np.uint64(0)
    for turn in range(luck.size):  # a loop that only draws: the compiler makes several draws at a time
        choices[turn], reaches[turn], chances[turn], _ = uniform4(key, luck[turn], draw)
    for turn in range(luck.size):
        said[turn] = np.uint64(np.int64(choices[turn] * source.size))
    for turn in range(rows.size):
        reaches[turn] = 2.0 if source[said[turn]] == rows[turn] else reaches[turn]
    # Whoever hears nothing is written, too, and then written over: a processor would guess a branch wrong.
    for turn in range(luck.size):
        who[count] = turn
        count += np.uint64(reaches[turn] < heard[said[turn]])
    return who[:count], said[: luck.size], chances[: luck.size]


@kernel
def hear_of_partners(first: Any, who: Any, said: Any, source: Any, told: Any, bonds: Any, hearsay: Any) -> None:
    """Move the trust (m, 2) of those who heard of a partner towards the conduct shown; rows are counted from ``first``."""
    first_tie, partner, tie, trust = bonds
    for a in range(who.size):
        i, k = first + np.int64(who[a]), said[who[a]]
        h = find_half_edge(first_tie, partner, i, source[k])
        if h >= 0:
            side = 0 if i < source[k] else 1
            trust[tie[h], side] += hearsay * (told[k] - trust[tie[h], side])


_BLOCK = 512
"""Who comes upon signals at a time: what they draw stays in the fastest cache."""

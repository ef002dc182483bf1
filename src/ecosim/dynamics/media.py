"""Media: what is told of organisations, true or not, and what those who hear it make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from ecosim.dynamics.conduct import Witness, conduct_of
from ecosim.dynamics.knowing import are_named, knowing
from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.attraction_repulsion import chance_to_interact, common_goal
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
        return knowing(
            self, _ledger=next((each for each in schedule.values() if isinstance(each, Ledger)), self._ledger)
        )

    def step(self, world: World, key: Key) -> None:
        tell(
            world.identity, world.sector, are_named(self._ledger.answerable, world.labels.sectors), world.stance,
            world.contribution, world.purpose, world.reputation, world.voice, world.transparency, world.distortion,
            world.severity, world.urgency, world.first_tie, world.partner, world.tie, world.trust, world.citizen_stance,
            world.orientation, (self._ledger.worst, self.values, self.impression, self.hearsay),
            (self.news, self.fake, self.transparency, self.reach, self.exaggeration),
            (self.tolerance, self.exposure, self.responsiveness, self.identity, self.narrowing),
            self.superordinate, self.pressing_at, key,
        )  # fmt: skip


# Draws of an organisation: 0 for the news it makes, 1 for what it hears; of a citizen: 2.


@kernel
def tell(
    identity: Any, sector: Any, answerable: Any, stance: Any, contribution: Any, purpose: Any, reputation: Any,
    voice: Any, transparency: Any, distortion: Any, severity: Any, urgency: Any, first_tie: Any, partner: Any, tie: Any,
    trust: Any, citizen_stance: Any, orientation: Any, judging: Any, rates: Any, law: Any, superordinate: Any,
    half: Any, key: Any,
) -> None:  # fmt: skip
    """Let news get out and be heard, in place: all in one kernel, since each call costs as much as a short part of it.

    ``judging`` are the worst severity, values, impression and hearsay; ``law`` tolerance, exposure, responsiveness,
    identity and narrowing; others as in ``Media``.
    """
    worst, values, impression, hearsay = judging
    tolerance, exposure, responsiveness, identifying, narrowing = law
    conduct = conduct_shown(sector, answerable, contribution, purpose, severity, worst, values)
    source, shown, told, heard = publish(identity, stance, conduct, (voice, transparency, distortion), rates, key)
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
    source, shown = np.empty(n, np.int64), np.empty((n, axes))
    told, heard = np.empty(n), np.empty(n)
    count = 0
    for i in range(n):
        is_fake = lies[i] < fake * distortion[i]
        if makes[i] >= news or not (is_fake or slips[i] < transparency * openness[i]):
            continue
        extremity = 0.0
        for d in range(axes):
            x = stance[i, d]
            shown[count, d] = x + exaggeration * (np.sign(x) - x) if is_fake else x
            extremity += abs(shown[count, d]) / axes
        source[count] = i
        told[count] = tales[i] if is_fake else conduct[i]
        heard[count] = min(1.0, reach * voice[i] * (1.0 + (distortion[i] - 1.0) * extremity))
        count += 1
    return source[:count], shown[:count], told[:count], heard[:count]


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
    luck, rows = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    liking, room = (
        np.empty(min(_BLOCK, orientation.size)),
        (np.empty((4, _BLOCK)), np.empty((3, _BLOCK + 1), np.uint64)),
    )
    for start in range(0, stance.shape[0], _BLOCK):
        stop = min(start + _BLOCK, stance.shape[0])
        for c in range(start, stop):
            luck[c - start], rows[c - start] = c, -1
        if identity.size > 0:
            for i in range(start, stop):
                luck[i - start], rows[i - start] = identity[i], i
        draw = np.int64(1 if identity.size > 0 else 2)
        who, said, chances = hear(luck[: stop - start], rows[: stop - start], source, heard, draw, room, key)
        for a in range(min(stop - start, liking.size)):
            liking[a] = 2.0 * orientation[start + a] - 1.0
        respond(stance[start:stop], liking, who, said, shown, chances, law, room)
        for a in range(min(stop - start, liking.size)):
            orientation[start + a] = 0.5 * (liking[a] + 1.0)
        if identity.size > 0:
            hear_of_partners(start, who, said, source, told, bonds, hearsay)


@kernel
def respond(stance: Any, liking: Any, who: Any, said: Any, shown: Any, chances: Any, law: Any, room: Any) -> None:
    """Let those (h,) who hear what is said (h,) move stance and liking by the law of attraction and repulsion."""
    tolerance, exposure, responsiveness, repulsion, identifying, narrowing = law
    apart, moving, count = room[0][3], room[1][2], np.uint64(0)
    axes = stance.shape[1]
    for a in range(who.size):
        c, k, squared = who[a], said[a], 0.0
        for d in range(axes):
            squared += (shown[k, d] - stance[c, d]) ** 2
        distance = np.sqrt(squared)
        moving[count], apart[count] = a, distance  # written over, unless they interact
        count += np.uint64(chances[a] < chance_to_interact(distance, exposure))
    for b in range(count):
        c, k, within = who[moving[b]], said[moving[b]], tolerance
        if liking.size > 0:
            within *= 1.0 - narrowing * max(0.0, -liking[c])
            liking[c] += identifying * ((1.0 if apart[b] <= within else -1.0) - liking[c])
        share = responsiveness if apart[b] <= within else -repulsion
        for d in range(axes):
            moved = stance[c, d] + share * (shown[k, d] - stance[c, d])
            stance[c, d] = min(1.0, max(-1.0, moved))


@kernel
def hear(luck: Any, rows: Any, source: Any, heard: Any, draw: Any, room: Any, key: Any) -> Any:
    """Return who hears a signal, in order (h,), which one (h,), and a uniform number each (h,), as parts of ``room``.

    ``luck`` (c,) is the number whose draws each has, ``rows`` (c,) the organisation's row (-1 for a citizen): nobody
    hears of itself. ``room`` is numbers (4, ≥ c) and places (3, > c); places are unsigned, which spares looking whether
    they are counted from the end.
    """
    choices, reaches, chances = room[0][0], room[0][1], room[0][2]
    who, said, count = room[1][0], room[1][1], np.uint64(0)
    for turn in range(luck.size):  # a loop that only draws: the compiler makes several draws at a time
        choices[turn], reaches[turn], chances[turn], _ = uniform4(key, luck[turn], draw)
    # Whoever hears nothing is written, too, and then written over: a processor would guess a branch wrong.
    for turn in range(luck.size):
        k = np.uint64(np.int64(choices[turn] * source.size))
        who[count], said[count], chances[count] = turn, k, chances[turn]
        count += np.uint64((reaches[turn] < heard[k]) & (source[k] != rows[turn]))
    return who[:count], said[:count], chances[:count]


@kernel
def hear_of_partners(first: Any, who: Any, said: Any, source: Any, told: Any, bonds: Any, hearsay: Any) -> None:
    """Move the trust (m, 2) of those who heard of a partner towards the conduct shown; rows are counted from ``first``."""
    first_tie, partner, tie, trust = bonds
    for a in range(who.size):
        i, k = first + np.int64(who[a]), said[a]
        h = find_half_edge(first_tie, partner, i, source[k])
        if h >= 0:
            side = 0 if i < source[k] else 1
            trust[tie[h], side] += hearsay * (told[k] - trust[tie[h], side])


_BLOCK = 512
"""Who comes upon signals at a time: what they draw stays in the fastest cache."""

"""Levels: members inside organisations, organisations and coalitions move by one law, and each level by the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.bounded_confidence import listen
from ecosim.errors import InputError, did_you_mean
from ecosim.kernels import inlined, kernel
from ecosim.rng import Key, uniform4
from ecosim.world.founding_settings import MEMBER_NUMBERS
from ecosim.world.world import World

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


@runtime_checkable
class Law(Protocol):
    """A rule of stance by which those of any level may meet: each looks at one other and moves, or does not."""

    @property
    def responsiveness(self) -> float:
        """Share of the distance that those of one level move."""

    def meet(
        self, world: World, seen: Numbers, stance: Numbers, rows: Rows, others: Rows, chances: Numbers,
        responsiveness: float,
    ) -> None:  # fmt: skip
        """Let the rows (s,) look at the others (s,) among those seen (k, axes), changing stance (k, axes).

        Args:
            world: for what the law depends on besides.
            seen: stances as they stood.
            stance: stances that change.
            rows: who looks.
            others: whom at; -1 for nobody.
            chances: a uniform number for each turn.
            responsiveness: share of the distance moved, in place of the rule's own.
        """


@runtime_checkable
class ClingingLaw(Law, Protocol):
    """A law by which everyone clings to where it started, as far as it is not open to what it hears."""

    def openness(self, world: World) -> Numbers:
        """Return how far each organisation, and whoever is in it, is open to influence (n,), 0 to 1."""


class Levels(Mechanism):
    r"""The fractal: the law of stance among members inside organisations, among coalitions, and between the levels.

    The rule that ``stance`` names in the schedule lets organisations meet. Each time this mechanism acts, the very same
    law, with the same parameters, is applied at the levels below and above:

    - *Members.* Each member looks at one other of its organisation, drawn uniformly.
    - *Coalitions.* Each looks at one other, drawn with even chance among those that share a member with it (a member,
      then one of its other memberships) or those formed on the same issue.

    The levels are bound to each other by encounters under the same law, which move by a strength in place of the
    rule's responsiveness: each member looks at its organisation (``to_members``), each organisation at the mean of its
    members (``from_members``), each coalition at the mean of the organisations in it (``to_coalitions``), and each
    organisation at one of its coalitions, drawn uniformly (``from_coalitions``):

    .. math:: x' = x + s \cdot f(y - x), \qquad \text{f the law: } y - x \text{ or } 0 \text{ in bounded confidence}

    Where the law lets everyone cling to where it started (Friedkin–Johnsen), so do members and coalitions, once each
    time: what all encounters make of x counts by how open one is, :math:`\lambda`, and the first stance by
    :math:`1 - \lambda`. Members are as open as their organisation, coalitions as theirs are on average; an organisation's
    own first stance has had its part when its rule of stance acted, so here it only moves the less, by
    :math:`\lambda`.

    With ``coupling: pull``, one's own level above or below attracts at any distance, f(y − x) = y − x. Strength 0 is no
    coupling, and leaves all other draws as they are, so worlds with and without it share their luck.

    Everyone looks at the stances as they stood. Members look at one other even where organisations listen to everyone.
    A coalition begins at the mean stance of its founders. A draw picks a membership or a coalition by its place in the
    tables: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Basic principles: The same rule of opinion runs among members, organisations and coalitions.
        Emergence: Whether levels bind each other is seen in the spread at each of them.
        Interaction: Members with members of their organisation, coalitions with coalitions, and each level with the
            next.
        Collectives: Organisations and coalitions are collectives with stances of their own.
        Stochasticity: Who meets whom at each level is drawn.
    """

    stance: str = Field("stance", description="name, in the schedule, of the rule whose law holds at each level")
    to_members: float = Field(
        0.1, ge=0, le=1, description="strength by which an organisation's stance moves its members"
    )
    from_members: float = Field(0.1, ge=0, le=1, description="strength by which members' mean moves their organisation")
    to_coalitions: float = Field(
        0.1, ge=0, le=1, description="strength by which the mean of its organisations moves a coalition"
    )
    from_coalitions: float = Field(0.1, ge=0, le=1, description="strength by which a coalition moves its organisations")
    coupling: Literal["law", "pull"] = Field(
        "law", description="whether levels move each other by the same law, or attract each other at any distance"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "urgency", "coalition_issue")
    writes: ClassVar[tuple[str, ...]] = ("member_stance", "stance", "coalition_stance")

    _law: ClassVar[Law | None] = None
    _clinging: ClassVar[ClingingLaw | None] = None

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this rule, told of the rule of stance whose law holds at each level.

        Raises:
            InputError: if there is none of that name by which two meet.
        """
        law = schedule.get(self.stance)
        laws = [name for name, rule in schedule.items() if isinstance(rule, Law)]
        if law is None and not laws:
            raise InputError(
                f"levels.stance names '{self.stance}', but no rule of stance is in the schedule; allowed: one by which two "
                "meet, as attraction_repulsion, or no levels (~dynamics.levels)"
            )
        if law is None:
            raise InputError(f"levels.stance names '{self.stance}'; {did_you_mean(self.stance, laws)}")
        if not isinstance(law, Law):
            raise InputError(
                f"levels.stance: '{self.stance}' in the schedule is {law.rule()}; allowed: a rule by which two meet, as "
                "attraction_repulsion, bounded_confidence and friedkin_johnsen"
            )
        if isinstance(law, ClingingLaw):
            return knowing(self, _law=law, _clinging=law, reads=(*self.reads, *_FIRST))
        return knowing(self, _law=law)

    def step(self, world: World, key: Key) -> None:
        """Let members, then coalitions, meet by the law, and let each level move the next: x' = x + s f(y − x)."""
        law, each, n = self._law, world.labels.members, world.n
        if law is None:
            raise RuntimeError("levels act in a schedule only, beside a rule of stance")
        actors = everyone(
            world.member_stance, world.stance, world.coalition_stance, world.first_member, world.member, each
        )
        beside, bound_to, joined, chances = whom(
            world.identity, world.coalition_identity, world.coalition_issue, world.first_member, world.member,
            world.member_coalition, world.first_membership, world.membership, each, MEMBER_NUMBERS, key,
        )  # fmt: skip
        seen, rows = actors.copy(), np.arange(beside.size)
        law.meet(world, seen, actors, rows, beside, chances[0], law.responsiveness)
        if self.coupling == "pull":
            self._cling(world, seen, actors)
        members, organisations = slice(0, n * each), slice(n * each, n * each + n)
        coalitions = slice(organisations.stop, rows.size)
        for these, others, luck, strength in (
            (members, bound_to[members], chances[1][members], self.to_members),
            (organisations, bound_to[organisations], chances[1][organisations], self.from_members),
            (coalitions, bound_to[coalitions], chances[1][coalitions], self.to_coalitions),
            (organisations, joined, chances[2][organisations], self.from_coalitions),
        ):
            if strength == 0.0 or others.size == 0:
                continue
            if self.coupling == "law":
                law.meet(world, seen, actors, rows[these], others, luck, strength)
            else:
                listen(seen, actors, rows[these], others, np.inf, strength, False)
        if self.coupling == "law":
            self._cling(world, seen, actors)
        settle(actors, world.member_stance, world.stance, world.coalition_stance)

    def _cling(self, world: World, seen: Numbers, actors: Numbers) -> None:
        """Let what encounters made of everyone count as far as the law says that it is open."""
        if self._clinging is not None:
            cling(
                actors, seen, self._clinging.openness(world), world.member_prejudice, world.coalition_prejudice,
                world.first_member, world.member, world.labels.members,
            )  # fmt: skip


_FIRST = ("susceptibility", "member_prejudice", "coalition_prejudice")
"""What is read besides, where everyone clings to where it started."""


@kernel
def everyone(member_stance: Any, stance: Any, coalition_stance: Any, first_member: Any, member: Any, each: Any) -> Any:
    """Return the stances of all levels below each other (k, axes).

    First members, organisation by organisation, then organisations, then coalitions; then the mean of each
    organisation's members, and of each coalition's organisations.
    """
    n, axes = stance.shape
    coalitions = coalition_stance.shape[0]
    top = n * each + n + coalitions
    actors = np.zeros((top + n + coalitions, axes))
    for i in range(n):
        for k in range(each):
            for d in range(axes):
                actors[i * each + k, d] = member_stance[i, k * axes + d]
                actors[top + i, d] += member_stance[i, k * axes + d] / each
        for d in range(axes):
            actors[n * each + i, d] = stance[i, d]
    for c in range(coalitions):
        size = first_member[c + 1] - first_member[c]
        for d in range(axes):
            actors[n * each + n + c, d] = coalition_stance[c, d]
            for row in range(first_member[c], first_member[c + 1]):
                actors[top + n + c, d] += stance[member[row], d] / size
    return actors


@kernel
def whom(
    identity: Any, coalition_identity: Any, coalition_issue: Any, first_member: Any, member: Any,
    member_coalition: Any, first_membership: Any, membership: Any, each: Any, most: Any, key: Any,
) -> Any:  # fmt: skip
    """Return whom everyone looks at, as rows of ``everyone``, -1 for nobody, and uniform numbers.

    At their own level (k,), at the level they are bound to through members (k,), and an organisation's coalition (n,);
    the uniform numbers are for each of the three (3, k). A member's number is its organisation's times ``most``, the
    greatest number of members, plus its place. Draw 0 of a member, 1 of an organisation, 2 and 3 of a
    coalition.
    """
    n, coalitions = identity.size, coalition_identity.size
    below, above = n * each, n * each + n
    top = above + coalitions
    beside, bound_to, joined = np.full(top, -1), np.full(top, -1), np.full(n, -1)
    chances = np.empty((3, top))
    _members_look(identity, each, most, key, beside, bound_to, chances)
    for i in range(n):
        actor = below + i
        chooses, chances[0, actor], chances[1, actor], chances[2, actor] = uniform4(key, identity[i], 1)
        if each > 0:
            bound_to[actor] = top + i
        memberships = first_membership[i + 1] - first_membership[i]
        if memberships > 0:
            row = membership[first_membership[i] + np.int64(chooses * memberships)]
            joined[i] = above + member_coalition[row]
    groups = (first_member, member, member_coalition, first_membership, membership)
    _coalitions_look(coalition_identity, coalition_issue, groups, above, key, beside, chances)
    for c in range(coalitions):
        bound_to[above + c] = top + n + c
    return beside, bound_to, joined, chances


@inlined
def _members_look(identity: Any, each: Any, most: Any, key: Any, beside: Any, bound_to: Any, chances: Any) -> None:
    """Write whom members look at among those of their organisation, that they are bound to it, and their draws."""
    n, below = identity.size, identity.size * each
    numbers, choices = np.empty(below, np.int64), np.empty(below)
    for i in range(n):
        for k in range(each):
            numbers[i * each + k] = identity[i] * most + k
    for actor in range(below):  # a loop that only draws: the compiler makes several draws at a time
        choices[actor], chances[0, actor], chances[1, actor], _ = uniform4(key, numbers[actor], 0)
    for i in range(n):
        for k in range(each):
            actor = i * each + k
            if each > 1:
                other = np.int64(choices[actor] * (each - 1))
                beside[actor] = i * each + other + (other >= k)
            bound_to[actor] = below + i


@inlined
def _coalitions_look(
    coalition_identity: Any, coalition_issue: Any, groups: Any, above: Any, key: Any, beside: Any, chances: Any
) -> None:
    """Write which other coalition each looks at, through a shared member or on the same issue, and its draws."""
    first_member, member, member_coalition, first_membership, membership = groups
    ordered, first = by_issue(coalition_issue)
    for c in range(coalition_identity.size):
        actor = above + c
        way, chooses, chances[0, actor], chances[1, actor] = uniform4(key, coalition_identity[c], 2)
        chances[2, actor], _, then, _ = uniform4(key, coalition_identity[c], 3)
        if way < 0.5:
            who = member[first_member[c] + np.int64(chooses * (first_member[c + 1] - first_member[c]))]
            memberships = first_membership[who + 1] - first_membership[who]
            other = np.int64(member_coalition[membership[first_membership[who] + np.int64(then * memberships)]])
        else:
            start, stop = first[coalition_issue[c]], first[coalition_issue[c] + 1]
            other = ordered[start + np.int64(chooses * (stop - start))]
        if other != c:
            beside[actor] = above + other


@kernel
def by_issue(coalition_issue: Any) -> Any:
    """Return the rows of coalitions (C,) issue by issue, and the place of each issue's first (issues + 1,)."""
    most = -1
    for q in coalition_issue:
        most = max(most, q)
    first = np.zeros(most + 2, np.int64)
    for q in coalition_issue:
        first[q + 1] += 1
    for q in range(most + 1):
        first[q + 1] += first[q]
    free, ordered = first.copy(), np.empty(coalition_issue.size, np.int64)
    for c in range(coalition_issue.size):
        ordered[free[coalition_issue[c]]] = c
        free[coalition_issue[c]] += 1
    return ordered, first


@kernel
def cling(
    actors: Any, seen: Any, openness: Any, member_prejudice: Any, coalition_prejudice: Any, first_member: Any,
    member: Any, each: Any,
) -> None:  # fmt: skip
    """Weigh the stances that encounters made, rows as in ``everyone``, with first ones: x ← λ x + (1 − λ) x(0).

    Organisations move the less than they would, by λ (openness (n,)): their own rule has weighed their first stance.
    """
    n, axes = openness.size, seen.shape[1]
    for i in range(n):
        for k in range(each):
            for d in range(axes):
                first = member_prejudice[i, k * axes + d]
                actors[i * each + k, d] = first + openness[i] * (actors[i * each + k, d] - first)
        for d in range(axes):
            before = seen[n * each + i, d]
            actors[n * each + i, d] = before + openness[i] * (actors[n * each + i, d] - before)
    for c in range(coalition_prejudice.shape[0]):
        are_open = 0.0
        for row in range(first_member[c], first_member[c + 1]):
            are_open += openness[member[row]] / (first_member[c + 1] - first_member[c])
        for d in range(axes):
            first = coalition_prejudice[c, d]
            actors[n * each + n + c, d] = first + are_open * (actors[n * each + n + c, d] - first)


@kernel
def settle(actors: Any, member_stance: Any, stance: Any, coalition_stance: Any) -> None:
    """Put the stances of all levels back into their columns, none beyond the ends of the scale."""
    n, axes = stance.shape
    each = member_stance.shape[1] // max(1, axes)
    for i in range(n):
        for k in range(each):
            for d in range(axes):
                member_stance[i, k * axes + d] = min(1.0, max(-1.0, actors[i * each + k, d]))
        for d in range(axes):
            stance[i, d] = min(1.0, max(-1.0, actors[n * each + i, d]))
    for c in range(coalition_stance.shape[0]):
        for d in range(axes):
            coalition_stance[c, d] = min(1.0, max(-1.0, actors[n * each + n + c, d]))

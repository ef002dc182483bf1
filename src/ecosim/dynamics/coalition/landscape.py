"""Landscape: organisations aggregate into camps so that likes are together and opposites apart."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, uniforms
from ecosim.world.world import Rows, World


class Landscape(Mechanism):
    r"""The landscape theory of aggregation: one at a time, each goes where it is least frustrated.

    Organisations belong to one of ``camps`` camps. Between any two there is a propensity to work together,

    .. math:: p_{ij} = w_a\, a_{ij} + w_t\,(2 T_{ij} - 1)
              + w_s \frac{\nu^2 - |o_i - o_j|^2}{\max(\nu^2,\ 4 D - \nu^2)}
              + w_c \left(2\, \frac{\text{shared traits}}{F} - 1\right)

    of affect a and mean trust T where they are tied (nothing where they are not), stances o on D axes, and F features of
    culture. Stances nearer than :math:`\nu` draw together and farther ones push apart, as with a tolerance: where all are
    near, one camp has everyone. No term leaves [-1, 1] times its weight. An organisation of size s (capital, or 1) is
    frustrated by partners elsewhere, a configuration X has energy E:

    .. math:: F_i(X) = \sum_{j \ne i} s_j\, p_{ij}\, d_{ij}(X), \quad E(X) = \sum_i s_i\, F_i(X)

    with d = 1 between camps and 0 within one. Whoever acts goes to the camp where its frustration is least, if that is
    less than where it is. Propensities are symmetric, so each such move lowers E by twice the mover's size times what it
    gains, and with one mover at a time E falls until nobody wants to move: a local minimum. ``activation``:
    ``sweep`` (each once, in an order drawn anew), ``random`` (as many turns as there are organisations, each drawn with
    replacement), ``steepest`` (as often whoever lowers E most, which takes time in proportion to pairs) or
    ``simultaneous`` (all on the same state; then E may rise).

    It begins with everyone in a camp drawn by chance (``camp``); newcomers likewise. Camps of two or more are
    coalitions, each on the issue that matters most to its members, by size, when it is formed. It is an alternative to
    ``joining``, not a companion: other coalitions end when it acts. What all of a camp together mean to one organisation
    is kept as sums, so a sweep takes time in proportion to organisations and ties, not to pairs.

    Concepts:
        Basic principles: Each side of an alignment seeks those it fits with and avoids those it does not.
        Objectives: To lower one's own frustration: the size-weighted misfit with one's own side.
        Collectives: Sides are collectives that arise from single moves, and each descent ends in a local minimum of
            energy.
        Stochasticity: The order in which organisations reconsider is drawn where activation asks for it.

    References:
        Axelrod & Bennett (1993), A landscape theory of aggregation, Br. J. Polit. Sci. 23, 211–233 (energy and its fall
        checked against the summary and its notes; the propensities are ours).
    """

    camps: int = Field(2, ge=2, le=1000, description="number of camps")
    sizes: Literal["capital", "equal"] = Field("capital", description="what an organisation weighs")
    activation: Literal["sweep", "random", "steepest", "simultaneous"] = Field(
        "sweep", description="who moves when; only simultaneous moves can raise the energy"
    )
    affect: float = Field(1.0, ge=0, le=100, description="w_a, weight of affect between those who are tied")
    trust: float = Field(0.5, ge=0, le=100, description="w_t, weight of mutual trust between those who are tied")
    stance: float = Field(2.0, ge=0, le=100, description="w_s, weight of the distance of stances")
    culture: float = Field(0.25, ge=0, le=100, description="w_c, weight of shared culture")
    neutral: float = Field(
        0.6, gt=0, le=4, description="ν, distance of stances that neither draws together nor pushes apart"
    )

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "capital", "stance", "culture", "salience", "affect", "trust", "coalition_issue",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("camp", "memberships")

    def step(self, world: World, key: Key) -> None:
        """Let organisations go to the camp that frustrates them least, and make coalitions of the camps."""
        if not world.n:
            return
        before = world.camp.copy()
        world.camp[:] = np.where(
            (before < 0) | (before >= self.camps), (uniforms(key, world.identity) * self.camps).astype(np.int16), before
        )
        size = world.capital if self.sizes == "capital" else np.ones(world.n)
        weighed = np.full((world.n, 2), np.nan)
        descend(
            world.camp, size, world.stance, world.culture,
            (world.first_tie, world.partner, world.tie, world.affect, world.trust), self.weights(), self.camps,
            self.activation == "simultaneous", self.activation == "steepest", self._turns(world, key), weighed,
        )  # fmt: skip
        self._settle(world, size, weighed, key)

    def weights(self) -> tuple[float, ...]:
        """Return the weights of a propensity, then ν, as a kernel takes them."""
        return (self.affect, self.trust, self.stance, self.culture, self.neutral)

    def _turns(self, world: World, key: Key) -> Rows:
        """Return the rows whose turn it is, in order; luck goes with identity, not with rows."""
        order: Rows = np.argsort(uniforms(key, world.identity, 1), kind="stable")
        if self.activation == "random":
            order = order[(uniforms(key, np.arange(world.n), 2) * world.n).astype(np.int64)]
        return order

    def _settle(self, world: World, size: Any, weighed: Any, key: Key) -> None:
        """Let coalitions be what camps are: whoever moved leaves one and joins the other; new camps found theirs."""
        coalition = np.full(self.camps, -1)  # each camp's coalition: that in which it has most members
        if world.memberships:
            members = np.zeros((world.coalitions, self.camps), np.int64)
            np.add.at(members, (world.member_coalition, world.camp[world.member]), 1)
            for row in np.argsort(-members.max(axis=1), kind="stable"):
                camp = int(members[row].argmax())
                if coalition[camp] < 0:
                    coalition[camp] = row
            leaving = np.flatnonzero(coalition[world.camp[world.member]] != world.member_coalition)
            world.leave(leaving)
            _note(world, "left", world.member[leaving], weighed, coalition=world.member_coalition[leaving])
        luck = uniforms(key, world.identity, 3)
        for camp in range(self.camps):
            rows = np.flatnonzero(world.camp == camp)
            if coalition[camp] >= 0:
                where = np.full(rows.size, coalition[camp])
                world.join(rows, where)
                _note(world, "joined", rows, weighed, coalition=where)
            elif rows.size > 1 and world.salience.shape[1]:
                issue = int(np.argmax(size[rows] @ world.salience[rows]))
                founder = int(rows[np.argmin(luck[rows])])
                world.found_coalition(founder, issue, rows)
                _note(world, "founded", rows, weighed, founder=founder)


def _note(world: World, kind: str, rows: Rows, weighed: Any, coalition: Any = None, founder: int | None = None) -> None:
    """Note what each of these organisations (p,) weighed when it last moved, or that it did not move."""
    if world.reasons is None:
        return
    has_moved = np.isfinite(weighed[rows, 0])
    stayed = "its camp has another coalition" if kind == "left" else "its camp became a coalition"
    world.reasons.note(
        kind, np.where(has_moved, "less frustrated in another camp", stayed).tolist(), world.identity[rows],
        -1 if founder is None else world.identity[founder],
        -1 if coalition is None else world.coalition_identity[coalition],
        gain=weighed[rows, 0], present=weighed[rows, 1], threshold=0.0,
    )  # fmt: skip


@kernel
def descend(
    camp: Any, size: Any, stance: Any, culture: Any, graph: Any, weights: Any, camps: Any, simultaneous: Any,
    steepest: Any, turns: Any, weighed: Any,
) -> None:  # fmt: skip
    """Let organisations move between camps, in place, and tell what they weighed.

    Args:
        camp: camp of each organisation (n,), from 0.
        size: weight of each (n,).
        stance: positions (n, axes).
        culture: traits (n, features).
        graph: half-edges, then affect (m,) and trust (m, 2): first_tie, partner, tie, affect, trust.
        weights: of affect, trust, stance and culture in a propensity; then the neutral distance of stances.
        camps: number of camps.
        simultaneous: whether all look at the camps as they were.
        steepest: whether each turn is that of whoever lowers the energy most, instead of the one listed.
        turns: rows in the order in which they act (t,).
        weighed: of whoever moves, the pull of the camp it goes to and of the one it leaves, when it last did (n, 2).
    """
    sums = _sums(camp, size, stance, culture, camps)
    following = camp.copy()
    for i in turns:
        mover = i
        best, relief, pull = _best_camp(mover, camp, size, stance, culture, graph, weights, sums)
        if steepest:
            for j in turns:
                other, gain, there = _best_camp(j, camp, size, stance, culture, graph, weights, sums)
                if size[j] * gain > size[mover] * relief:
                    mover, best, relief, pull = j, other, gain, there
        if relief <= 1e-12:
            if steepest:
                break
            continue
        following[mover] = best
        weighed[mover, 0], weighed[mover, 1] = pull, pull - relief
        if not simultaneous:
            _move(mover, camp[mover], best, size, stance, culture, sums)
            camp[mover] = best
    camp[:] = following


@kernel
def attractions(i: Any, camp: Any, size: Any, stance: Any, culture: Any, graph: Any, weights: Any, sums: Any) -> Any:
    """Return, for each camp, the propensities between i and all others in it, weighed by their size (camps,)."""
    first_tie, partner, tie, affect, trust = graph
    weight, place, square, traits = sums
    axes, features = stance.shape[1], culture.shape[1]
    neutral = weights[4] ** 2
    most = max(neutral, 4.0 * axes - neutral)
    found = np.zeros(weight.size)
    for c in range(weight.size):
        others = weight[c] - (size[i] if camp[i] == c else 0.0)
        if axes > 0:
            # Σ s_j |o_i − o_j|² from sums over the camp; i itself adds nothing to it
            apart = weight[c] * (stance[i] ** 2).sum() - 2.0 * (stance[i] * place[c]).sum() + square[c]
            found[c] += weights[2] * (others * neutral - apart) / most
        if features > 0:
            shared = 0.0
            for f in range(features):
                shared += traits[c, f, culture[i, f]] - (size[i] if camp[i] == c else 0.0)
            found[c] += weights[3] * (2.0 * shared / features - others)
    for h in range(first_tie[i], first_tie[i + 1]):
        j, t = partner[h], tie[h]
        found[camp[j]] += size[j] * (weights[0] * affect[t] + weights[1] * (trust[t, 0] + trust[t, 1] - 1.0))
    return found


@kernel
def energy(camp: Any, size: Any, stance: Any, culture: Any, graph: Any, weights: Any, camps: Any) -> Any:
    """Return the energy of a configuration: Σᵢ sᵢ Fᵢ."""
    sums = _sums(camp, size, stance, culture, camps)
    total = 0.0
    for i in range(camp.size):
        pulls = attractions(i, camp, size, stance, culture, graph, weights, sums)
        total += size[i] * (pulls.sum() - pulls[camp[i]])
    return total


@inner
def _best_camp(i: Any, camp: Any, size: Any, stance: Any, culture: Any, graph: Any, weights: Any, sums: Any) -> Any:
    """Return the camp where i is least frustrated, by how much less than where it is, and the pull of that camp."""
    pulls = attractions(i, camp, size, stance, culture, graph, weights, sums)
    best = np.int64(camp[i])
    for c in range(pulls.size):
        if pulls[c] > pulls[best]:
            best = np.int64(c)
    return best, pulls[best] - pulls[camp[i]], pulls[best]


@kernel
def _sums(camp: Any, size: Any, stance: Any, culture: Any, camps: Any) -> Any:
    """Return of each camp: its size, Σ s o (camps, axes), Σ s |o|², and the size behind each trait of each feature."""
    kinds = np.int64(culture.max()) + 1 if culture.size else 1
    sums = (
        np.zeros(camps), np.zeros((camps, stance.shape[1])), np.zeros(camps),
        np.zeros((camps, culture.shape[1], kinds)),
    )  # fmt: skip
    for i in range(camp.size):
        _add(i, camp[i], size[i], stance, culture, sums)
    return sums


@inner
def _move(i: Any, old: Any, new: Any, size: Any, stance: Any, culture: Any, sums: Any) -> None:
    _add(i, old, -size[i], stance, culture, sums)
    _add(i, new, size[i], stance, culture, sums)


@kernel
def _add(i: Any, c: Any, size: Any, stance: Any, culture: Any, sums: Any) -> None:
    weight, place, square, traits = sums
    weight[c] += size
    for d in range(stance.shape[1]):
        place[c, d] += size * stance[i, d]
        square[c] += size * stance[i, d] ** 2
    for f in range(culture.shape[1]):
        traits[c, f, culture[i, f]] += size

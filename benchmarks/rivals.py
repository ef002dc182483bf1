"""The rivals: ecosim, plain Mesa, Mesa's network space, NumPy. Each starts anew, and lets ticks pass.

Each is what a competent user of that tool would write. None records anything here.
"""

from __future__ import annotations

from typing import Protocol

import networkx
import numpy as np
import scipy.sparse
from mesa import Model
from mesa.discrete_space import CellAgent, Network
from numpy.typing import NDArray

import ecosim
from benchmarks.work import BOUNDED_CONFIDENCE, MEAN_DEGREE, MULTIPLICATION, RESPONSIVENESS, TOLERANCE, Work
from ecosim.settings import Settings
from tests.reference.bounded_confidence_mesa import BoundedConfidence
from tests.reference.public_goods_mesa import PublicGoods


class Rival(Protocol):
    """A model at work."""

    def again(self) -> None: ...
    def run(self, ticks: int) -> None: ...
    def state(self) -> NDArray[np.float64]: ...


def settings_for(model: str, n: int) -> Settings:
    """Return ecosim's settings of the work: a shipped scenario, and what differs."""
    common = (
        f"ecosystem.organisations={n}",
        "ecosystem.network.kind=random",
        f"ecosystem.network.degree={MEAN_DEGREE}",
        "measures=[]",
        "record={events: false, figures: false, organisations: never, relationships: never, coalitions: never}",
    )
    if model == BOUNDED_CONFIDENCE:
        rule = (f"dynamics.stance.tolerance={TOLERANCE}", f"dynamics.stance.responsiveness={RESPONSIVENESS}")
        return ecosim.load("opinions", *common, *rule)
    return ecosim.load("public_goods", *common, f"dynamics.production.multiplication={MULTIPLICATION}")


class WithEcosim:
    """ecosim through its public interface; it also founds the world from which all others begin."""

    def __init__(self, model: str, n: int, seed: int = 1) -> None:
        self.ecosystem = ecosim.Ecosystem(settings_for(model, n), rng=seed)
        world = self.ecosystem.world
        self.values = world.stance[:, 0] if model == BOUNDED_CONFIDENCE else world.contribution
        self.work = Work(model, self.values.copy(), world.ends.copy())

    def again(self) -> None:
        self.values[:] = self.work.start

    def run(self, ticks: int) -> None:
        self.ecosystem.run(ticks)

    def state(self) -> NDArray[np.float64]:
        return self.values


class WithMesa:
    """Plain Mesa with lists of neighbours: the very models that the tests hold ecosim's answers against."""

    def __init__(self, work: Work, seed: int = 1) -> None:
        self.work = work
        start, ties = work.start.tolist(), work.ends.tolist()
        if work.model == BOUNDED_CONFIDENCE:
            self.model: Model = BoundedConfidence(start, ties, TOLERANCE, RESPONSIVENESS, seed=seed)
            self.attribute = "opinion"
        else:
            self.model = PublicGoods(start, ties, MULTIPLICATION, seed=seed)
            self.attribute = "contribution"

    def again(self) -> None:
        for agent, value in zip(self.model.agents, self.work.start.tolist(), strict=True):
            setattr(agent, self.attribute, value)

    def run(self, ticks: int) -> None:
        for _ in range(ticks):
            self.model.step()

    def state(self) -> NDArray[np.float64]:
        return np.array(self.model.agents.get(self.attribute))


class WithMesaNetwork(WithMesa):
    """Mesa's network space: agents stand on cells, and find their neighbours there."""

    def __init__(self, work: Work, seed: int = 1) -> None:
        self.work = work
        kind = Listener if work.model == BOUNDED_CONFIDENCE else Player
        self.model = OnNetwork(work, kind, seed)
        self.attribute = "opinion" if work.model == BOUNDED_CONFIDENCE else "contribution"


class OnNetwork(Model):
    def __init__(self, work: Work, kind: type[CellAgent], seed: int) -> None:
        super().__init__(rng=seed)
        graph = networkx.Graph()
        graph.add_nodes_from(range(work.n))
        graph.add_edges_from(work.ends.tolist())
        self.space = Network(graph, capacity=1, random=self.random)
        self.range = 0.0
        self.phases = kind.PHASES
        for position, value in enumerate(work.start.tolist()):
            kind(self, self.space[position], value)

    def step(self) -> None:
        for phase in self.phases:
            if phase == "look":
                self.range = self.agents.agg("payoff", max) - self.agents.agg("payoff", min)
            self.agents.do(phase)


class Listener(CellAgent):
    PHASES = ("listen", "change")

    def __init__(self, model: OnNetwork, cell, opinion: float) -> None:
        super().__init__(model)
        self.cell = cell
        self.opinion = opinion

    def listen(self) -> None:
        near = [o.opinion for o in self.cell.neighborhood.agents if abs(o.opinion - self.opinion) <= TOLERANCE]
        heard = [self.opinion, *near]
        self.next_opinion = self.opinion + RESPONSIVENESS * (sum(heard) / len(heard) - self.opinion)

    def change(self) -> None:
        self.opinion = self.next_opinion


class Player(CellAgent):
    PHASES = ("divide", "collect", "look", "change")

    def __init__(self, model: OnNetwork, cell, contribution: float) -> None:
        super().__init__(model)
        self.cell = cell
        self.contribution = contribution

    def divide(self) -> None:
        group = [self, *self.cell.neighborhood.agents]
        self.share = MULTIPLICATION * sum(member.contribution for member in group) / len(group)

    def collect(self) -> None:
        group = [self, *self.cell.neighborhood.agents]
        self.payoff = sum(member.share for member in group) - self.contribution * len(group)

    def look(self) -> None:
        self.next_contribution = self.contribution
        if self.cell.connections:
            other = self.random.choice(list(self.cell.neighborhood.agents))
            if self.random.random() * self.model.range < other.payoff - self.payoff:
                self.next_contribution = other.contribution

    def change(self) -> None:
        self.contribution = self.next_contribution


class WithNumPy:
    """NumPy and SciPy, vectorised: everyone also counts as a neighbour of their own, so no list is empty."""

    def __init__(self, work: Work, seed: int = 1) -> None:
        self.work = work
        self.rng = np.random.default_rng(seed)
        n = work.n
        a, b = work.ends[:, 0], work.ends[:, 1]
        own = np.arange(n)
        rows, columns = np.concatenate((a, b, own)), np.concatenate((b, a, own))
        self.matrix = scipy.sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=(n, n))
        self.first, self.partner = self.matrix.indptr, self.matrix.indices
        self.groups = np.diff(self.first)
        self.again()

    def again(self) -> None:
        self.values = self.work.start.copy()

    def run(self, ticks: int) -> None:
        step = self.listen if self.work.model == BOUNDED_CONFIDENCE else self.play
        for _ in range(ticks):
            step()

    def listen(self) -> None:
        difference = self.values[self.partner] - np.repeat(self.values, self.groups)
        near = np.abs(difference) <= TOLERANCE
        pull = np.add.reduceat(difference * near, self.first[:-1])
        self.values = self.values + RESPONSIVENESS * pull / np.add.reduceat(near, self.first[:-1], dtype=np.int64)

    def play(self) -> None:
        share = MULTIPLICATION * (self.matrix @ self.values) / self.groups
        payoff = self.matrix @ share - self.values * self.groups
        # One of the neighbours: a place in a list without oneself, which is passed over in one that has it.
        n = self.values.size
        place = self.first[:-1] + (self.rng.random(n) * (self.groups - 1)).astype(np.int64)
        place += self.partner[place] >= np.arange(n)
        other = self.partner[np.minimum(place, self.first[1:] - 1)]
        adopts = self.rng.random(n) * np.ptp(payoff) < payoff[other] - payoff
        self.values = np.where(adopts, self.values[other], self.values)

    def state(self) -> NDArray[np.float64]:
        return self.values


ECOSIM, MESA, MESA_NETWORK, NUMPY = "ecosim", "Mesa, lists of neighbours", "Mesa, network space", "NumPy and SciPy"
RIVALS = {MESA: WithMesa, MESA_NETWORK: WithMesaNetwork, NUMPY: WithNumPy}

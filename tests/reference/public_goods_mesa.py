"""Public goods on a network, with imitation, in plain Mesa: slow and obvious, to hold ecosim's answers against."""

from mesa import Agent, Model


class Organisation(Agent):
    """Contributes to the group round itself and to those round its neighbours, and copies whoever is better paid."""

    def __init__(self, model, contribution):
        super().__init__(model)
        self.contribution = contribution
        self.next_contribution = contribution
        self.neighbours = []
        self.paid = 0.0
        self.share = 0.0
        self.payoff = 0.0

    def groups(self):
        """Return in how many groups I am: one round each neighbour, and my own."""
        return 1 + len(self.neighbours)

    def pay(self):
        """Find what I pay in each of my groups."""
        self.paid = self.model.cost * self.contribution
        if self.model.cost_per == "individual":
            self.paid /= self.groups()

    def divide(self):
        """Find what each member of the group round me receives."""
        pot = self.paid + sum(other.paid for other in self.neighbours)
        self.share = self.model.multiplication * pot / self.groups()

    def collect(self):
        """Receive a share of every group I am in, having paid in each."""
        received = self.share + sum(other.share for other in self.neighbours)
        self.payoff = received - self.paid * self.groups()

    def look(self):
        """Look at one neighbour, and copy it with a probability that grows with how much better it is paid."""
        self.next_contribution = self.contribution
        if not self.neighbours:
            return
        chooses, adopts = self.model.luck(self)
        other = self.neighbours[int(chooses * len(self.neighbours))]
        if adopts * self.model.greatest_difference(self, other) < other.payoff - self.payoff:
            self.next_contribution = other.contribution

    def change(self):
        self.contribution = self.next_contribution


class PublicGoods(Model):
    """Everyone plays, then everyone looks, then everyone changes.

    Args:
        contributions: of each organisation at the start, from 0 to 1.
        ties: pairs of neighbours, as positions in ``contributions``.
        multiplication: what one unit put in is worth to the whole group.
        cost: of contributing fully.
        cost_per: "game", the cost is paid in each group; "individual", in all groups together.
        difference: greatest difference in payoff that one game can make, or None to divide by the greatest between any
            two organisations now.
        luck: the two draws with which an organisation chooses and adopts; Mesa's random numbers where there is none.
        seed: seed of Mesa's random numbers.
    """

    def __init__(
        self, contributions, ties, multiplication, cost=1.0, cost_per="game", difference=None, luck=None, seed=None
    ):
        super().__init__(rng=seed)
        self.multiplication = multiplication
        self.cost = cost
        self.cost_per = cost_per
        self.difference = difference
        self.range = 0.0
        self.luck = luck or (lambda organisation: (self.random.random(), self.random.random()))
        organisations = list(Organisation.create_agents(self, len(contributions), contributions))
        for a, b in ties:
            organisations[a].neighbours.append(organisations[b])
            organisations[b].neighbours.append(organisations[a])

    def step(self):
        self.agents.do("pay")
        self.agents.do("divide")
        self.agents.do("collect")
        self.range = self.agents.agg("payoff", max) - self.agents.agg("payoff", min)
        self.agents.do("look")
        self.agents.do("change")

    def greatest_difference(self, one, other):
        if self.difference is None:
            return self.range
        return self.difference * max(one.groups(), other.groups())

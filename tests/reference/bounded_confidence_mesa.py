"""Bounded confidence in plain Mesa: slow and obvious, to hold ecosim's answers against."""

from mesa import Agent, Model


class Organisation(Agent):
    """Has an opinion and neighbours."""

    def __init__(self, model, opinion):
        super().__init__(model)
        self.opinion = opinion
        self.next_opinion = opinion
        self.neighbours = []

    def is_near(self, other):
        return abs(other.opinion - self.opinion) <= self.model.tolerance

    def listen(self):
        """Find the mean opinion of myself and of those neighbours who are near, and decide to move towards it."""
        heard = [self.opinion] + [other.opinion for other in self.neighbours if self.is_near(other)]
        mean = sum(heard) / len(heard)
        self.next_opinion = self.opinion + self.model.responsiveness * (mean - self.opinion)

    def change(self):
        self.opinion = self.next_opinion

    def meet(self):
        """Meet one neighbour; if we are near each other, both of us move."""
        if not self.neighbours:
            return
        other = self.neighbours[int(self.model.luck(self) * len(self.neighbours))]
        if self.is_near(other):
            step = self.model.responsiveness * (other.opinion - self.opinion)
            self.opinion += step
            other.opinion -= step


class BoundedConfidence(Model):
    """Organisations listen to all their neighbours at once (Hegselmann & Krause), or meet in turn (Deffuant et al.).

    Args:
        opinions: of each organisation at the start, from -1 to 1.
        ties: pairs of neighbours, as positions in ``opinions``.
        tolerance: greatest difference of opinion that is listened to.
        responsiveness: share of the difference moved.
        in_turn: whether each tick organisations meet one neighbour each, one after the other in random order.
        order: the draw that puts an organisation in its place among them; Mesa's shuffle where there is none.
        luck: the draw with which an organisation chooses whom to meet; Mesa's random numbers where there is none.
        seed: seed of Mesa's random numbers.
    """

    def __init__(self, opinions, ties, tolerance, responsiveness, in_turn=False, order=None, luck=None, seed=None):
        super().__init__(rng=seed)
        self.tolerance = tolerance
        self.responsiveness = responsiveness
        self.in_turn = in_turn
        self.order = order
        self.luck = luck or (lambda organisation: self.random.random())
        organisations = list(Organisation.create_agents(self, len(opinions), opinions))
        for a, b in ties:
            organisations[a].neighbours.append(organisations[b])
            organisations[b].neighbours.append(organisations[a])

    def step(self):
        if not self.in_turn:
            self.agents.do("listen")
            self.agents.do("change")
        elif self.order is None:
            self.agents.shuffle_do("meet")
        else:
            self.agents.sort(self.order, ascending=True).do("meet")

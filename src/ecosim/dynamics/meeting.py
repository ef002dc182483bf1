"""Meeting: organisations find partners, across the translation gap."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.partners import WAYS, find_partners, terms_of
from ecosim.errors import did_you_mean
from ecosim.rng import Key
from ecosim.world.entrances import straight
from ecosim.world.labels import Labels
from ecosim.world.lookup import mean_of
from ecosim.world.world import World


class Meeting(Mechanism):
    r"""New ties, where two organisations expect more from each other than it costs them to understand one another.

    Each time it acts, a share ``rate`` of the organisations looks for a partner, each in one of five ways:

    - ``friends``: a friend of a friend (nobody, for whoever has no ties);
    - ``likeness``: of ``sample`` strangers drawn by chance, the one across the narrowest gap;
    - ``complementarity``: of as many, the one whose capabilities complete its own best;
    - ``forums``: one of those at a forum. A share ``convening`` of the organisations of the sector ``convener`` holds
      one each, on an issue drawn by its salience to the host. Whoever looks there draws an issue by its own salience,
      and a forum on it; the first ``seats`` to arrive are let in, the host among them;
    - the rest at random: anyone.

    What a pair expects is how well their capabilities complete each other, on what both care about,

    .. math:: g_{ij} = (1 - \cos(a_i, a_j)) + c \sum_q \min(\sigma_{iq}, \sigma_{jq})

    with capabilities :math:`a`, salience :math:`\sigma` and weight :math:`c` = ``concern``. The tie is made when both
    say yes, each independently with probability

    .. math:: p = \frac{1}{1 + e^{-\beta (g_{ij} - \kappa d_{ij} - \theta)}}

    where :math:`d_{ij}` is the translation gap, the weighed sum (``gap``) of being of two sectors (0 or 1), the share of
    cultural traits that differ, and the distance of stances (1 for the two ends of opinion on each of D axes),

    .. math:: d_{ij} = w_s [s_i \ne s_j] + w_c \frac{\text{traits that differ}}{\text{features}}
              + w_o \frac{\lVert o_i - o_j \rVert}{2 \sqrt{D}}

    :math:`\kappa` = ``cost``, :math:`\beta` = ``selectivity`` and :math:`\theta` = ``reserve``. Whoever already has
    ``attention`` ties makes no more; those of this tick count, so that where attention is short, who is served first
    changes from time to time. A new tie starts with the mean trust of the society, weighed by ``prior_trust``, and a
    thread of a bond. A draw picks whom one looks at by place among rows or ties: in another order of rows, the same draw
    may pick another, each still equally likely.

    ``meetings`` and ``acceptances`` count, for each organisation, whom it met and agreed with, by sector.

    Concepts:
        Adaptation: Whether two agree to know each other depends on what each expects of the other, less the gap
            between them.
        Prediction: What a partner would bring is guessed from its capabilities and what both care about.
        Interaction: New ties, through partners, likeness, complement, forums or chance.
        Stochasticity: Who looks, how, at whom, and whether both agree is drawn.

    References:
        Jaffe (1986), Am. Econ. Rev. 76, 984 (cosine of capabilities as (dis)similarity of organisations).
    """

    rate: float = Field(
        0.35, ge=0, le=1, description="share of organisations that look for a partner each time it acts"
    )
    friends: float = Field(0.5, ge=0, le=1, description="share of looks that go to a friend of a friend")
    likeness: float = Field(0.0, ge=0, le=1, description="share of looks that go to whoever is most alike")
    complementarity: float = Field(
        0.0, ge=0, le=1, description="share of looks that go to whoever completes one's capabilities best"
    )
    forums: float = Field(0.0, ge=0, le=1, description="share of looks that go to forums; what is left is at random")
    sample: int = Field(8, ge=1, le=1000, description="strangers among whom one finds the most alike or complementary")
    convener: str = Field("government", description="sector whose organisations hold forums")
    convening: float = Field(0.3, ge=0, le=1, description="share of them that hold one each time it acts")
    seats: int = Field(12, ge=2, le=1_000_000, description="greatest number of organisations at one forum")
    cost: float = Field(1.0, ge=0, le=100, description="κ, cost of a translation gap of 1, in units of expected gain")
    concern: float = Field(0.5, ge=0, le=100, description="c, weight of caring about the same issues")
    selectivity: float = Field(6.0, gt=0, le=1000, description="β, per unit of expected gain")
    reserve: float = Field(0.5, ge=-10, le=10, description="θ, net gain at which a party is of two minds")
    attention: int = Field(12, ge=0, le=1_000_000, description="greatest number of ties of one organisation")
    prior_trust: float = Field(
        0.8, ge=0, le=1, description="trust in a new partner, as a share of the society's mean trust"
    )
    first_bond: float = Field(0.1, ge=0, le=1, description="bond with which a tie begins")
    gap: Gap = Field(Gap(), description="weights of the translation gap")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "capability", "salience", "culture", "stance", "trust")
    writes: ClassVar[tuple[str, ...]] = ("ties", "trust", "bond", "meetings", "acceptances")

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> Self:
        total = self.friends + self.likeness + self.complementarity + self.forums
        if total > 1.0 + 1e-9:
            raise ValueError(
                f"friends, likeness, complementarity and forums sum to {total:g}; allowed: at most 1, the rest is at random"
            )
        return self

    def faults(self, labels: Labels) -> list[str]:
        """Return that ``convener`` is no sector of this world, where forums are held and it is not."""
        if self.forums > 0 and not self.is_default("convener") and self.convener not in labels.sectors:
            return [f"convener names '{self.convener}'; {did_you_mean(self.convener, labels.sectors)}"]
        return []

    def step(self, world: World, key: Key) -> None:
        """Let a share look for partners, and tie pairs where both say yes, with p = 1 / (1 + exp(−β (g − κ d − θ))) each."""
        kind = (world.sector, world.capability, world.salience, world.culture, world.stance)
        pairs, ways = _find_partners(
            self,
            world,
            world.identity,
            kind,
            (world.first_tie, world.partner),
            (world.meetings, world.acceptances),
            key,
        )
        if len(pairs):
            society = mean_of(world.trust, 0.5)
            world.add_ties(pairs, trust=self.prior_trust * society, bond=self.first_bond)
            if world.reasons is not None:
                gap = self.gap.weights()
                note_meetings(world, pairs, [WAYS[way] for way in ways], kind, self.terms(), gap)

    def upto(self) -> tuple[float, ...]:
        """Return where, from 0 to 1, the share of each way but the last ends."""
        return tuple(accumulate((self.friends, self.likeness, self.complementarity, self.forums)))

    def terms(self) -> tuple[float, ...]:
        """Return the parameters of saying yes as a kernel takes them."""
        return (self.cost, self.concern, self.selectivity, self.reserve)

    def parameters(self, world: World) -> tuple[Any, ...]:
        """Return what finding partners goes by, as its kernel takes it.

        The number of the sector that holds forums is -1 where there is none, or nobody looks there.
        """
        names = world.labels.sectors
        convener = names.index(self.convener) if self.forums and self.convener in names else -1
        forums = (convener, self.convening, self.seats)
        return self.upto(), self.sample, self.rate, self.terms(), self.attention, self.gap.weights(), forums


_find_partners = straight(find_partners, Meeting.parameters)


def note_meetings(world: World, pairs: Any, ways: Any, kind: Any, terms: Any, gap: Any) -> None:
    """Note why pairs (p, 2), who met in these ways, became partners: the terms of saying yes."""
    gain, between, chance = terms_of(pairs, kind, terms, gap)
    world.reasons.note(
        "tie_made", ways, world.identity[pairs[:, 0]], world.identity[pairs[:, 1]], gain=gain, gap=between,
        cost=terms[0] * between, threshold=terms[3], chance=chance,
    )  # fmt: skip

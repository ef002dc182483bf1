"""A mechanism of your own in plain NumPy: organisations gossip about their partners.

Run it: ``python examples/own_mechanism.py``. It prints how unequal reputations are with and without gossip.
"""

import numpy as np
from pydantic import Field

import ecosim
from ecosim.rng import Key, uniforms
from ecosim.world.world import World

SEEDS = range(1, 6)
TICKS = 60


class Gossip(ecosim.Mechanism):
    """Organisations tell others how far they trust their partners; reputation moves towards what is heard."""

    rate: float = Field(0.3, ge=0, le=1, description="share of organisations that talk each tick")
    weight: float = Field(0.2, ge=0, le=1, description="share of the way from reputation to what is heard")

    reads = ("identity", "trust", "reputation")
    writes = ("reputation",)

    def step(self, world: World, key: Key) -> None:
        """Let some organisations talk."""
        talker = np.repeat(np.arange(world.n), np.diff(world.first_tie))  # one entry for each end of each tie
        trust = world.trust[world.tie, (talker > world.partner).astype(int)]
        talks = (uniforms(key, world.identity) < self.rate)[talker]
        voices = np.bincount(world.partner, talks, world.n)
        heard = np.bincount(world.partner, talks * trust, world.n) / np.maximum(voices, 1)
        world.reputation += self.weight * (voices > 0) * (heard - world.reputation)


def spread_of_reputation(world: World) -> float:
    """Standard deviation of reputation over organisations."""
    return float(world.reputation.std())


def spread(seed: int, gossip: bool) -> float:
    """Return how unequal reputations are at the end of a run."""
    model = ecosim.Ecosystem(
        ecosim.load("town", "~dynamics.media"),  # where news makes names, it drowns the gossip
        rng=seed,
        dynamics={"gossip": Gossip()} if gossip else {},
        measures={"reputation_spread": spread_of_reputation},
    )
    model.run(TICKS)
    return float(model.results().series["reputation_spread"].iloc[-1])


def main() -> list[tuple[float, float]]:
    """Print, for each seed, the spread of reputation without and with gossip; the luck of each pair is the same."""
    ecosim.testing.check_mechanism(Gossip)
    pairs = [(spread(seed, gossip=False), spread(seed, gossip=True)) for seed in SEEDS]
    print("seed  without gossip  with gossip")
    for seed, (without, with_gossip) in zip(SEEDS, pairs, strict=True):
        print(f"{seed:4}  {without:14.3f}  {with_gossip:11.3f}")
    return pairs


if __name__ == "__main__":
    main()

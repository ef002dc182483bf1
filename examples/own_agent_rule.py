"""A rule of your own in plain Mesa, one agent at a time: civil-society groups bring their partners together.

Run it: ``python examples/own_agent_rule.py``. It prints how clustered the network is with and without such brokers.
"""

import ecosim
from ecosim import AgentRules

SEEDS = range(1, 6)
TICKS = 60


def introduce(agent: ecosim.Organisation) -> None:
    """Introduce the two partners it trusts most that come from different sectors and are strangers."""
    partners = sorted(agent.partners, key=agent.trust_in, reverse=True)
    for one in partners:
        for other in partners:
            if one.sector != other.sector and other not in one.partners:
                one.tie_to(other, trust=0.6)
                return


BROKERS = AgentRules(function=introduce, sector="civil_society", every=10, changes=("ties", "trust"))


def clustering(seed: int, brokers: bool) -> float:
    """Return the share of an organisation's pairs of partners that are partners too, at the end of a run."""
    model = ecosim.Ecosystem(ecosim.load("town"), rng=seed, dynamics={"brokers": BROKERS} if brokers else {})
    model.run(TICKS)
    return float(model.results().series["clustering"].iloc[-1])


def main() -> list[tuple[float, float]]:
    """Print, for each seed, the clustering without and with brokers; the luck of each pair is the same."""
    pairs = [(clustering(seed, brokers=False), clustering(seed, brokers=True)) for seed in SEEDS]
    print("seed  without brokers  with brokers")
    for seed, (without, with_brokers) in zip(SEEDS, pairs, strict=True):
        print(f"{seed:4}  {without:15.3f}  {with_brokers:12.3f}")
    return pairs


if __name__ == "__main__":
    main()

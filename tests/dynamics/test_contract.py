"""Every rule that configuration may name keeps the contract of a mechanism."""

import pytest

from ecosim.dynamics.agent_rules import AgentRules
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.stance.attraction_repulsion import AttractionRepulsion
from ecosim.rules import RULES, find_rule
from ecosim.testing import check_mechanism

CHOOSE_BY_PLACE = {
    "attraction_repulsion",
    "bounded_confidence",
    "citizens",
    "culture_dissemination",
    "committed_minority",
    "fermi_imitation",
    "friedkin_johnsen",
    "joining",
    "levels",
    "media",
    "meeting",
    "naming_game",
    "parallel_search",
    "moran",
    "payoff_proportional_imitation",
    "policy",
    "research",
    "synergist",
    "purpose",
    "thresholds",
    "turnover",
}
"""Rules that choose among partners, or among everyone, by place in a list: in another order they choose others."""


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"agent_rules"}))
def test_a_rule_keeps_its_promises(rule):
    schedule = {"production": JointWork(), "stance": AttractionRepulsion()}
    check_mechanism(find_rule(rule), schedule=schedule, renumbering=rule not in CHOOSE_BY_PLACE)


def test_a_rule_of_agents_does_what_its_function_promised():
    class Agent:
        def __init__(self, world, row):
            self.world, self.row, self.unique_id = world, row, int(world.identity[row])

    class Agents:
        def __init__(self, world):
            self.world = world

        def in_rows(self):
            return [Agent(self.world, row) for row in range(self.world.n)]

    def spend(agent):
        agent.world.capital[agent.row] *= 0.5

    def lend(world):
        world.agents = Agents(world)

    check_mechanism(AgentRules(function=spend, changes=("capital",)), prepare=lend)


def test_those_who_choose_by_place_are_rules():
    assert set(RULES) >= CHOOSE_BY_PLACE

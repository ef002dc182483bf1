"""Rules written for one agent at a time."""

import numpy as np
import pytest
from pydantic import ValidationError

from ecosim.dynamics.agent_rules import AgentRules
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.settings import settings_from
from tests.ecosystems import coupled_settings, differing, opinion_settings


def give(agent):
    """Give a tenth of one's capital to the poorest partner."""
    partners = sorted(agent.partners, key=lambda partner: (partner.capital, partner.unique_id))
    if partners:
        gift = agent.capital / 10
        agent.capital -= gift
        partners[0].capital += gift


def withdraw(agent):
    """Cut every tie."""
    for partner in agent.partners:
        agent.cut(partner)


def befriend_the_next(agent):
    """Tie oneself to whoever has the next row."""
    agents = list(agent.model.agents)
    agent.tie_to(agents[(agent.row + 1) % len(agents)])


def model_of(*rules: AgentRules, organisations: int = 30, rng: int = 1) -> Ecosystem:
    dynamics = {f"rule_{k}": rule for k, rule in enumerate(rules)}
    return Ecosystem(opinion_settings(organisations), dynamics=dynamics, rng=rng)


def test_giving_conserves_what_there_is_and_evens_it_out():
    model = model_of(AgentRules(function=give, changes=("capital",)))
    before = model.world.capital.copy()
    model.run(10)
    assert model.world.capital.sum() == pytest.approx(before.sum(), rel=1e-12)
    assert model.world.capital.std() < before.std()


def test_every_organisation_acts_once_a_tick_in_an_order_drawn_anew():
    orders: dict[int, list[int]] = {}

    def sign(agent):
        orders.setdefault(agent.model.tick, []).append(agent.row)

    model = model_of(AgentRules(function=sign))
    model.run(3)
    assert [sorted(order) for order in orders.values()] == [list(range(30))] * 3
    assert len({tuple(order) for order in orders.values()}) == 3
    assert list(range(30)) not in orders.values()


def test_a_fixed_order_is_that_of_the_rows():
    seen: list[int] = []
    model = model_of(AgentRules(function=lambda agent: seen.append(agent.row), order="fixed"))
    model.step()
    assert seen == list(range(30))


def test_the_order_does_not_depend_on_who_else_draws():
    def draw_from_mesa(agent):
        agent.random.random(), agent.model.rng.random()

    rule = AgentRules(function=give, changes=("capital",))
    alone, disturbed = model_of(rule), model_of(rule, AgentRules(function=draw_from_mesa))
    alone.run(4)
    disturbed.run(4)
    assert differing(alone.world, disturbed.world) == []


def test_one_more_organisation_leaves_the_order_of_the_others():
    orders: dict[int, list[int]] = {}
    for organisations in (30, 31):
        order = orders.setdefault(organisations, [])
        sectors = {"ecosystem": {"organisations": {"business": organisations}}}
        rule = AgentRules(function=lambda agent, order=order: order.append(agent.unique_id))
        Ecosystem(opinion_settings(**sectors), dynamics={"rule": rule}).step()
    assert [number for number in orders[31] if number in orders[30]] == orders[30]


def test_only_the_sector_that_is_meant_acts():
    seen: list[str] = []
    rule = AgentRules(function=lambda agent: seen.append(agent.sector_name), sector="government")
    model = model_of(rule)
    model.step()
    assert set(seen) == {"government"}
    assert len(seen) == np.count_nonzero(model.world.sector == 1)
    with pytest.raises(InputError, match="did you mean 'government'"):
        model_of(AgentRules(function=give, sector="goverment"))


def test_ties_take_effect_when_all_have_acted():
    ties: list[int] = []

    def befriend(agent):
        befriend_the_next(agent)
        ties.append(agent.model.world.ties)

    settings = opinion_settings(ecosystem={"organisations": 10, "network": {"kind": "none"}})
    model = Ecosystem(settings, dynamics={"rule": AgentRules(function=befriend, changes=("ties",))})
    model.step()
    assert set(ties) == {0}
    assert model.world.ties == 10
    assert (np.diff(model.world.first_tie) == 2).all()


def test_whoever_withdraws_is_alone():
    model = model_of(AgentRules(function=withdraw, sector="business", changes=("ties",)))
    model.step()
    assert (np.diff(model.world.first_tie)[model.world.sector == 0] == 0).all()


def test_agents_follow_while_organisations_come_and_go():
    names: list[str] = []
    interventions = [
        {"at": 2, "do": "remove", "who": {"number": 5}},
        {"at": 3, "do": "invite", "sector": "business", "number": 2},
    ]
    settings = coupled_settings(30, interventions=interventions)
    rule = AgentRules(function=lambda agent: names.append(agent.name))
    Ecosystem(settings, dynamics={"rule": rule}).run(3)
    assert len(names) == 30 + 25 + 27


def test_what_is_no_column_is_refused():
    with pytest.raises(ValidationError, match="capitol"):
        AgentRules(function=give, changes=("capitol",))
    with pytest.raises(ValidationError, match="ties"):
        AgentRules(function=give, uses=("ties",))


def test_a_file_may_name_a_function_only_of_a_package_that_is_trusted():
    said = {"dynamics": {"rule": {"rule": "agent_rules", "function": "statistics:mean"}}}
    with pytest.raises(InputError, match="trust"):
        settings_from(said)
    trusted = settings_from(said, trust=("statistics",))
    assert trusted.dynamics["rule"].function.__name__ == "mean"
    with pytest.raises(InputError, match="nonsense"):
        settings_from({"dynamics": {"r": {"rule": "agent_rules", "function": "statistics:nonsense"}}}, ("statistics",))

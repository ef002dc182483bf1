"""What is switched off does nothing, bit for bit; what has nothing to work with does nothing either.

Each rule has one or more ways to be switched off by its own parameters: a rate, a share or a number of zero. In random
worlds it then leaves every column as it was, but for those that only tell what happened. In a town at work, a rule that
is switched off is as good as one that is not in the schedule.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.schedule import Schedule
from ecosim.dynamics.stance.attraction_repulsion import AttractionRepulsion
from ecosim.rng import stream
from ecosim.rules import find_rule
from ecosim.testing import small_world
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.snapshot import copy
from tests.ecosystems import differing
from tests.laws.everything import everything

LABELS = Labels(
    issues=("water", "work"),
    stance_axes=("left", "up"),
    capabilities=("a", "b", "c"),
    culture=3,
    practices=6,
    members=3,
    citizens=40,
)


class Off(NamedTuple):
    """How a rule is switched off, and which of its columns are set all the same: they tell what happened."""

    rule: str
    parameters: dict[str, Any]
    told: tuple[str, ...] = ()


MET = ("meetings", "acceptances")
INTRODUCED = ("introductions", "introductions_accepted")
OFF = [
    Off("attraction_repulsion", {"responsiveness": 0.0, "warming": 0.0, "dislike": 0.0}),
    Off("bounded_confidence", {"responsiveness": 0.0}),
    Off("bounded_confidence", {"tolerance": 0.0}),
    Off("structural_balance", {"rate": 0.0}),
    Off("media", {"news": 0.0}),
    Off("media", {"reach": 0.0}),
    Off("meeting", {"rate": 0.0}, MET),
    Off("meeting", {"attention": 0}, MET),
    Off("synergist", {"budget": 0}, INTRODUCED),
    Off("synergist", {"arrives": 10**6}, INTRODUCED),
    Off("strategist", {"budget": 0}),
    Off("joining", {"looking": 0.0, "initiative": 0.0, "reconsidering": 0.0, "merging": 0.0, "patience": None}, ("losing",)),
    Off("fermi_imitation", {"looking": 0.0}),
    Off("payoff_proportional_imitation", {"looking": 0.0}),
    Off("aspiration", {"looking": 0.0}),
    Off("aspiration", {"level": -1e6}, ("accustomed",)),
    Off("ripple", {"spread": 0.0}, ("spillover", "sent")),
    Off("parallel_search", {"adapting": 0.0}, ("performance", "adapts")),
    Off("pooling", {"growth": 0.0, "fading": 0.0}),
    Off("absorption", {"learning": 0.0, "forgetting": 0.0}),
    Off("purpose", {"looking": 0.0}),
    Off("turnover", {"floor": 0.0}, ("insolvency",)),
    Off("turnover", {"patience": 10**6}, ("insolvency",)),
    Off(
        "technology",
        {"innovation": 0.0, "imitation": 0.0, "easing": 0.0, "widening": 0.0, "openness": 0.0},
        ("voice", "transparency", "distortion"),
    ),
    Off("policy", {"subsidies": 0.0, "convening": 0.0, "least": 0.0}),
    Off("policy", {"subsidies": 0.0, "convening": 0.0, "enforcement": 0.0}),
    Off("change", {}, ("urgency",)),
]  # fmt: skip


def names(off: Off) -> str:
    return f"{off.rule}: {', '.join(f'{name}={value}' for name, value in off.parameters.items())}"


def stepped(mechanism, world, seed, ticks=3):
    for _ in range(ticks):
        world.tick += 1
        mechanism.step(world, stream(seed, "off").key(world.tick))
        world.commit()
    return world


@pytest.mark.parametrize("off", OFF, ids=names)
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_a_rule_that_is_switched_off_leaves_every_column_as_it_was(off, seed):
    mechanism = find_rule(off.rule)(**off.parameters)
    columns = [name for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS]
    world = small_world(LABELS, (14, 40, 5), columns, seed)
    bound = mechanism.bind(
        {"production": JointWork(), "stance": AttractionRepulsion(), "coalition": Joining(), "this": mechanism}
    )
    after = stepped(bound, copy(world), seed)
    assert set(differing(world, after)) <= set(off.told)


@pytest.fixture(scope="module")
def at_work():
    """A world in which every rule has acted for some ticks, its schedule and its seed."""
    model = everything(rng=4)
    model.run(6)
    return model.world, model.schedule.mechanisms


REMOVABLE = [
    *("attraction_repulsion", "bounded_confidence", "structural_balance", "media", "strategist", "fermi_imitation"),
    *("payoff_proportional_imitation", "pooling", "absorption", "purpose", "policy"),
]

ASKED_FOR = {"attraction_repulsion", "media"}
"""Others ask whether these are there: levels for the law of stance, the ledger for what moves reputation."""


@pytest.mark.parametrize("rule", REMOVABLE)
def test_among_all_others_a_rule_that_is_switched_off_is_as_good_as_none(at_work, rule):
    world, mechanisms = at_work
    off = next(off for off in OFF if off.rule == rule)
    name = next(name for name, mechanism in mechanisms.items() if mechanism.rule() == rule)
    here = {key: each for key, each in mechanisms.items() if key != "spending"}  # rules of agents need a model
    here[name] = here[name].model_copy(update=off.parameters)
    asleep = {**here, name: here[name].model_copy(update={"every": 10**6})}
    without = asleep if rule in ASKED_FOR else {key: each for key, each in here.items() if key != name}
    one, other = copy(world), copy(world)
    for twin, schedule in ((one, Schedule(here, 4)), (other, Schedule(without, 4))):
        for _ in range(4):
            twin.tick += 1
            schedule.step(twin)
    assert differing(one, other) == []
    assert differing(one, world) != []


@pytest.mark.parametrize("off", [off for off in OFF if off.rule != "change"], ids=names)
def test_each_of_these_rules_does_something_when_it_is_on(off):
    mechanism = find_rule(off.rule)()
    columns = [name for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS]
    schedule = {"production": JointWork(), "stance": AttractionRepulsion(), "coalition": Joining(), "this": mechanism}
    for seed in range(40):
        world = small_world(LABELS, (14, 40, 5), columns, seed)
        after = stepped(mechanism.bind(schedule), copy(world), seed)
        if differing(world, after):
            return
    pytest.fail("it changed nothing in forty worlds")


def test_levels_that_nothing_binds_leave_organisations_and_coalitions_alone():
    from ecosim.dynamics.levels import Levels

    loose = dict.fromkeys(("to_members", "from_members", "to_coalitions", "from_coalitions"), 0.0)
    still = AttractionRepulsion(responsiveness=0.0)
    for law, unchanged in (
        (AttractionRepulsion(), {"stance"}),
        (still, {"stance", "member_stance", "coalition_stance"}),
    ):
        mechanism = Levels(**loose).bind({"stance": law})
        world = small_world(LABELS, (14, 40, 5), [*Levels.reads, *Levels.writes], 3)
        after = stepped(mechanism, copy(world), 3, ticks=10)
        assert not unchanged & set(differing(world, after))
        assert bool(differing(world, after)) == (law is not still)


@pytest.mark.parametrize("rule", ["committed_minority", "naming_game"])
@pytest.mark.parametrize("convention", [0.0, 1.0])
def test_where_all_agree_and_nobody_is_committed_conventions_stay(rule, convention):
    mechanism = find_rule(rule)()
    world = small_world(LABELS, (14, 40, 5), [*mechanism.reads, *mechanism.writes], 1)
    world.committed[:] = 0
    world.convention[:] = convention
    if "conventions_met" in world.arrays():
        world.conventions_met[:] = 0 if convention == 0 else 2**12 - 1
    assert np.all(stepped(mechanism, world, 1, ticks=20).convention == convention)

"""Names and signs are nobody's advantage: every rule does the same in a world told in other words.

Random worlds in which each rule acts once, and the same world with sectors, issues, axes of opinion, capabilities,
cultural features or traits in another order, or with every opinion mirrored: what comes out is the same, relabelled. A
rule is left out of one relation only where it draws by the label's number, or names a pole of opinion; each such rule
is listed with the reason.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.stance.attraction_repulsion import AttractionRepulsion
from ecosim.rng import stream
from ecosim.rules import RULES, find_rule
from ecosim.testing import small_world
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.snapshot import copy
from tests.laws.relabelling import mirrored, relabelled, unlike

LABELS = Labels(
    issues=("water", "work", "air"),
    stance_axes=("left", "up", "far"),
    capabilities=("a", "b", "c"),
    culture=3,
    practices=6,
    members=3,
    citizens=40,
)
SIZES = {"sectors": 3, "issues": 3, "stance_axes": 3, "capabilities": 3, "features": 3, "traits": 3}
BESIDE = {"production": JointWork(), "stance": AttractionRepulsion(), "coalition": Joining()}
DRAWS_BY_NUMBER = {
    "sectors": {"turnover": "how many come to each sector is drawn by its number"},
    "issues": {
        "change": "shocks are drawn by the issue's number",
        "issue": "noise is drawn by the issue's number",
    },
    "features": {"culture_dissemination": "the feature that is copied is drawn by its place"},
}
NAMES_A_POLE = {"committed_stance": "it says where the committed stand"}
ACTING = sorted(set(RULES) - {"agent_rules"})


def acted(mechanism, world, seed):
    """Return the world after the mechanism has acted for three ticks."""
    for _ in range(3):
        world.tick += 1
        mechanism.step(world, stream(seed, "law").key(world.tick))
        world.commit()
    return world


def world_for(rule, seed):
    """Return a mechanism bound in a schedule, and a random world with the columns it names."""
    mechanism = find_rule(rule)()
    columns = [name for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS]
    world = small_world(LABELS, (14, 40, 6), columns, seed)
    return mechanism.bind({**BESIDE, "this": mechanism}), world


@pytest.mark.parametrize("rule", ACTING)
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_a_rule_does_the_same_whatever_the_order_of_labels(rule, seed, data):
    mechanism, world = world_for(rule, seed)
    one = acted(mechanism, copy(world), seed)
    for kind, size in SIZES.items():
        if rule not in DRAWS_BY_NUMBER.get(kind, {}):
            order = data.draw(st.permutations(range(size)), label=kind)
            other = acted(mechanism, relabelled(world, kind, order), seed)
            assert unlike(relabelled(one, kind, order), other) == [], kind


@pytest.mark.parametrize("rule", sorted(set(ACTING) - set(NAMES_A_POLE)))
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_a_rule_treats_both_ends_of_opinion_alike(rule, seed):
    mechanism, world = world_for(rule, seed)
    one = acted(mechanism, copy(world), seed)
    other = acted(mechanism, mirrored(world), seed)
    assert unlike(mirrored(one), other) == []


@pytest.mark.parametrize("rule", ACTING)
def test_worlds_of_these_tests_are_such_that_the_rule_acts(rule):
    for seed in range(40):
        mechanism, world = world_for(rule, seed)
        if unlike(world, acted(mechanism, copy(world), seed), 0.0):
            return
    pytest.fail("it changed nothing in forty worlds")

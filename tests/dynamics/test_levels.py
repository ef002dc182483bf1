"""Levels: one law for members, organisations and coalitions, and what coupling them does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.levels import Levels, by_issue
from ecosim.dynamics.schedule import Schedule, columns_named
from ecosim.dynamics.stance.attraction_repulsion import AttractionRepulsion
from ecosim.dynamics.stance.bounded_confidence import BoundedConfidence, listen
from ecosim.dynamics.stance.friedkin_johnsen import FriedkinJohnsen
from ecosim.dynamics.stance.thresholds import Thresholds
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.measures.levels import within_organisations
from ecosim.rng import stream, uniforms
from ecosim.settings import settings_from
from ecosim.world.labels import Labels
from ecosim.world.newcomers import likenesses
from ecosim.world.snapshot import load, save
from ecosim.world.world import World
from tests.ecosystems import coupled_settings, differing

UNCOUPLED = {"to_members": 0.0, "from_members": 0.0, "to_coalitions": 0.0, "from_coalitions": 0.0}


def world_of(law, n=12, each=5, axes=2, seed=0, coalitions=((0, (0, 1, 2)), (0, (2, 3)), (1, (4, 5)), (1, (5, 6, 7)))):
    labels = Labels(issues=("a", "b"), stance_axes=tuple("xyz"[:axes]), members=each)
    world = World(labels, n, columns_named([law, Levels().bind({"stance": law})]))
    draw = np.random.default_rng(seed)
    world.stance[:] = draw.uniform(-1, 1, world.stance.shape)
    for issue, members in coalitions if n > 7 else ():
        world.found_coalition(members[0], issue, np.array(members))
    world.commit()
    world.member_stance[:] = draw.uniform(-1, 1, world.member_stance.shape)
    world.coalition_stance[:] = draw.uniform(-1, 1, world.coalition_stance.shape)
    return world


def act(world, levels, law, ticks=1, seed=1):
    bound = levels.bind({"stance": law, "levels": levels})
    for tick in range(ticks):
        bound.step(world, stream(seed, "levels").key(tick))
    return world


def members_of(world):
    return world.member_stance.reshape(world.n, world.labels.members, -1)


def test_members_meet_as_organisations_do_by_the_very_same_kernel():
    """Inside one organisation the rule is bounded confidence among its members, with the draws of levels."""
    law = BoundedConfidence(tolerance=0.8, responsiveness=0.4)
    world = world_of(law, n=2, each=30)
    before = members_of(world).copy()
    act(world, Levels(**UNCOUPLED), law)
    key = stream(1, "levels").key(0)
    for i in range(2):
        numbers = int(world.identity[i]) * 1024 + np.arange(30)
        choices = np.floor(uniforms(key, numbers) * 2**32) / 2**32  # the first of four draws of 32 bits
        others = (choices * 29).astype(np.int64)
        others += others >= np.arange(30)
        expected = before[i].copy()
        listen(before[i].copy(), expected, np.arange(30), others, 0.8, 0.4, False)
        assert members_of(world)[i] == pytest.approx(expected, abs=1e-12)


def test_uncoupled_levels_leave_organisations_alone_and_share_the_luck_of_coupled_ones():
    law = AttractionRepulsion(tolerance=0.7, exposure=2.0)
    plain, start = world_of(law), world_of(law)
    act(plain, Levels(**UNCOUPLED), law)
    assert np.array_equal(plain.stance, start.stance)
    for strength, changes in (
        ("to_members", "member_stance"), ("from_members", "stance"),
        ("to_coalitions", "coalition_stance"), ("from_coalitions", "stance"),
    ):  # fmt: skip
        world = act(world_of(law), Levels(**{**UNCOUPLED, strength: 0.3}), law)
        for column in ("member_stance", "stance", "coalition_stance"):
            same = np.array_equal(getattr(world, column), getattr(plain, column))
            assert same == (column != changes), (strength, column)


@pytest.mark.parametrize(("strength", "level"), [("to_members", "members"), ("from_members", "organisations")])
def test_a_pull_moves_by_its_strength_towards_the_level_it_comes_from(strength, level):
    law = BoundedConfidence(tolerance=0.0)
    world = world_of(law)
    members, stance = members_of(world).copy(), world.stance.copy()
    act(world, Levels(**{**UNCOUPLED, strength: 0.25}, coupling="pull"), law)
    if level == "members":
        assert members_of(world) == pytest.approx(members + 0.25 * (stance[:, None] - members), abs=1e-12)
    else:
        assert world.stance == pytest.approx(stance + 0.25 * (members.mean(axis=1) - stance), abs=1e-12)


def test_a_pull_moves_a_coalition_to_the_mean_of_its_organisations_and_them_to_it():
    law = BoundedConfidence(tolerance=0.0)
    world = world_of(law)
    own, stance = world.coalition_stance.copy(), world.stance.copy()
    act(world, Levels(**{**UNCOUPLED, "to_coalitions": 0.5}, coupling="pull"), law)
    means = np.array(
        [stance[[0, 1, 2]].mean(0), stance[[2, 3]].mean(0), stance[[4, 5]].mean(0), stance[[5, 6, 7]].mean(0)]
    )
    assert world.coalition_stance == pytest.approx((own + means) / 2, abs=1e-12)
    world = world_of(law)
    act(world, Levels(**{**UNCOUPLED, "from_coalitions": 1.0}, coupling="pull"), law)
    assert world.stance[[0, 1]] == pytest.approx(own[[0, 0]])
    assert any(np.allclose(world.stance[2], own[c]) for c in (0, 1))
    assert np.array_equal(world.stance[8:], stance[8:])


def test_by_the_law_a_level_that_is_too_far_away_moves_nobody():
    law = BoundedConfidence(tolerance=0.1)
    world = world_of(law, axes=1)
    world.member_stance[:], world.stance[:], world.coalition_stance[:] = -0.5, 0.5, 0.0
    act(world, Levels(to_members=1.0, from_members=1.0, to_coalitions=1.0, from_coalitions=1.0), law, ticks=3)
    assert (world.member_stance == -0.5).all()
    assert (world.stance == 0.5).all()
    assert (world.coalition_stance == 0.0).all()


def test_coalitions_listen_only_to_those_that_share_a_member_or_the_issue():
    law = BoundedConfidence(tolerance=4.0, responsiveness=1.0)
    met = set()
    for seed in range(60):
        world = world_of(law, coalitions=((0, (0, 1)), (0, (2, 3)), (1, (3, 4)), (1, (5, 6))))
        world.coalition_stance[:, 0] = [-0.9, -0.3, 0.3, 0.9]
        act(world, Levels(**UNCOUPLED), law, seed=seed)
        now = np.round(world.coalition_stance[:, 0], 6)
        met |= {(c, [-0.9, -0.3, 0.3, 0.9].index(x)) for c, x in enumerate(now.tolist())}
    # Each of the six pairs that may meet is missed in 60 seeds with chance below (3/4)^60 = 3e-8.
    assert met == {(c, c) for c in range(4)} | {(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)}


def remembering(law, **more):
    """Return a world whose members, organisations and coalitions know where they started: elsewhere than they are."""
    world = world_of(law, **more)
    draw = np.random.default_rng(9)
    world.susceptibility[:] = draw.uniform(0.1, 0.9, world.n)
    for column in ("prejudice", "member_prejudice", "coalition_prejudice"):
        getattr(world, column)[:] = draw.uniform(-1, 1, getattr(world, column).shape)
    return world


@pytest.mark.parametrize(("own_weight", "coupled"), [(0.3, False), (0.0, False), (0.4, True)])
def test_two_members_move_as_two_tied_organisations_do_by_friedkin_and_johnsens_rule(own_weight, coupled):
    law = FriedkinJohnsen(own_weight=own_weight, coupled=coupled)
    inside = remembering(law, n=3, each=2)
    pair = World(Labels(stance_axes=("x", "y")), 6, columns_named([law]))
    pair.add_ties([(0, 1), (2, 3), (4, 5)])
    pair.commit()
    pair.stance[:], pair.prejudice[:] = inside.member_stance.reshape(6, 2), inside.member_prejudice.reshape(6, 2)
    pair.susceptibility[:] = np.repeat(inside.susceptibility, 2)
    for _ in range(4):
        act(inside, Levels(**UNCOUPLED), law)
        law.step(pair, stream(1, "stance").key(0))
        assert inside.member_stance.reshape(6, 2) == pytest.approx(pair.stance, abs=1e-12)


@pytest.mark.parametrize("coupling", ["law", "pull"])
def test_by_friedkin_and_johnsens_rule_a_level_settles_between_the_next_and_where_it_started(coupling):
    """x* = (λ s y + (1 − λ) x(0)) / (λ s + 1 − λ); a pull takes no account of how open one is: s for λ s."""
    law, strength = FriedkinJohnsen(own_weight=1.0), 0.3
    world = remembering(law, each=1, coalitions=((0, (0, 1, 2)), (1, (4, 5))))
    stance = world.stance.copy()
    levels = Levels(**{**UNCOUPLED, "to_members": strength, "to_coalitions": strength}, coupling=coupling)
    act(world, levels, law, ticks=600)
    open_to = world.susceptibility[:, None]
    coalitions_open = np.array([open_to[[0, 1, 2]].mean(), open_to[[4, 5]].mean()])[:, None]
    means = np.array([stance[[0, 1, 2]].mean(axis=0), stance[[4, 5]].mean(axis=0)])
    for values, near, first, openness in (
        (world.member_stance, stance, world.member_prejudice, open_to),
        (world.coalition_stance, means, world.coalition_prejudice, coalitions_open),
    ):
        heard = strength * (openness if coupling == "law" else 1.0)
        assert values == pytest.approx((heard * near + (1 - openness) * first) / (heard + 1 - openness), abs=1e-9)
    assert np.array_equal(world.stance, stance)


def test_by_friedkin_and_johnsens_rule_other_levels_move_an_organisation_as_far_as_it_is_open():
    law = FriedkinJohnsen()
    world = remembering(law, each=4, coalitions=())
    stance, means = world.stance.copy(), members_of(world).mean(axis=1)
    act(world, Levels(**{**UNCOUPLED, "from_members": 0.4}), law)
    assert world.stance == pytest.approx(stance + 0.4 * world.susceptibility[:, None] * (means - stance), abs=1e-12)


def test_by_friedkin_and_johnsens_rule_who_is_not_open_is_where_it_started():
    law = FriedkinJohnsen()
    world = remembering(law)
    world.susceptibility[:] = 0.0
    stance = world.stance.copy()
    act(world, Levels(to_members=1.0, from_members=1.0, to_coalitions=1.0, from_coalitions=1.0), law)
    assert world.member_stance == pytest.approx(world.member_prejudice)
    assert world.coalition_stance == pytest.approx(world.coalition_prejudice)
    assert np.array_equal(world.stance, stance)


def test_how_open_a_weighed_society_is_follows_from_its_weights_where_the_two_are_coupled():
    weights = ((0.2, 0.8, 0.0), (0.0, 0.5, 0.5), (0.1, 0.0, 0.9))
    world = remembering(FriedkinJohnsen(), n=3)
    assert FriedkinJohnsen(weights=weights, coupled=True).openness(world) == pytest.approx([0.8, 0.5, 0.1])
    assert np.array_equal(FriedkinJohnsen(weights=weights).openness(world), world.susceptibility)


def test_members_organisations_coalitions_and_newcomers_remember_where_they_started():
    settings = coupled_settings(
        ecosystem={"organisations": 40, "network": {"kind": "random", "degree": 4}, "members": {"each": 3}}
    )
    dynamics = {**settings.dynamics, "stance": FriedkinJohnsen(own_weight=0.5), "levels": Levels()}
    schedule = (
        (*settings.schedule, "levels") if "stance" in settings.schedule else ("stance", *settings.schedule, "levels")
    )
    model = Ecosystem(settings.model_copy(update={"dynamics": dynamics, "schedule": schedule}), rng=4)
    world = model.world
    assert np.array_equal(world.member_prejudice, world.member_stance)
    first = world.member_prejudice.copy()
    identity = world.identity.copy()
    model.run(12)
    assert np.array_equal(
        world.member_prejudice[np.isin(world.identity, identity)], first[np.isin(identity, world.identity)]
    )
    assert not np.array_equal(world.member_prejudice, world.member_stance)
    values = likenesses(world, 0, np.array([10**6]), stream(1, "new").key(0))
    assert np.array_equal(values["member_prejudice"], values["member_stance"])
    before = world.coalitions
    world.found_coalition(0, 0, np.array([0, 1]))
    world.commit()
    assert world.coalitions == before + 1
    assert world.coalition_prejudice[-1] == pytest.approx(world.stance[:2].mean(axis=0))


@given(
    seed=st.integers(0, 50), axes=st.integers(1, 3), each=st.integers(0, 4), coupling=st.sampled_from(["law", "pull"])
)
def test_no_stance_leaves_the_scale(seed, axes, each, coupling):
    for law in (BoundedConfidence(tolerance=4.0, responsiveness=1.0), FriedkinJohnsen()):
        no_stance_leaves_the_scale(world_of(law, axes=axes, each=each, seed=seed), law, coupling)


def no_stance_leaves_the_scale(world, law, coupling):
    act(
        world,
        Levels(to_members=1.0, from_members=1.0, to_coalitions=1.0, from_coalitions=1.0, coupling=coupling),
        law,
        3,
    )
    for values in (world.member_stance, world.stance, world.coalition_stance):
        assert np.isfinite(values).all()
        assert (np.abs(values) <= 1.0).all()


def test_one_organisation_more_changes_no_other_members():
    law = AttractionRepulsion()
    few, many = world_of(law, n=8), world_of(law, n=9)
    for column in ("stance", "member_stance"):
        getattr(many, column)[:8] = getattr(few, column)
    many.coalition_stance[:] = few.coalition_stance
    act(few, Levels(), law, ticks=3)
    act(many, Levels(), law, ticks=3)
    assert np.array_equal(few.member_stance, many.member_stance[:8])


def test_a_coalition_begins_at_the_mean_of_its_founders_and_keeps_its_stance_when_others_come():
    law = BoundedConfidence()
    world = world_of(law)
    kept = world.coalition_stance.copy()
    world.found_coalitions(np.array([8, 9]), np.array([0, 1]), np.array([[8, 10, -1], [9, 10, 11]]))
    world.commit()
    assert np.array_equal(world.coalition_stance[:4], kept)
    assert world.coalition_stance[4] == pytest.approx(world.stance[[8, 10]].mean(axis=0))
    assert world.coalition_stance[5] == pytest.approx(world.stance[[9, 10, 11]].mean(axis=0))
    world.remove_organisations(np.array([0, 1]))
    world.commit()
    assert np.array_equal(world.coalition_stance[:3], kept[1:])


def test_coalitions_are_found_issue_by_issue():
    issues = np.random.default_rng(3).integers(0, 5, 40)
    ordered, first = by_issue(issues)
    for q in range(issues.max() + 1):
        assert ordered[first[q] : first[q + 1]].tolist() == np.flatnonzero(issues == q).tolist()
    assert by_issue(np.empty(0, np.int64))[0].size == 0


def test_only_a_rule_by_which_two_meet_is_a_law():
    with pytest.raises(InputError, match="attraction_repulsion, bounded_confidence and friedkin_johnsen"):
        Levels().bind({"stance": Thresholds()})
    with pytest.raises(InputError, match="opinion"):
        Levels().bind({"opinion": BoundedConfidence()})
    assert Levels(stance="opinion").bind({"opinion": BoundedConfidence()})
    with pytest.raises(RuntimeError, match="schedule"):
        Levels().step(world_of(BoundedConfidence()), stream(1, "levels").key(0))
    assert Schedule({"stance": BoundedConfidence(), "levels": Levels()}, 1)


def settings_of(coupled):
    return settings_from(
        {
            "ticks": 100,
            "ecosystem": {
                "organisations": 30,
                "stance": {"axes": 1},
                "members": {"each": 8, "spread": 0.4},
                "network": {"kind": "random", "degree": 4},
            },
            "dynamics": {
                "stance": {"rule": "bounded_confidence", "listening": "one", "tolerance": 0.3},
                "levels": {"rule": "levels", **({} if coupled else UNCOUPLED), "coupling": "pull"},
            },
            "measures": ["dispersion", "dispersion_members", "dispersion_within_organisations", "spread_coalitions"],
        }
    )


def test_coupled_levels_narrow_the_spread_inside_organisations_and_uncoupled_ones_do_so_less():
    """A paired run: same luck. Inside, the uncoupled law leaves camps beyond its tolerance; the pull joins them."""
    inside = {}
    for coupled in (True, False):
        model = Ecosystem(settings_of(coupled), rng=3)
        start = within_organisations(model.world)[1]
        model.run()
        inside[coupled] = within_organisations(model.world)[1] / start
        series = model.results().series
        assert series["dispersion_within_organisations"].iloc[-1] == pytest.approx(inside[coupled] * start)
        assert np.isnan(series["spread_coalitions"]).all()  # without coalitions
        assert "member_stance_8_axis_1" in model.results().organisations.columns
    assert inside[True] < 0.5 * inside[False]


def test_a_world_with_levels_that_is_saved_and_reloaded_goes_on_as_it_would_have(tmp_path):
    settings = coupled_settings(
        ecosystem={"organisations": 40, "network": {"kind": "random", "degree": 4}, "members": {"each": 3}}
    )
    settings = settings.model_copy(
        update={
            "dynamics": {**settings.dynamics, "levels": Levels(every=2)},
            "schedule": (*settings.schedule, "levels"),
        }
    )
    whole, halved = Ecosystem(settings, rng=4), Ecosystem(settings, rng=4)
    whole.run(20)
    halved.run(11)
    save(halved.world, tmp_path / "world.npz")
    halved.world = load(tmp_path / "world.npz")
    halved.run(9)
    assert whole.world.coalitions > 0
    assert differing(whole.world, halved.world) == []
    assert "coalition_stance_axis_1" in whole.results().coalitions.columns

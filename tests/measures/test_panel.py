import numpy as np
import pytest

from ecosim.measures.panel import EXTREMES, disagreement, of_change, on_one_scale
from ecosim.measures.registry import MEASURES
from ecosim.world.labels import Labels
from ecosim.world.world import World


def world_of(stances):
    world = World(Labels(stance_axes=("left",)), len(stances), {"stance"})
    world.stance[:, 0] = stances
    return world


def placed_of(world):
    """Return every member of the panel of a world, on the common scale."""
    return {member: on_one_scale(member, MEASURES[member].of(world)) for member in EXTREMES}


def two_camps(n=200):
    """Return two camps at the ends of the scale, who like their own and dislike the others, everyone tied to everyone."""
    world = World(Labels(stance_axes=("left",)), n, {"stance", "affect"})
    world.stance[:, 0] = np.tile([-1.0, 1.0], n // 2)
    world.add_ties(np.array([(i, j) for i in range(n) for j in range(i)]))
    world.commit()
    world.affect[:] = np.where(world.ends.sum(axis=1) % 2 == 0, 1.0, -1.0)
    return world


def test_two_extreme_camps_are_one_on_every_scale():
    assert placed_of(two_camps()) == pytest.approx(dict.fromkeys(EXTREMES, 1.0), abs=0.04)  # of 200, bimodality is .975


def test_opinions_all_over_the_scale_and_feelings_without_pattern_are_no_division():
    # Two standard deviations of a triad's balance are .02 (19,600 triads share ties, so about .01 of spread); a random
    # complete graph of 50 is frustrated near ½ − .76 / √50 = .39: between nothing, ½, and two camps, 0.
    world = two_camps(50)
    world.stance[:, 0] = np.linspace(-1, 1, 50)
    world.affect[:] = np.random.default_rng(2).choice([-1.0, 1.0], world.ties)
    found = placed_of(world)
    assert found["coverage"] == pytest.approx(0.0, abs=0.05)
    assert found["consensus"] == pytest.approx(
        0.5, abs=0.03
    )  # uniform camps: halfway between as broad as can be and one
    assert found["balanced_triads"] == pytest.approx(0.0, abs=0.06)
    assert found["frustration"] == pytest.approx(0.22, abs=0.08)


def test_the_panel_has_every_member_that_it_is_to_hold():
    assert set(EXTREMES) == {
        "esteban_ray", "duclos_esteban_ray", "bimodality", "dispersion", "spread", "coverage", "divergence", "consensus",
        "van_der_eijk", "balanced_triads", "frustration",
    }  # fmt: skip
    assert set(MEASURES) >= set(EXTREMES)


def test_all_members_agree_on_two_extreme_camps_and_on_one_opinion():
    assert disagreement(world_of([-1.0, 1.0] * 100)) == pytest.approx(0.0, abs=0.04)
    assert disagreement(world_of([0.2] * 100)) == 0.0


def test_one_dissenter_makes_them_disagree():
    """Spread sees the whole scale taken, dispersion hardly anything."""
    assert disagreement(world_of([-1.0] * 199 + [1.0])) > 0.9


def test_a_change_on_which_members_differ_is_flagged():
    before = {"spread": 2.0, "dispersion": 0.2, "clustering": 0.1}
    found = of_change(before, {"spread": 1.0, "dispersion": 0.4, "clustering": 0.9})
    assert (found.rose, found.fell, found.agree) == (("dispersion",), ("spread",), False)


def test_what_hardly_moves_is_no_voice():
    found = of_change({"spread": 1.0, "dispersion": 0.2}, {"spread": 1.01, "dispersion": 0.4})
    assert (found.rose, found.fell, found.agree) == (("dispersion",), (), True)


def test_a_missing_value_has_no_voice():
    assert of_change({"bimodality": np.nan}, {"bimodality": 0.9}) == ((), (), True)


def test_camps_that_draw_together_in_the_middle_are_more_united_and_less_apart():
    """Less of the scale is taken and each camp is of one mind, so division grows while distance shrinks."""
    before = {"coverage": 0.9, "consensus": 0.75, "divergence": 1.0, "dispersion": 0.5}
    found = of_change(before, {"coverage": 0.2, "consensus": 0.95, "divergence": 0.2, "dispersion": 0.1})
    assert found == (("coverage", "consensus"), ("dispersion", "divergence"), False)


def test_likes_and_dislikes_have_a_voice_only_where_there_is_dislike():
    before, after = {"balanced_triads": 0.6, "frustration": 0.3}, {"balanced_triads": 0.9, "frustration": 0.1}
    assert of_change(before, after) == ((), (), True)
    assert of_change({**before, "hostile_share": 0.3}, {**after, "hostile_share": 0.0}) == ((), (), True)
    found = of_change({**before, "hostile_share": 0.3}, {**after, "hostile_share": 0.4})
    assert found == (("balanced_triads", "frustration"), (), True)


def test_the_share_of_hostile_relationships_by_hand():
    world = two_camps(4)
    assert MEASURES["hostile_share"].of(world) == 4 / 6
    assert np.isnan(MEASURES["hostile_share"].of(World(Labels(), 2, {"affect"})))

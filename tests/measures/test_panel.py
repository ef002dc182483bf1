import numpy as np
import pytest

from ecosim.measures.opinions import NAMES, opinions
from ecosim.measures.panel import EXTREMES, disagreement, of_change, on_one_scale
from ecosim.world.world import Labels, World


def world_of(stances):
    world = World(Labels(stance_axes=("left",)), len(stances), {"stance"})
    world.stance[:, 0] = stances
    return world


def test_two_extreme_camps_are_one_on_every_scale():
    means = opinions(world_of([-1.0, 1.0] * 500))[len(NAMES) :]
    placed = {member: on_one_scale(member, means[NAMES.index(member)]) for member in EXTREMES}
    assert placed == pytest.approx(dict.fromkeys(EXTREMES, 1.0), abs=0.03)


def test_all_members_agree_on_two_extreme_camps_and_on_one_opinion():
    assert disagreement(world_of([-1.0, 1.0] * 500)) == pytest.approx(0.0, abs=0.01)
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

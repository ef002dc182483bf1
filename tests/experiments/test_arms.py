"""Arms: the same luck in each, the same runs in any number of processes, and intervals as the books have them."""

import numpy as np
import pytest

from ecosim.experiments.arms import interval, late, run_all, share_interval

SMALL = ("ecosystem.organisations=20", "ticks=8")
ARMS = {"near": ("opinions", "dynamics.stance.tolerance=0.2"), "the same": ("opinions", "dynamics.stance.tolerance=0.2"),
        "far": ("opinions", "dynamics.stance.tolerance=0.6")}  # fmt: skip


def spread(model):
    model.run()
    return {"start": float(model.recorder.series()["dispersion"][0]), "late": late(model, "dispersion", 4)}


@pytest.fixture(scope="module")
def runs():
    return run_all(ARMS, spread, *SMALL, replicates=3, seed=5)


def test_a_replicate_has_the_same_luck_in_every_arm_and_another_than_the_next(runs):
    wide = runs.pivot(index="replicate", columns="scenario")
    assert (wide["start"]["near"] == wide["start"]["far"]).all()
    assert (wide["late"]["near"] == wide["late"]["the same"]).all()
    assert (wide["late"]["near"] != wide["late"]["far"]).any()
    assert wide["start"]["near"].nunique() == 3


def test_two_processes_make_the_same_runs_as_none(runs):
    assert run_all(ARMS, spread, *SMALL, replicates=3, seed=5, workers=2).equals(runs)


def test_each_arm_may_have_its_own_way_to_look(runs):
    ways = {"near": lambda model: {"n": model.world.n}, "far": lambda model: {"n": -model.world.n}}
    found = run_all({name: ARMS[name] for name in ways}, ways, *SMALL, replicates=1, seed=5)
    assert found.set_index("scenario")["n"].to_dict() == {"near": 20, "far": -20}


def test_an_interval_is_students():
    """1, 2, 3: s = 1, and the 97.5 % quantile with two degrees of freedom is 4.302653."""
    mean, low, high = interval([1.0, np.nan, 2.0, 3.0])
    assert (mean, high - mean, mean - low) == pytest.approx((2.0, *[4.302653 / np.sqrt(3)] * 2))


def test_of_one_value_there_is_no_interval_and_of_none_no_mean():
    assert interval([2.0])[0] == 2.0
    assert np.isnan(interval([2.0])[1:]).all()
    assert np.isnan(interval([])).all()


def test_a_share_has_wilsons_interval():
    """None of n: [0, z² / (n + z²)]; and what is said of successes is said of failures the other way round."""
    z2 = 1.959964**2
    assert share_interval(0, 30) == pytest.approx((0.0, 0.0, z2 / (30 + z2)))
    share, low, high = share_interval(7, 30)
    assert (1 - share, 1 - high, 1 - low) == pytest.approx(share_interval(23, 30))
    assert low < share < high

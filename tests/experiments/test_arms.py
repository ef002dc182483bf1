"""Arms: the same luck in each, the same runs in any number of processes, and intervals as the books have them."""

import numpy as np
import pytest

from ecosim.errors import RunsFailed
from ecosim.experiments.arms import correlation, interval, late, run_all

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


def test_what_never_changes_has_no_correlation_and_what_changes_alike_one_of_one():
    ramp = np.arange(5.0)
    assert correlation(ramp, 3 - 2 * ramp) == pytest.approx(-1.0)
    assert np.isnan(correlation(ramp, np.ones(5)))


def test_a_run_that_raises_is_told_by_arm_and_replicate():
    with pytest.raises(RunsFailed, match=r"^near, replicate 0: ZeroDivisionError: .*test_arms.py, line \d+\)$"):
        run_all({"near": ARMS["near"]}, lambda model: {"n": model.world.n / 0}, *SMALL, replicates=1, seed=5)

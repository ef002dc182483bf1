"""Issues grow by themselves, are held down by work, and tip."""

import numpy as np
import pytest

from ecosim.dynamics.issue import Issue
from tests.dynamics.worlds import live, world_for

# The set-up of the published fold (May 1977): control is the relief of a world with one organisation for each issue.
FOLD = Issue(growth=1.0, ceiling=10.0, half=1.0, floor=0.0, effectiveness=1.0)


def settle(severity, control, ticks=400, issue=FOLD):
    """Return where severities end up, each under its own constant control."""
    severity, control = np.broadcast_arrays(np.asarray(severity, float), np.asarray(control, float))
    world = world_for(issue, n=severity.size, issues=severity.size)
    world.severity[:], world.relief[:] = severity, control
    return live(world, issue, ticks=ticks).severity.copy()


def rate(h, c, issue=FOLD):
    return issue.growth * h * (1 - h / issue.ceiling) - c * h * h / (h * h + issue.half**2)


def test_without_control_severity_follows_the_logistic_curve_to_its_ceiling():
    issue = Issue(growth=0.7, floor=0.0)
    world = world_for(issue, n=1, issues=1)
    world.severity[:] = 0.5
    for tick in range(1, 30):
        live(world, issue)
        expected = 10 / (1 + (10 / 0.5 - 1) * np.exp(-0.7 * tick))
        assert world.severity[0] == pytest.approx(expected, rel=2e-6)
    assert live(world, issue, ticks=60).severity[0] == pytest.approx(10, abs=1e-9)


@pytest.mark.parametrize("start", [1e6, 1e9, 1e15, 1e60])
def test_however_far_above_its_ceiling_an_issue_comes_down_as_the_logistic_curve_does(start):
    """From h ≫ H, a tick later h = H / (1 − (1 − H/h) e^(−r)); the start is cut by less than a 20,000th of a tick."""
    issue = Issue(growth=0.7, floor=0.0)
    world = world_for(issue, n=1, issues=1)
    world.severity[:] = start
    expected = 10 / (1 - (1 - 10 / start) * np.exp(-0.7))
    assert live(world, issue).severity[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("control", [0.5, 1.5, 2.0, 2.5, 3.0])
@pytest.mark.parametrize("start", [0.2, 9.0])
def test_severity_settles_where_growth_and_control_balance_and_stay_balanced(control, start):
    h = settle(start, control)[0]
    assert rate(h, control) == pytest.approx(0, abs=1e-9)
    assert rate(h * 1.001, control) < 0 < rate(h * 0.999, control)


def fold(severity, low, high, stays, ticks=3000):
    """Return the control between low and high at which severity, started here, begins or ceases to stay."""
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if stays(settle(severity, middle, ticks)[0]) else (low, middle)
    return (low + high) / 2


def test_folds_lie_where_theory_puts_them():
    # From above, a great problem stays great until control passes the upper fold; from below, a small one stays small
    # until control falls beneath the lower.
    assert fold(10.0, 2.0, 3.0, lambda h: h > 3) == pytest.approx(2.6044, abs=2e-4)
    assert fold(0.3, 2.3, 1.5, lambda h: h < 1.3) == pytest.approx(1.7872, abs=2e-4)
    assert settle(10.0, 2.6042, 2000)[0] == pytest.approx(4.781, abs=0.05)
    assert settle(0.3, 1.7874, 2000)[0] == pytest.approx(1.138, abs=0.02)


def test_the_way_back_is_not_the_way_there():
    controls = np.linspace(1.0, 3.2, 45)
    world = world_for(FOLD, n=1, issues=1)
    world.severity[:] = 10

    def sweep(path):
        ends = []
        for control in path:
            world.relief[:] = control
            ends.append(live(world, FOLD, ticks=200).severity[0])
        return np.array(ends)

    rising, falling = sweep(controls), sweep(controls[::-1])[::-1]
    between = (controls > 1.80) & (controls < 2.59)
    assert np.all(rising[between] - falling[between] > 2.5)
    outside = (controls < 1.77) | (controls > 2.62)
    assert rising[outside] == pytest.approx(falling[outside], abs=1e-3)


@pytest.mark.parametrize("control", [0.0, 1.0, 50.0, 1e4])
@pytest.mark.parametrize("start", [0.0, 1e-12, 1.0, 10.0, 1e3])
def test_severity_never_falls_below_nothing_nor_rises_above_both_start_and_ceiling(start, control):
    world = world_for(FOLD, n=1, issues=1)
    world.severity[:], world.relief[:] = start, control
    for _ in range(5):
        live(world, FOLD)
        assert 0 <= world.severity[0] <= max(start, FOLD.ceiling) * (1 + 1e-9)


def test_a_step_is_as_exact_as_many_small_ones():
    coarse = settle(8.0, 2.8, ticks=20)
    world = world_for(FOLD, n=1, issues=1)
    h = 8.0
    for _ in range(200_000):
        h += 1e-4 * rate(h + 5e-5 * rate(h, 2.8), 2.8)
    assert coarse[0] == pytest.approx(h, rel=1e-5)
    assert world.severity[0] == 1


def test_the_same_work_for_each_organisation_holds_the_same_issue_in_a_larger_world():
    issue = Issue()
    small, large = world_for(issue, n=40, issues=2), world_for(issue, n=400, issues=2)
    small.relief[:], large.relief[:] = [3, 8], [30, 80]
    assert live(small, issue).control == pytest.approx(live(large, issue).control)
    assert small.control == pytest.approx(0.01 + 0.06 * np.array([3, 8]) / 20)
    assert np.array_equal(small.severity, large.severity)


def test_pressure_speeds_growth_of_its_own_issue_only():
    issue = Issue(floor=0.0)
    world = world_for(issue, n=1, issues=2)
    world.severity[:], world.pressure[:] = 0.01, [1, 3]
    live(world, issue, ticks=10)
    assert np.log(world.severity / 0.01) == pytest.approx([0.5, 1.5], rel=0.01)


def test_noise_multiplies_severity_by_a_factor_of_mean_one():
    # 40,000 issues, each one tick: log of the factor is normal(-σ²/2, σ). Bounds of five standard errors each
    # (false alarm 6e-7); an error of 2 % in σ, or of .003 in the mean, would be seen.
    issue = Issue(growth=0.0, floor=0.0, noise=0.1)
    world = world_for(issue, n=1, issues=40_000)
    factor = np.log(live(world, issue).severity)
    assert abs(factor.mean() + 0.005) < 5 * 0.1 / np.sqrt(40_000)
    assert abs(factor.std() / 0.1 - 1) < 5 / np.sqrt(2 * 40_000)


def test_an_issue_keeps_its_luck_when_others_are_added():
    issue = Issue(noise=0.2)
    few, many = world_for(issue, n=1, issues=2), world_for(issue, n=1, issues=5)
    live(few, issue)
    live(many, issue)
    assert few.severity == pytest.approx(many.severity[:2])


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)growth.*half.*noise"):
        Issue(growth=-1.0, half=0.0, noise=-0.1)

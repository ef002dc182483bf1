import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.resilience import hysteresis_area, response


def test_a_fall_that_is_made_good_exponentially():
    """y = 1 − e^(−t/10) after the shock: depth 1 at once, within a tenth from t = 10 ln 10 on, loss ≈ Σ e^(−t/10)."""
    after = 1 - np.exp(-np.arange(200) / 10)
    found = response(np.concatenate((np.ones(30), after)), 30)
    assert (found.baseline, found.depth, found.depth_at) == (1.0, 1.0, 0)
    assert found.recovery == np.ceil(10 * np.log(10))
    assert found.loss == pytest.approx(1 / (1 - np.exp(-0.1)), rel=1e-6)
    assert found.settled == pytest.approx(0.0, abs=1e-6)


def test_a_new_normal_is_no_recovery():
    found = response([1.0] * 20 + [0.4] * 40, 20)
    assert np.isnan(found.recovery)
    assert found.settled == pytest.approx(-0.6)


def test_harm_may_be_more():
    found = response([1.0] * 20 + [3.0] * 5 + [1.0] * 35, 20, harm=1)
    assert found.depth == 2.0
    assert found.recovery == 5
    assert response([1.0] * 20 + [3.0] * 40, 20).depth == 0.0


def test_touching_the_baseline_for_a_moment_is_not_staying():
    values = [1.0] * 10 + [0.5, 0.5, 1.0, 0.5, 0.5] + [1.0] * 10
    assert response(values, 10, staying=5).recovery == 5
    assert response(values, 10, staying=1).recovery == 2


def test_the_same_way_back_leaves_no_area():
    x = np.linspace(0, 2, 11)
    assert hysteresis_area(x, x**2, x**2) == 0.0


def test_a_rectangular_loop_has_the_area_of_its_sides():
    x = np.array([0.0, 1.0, 1.0 + 1e-9, 3.0, 3.0 + 1e-9, 4.0])
    up = np.array([5.0, 5.0, 5.0, 5.0, 2.0, 2.0])
    down = np.array([5.0, 5.0, 2.0, 2.0, 2.0, 2.0])
    assert hysteresis_area(x, up, down) == pytest.approx(-(3.0 - 1.0) * (5.0 - 2.0))
    assert hysteresis_area(x, down, up) == pytest.approx(6.0)


@pytest.mark.parametrize("at", [0, 60, -1])
def test_a_shock_needs_values_before_and_after(at):
    with pytest.raises(InputError, match="before and after"):
        response([1.0] * 60, at)


def test_a_parameter_that_does_not_rise_is_refused():
    with pytest.raises(InputError, match="rising"):
        hysteresis_area([0.0, 1.0, 1.0], [0, 0, 0], [0, 0, 0])

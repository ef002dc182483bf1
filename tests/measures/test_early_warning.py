import numpy as np
import pytest
from scipy import stats

from ecosim.errors import InputError
from ecosim.measures.early_warning import early_warning, kendall, lag_one, warning_p
from ecosim.rng import stream
from tests.chance import deviations_allowed

KEY = stream(6, "warning").key(0)


def relaxing(rate, ticks, seed=0, noise=1.0):
    """Return an Ornstein–Uhlenbeck process sampled each tick, exactly; rate may change along the way (ticks,)."""
    draw = np.random.default_rng(seed)
    rate = np.broadcast_to(rate, ticks)
    memory, x = np.exp(-rate), 0.0
    values = np.empty(ticks)
    for t in range(ticks):
        x = memory[t] * x + noise * np.sqrt((1 - memory[t] ** 2) / (2 * rate[t])) * draw.normal()
        values[t] = x
    return values


@pytest.mark.parametrize("rate", [0.2, 1.0])
def test_indicators_are_those_of_the_process(rate):
    """Autocorrelation e^(−κ), variance σ²/2κ; 40,000 ticks in one window (false alarm 1e-6 in both)."""
    found = early_warning(relaxing(rate, 40_000), window=1.0, bandwidth=0.0)
    effective = 40_000 * np.tanh(rate / 2)
    assert found.autocorrelation[0] == pytest.approx(np.exp(-rate), abs=deviations_allowed(2) / np.sqrt(effective))
    assert found.variance[0] == pytest.approx(1 / (2 * rate), rel=deviations_allowed(2) * np.sqrt(2 / effective))


def test_a_system_that_returns_ever_more_slowly_warns():
    """Rate falling from 1 to .02 over 2,000 ticks, ten times: each shows both trends well above 0.

    On 60 seeds .981 ± .006 and .962 ± .015 (standard deviation): .3 is more than forty of them less.
    """
    for seed in range(10):
        found = early_warning(relaxing(np.linspace(1.0, 0.02, 2_000), 2_000, seed))
        assert found.variance_trend > 0.3
        assert found.autocorrelation_trend > 0.3


def test_a_system_that_stays_as_it_is_rarely_warns():
    """20 steady processes: at most 8 with p ≤ .05 for autocorrelation; false alarm 2e-7 if p were exact."""
    alarms = sum(
        warning_p(relaxing(0.5, 200, seed), KEY, surrogates=39, bandwidth=0.0)[1] <= 0.05 for seed in range(20)
    )
    assert alarms <= 8


def test_a_slow_trend_is_no_fluctuation():
    line = np.linspace(0, 50, 300)
    noise = np.random.default_rng(2).normal(size=300)
    found = early_warning(line + noise, bandwidth=0.05)
    # The greatest deviation was .056 ± .024 (standard deviation) on 40 seeds: .25 is eight of them more.
    assert found.variance == pytest.approx(early_warning(noise, bandwidth=0.05).variance, rel=0.25)


def test_kendall_is_what_scipy_says_and_skips_gaps():
    values = np.array([1.0, 3.0, np.nan, 2.0, 5.0])
    assert kendall(values) == pytest.approx(stats.kendalltau([0, 1, 3, 4], [1, 3, 2, 5]).statistic)


def test_what_does_not_fluctuate_has_no_memory():
    assert np.isnan(lag_one(np.ones(10)))


def test_gaps_and_tiny_windows_are_refused():
    with pytest.raises(InputError, match="gaps"):
        early_warning([1.0, np.nan, 2.0] * 10)
    with pytest.raises(InputError, match="window"):
        early_warning(np.arange(20.0), window=0.1)

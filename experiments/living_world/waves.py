"""What is looked at in one town over time: crises and effort, correlations between sectors, the pattern at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.experiments.arms import correlation

if TYPE_CHECKING:
    import ecosim

HIGH, LOW, LAG = 2.0, 1.0, 25
PAIRS = (
    ("success_business", "success_government"),
    ("success_business", "success_civil_society"),
    ("success_government", "success_civil_society"),
    ("success_business", "severity_mean"),
    ("success_government", "severity_mean"),
    ("success_civil_society", "severity_mean"),
)
SHARES = ("contribution_business", "contribution_government", "contribution_civil_society", "in_coalition_share",
          "coalition_mixed_share", "coalition_size_mean", "dispersion")  # fmt: skip
NETWORK = {
    "cross_sector_share": ".55 to .86",
    "cross_sector_share_z": "−3.2 to +.7",
    "clustering": ".45 to .79",
    "degree_assortativity": "−.49 to −.17",
}
"""Measure of the pattern to its range in seven search-and-rescue networks (Drabek et al. 1981)."""


def live(model: ecosim.Ecosystem) -> dict[str, float]:
    """Run a town and return what is told of it, from after the first quarter of its ticks."""
    model.run()
    series = model.recorder.series()
    start = model.tick // 4
    run = {name: np.asarray(values, float)[start:] for name, values in series.items()}
    found = {f"{one} ~ {other}": correlation(run[one], run[other]) for one, other in PAIRS}
    found |= {name: mean_where_defined(run[name]) for name in SHARES}
    found |= {name: float(run[name][-1]) for name in NETWORK}
    effort, severity = run["contribution_mean"], run["severity_mean"]
    issues = [run[f"severity_{issue}"] for issue in model.world.labels.issues]
    found["crises per issue and 100 ticks"] = float(np.mean([100 * crises(each) / each.size for each in issues]))
    found["ticks within 10 % of the mean effort, share"] = float(np.mean(np.abs(effort / effort.mean() - 1) < 0.1))
    found["standard deviation of effort over time"] = float(effort.std())
    found["severity now ~ effort 10 ticks later"] = correlation(severity[:-10], effort[10:])
    found["effort now ~ severity 20 ticks later, less now"] = correlation(effort[:-20], severity[20:] - severity[:-20])
    found["autocorrelation of effort at 10 ticks"] = correlation(effort[:-10], effort[10:])
    lags = range(LAG, min(101, effort.size // 2), 5)
    found[f"the same, least from {LAG} to 100 ticks"] = min(
        (correlation(effort[:-lag], effort[lag:]) for lag in lags), default=float("nan")
    )
    found["highest share of the spectrum in one line"] = line(effort)
    found["the same, of red noise as persistent"] = line_of_red_noise(effort)
    found["sectors do not all move the same way in 10 ticks, share"] = apart(
        np.array([run[f"success_{sector}"] for sector in model.world.labels.sectors])
    )
    return found


def mean_where_defined(values: Any) -> float:
    """Return the mean over the ticks at which a measure is defined; NaN if there are none."""
    there = values[np.isfinite(values)]
    return float(there.mean()) if there.size else float("nan")


def crises(severity: Any) -> int:
    """Return how often a problem rises above ``HIGH`` after it was below ``LOW``."""
    count, was_low = 0, False
    for value in severity:
        if value < LOW:
            was_low = True
        elif value > HIGH and was_low:
            count, was_low = count + 1, False
    return count


def line(values: Any) -> float:
    """Return the largest share of variance in one line of the periodogram: near 1 for a clock."""
    power = np.abs(np.fft.rfft(values - values.mean()))[1:] ** 2
    return float(power.max() / power.sum()) if power.sum() > 0 else float("nan")


def line_of_red_noise(values: Any, copies: int = 40) -> float:
    """Return the mean of ``line`` over autoregressive series of order one with the same autocorrelation."""
    persistence, luck = correlation(values[:-1], values[1:]), np.random.default_rng(0)
    if not np.isfinite(persistence):
        return float("nan")
    noise = luck.standard_normal((values.size, copies))
    for tick in range(1, values.size):
        noise[tick] += persistence * noise[tick - 1]
    return float(np.mean([line(copy) for copy in noise.T]))


def apart(success: Any, span: int = 10) -> float:
    """Return how often sectors' successes (sectors, ticks) do not all rise or all fall over a span: 3/4 if by chance."""
    rises = success[:, span:] > success[:, :-span]
    return float(np.mean(rises.any(axis=0) & ~rises.all(axis=0)))

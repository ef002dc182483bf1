"""The default scenario is a living world: partial collaboration, polarisation and trade-offs, none of them frozen.

Six seeds that served no tuning. They are fixed, so there are no false alarms: a failure means that the world has changed.
The bounds are wide enough for any living world, and a frozen world, one of all or nothing, or one in which sectors do not
differ fails them.
"""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem

SEEDS = range(201, 207)


@pytest.fixture(scope="module")
def towns():
    settings = load("town", "record.figures=false", "record.events=false")
    runs = []
    for seed in SEEDS:
        model = Ecosystem(settings, rng=seed)
        model.run()
        runs.append(model.recorder.series())
    return runs


def later(run, measure):
    return run[measure][100:]


def test_some_work_together_and_some_alone(towns):
    for run in towns:
        assert 0.02 < np.mean(later(run, "in_coalition_share")) < 0.95
        assert later(run, "in_coalition_share").std() > 0.005


def test_some_coalitions_are_mixed_and_some_are_not(towns):
    for run in towns:
        assert 0.15 < np.mean(later(run, "coalition_mixed_share")) < 0.99


def test_sectors_contribute_differently_and_none_everything_or_nothing(towns):
    for run in towns:
        business, civil_society = (
            np.mean(later(run, f"contribution_{sector}")) for sector in ("business", "civil_society")
        )
        assert 0.01 < business < civil_society < 0.95


def test_crises_come_and_go(towns):
    for run in towns:
        severity = run["severity_mean"]
        assert severity.max() > 2 * severity[0]
        assert severity[-50:].min() < 0.5 * severity.max()


def test_opinions_move_apart_but_not_into_two_points(towns):
    for run in towns:
        assert run["dispersion"][-1] > run["dispersion"][0]
        assert run["coverage"][-1] > 0.5
        assert run["bimodality"][-1] < 0.9


def test_a_crisis_is_bad_for_government_and_not_as_bad_for_civil_society(towns):
    for run in towns:
        severity = run["severity_mean"][20:]
        government, civil_society = (run[f"success_{sector}"][20:] for sector in ("government", "civil_society"))
        assert np.corrcoef(government, severity)[0, 1] < -0.7
        assert np.corrcoef(civil_society, severity)[0, 1] > np.corrcoef(government, severity)[0, 1] + 0.2


def test_ties_between_sectors_are_about_as_many_as_chance_gives_as_in_real_networks(towns):
    """Seven real networks between organisations lie between −3.2 and +.7 standard deviations from chance."""
    scores = [run["cross_sector_share_z"][-1] for run in towns]
    assert -5 < np.median(scores) < 3


def test_the_joint_work_makes_more_than_the_same_effort_alone(towns):
    for run in towns:
        assert np.mean(later(run, "surplus_ratio")) > 1.2


def test_the_same_seed_gives_the_same_town(towns):
    settings = load("town", "record.figures=false", "record.events=false")
    model = Ecosystem(settings, rng=SEEDS[0])
    model.run()
    for name, values in model.recorder.series().items():
        assert np.array_equal(values, towns[0][name], equal_nan=True), name

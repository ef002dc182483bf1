"""Usable: a search for tipping tells how many replicates it is of, why others are left out, and nothing of too few."""

import numpy as np
import pandas as pd
import pytest

from ecosim.experiments import tipping
from ecosim.experiments.tipping import tip

TOLERANCE = "dynamics.stance.tolerance"


@pytest.fixture
def planted(monkeypatch):
    """Return a search for tipping along 0 to 1 in which runs come to what a function says, and nothing is simulated."""

    def search(outcome, mean=None, failed=lambda x, replicate: False, **words):
        """Search.

        Args:
            outcome: of value and replicate; NaN where the measure is undefined.
            mean: over the second half, likewise; by default the same.
            failed: whether a run fails.
            **words: of ``tip``.
        """
        made = []

        def run(plan, folder, execution, progress):
            made[:] = [_runs(plan.design, outcome, outcome if mean is None else mean, failed)]

        monkeypatch.setattr(tipping, "run_sweep", run)
        monkeypatch.setattr(tipping, "read_runs", lambda folder: made[0])
        monkeypatch.setattr(tipping, "SweepTables", lambda folder: _Told(made[0]))
        return tip("opinions", TOLERANCE, "dispersion", start=0.0, stop=1.0, **{"workers": 0, **words})

    return search


def _runs(design, outcome, mean, failed):
    rows = []
    for point, x in enumerate(design.columns(range(design.points))[TOLERANCE]):
        for replicate in range(design.replicates):
            good = not failed(x, replicate)
            rows.append({
                "run_id": f"{point}-{replicate}", "status": "ok" if good else "error", "replicate": replicate, TOLERANCE: x,
                "dispersion": outcome(x, replicate) if good else np.nan,
                "dispersion.mean": mean(x, replicate) if good else np.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


class _Told:
    """What a folder tells of the runs that failed in it."""

    def __init__(self, runs):
        count = int((runs["status"] != "ok").sum())
        self.failures = [{"kind": "error", "message": "ValueError: bad luck", "parameters": {}}] * count


LUCK = np.random.default_rng(3).normal(0.0, 0.08, 40)
"""By how much each replicate goes over earlier or later than the others."""


def leap(x, replicate):
    """Return an outcome that leaps from 0 to 1 near 0.5, at a place that chance scatters."""
    return float(x > 0.5 + LUCK[replicate]) + 0.01 * replicate


def test_a_measure_that_has_a_mean_where_it_is_undefined_in_the_end_is_searched_all_the_same(planted):
    """Three of twelve replicates have a mean over the second half everywhere, but no value at the end of a run."""

    def lacking(x, replicate):
        return np.nan if replicate < 3 and x == 0.0 else leap(x, replicate)

    found = planted(lacking, leap, replicates=12)
    assert found.critical.low < 0.5 < found.critical.high
    assert (found.values["runs"] == 9).all()
    assert not any("still on the move" in sentence for sentence in found.says)
    moving = planted(lacking, lambda x, replicate: leap(x, replicate) - 0.5, replicates=12)
    assert any("still on the move" in sentence for sentence in moving.says)

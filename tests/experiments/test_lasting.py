"""A search tries what failed once more where that is asked for, and once only, however many batches it makes."""

import pytest

import ecosim
from ecosim.experiments.stored import read_runs
from tests.experiments.sweeps import HOW, TINY

PAUSE = "dynamics.trouble.pause"
LONG = 5e-7
"""Seconds, far below what can be felt: half of the trials pause longer, and fail."""


@pytest.fixture
def gossip(monkeypatch):
    """Let runs with a longer pause fail; return how long each of them paused."""
    failed = []

    def _raise(self, world):
        if self.pause > LONG:
            failed.append(self.pause)
            raise RuntimeError("the gossip got out of hand")

    monkeypatch.setattr("trouble.Trouble._raise", _raise)
    return failed


def calibrated(out, **keywords):
    ecosim.calibrate(
        "opinions", {PAUSE: (0.0, 2 * LONG)}, {"dispersion": (0.3, 0.02)}, *TINY, f"{HOW}=raise", trust=("trouble",),
        trials=20, replicates=1, workers=0, out=out, **keywords,
    )  # fmt: skip
    return read_runs(out)


def test_what_failed_is_tried_again_only_where_that_is_asked_for_and_once_a_call(gossip, tmp_path):
    first = calibrated(tmp_path)
    tried = sorted(gossip)
    assert 1 < len(tried) == (first["status"] != "ok").sum() < len(first)
    gossip.clear()
    calibrated(tmp_path)
    assert gossip == []
    calibrated(tmp_path, retry=True)
    assert sorted(gossip) == tried

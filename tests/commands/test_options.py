"""What several commands share: all that an order lacks is told at once."""

from __future__ import annotations

import pytest

from tests.commands.command_line import ecosim


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["tip"], ["KEY and MEASURE", "--out"]),
        (["tip", "town"], ["KEY and MEASURE", "--out"]),
        (["tip", "town", "dynamics.meeting.rate"], ["MEASURE is missing", "--out"]),
        (["tip", "dynamics.meeting.rate"], ["MEASURE is missing", "--out"]),
        (["tip", "town", "dispersion.mean"], ["KEY is missing", "--out"]),
        (["tip", "town", "dynamics.meeting.rate", "--out", "x"], ["MEASURE is missing"]),
        (["calibrate"], ["KEY='interval(LOW,HIGH)'", "--target", "--out"]),
        (["calibrate", "town", "dynamics.meeting.rate=interval(0.1,0.9)"], ["--target", "--out"]),
    ],
)
def test_all_that_a_search_lacks_is_told_at_once(words, missing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ecosim(*words)
    assert done.exit_code == 2
    assert all(f" {what}" in done.stderr for what in missing), done.stderr
    assert len(missing) == (done.stderr.count("\n  - ") or 1), done.stderr
    assert list(tmp_path.iterdir()) == []

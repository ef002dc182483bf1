"""Why: whoever makes or ends a tie or a membership tells why, under every rule that can."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.world.reasons import TERMS, Reasons
from tests.laws.everything import VARIANTS, everything

KEPT = {"events": True, "reasons": True}
DECISIONS = ("joined", "left", "founded", "tie_made", "tie_ended")
WEIGHED = {"did better alone", "expected to do better", "convened", "merged", "less frustrated in another camp"}
"""Why somebody decided by a utility: then its terms are there."""


def decided(model, ticks):
    """Return the decisions of a run, as its table of events has them."""
    model.run(ticks)
    events = model.results().events
    return events[events["kind"].isin(DECISIONS)]


def town_of_camps(*changes):
    return Ecosystem(
        load(
            "town", "dynamics.coalition={rule: landscape}", "~dynamics.synergist", "record.reasons=true",
            "dynamics.turnover.floor=0.6", *changes,
        ),
        rng=1,
    )  # fmt: skip


def hold_to_it(events):
    assert events["why"].notna().all(), events[events["why"].isna()].groupby("kind").size().to_dict()
    weighed = events[events["why"].isin(WEIGHED)]
    assert len(weighed)
    assert np.isfinite(weighed[["gain", "present", "threshold"]]).all(axis=None)
    likely = events["chance"].dropna()
    assert ((likely >= 0) & (likely <= 1)).all()
    assert set(TERMS) <= set(events)


@pytest.mark.parametrize("changed", VARIANTS)
def test_where_every_rule_acts_each_decision_about_ties_and_memberships_has_a_reason(changed):
    events = decided(everything(rng=1, changed=changed, record=KEPT), 24)
    assert set(DECISIONS) <= set(events["kind"])
    hold_to_it(events)


def test_where_organisations_go_to_camps_each_says_what_the_camp_it_went_to_and_the_one_it_left_meant_to_it():
    events = decided(town_of_camps("ecosystem.organisations=60"), 40)
    hold_to_it(events)
    moved = events[events["why"] == "less frustrated in another camp"]
    assert {"joined", "left"} <= set(moved["kind"])
    assert (moved["gain"] > moved["present"] + moved["threshold"]).all()


@pytest.mark.parametrize("kind", ["joined", "tie_ended"])
def test_a_reason_that_a_rule_keeps_to_itself_is_missed(kind, monkeypatch):
    told = Reasons.note

    def withheld(self, about, *words, **terms):
        if about != kind:
            told(self, about, *words, **terms)

    monkeypatch.setattr(Reasons, "note", withheld)
    events = decided(everything(rng=1, record=KEPT), 24)
    with pytest.raises(AssertionError, match=f"{{'{kind}': [0-9]+}}"):
        hold_to_it(events)

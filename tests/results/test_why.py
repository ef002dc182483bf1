"""Why somebody did something is kept with what it did, and told."""

import re

import numpy as np
import pandas as pd
import pytest

from ecosim.compose import load
from ecosim.dynamics.relationship import Relationship
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.results.book import Book
from ecosim.results.company import Company
from ecosim.results.run import read
from ecosim.results.why import decisions_of
from ecosim.world.reasons import TERMS, Reasons
from tests.ecosystems import coupled_settings, differing


@pytest.fixture(scope="module")
def model():
    return lived()


def lived(**record):
    settings = coupled_settings(60, 80, record={"reasons": True, **record})
    strict = Relationship(neglect=0.15, betrayal=0.35, forgetting=0.5)  # so that ties end within the run
    settings = settings.model_copy(update={"dynamics": {**settings.dynamics, "relationship": strict}})
    model = Ecosystem(settings, rng=2)
    model.run()
    return model


@pytest.fixture(scope="module")
def run(model):
    return model.results()


def test_everything_that_was_decided_has_its_reason(run):
    decided = run.events[run.events["kind"].isin(["joined", "left", "tie_made", "tie_ended", "founded"])]
    assert set(decided["kind"]) == {"joined", "left", "tie_made", "tie_ended", "founded"}
    assert decided["why"].notna().all()


def test_ties_of_government_and_of_turnover_have_a_reason_too():
    changes = ("dynamics.policy.convening=0.4", "dynamics.turnover.floor=0.6", "record.reasons=true")
    model = Ecosystem(load("town", "ecosystem.organisations=60", "ecosystem.citizens.count=100", *changes), rng=3)
    model.run(40)
    events = model.results().events
    decided = events[events["kind"].isin(["joined", "left", "tie_made", "tie_ended", "founded"])]
    assert {"invited", "newcomer", "insolvent"} <= set(decided["why"])
    assert decided["why"].notna().all()


def test_what_just_falls_apart_or_dissolves_was_decided_by_nobody(run):
    events = run.events
    assert events[events["kind"] == "dissolved"]["why"].isna().all()
    fell_apart = events[events["why"] == "fell apart"]
    gone = set(events[events["kind"] == "dissolved"]["coalition"])
    assert set(fell_apart["coalition"]) <= gone
    assert fell_apart[list(TERMS)].isna().all(axis=None)


def test_the_terms_of_leaving_and_joining_explain_the_chance(model, run):
    joining = dict(model.schedule)["joining"]
    for kind, why in (("left", "did better alone"), ("joined", "expected to do better")):
        told = run.events[(run.events["kind"] == kind) & (run.events["why"] == why)]
        assert len(told) > 2
        outlay = told["present"] + told["cost"]
        advantage = (told["gain"] - outlay) / outlay
        stays = 1 / (1 + np.exp(-joining.selectivity * (advantage - told["threshold"])))
        expected = stays if kind == "joined" else 1 - stays
        assert told["chance"].to_numpy() == pytest.approx(expected.to_numpy())


def test_ties_end_below_the_bond_or_trust_that_is_told(run):
    told = run.events[run.events["kind"] == "tie_ended"]
    neglected = told[told["why"] == "neglected"]
    betrayed = told[told["why"] == "betrayed"]
    assert len(neglected) + len(betrayed) == len(told) > 10
    assert (neglected["bond"] < neglected["threshold"]).all()
    assert (betrayed["trust"] < betrayed["threshold"]).all()


def test_keeping_reasons_changes_nothing_that_happens(model, run):
    without = lived(reasons=False)
    assert differing(model.world, without.world) == []
    events = without.results().events
    assert events.equals(run.events[events.columns])
    assert not set(TERMS) & set(events.columns)


def test_one_can_ask_why_somebody_left(run, tmp_path):
    name = run.events[run.events["why"] == "did better alone"]["organisation_name"].iloc[0]
    told = run.why(name, "left")
    assert len(told) == ((run.events["kind"] == "left") & (run.events["organisation_name"] == name)).sum()
    first = told[told["why"] == "did better alone"].iloc[0]
    sentence = first["told"]
    assert sentence.startswith(f"In tick {told['tick'].iloc[0]:,}") or name in sentence
    assert re.search(rf"{name} left the \d+(st|nd|rd|th) coalition on issue \d, with ", sentence)
    is_likely = first["chance"] >= 0.5
    assert ("did better alone (gain " if is_likely else "though it did better together (gain ") in sentence
    again = read(run.save(tmp_path)).why(name, "left")
    assert again["told"].tolist() == told["told"].tolist()


def test_who_founds_a_coalition_is_told_of_it_once(run):
    founded = run.events[run.events["kind"] == "founded"].iloc[0]
    name, coalition = founded["organisation_name"], founded["coalition"]
    all_told = run.why(name)
    mine = all_told[(all_told["tick"] == founded["tick"]) & (all_told["coalition"] == coalition)]
    assert mine["kind"].tolist() == ["founded"]
    joined = run.events[(run.events["kind"] == "joined") & (run.events["coalition"] == coalition)]
    assert name in set(joined["organisation_name"]), "the table of events keeps both"
    assert coalition in set(run.why(name, "joined")["coalition"]), "and who asks for joining is told of it"
    other = next(who for who in joined[joined["tick"] == founded["tick"]]["organisation_name"] if who != name)
    theirs = run.why(other)
    assert "joined" in set(theirs[theirs["coalition"] == coalition]["kind"])


def test_a_choice_against_what_was_expected_says_so(run):
    chosen = run.events[run.events["why"].isin(["did better alone", "expected to do better"])]
    for is_likely in (False, True):
        event = chosen[(chosen["chance"] >= 0.5) == is_likely].iloc[0]
        told = run.why(event["organisation_name"], event["kind"])
        sentence = told[(told["tick"] == event["tick"]) & (told["chance"] == event["chance"])]["told"].iloc[0]
        assert (", though it " in sentence) != is_likely
        is_worth_it = event["gain"] >= (event["present"] + event["cost"]) * (1 + event["threshold"])
        assert (is_worth_it == (event["kind"] != "left")) == is_likely


def test_what_was_weighed_is_told_as_gain_less_cost_against_what_it_would_have_otherwise():
    events = pd.DataFrame([{
        "tick": 3, "kind": "joined", "organisation_name": "Ann", "other_name": None, "coalition": 70, "issue": -1,
        "why": "expected to do better",
        **dict.fromkeys(TERMS, np.nan), "gain": 0.057, "present": 0.04, "cost": 0.02, "threshold": 0.0, "chance": 0.3,
    }])  # fmt: skip
    (told,) = decisions_of(events, "Ann")["told"]
    assert "(gain 0.057 less cost 0.020 is 0.037, against 0.040 otherwise and done with a chance of 30 %)" in told


def test_who_is_there_no_more_has_its_reason_too():
    changes = ("dynamics.turnover.floor=0.6", "record.reasons=true")
    taken = "interventions=[{do: remove, at: 3, who: {number: 2}}]"
    model = Ecosystem(load("town", "ecosystem.organisations=40", "ecosystem.citizens.count=50", taken, *changes), rng=3)
    model.run(30)
    run = model.results()
    gone = run.events[run.events["kind"] == "gone"]
    assert set(gone["why"]) == {"insolvent", "removed"}
    assert (gone["why"] == "removed").sum() == 2
    for why, sentence in (("insolvent", "its capital had been below"), ("removed", "an intervention took it away")):
        name = gone[gone["why"] == why]["organisation_name"].iloc[0]
        assert f"{name} went for good: {sentence}" in run.why(name, "gone")["told"].iloc[0]


def test_both_ends_of_a_tie_can_ask(run):
    tie = run.events[run.events["kind"] == "tie_made"].iloc[0]
    for name, partner in ((tie["organisation_name"], tie["other_name"]), (tie["other_name"], tie["organisation_name"])):
        told = run.why(name, "tie_made")
        assert partner in set(told["partner"])
        assert f"{name} became a partner of {partner}" in " ".join(told["told"])


def test_asking_for_nobody_or_nothing_is_refused(run):
    with pytest.raises(InputError, match="no event names 'busines 1'; did you mean"):
        run.why("busines 1")
    name = run.events["organisation_name"].dropna().iloc[0]
    with pytest.raises(InputError, match="no decision 'leaved'"):
        run.why(name, "leaved")
    with pytest.raises(InputError, match=r"record.reasons=true"):
        lived(reasons=False).results().why(name)
    with pytest.raises(InputError, match=r"record.events=true"):
        lived(events=False).results().why(name)


def test_reasons_are_kept_only_where_they_are_asked_for():
    assert lived(events=False).world.reasons is None
    assert lived(reasons=False).world.reasons is None


def test_a_branch_tells_its_reasons_too(model):
    twin = model.copy()
    twin.run(10)
    events = twin.results().events
    late = events[(events["tick"] > 80) & events["kind"].isin(["joined", "left", "tie_made", "tie_ended"])]
    assert len(late) > 0
    assert late["why"].notna().all()


def test_a_book_finds_ties_from_either_end_and_memberships_by_coalition():
    reasons = Reasons()
    reasons.note("tie_made", ["a", "b"], np.array([5, 7]), np.array([2, 9]), gain=np.array([0.5, 0.7]))
    reasons.note("left", "c", np.array([4]), coalition=np.array([11]), cost=0.1)
    reasons.note("left", "nobody", np.array([], np.int64))
    book = Book(reasons.take())
    told = book.of("tie_made", np.array([9, 2, 1]), np.array([7, 5, 2]))
    assert told["why"] == ["b", "a", ""]
    assert told["terms"]["gain"].tolist()[:2] == [0.7, 0.5]
    assert np.isnan(told["terms"]["gain"][2])
    assert book.of("left", np.array([4]), np.array([11]))["terms"]["cost"].tolist() == [0.1]
    assert Book(()).of("left", np.array([4]), np.array([11])) == {}


def test_a_coalition_is_called_by_its_issue_its_turn_and_its_members():
    rows = [
        (1, "founded", 70, 0, "Ann"), (1, "joined", 70, -1, "Ann"), (1, "joined", 70, -1, "Bob"),
        (2, "founded", 71, 1, "Cid"), (3, "founded", 72, 0, "Dot"), (3, "joined", 70, -1, "Cid"),
        (4, "joined", 70, -1, "Dot"), (4, "joined", 70, -1, "Eve"), (5, "left", 70, -1, "Bob"),
    ]  # fmt: skip
    events = pd.DataFrame(rows, columns=["tick", "kind", "coalition", "issue", "organisation_name"])
    company = Company(events, ["clean_water", "peace"])
    assert [company.name(number) for number in (70, 71, 72, 5)] == [
        "the 1st coalition on clean water", "the 1st coalition on peace", "the 2nd coalition on clean water",
        "coalition 5",
    ]  # fmt: skip
    told = {"coalition": 70, "kind": "joined", "tick": 3, "of": "Cid"}
    assert company.told(told) == "the 1st coalition on clean water, with Ann and Bob"
    assert (
        company.told({**told, "tick": 4, "of": "Eve"})
        == "the 1st coalition on clean water, with Ann, Bob, Cid and 1 more"
    )
    left = {"coalition": 70, "kind": "left", "tick": 5, "of": "Bob"}
    assert company.told(left) == "the 1st coalition on clean water, with Ann, Cid, Dot and 1 more"
    assert Company(events).name(71) == "the 2nd coalition"


@pytest.mark.parametrize(
    ("count", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_turns_are_told_as_they_are_said(count, word):
    rows = [(1, "founded", number, 0, "Ann") for number in range(count)]
    events = pd.DataFrame(rows, columns=["tick", "kind", "coalition", "issue", "organisation_name"])
    assert Company(events, ["peace"]).name(count - 1) == f"the {word} coalition on peace"

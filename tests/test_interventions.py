"""Interventions do what they say, when they say, to whom they say."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from ecosim.interventions import Intervention
from tests.ecosystems import coupled, differing, quiet


def sector(model, word):
    return np.flatnonzero(model.world.sector == model.world.labels.sectors.index(word))


def test_an_intervention_acts_before_the_mechanisms_of_its_tick_and_at_no_other():
    model = quiet({"at": 3, "do": "shock", "issue": "work", "add": 2.0})
    start = model.world.severity.copy()
    model.run(2)
    assert (model.world.severity == start).all()
    model.run(1)
    assert model.world.severity - start == pytest.approx([0.0, 2.0])
    model.run(5)
    assert model.world.severity - start == pytest.approx([0.0, 2.0])


@pytest.mark.parametrize(
    ("when", "ticks"),
    [
        ({"at": 4}, [4]),
        ({"at": [2, 5]}, [2, 5]),
        ({"at": 3, "every": 4}, [3, 7, 11, 15, 19]),
        ({"at": 3, "every": 4, "until": 11}, [3, 7, 11]),
        ({"at": [1, 6], "every": 5, "until": 10}, [1, 6]),
        ({"at": [3, 4, 9], "every": 3, "until": 5}, [3, 4, 9]),
    ],
)
def test_when_it_is_due(when, ticks):
    intervention = TypeAdapter(Intervention).validate_python({"do": "shock", "add": 1.0, **when})
    assert [tick for tick in range(1, 21) if intervention.is_due(tick)] == ticks
    for last in range(21):
        assert intervention.times(last) == sum(tick <= last for tick in ticks)


def test_a_shock_multiplies_adds_and_never_goes_below_0():
    model = quiet(
        {"at": 1, "do": "shock", "multiply": 3.0},
        {"at": 2, "do": "shock", "add": -1e6},
        {"at": 3, "do": "shock", "of": "urgency", "add": 0.5},
    )
    start, urgency = model.world.severity.copy(), model.world.urgency.copy()
    model.step()
    assert model.world.severity == pytest.approx(3 * start)
    model.step()
    assert (model.world.severity == 0).all()
    model.step()
    assert model.world.urgency == pytest.approx(urgency + 0.5)
    assert (model.world.severity == 0).all()


def test_set_reaches_only_those_who_are_meant():
    model = quiet({"at": 1, "do": "set", "column": "capital", "value": 9.0, "who": {"sector": "government"}})
    before = model.world.capital.copy()
    model.step()
    meant = sector(model, "government")
    assert (model.world.capital[meant] == 9.0).all()
    others = np.setdiff1d(np.arange(40), meant)
    assert (model.world.capital[others] == before[others]).all()


def test_set_reaches_the_ties_between_those_who_are_meant_and_no_others():
    model = quiet({"at": 1, "do": "set", "column": "trust", "value": 0.125, "who": {"sector": "business"}})
    model.step()
    inside = (model.world.sector[model.world.ends] == 0).all(axis=1)
    assert inside.any()
    assert (model.world.trust[inside] == 0.125).all()
    assert not (model.world.trust[~inside] == 0.125).any()


def test_set_reaches_one_part_or_a_whole_row():
    model = quiet(
        {"at": 1, "do": "set", "column": "stance", "part": "up", "value": -1.0},
        {"at": 2, "do": "set", "column": "stance", "value": [0.5, 0.25], "who": {"number": 1}},
        {"at": 2, "do": "set", "column": "severity", "issue": "water", "value": 4.0},
    )
    left = model.world.stance[:, 0].copy()
    model.step()
    assert (model.world.stance[:, 1] == -1.0).all()
    assert (model.world.stance[:, 0] == left).all()
    model.step()
    assert (model.world.stance == [0.5, 0.25]).all(axis=1).sum() == 1
    assert model.world.severity[0] == 4.0


def test_shares_stay_a_whole_when_one_part_is_set():
    model = quiet(
        {"at": 1, "do": "set", "column": "salience", "part": "water", "value": 1.0},
        {"at": 2, "do": "set", "column": "salience", "part": "water", "value": 0.4},
    )
    model.step()
    assert model.world.salience == pytest.approx(np.tile([1.0, 0.0], (40, 1)))
    model.step()
    assert model.world.salience == pytest.approx(np.tile([0.4, 0.6], (40, 1)))


def test_newcomers_come_with_their_ties_and_take_after_their_sector():
    model = quiet(
        {
            "at": 2,
            "do": "invite",
            "sector": "business",
            "number": 5,
            "tied_to": {"sector": "government", "number": 2},
            "trust": 0.75,
        }
    )
    ties, old = model.world.ties, set(model.world.capital[sector(model, "business")])
    model.run(2)
    newcomers = np.arange(40, 45)
    assert model.world.n == 45
    assert (model.world.sector[newcomers] == 0).all()
    assert np.unique(model.world.identity).size == 45
    assert set(model.world.capital[newcomers]) <= old
    assert model.world.ties == ties + 10
    assert (model.world.trust[-10:] == 0.75).all()
    partners = model.world.ends[-10:, 0]
    assert (model.world.sector[partners] == 1).all()


def test_newcomers_to_a_sector_without_anybody_are_as_they_would_have_been_founded():
    sectors = {"business": 20, "government": 0, "civil_society": 20}
    model, there = (
        quiet({"at": 1, "do": "invite", "sector": "government", "number": 3}, organisations=counts)
        for counts in (sectors, sectors | {"government": 3})
    )
    model.run(2)
    mine, theirs = sector(model, "government"), sector(there, "government")
    assert mine.size == 3
    for name in ("capital", "stance", "salience"):
        assert np.array_equal(getattr(model.world, name)[mine], getattr(there.world, name)[theirs]), name
    assert model.world.salience[mine].sum(axis=1) == pytest.approx(1.0)


def test_named_newcomers_have_their_names():
    model = quiet({"at": 1, "do": "invite", "sector": "civil_society", "names": ["Acme", "Zebra"]})
    kept = model.world.name(3)
    model.step()
    assert model.organisations["Zebra"].sector_name == "civil_society"
    assert len(model.organisations) == 42
    assert model.world.name(3) == kept


@pytest.mark.parametrize(("who", "gone"), [({"share": 0.25}, 10), ({"number": 3}, 3), ({"number": 99}, 40), ({}, 40)])
def test_as_many_are_removed_as_was_said(who, gone):
    model = quiet({"at": 1, "do": "remove", "who": who})
    model.step()
    assert model.world.n == 40 - gone
    model.step()


def test_the_most_connected_are_removed():
    model = quiet({"at": 1, "do": "remove", "who": {"number": 4, "by": "most_connected"}})
    ties = np.diff(model.world.first_tie)
    identity = model.world.identity.copy()
    model.step()
    gone = ~np.isin(identity, model.world.identity)
    assert ties[gone].min() >= ties[~gone].max()


def test_those_who_are_named_are_removed():
    names = [quiet().world.name(row) for row in (0, 7)]
    model = quiet({"at": 1, "do": "remove", "who": names})
    model.step()
    assert model.world.n == 38
    assert not set(names) & set(model.organisations)


def test_introductions_tie_the_pairs_that_are_named():
    names = list(quiet().organisations)
    pairs = [[names[0], names[9]], [names[5], names[3]]]
    model = quiet({"at": 1, "do": "introduce", "pairs": pairs, "trust": 1.0, "bond": 0.5}, network="none")
    model.step()
    assert model.world.ends.tolist() == [[0, 9], [3, 5]]
    assert (model.world.trust == 1.0).all()
    assert (model.world.bond == 0.5).all()


def test_introductions_are_drawn_between_the_two_sides_that_are_meant():
    said = {"at": 1, "do": "introduce", "one": {"sector": "business"}, "other": {"sector": "government"}, "number": 12}
    model = quiet(said, network="none")
    model.step()
    assert model.world.ties == 12
    assert (np.sort(model.world.sector[model.world.ends], axis=1) == [0, 1]).all()


def test_introductions_stop_when_there_are_no_more_strangers():
    model = quiet(
        {"at": 1, "do": "introduce", "one": {}, "other": {}, "number": 50}, organisations=4, network="complete"
    )
    model.step()
    assert model.world.ties == 6


def test_a_coalition_is_convened_on_its_issue():
    model = quiet({"at": 1, "do": "convene", "issue": "work", "who": {"sector": "government"}})
    model.step()
    assert model.world.coalitions == 1
    assert model.world.labels.issues[model.world.coalition_issue[0]] == "work"
    assert model.world.member.tolist() == sector(model, "government").tolist()


def test_coalitions_convened_by_the_same_at_one_tick_have_numbers_of_their_own():
    pair = {"sector": "government"}
    model = quiet(*({"at": 1, "do": "convene", "issue": issue, "who": pair} for issue in ("work", "work", "water")))
    model.step()
    assert np.unique(model.world.coalition_identity).size == model.world.coalitions == 3


def test_newcomers_get_no_number_of_one_that_went():
    model = quiet(
        {"at": [1, 2, 3], "do": "invite", "sector": "business", "number": 2},
        {"at": [1, 2, 3], "do": "remove", "who": {"sector": "business", "number": 2}},
    )
    ever = set(model.world.identity.tolist())
    for _ in range(3):
        before = model.world.identity
        model.step()
        newcomers = set(model.world.identity.tolist()) - set(before.tolist())
        assert not newcomers & ever
        ever |= set(model.world.identity.tolist()) | set(model.world.gone.tolist())
    assert len(ever) == 46


def test_one_member_is_no_coalition():
    model = quiet({"at": 1, "do": "convene", "issue": "work", "who": {"number": 1}})
    model.step()
    assert model.world.coalitions == 0


def test_another_intervention_leaves_the_luck_of_this_one_alone():
    removal = {"at": 3, "do": "remove", "who": {"share": 0.5}}
    one, other = quiet(removal), quiet({"at": 1, "do": "shock", "add": 1.0}, removal)
    one.run(3)
    other.run(3)
    assert (one.world.identity == other.world.identity).all()


def test_one_more_organisation_leaves_the_draw_of_who_goes_alone():
    """Who goes is whoever drew lowest. A newcomer takes the place of one at most; nobody else's place changes."""
    removal = {"at": 3, "do": "remove", "who": {"share": 0.5}}
    many, more = quiet(removal, organisations={"business": 30}), quiet(removal, organisations={"business": 31})
    newcomer = set(more.world.identity) - set(many.world.identity)
    assert len(newcomer) == 1
    many.run(3)
    more.run(3)
    left, left_of_more = set(many.world.identity), set(more.world.identity) - newcomer
    assert left <= left_of_more or left_of_more <= left
    assert abs(len(left) - len(left_of_more)) <= 1


def test_interventions_are_kept_as_events():
    model = quiet(
        {"at": 2, "do": "shock", "issue": "work", "add": 1.0}, {"at": 3, "do": "remove", "who": {"number": 2}}
    )
    model.run(4)
    events = model.results().events
    shock = events[events["kind"] == "shock"].iloc[0]
    assert (shock["tick"], shock["value"]) == (2, model.world.severity[1])
    assert (events["kind"] == "remove").sum() == (events["kind"] == "gone").sum() == 2


def test_an_intervention_acts_in_a_world_where_everything_changes():
    said = [
        {"at": 2, "every": 3, "do": "invite", "sector": "civil_society", "number": 2, "tied_to": {"number": 3}},
        {"at": 3, "every": 3, "do": "remove", "who": {"number": 1}},
        {"at": 4, "every": 3, "do": "introduce", "one": {}, "other": {}, "number": 3},
        {"at": 5, "every": 3, "do": "convene", "issue": "issue_1", "who": {"number": 4}},
    ]
    model, again = coupled(interventions=said), coupled(interventions=said)
    model.run()
    again.run()
    assert differing(model.world, again.world) == []
    assert np.unique(model.world.coalition_identity).size == model.world.coalitions


@pytest.mark.parametrize("by", ["most_capital", "least_capital", "most_stance_left", "least_reputation"])
def test_those_with_most_or_least_of_any_number_are_picked(by):
    model = quiet({"at": 1, "do": "remove", "who": {"number": 7, "by": by}})
    most, _, word = by.partition("_")
    values = model.world.stance[:, 0] if word == "stance_left" else getattr(model.world, word)
    values[:] = np.random.default_rng(3).permutation(values.size) / values.size
    kept = np.sort(values)[:-7] if most == "most" else np.sort(values)[7:]
    model.step()
    left = model.world.stance[:, 0] if word == "stance_left" else getattr(model.world, word)
    assert np.array_equal(np.sort(left), kept)


def test_equals_are_picked_by_the_luck_that_chance_would_give():
    by_chance = quiet({"at": 1, "do": "remove", "who": {"number": 7}})
    by_equals = quiet({"at": 1, "do": "remove", "who": {"number": 7, "by": "most_reputation"}})
    by_equals.world.reputation[:] = 0.5
    by_chance.step()
    by_equals.step()
    assert np.array_equal(by_chance.world.identity, by_equals.world.identity)

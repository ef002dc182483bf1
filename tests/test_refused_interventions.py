"""Interventions that cannot be are refused before the first tick, and those that would never act are told of."""

import pytest
from pydantic import TypeAdapter, ValidationError

from ecosim.errors import InputError
from ecosim.interventions import Intervention
from ecosim.oddities import never_acting
from tests.ecosystems import quiet


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"do": "remove", "who": {"sector": "goverment"}}, "did you mean 'government'"),
        ({"do": "remove", "who": "Acme"}, "who.names names 'Acme'"),
        ({"do": "shock", "issue": "watr", "add": 1.0}, "did you mean 'water'"),
        ({"do": "invite", "sector": "busines"}, "did you mean 'business'"),
        ({"do": "invite", "sector": "business", "names": ["A"], "every": 2}, "once"),
        (
            {"do": "invite", "sector": "business", "names": ["new business 3"]},
            "what newcomers without a name are called",
        ),
        ({"do": "convene", "issue": "wrk", "who": {}}, "did you mean 'work'"),
        ({"do": "introduce", "pairs": [["A", "B"]]}, "pairs names 'A'"),
        ({"do": "set", "column": "stance", "part": "upp", "value": 0.0}, "did you mean 'up'"),
        ({"do": "set", "column": "stance", "value": [0.0, 0.0, 0.0]}, "3 values"),
    ],
)
def test_unknown_names_are_refused_before_the_first_tick(said, words):
    with pytest.raises(InputError, match=words):
        quiet({"at": 9, **said})


def test_all_that_is_unknown_is_named_at_once():
    with pytest.raises(InputError) as caught:
        quiet({"at": 1, "do": "shock", "issue": "x", "add": 1.0}, {"at": 2, "do": "invite", "sector": "y"})
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    "said",
    [
        {"do": "shock"},
        {"do": "shock", "add": 1.0, "multiply": 2.0},
        {"do": "shock", "add": float("nan")},
        {"do": "shock", "multiply": -1.0},
        {"do": "set", "column": "trust", "value": 1.5},
        {"do": "set", "column": "identity", "value": 1},
        {"do": "set", "column": "pool", "value": 0.5},
        {"do": "set", "column": "motive", "value": [0.5, 0.5, 0.5, 0.0, 0.0]},
        {"do": "set", "column": "capital", "value": [1.0, 2.0]},
        {"do": "set", "column": "capital", "value": 1.0, "issue": "water"},
        {"do": "remove", "who": {"share": 0.5, "number": 2}},
        {"do": "remove", "who": {"share": 1.5}},
        {"do": "remove"},
        {"do": "invite", "sector": "business", "number": 3, "names": ["A"]},
        {"do": "invite", "sector": "business", "names": ["A", "A"]},
        {"do": "invite", "sector": "business", "number": 10**7},
        {"do": "introduce"},
        {"do": "introduce", "one": {}},
        {"do": "introduce", "pairs": [["A", "A"]]},
        {"do": "explode"},
        {"do": "shock", "add": 1.0, "at": 0},
        {"do": "shock", "add": 1.0, "at": 1.5},
        {"do": "shock", "add": 1.0, "at": []},
        {"do": "shock", "add": 1.0, "every": 0},
        {"do": "shock", "add": 1.0, "evry": 2},
    ],
)
def test_impossible_interventions_are_refused(said):
    with pytest.raises(ValidationError):
        TypeAdapter(Intervention).validate_python({"at": 1, **said})


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("most_captial", "did you mean 'most_capital'"),
        ("most_identity", "valid: chance"),
        ("most_stance", "valid: chance"),
        ("capital", "did you mean 'most_capital'"),
    ],
)
def test_what_nobody_can_be_ranked_by_is_refused(by, words):
    with pytest.raises(ValidationError, match=words):
        TypeAdapter(Intervention).validate_python({"at": 1, "do": "remove", "who": {"number": 1, "by": by}})


def test_an_axis_that_is_not_there_is_refused_before_the_first_tick():
    with pytest.raises(InputError, match="did you mean 'stance_left'"):
        quiet({"at": 1, "do": "remove", "who": {"number": 1, "by": "most_stance_lef"}})


def test_what_is_to_act_after_the_last_tick_is_told():
    shocks = TypeAdapter(list[Intervention]).validate_python(
        [
            {"do": "shock", "at": [3, 30, 40], "add": 1.0},
            {"do": "shock", "at": 20, "add": 1.0},
            {"do": "shock", "at": 3, "every": 5, "add": 1.0},
        ]
    )
    (told,) = never_acting(shocks, 20)
    assert told == "interventions[0] (shock) is to act at ticks 30, 40, but the run ends at tick 20; it will not"

"""Settings: complete, validated at once, and the same after a round trip through plain data."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError
from ecosim.merging import Change, changed, merged
from ecosim.parameters import allowed, parameters
from ecosim.rules import RULES, find_measures, find_rule, rule_name
from ecosim.settings import Settings, plain, settings_from
from ecosim.sizes import bytes_in_words, check_run, check_sweep, seconds_in_words

DYNAMICS = Path(importlib.import_module("ecosim").__file__).parent / "dynamics"

OPINIONS = {
    "ticks": 10,
    "ecosystem": {"organisations": 20},
    "schedule": ["stance"],
    "dynamics": {"stance": {"rule": "bounded_confidence", "tolerance": 0.3}},
}


def faults(data, **trust) -> list[str]:
    with pytest.raises(InputError) as refused:
        settings_from(data, **trust)
    return list(refused.value.faults)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_in_the_table_is_a_mechanism_of_that_name(rule):
    found = find_rule(rule)
    assert issubclass(found, Mechanism)
    assert found.rule() == rule
    assert rule_name(found) == rule


def test_the_table_of_rules_names_every_mechanism_there_is():
    """A class that others build on is no rule of its own."""
    bases: dict[str, set[str]] = {}
    places: dict[str, str] = {}
    for path in DYNAMICS.rglob("*.py"):
        room = ".".join(path.relative_to(DYNAMICS).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
                places[node.name] = f"ecosim.dynamics.{room}:{node.name}"

    def is_mechanism(name: str) -> bool:
        return name == "Mechanism" or any(map(is_mechanism, bases.get(name, ())))

    built_on = set().union(*bases.values())
    rules = {places[name] for name in bases if is_mechanism(name) and name not in built_on}
    assert len(rules) > 3
    assert set(RULES.values()) == rules


def test_settings_survive_the_way_through_plain_data_and_json():
    settings = settings_from(OPINIONS)
    assert settings_from(json.loads(json.dumps(plain(settings)))) == settings


def test_plain_data_is_complete():
    data = plain(settings_from(OPINIONS))
    assert data["dynamics"]["stance"]["responsiveness"] == 0.5
    assert set(data) == set(Settings.model_fields)


@given(
    ticks=st.integers(0, 10**8),
    seed=st.integers(0, 2**64 - 1),
    tolerance=st.floats(0, 4),
    organisations=st.integers(1, 10**6),
    every=st.integers(1, 1000),
)
def test_any_allowed_numbers_survive_the_round_trip(ticks, seed, tolerance, organisations, every):
    data = {
        "ticks": ticks,
        "seed": seed,
        "ecosystem": {"organisations": organisations},
        "dynamics": {"stance": {"rule": "bounded_confidence", "tolerance": tolerance}},
        "record": {"every": every},
    }
    settings = settings_from(data)
    assert (settings.ticks, settings.seed, settings.record.every) == (ticks, seed, every)
    assert settings_from(plain(settings)) == settings


def test_without_a_schedule_mechanisms_act_in_the_order_in_which_they_are_listed():
    dynamics = {"second": {"rule": "bounded_confidence"}, "first": {"rule": "bounded_confidence"}}
    assert settings_from({"dynamics": dynamics}).schedule == ("second", "first")


def test_a_mechanism_that_is_null_is_switched_off():
    settings = settings_from({**OPINIONS, "dynamics": {"stance": None}})
    assert settings.schedule == ()
    assert settings.dynamics == {}


def test_all_faults_are_told_at_once():
    told = faults(
        {
            "ticks": -1,
            "sed": 3,
            "schedule": ["stance", "gossip"],
            "dynamics": {"stance": {"rule": "bounded_confidence", "tolerance": 9}, "media": {"rule": "medai"}},
        }
    )
    assert len(told) == 6
    for key in (
        "ticks: -1",
        "sed: no such key",
        "'gossip'",
        "dynamics.stance.tolerance: 9",
        "'medai'",
        "dynamics.media",
    ):
        assert any(key in fault for fault in told), key


def test_a_wrong_key_of_an_intervention_lists_the_keys_of_that_kind_only():
    (told,) = faults({**OPINIONS, "interventions": [{"at": 3, "do": "shock", "column": "capital", "add": 1.0}]})
    assert told == "interventions[0].column: no such key; valid: add, at, do, every, issue, multiply, of, until"


def test_a_mechanism_that_would_never_act_is_refused():
    assert faults({**OPINIONS, "dynamics": {**OPINIONS["dynamics"], "more": {"rule": "bounded_confidence"}}}) == [
        "dynamics.more: not in the schedule, so it would never act; add it to schedule, or switch it off with "
        "~dynamics.more"
    ]


def test_a_mechanism_scheduled_twice_under_one_name_is_refused():
    assert "twice" in faults({**OPINIONS, "schedule": ["stance", "stance"]})[0]


def test_code_of_a_package_that_is_not_trusted_never_runs(tmp_path, monkeypatch):
    (tmp_path / "stranger.py").write_text("raise SystemExit('ran')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    told = faults({"dynamics": {"gossip": {"rule": "stranger:Gossip"}}})
    assert told == [
        "dynamics.gossip.rule: 'stranger:Gossip' would run code of the package 'stranger'; allowed: rules of ecosim; "
        "if you know that code, say so with --trust stranger"
    ]


def test_a_trusted_rule_in_the_working_folder_is_found_and_named_again(tmp_path, monkeypatch):
    (tmp_path / "trusted_rules.py").write_text(
        "from ecosim.dynamics.mechanism import Mechanism\n\n\nclass Gossip(Mechanism):\n    rate: float = 0.5\n\n"
        "    def step(self, world, key):\n        pass\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", list(importlib.import_module("sys").path))
    data = {"dynamics": {"gossip": {"rule": "trusted_rules:Gossip", "rate": 0.25}}}
    settings = settings_from(data, trust=("trusted_rules",))
    assert settings.dynamics["gossip"].rate == 0.25
    assert plain(settings)["dynamics"]["gossip"] == {"rule": "trusted_rules:Gossip", "every": 1, "rate": 0.25}
    assert settings_from(plain(settings), trust=("trusted_rules",)) == settings
    assert (
        "holds no 'Nothing'"
        in faults({"dynamics": {"gossip": {"rule": "trusted_rules:Nothing"}}}, trust=("trusted_rules",))[0]
    )


@pytest.mark.parametrize(
    "rule", ["os:system", "ecosim.rules:find_rule", "a.b", ":x", "os.path:join()", "../x:Y", 3, None, []]
)
def test_what_is_no_rule_is_refused(rule):
    assert len(faults({"dynamics": {"x": {"rule": rule}}})) == 1


def test_ranges_are_told_from_the_fields_themselves():
    class Everything(BaseModel):
        share: float = Field(0.5, ge=0, le=1)
        many: int = Field(1, ge=1)
        some: float = Field(0.1, gt=0, lt=1)
        kind: str | None = None
        pair: tuple[int, float] = (1, 2.0)
        flag: bool = True

    told = {name: allowed(field) for name, field in Everything.model_fields.items()}
    assert told == {
        "share": "a number from 0 to 1",
        "many": "a whole number at least 1",
        "some": "a number above 0 and below 1",
        "kind": "text or null",
        "pair": "a list of 2: a whole number, a number",
        "flag": "true or false",
    }
    assert [parameter.value for parameter in parameters(Everything())] == [0.5, 1, 0.1, None, (1, 2.0), True]


def test_merging_lays_one_configuration_over_another():
    assert merged({"a": {"b": 1, "c": [1]}, "d": 2}, {"a": {"c": [2, 3]}}) == {"a": {"b": 1, "c": [2, 3]}, "d": 2}


def test_another_rule_does_not_inherit_the_parameters_of_the_old_one():
    base = {"stance": {"rule": "bounded_confidence", "tolerance": 0.3}}
    assert merged(base, {"stance": {"rule": "attraction_repulsion"}}) == {"stance": {"rule": "attraction_repulsion"}}
    assert merged(base, {"stance": {"tolerance": 0.4}})["stance"]["rule"] == "bounded_confidence"


def test_merging_and_changing_leave_their_arguments_alone():
    base = {"a": {"b": [1]}}
    changed(base, [Change("a.b=[2]", ("a", "b"), "set", [2])])["a"]["b"].append(3)
    merged(base, {"a": {"c": 1}})["a"]["b"].append(3)
    assert base == {"a": {"b": [1]}}


def test_a_change_inside_a_default_keeps_the_rest_of_the_default():
    change = Change("a.b.c=2", ("a", "b", "c"), "set", 2)
    assert changed({}, [change], {"a": {"b": {"c": 1, "d": 1}}}) == {"a": {"b": {"c": 2, "d": 1}}}


def test_changes_reach_into_lists():
    data = {"interventions": [{"at": 1}, {"at": 2}]}
    keys = ("interventions", "1", "at")
    assert changed(data, [Change("", keys, "set", 9)])["interventions"] == [{"at": 1}, {"at": 9}]
    with pytest.raises(InputError, match="from 0 to 1"):
        changed(data, [Change("interventions.2.at=9", ("interventions", "2", "at"), "set", 9)])


def test_a_large_run_is_told_with_memory_and_time_and_goes_on_when_agreed_to():
    settings = settings_from({**OPINIONS, "ecosystem": {"organisations": 10**7}})
    with pytest.raises(
        InputError, match=r"10,000,000 organisations .* GB of memory .* (seconds|minutes|hours).* --yes"
    ):
        check_run(settings)
    check_run(settings, agreed=True)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 second"), (1.4, "about 1 second"), (2.0, "about 2 seconds"), (119, "about 119 seconds"),
     (120, "about 2 minutes"), (7200, "about 2 hours"), (172800, "about 2 days")],
)  # fmt: skip
def test_a_length_of_time_is_told_in_words(seconds, words):
    assert seconds_in_words(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "less than 1 MB"),
        (4e5, "less than 1 MB"),
        (1e6, "about 1 MB"),
        (999.6e6, "about 1.0 GB"),
        (2.5e9, "about 2.5 GB"),
    ],
)
def test_a_number_of_bytes_is_told_in_words(count, words):
    assert bytes_in_words(count) == words


def test_an_ordinary_run_is_not_asked_about():
    check_run(settings_from({**OPINIONS, "ecosystem": {"organisations": 100_000}}))


def test_a_sweep_is_refused_above_ten_million_runs():
    check_sweep(10**5, 100)
    with pytest.raises(InputError, match="give fewer replicates"):
        check_sweep(2, 10**8)
    with pytest.raises(InputError, match="10,000,100 runs"):
        check_sweep(100_001, 100)
    with pytest.raises(InputError, match="at least one"):
        check_sweep(0, 5)


def test_measures_are_held_against_the_list_and_against_this_worlds_words():
    told = faults({**OPINIONS, "measures": ["clustring", "success_charity"]})
    assert len(told) == 2
    assert "did you mean 'clustering'?" in told[0]
    assert "success_charity" in told[1]
    assert faults({**OPINIONS, "measures": ["clustering", "clustering"]}) == [
        "measures: 'clustering' twice; allowed: once"
    ]
    assert settings_from({**OPINIONS, "measures": ["clustering"]}).measures == ("clustering",)


def test_a_measure_of_a_package_that_is_not_trusted_never_runs(tmp_path, monkeypatch):
    (tmp_path / "strange_measures.py").write_text("raise SystemExit('ran')")
    monkeypatch.syspath_prepend(tmp_path)
    assert "--trust strange_measures" in faults({**OPINIONS, "measures": ["strange_measures:joy"]})[0]


def test_a_trusted_measure_is_found(tmp_path, monkeypatch):
    text = 'def joy(world):\n    """How glad they are."""\n    return 1.0\n\n\nsadness = 3\n'
    (tmp_path / "trusted_measures.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    trust = ("trusted_measures",)
    settings = settings_from({**OPINIONS, "measures": ["trusted_measures:joy", "clustering"]}, trust=trust)
    measures = find_measures(settings.measures)
    assert [measure.name for measure in measures] == ["clustering", "joy"]
    assert measures[1].meaning == "How glad they are."
    assert "is no function" in faults({**OPINIONS, "measures": ["trusted_measures:sadness"]}, trust=trust)[0]


def test_the_activation_of_a_run_is_that_of_every_mechanism_that_is_not_given_its_own():
    pairwise = {"rule": "bounded_confidence", "listening": "each_other", "reach": 1.0}
    settings = settings_from(
        {"activation": "random", "dynamics": {"a": pairwise, "b": {**pairwise, "activation": "sweep"}}}
    )
    assert [mechanism.activation for mechanism in settings.dynamics.values()] == ["random", "sweep"]
    assert settings_from(plain(settings)) == settings


def test_an_activation_that_nobody_would_keep_is_refused():
    issue = {"rule": "issue"}
    with pytest.raises(InputError, match="activation: 'sweep', but no mechanism of dynamics has an activation"):
        settings_from({"activation": "sweep", "dynamics": {"issue": issue}})
    with pytest.raises(InputError) as raised:
        settings_from({"activation": "sweep", "dynamics": {"issue": {"rule": "isue"}}})
    assert not any("activation" in fault for fault in raised.value.faults)
    assert settings_from({"activation": "simultaneous", "dynamics": {"issue": issue}})
    copying = {"rule": "fermi_imitation"}
    settings = settings_from({"activation": "sweep", "dynamics": {"issue": issue, "imitation": copying}})
    assert settings.dynamics["imitation"].activation == "sweep"


def test_an_activation_that_a_rule_cannot_have_is_refused():
    with pytest.raises(InputError, match="everyone is simultaneous"):
        settings_from({"activation": "sweep", "dynamics": {"a": {"rule": "bounded_confidence"}}})


def test_true_is_no_number_of_organisations_and_said_so_once():
    with pytest.raises(InputError) as raised:
        settings_from({**OPINIONS, "ecosystem": {"organisations": True}})
    told = (
        "ecosystem.organisations: true is no number of organisations; allowed: a whole number from 1 to 2,000,000,000"
    )
    assert [fault.startswith(told) for fault in raised.value.faults] == [True]

"""A world before its audience: what was shown can be repeated, taken back and told on; what is refused changes nothing."""

import io
import json
import zipfile
from functools import partial

import numpy as np
import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.app import show as module
from ecosim.app.controls import sliders
from ecosim.app.picture import ledger
from ecosim.app.saved import packed
from ecosim.app.show import Show
from ecosim.compose import load, names
from ecosim.errors import InputError
from ecosim.experiments.declared import declared
from tests.threads import run_at_once

TOWN = ("ecosystem.organisations=40", "ecosystem.citizens.count=100")
OPINIONS = ("ecosystem.organisations=20", "ecosystem.network.degree=4")


def a_town(seed: str = "3", *changes: str) -> Show:
    return Show("town", seed, (*TOWN, *changes))


def let_pass(show: Show, ticks: int) -> Show:
    for _ in range(ticks):
        show.step()
    return show


@pytest.fixture(scope="module")
def town() -> Show:
    """A town at tick 12, for tests that look at it and leave it as it is."""
    return let_pass(a_town(), 12)


def series(show: Show) -> dict[str, np.ndarray]:
    return show.model.recorder.series()


def are_equal(one: dict[str, np.ndarray], other: dict[str, np.ndarray], until: int | None = None) -> bool:
    return all(np.array_equal(one[name][:until], other[name][:until], equal_nan=True) for name in one)


def test_a_saved_demonstration_gives_the_same_numbers_when_it_is_repeated(tmp_path):
    show = let_pass(a_town(), 5)
    show.intervene({"do": "shock", "issue": "housing", "add": 3})
    show.intervene({"do": "invite", "sector": "civil_society", "number": 4})
    let_pass(show, 3)
    show.remember()
    show.intervene({"do": "remove", "who": {"number": 3}})
    let_pass(show, 4)
    show.go_back()  # what was done in the other future is not part of this one
    show.intervene({"do": "set", "column": "purpose", "value": 0.9, "who": {"sector": "business"}})
    show.intervene({"do": "introduce", "one": {"sector": "business"}, "other": {"sector": "government"}, "number": 5})
    let_pass(show, 2)
    show.intervene({"do": "convene", "issue": "climate", "who": {"number": 6}})
    let_pass(show, 11)  # tick 21 is no tick of costly measures, but the last of the repeated run

    with zipfile.ZipFile(io.BytesIO(packed(show.model))) as archive:
        archive.extractall(tmp_path / "saved")
    words = ["run", "--scenario", str(tmp_path / "saved" / "config.yaml"), "--out", str(tmp_path / "again"), "--quiet"]
    done = CliRunner().invoke(cli.app, [*words, "record.figures=false"])
    assert done.exit_code == 0, done.output
    ecosim.read(tmp_path / "again").to_csv(tmp_path / "again" / "tables")
    repeated = (tmp_path / "again" / "tables" / "series.csv").read_bytes()
    assert repeated.count(b"\n") == 1 + 22
    assert (tmp_path / "saved" / "series.csv").read_bytes() == repeated
    for table in ("organisations", "relationships", "events"):
        file = f"{table}.parquet"
        assert (tmp_path / "saved" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_saving_changes_nothing(town):
    saved = let_pass(a_town(), 6)
    packed(saved.model)
    assert are_equal(series(let_pass(saved, 6)), series(town))


def test_nothing_is_saved_before_the_first_tick():
    with pytest.raises(InputError, match="after the first tick"):
        packed(a_town().model)


def test_going_back_is_the_same_past_and_the_same_luck_however_often():
    show = let_pass(a_town(), 6)
    show.remember()
    first = series(let_pass(show, 8))
    show.go_back()
    assert show.tick == 6
    assert are_equal(series(let_pass(show, 8)), first)
    show.go_back()
    show.intervene({"do": "shock", "add": 5})
    touched = series(let_pass(show, 8))
    assert are_equal(touched, first, until=7)
    assert not are_equal(touched, first)


def test_worlds_that_live_at_once_in_threads_of_their_own_do_not_touch_each_other(town):
    shows = [a_town(), a_town(), a_town("4")]

    def live(show: Show) -> None:
        for _ in range(12):
            show.step()
            show.news()

    run_at_once(*(partial(live, show) for show in shows))
    assert are_equal(series(shows[0]), series(town))
    assert are_equal(series(shows[1]), series(town))
    assert are_equal(series(shows[2]), series(let_pass(a_town("4"), 12)))


def test_without_a_moment_to_go_back_to_there_is_the_start(town):
    show = let_pass(a_town(), 3)
    show.go_back()
    assert show.tick == 0
    assert are_equal(series(let_pass(show, 12)), series(town))


def test_every_row_is_told_once_and_again_from_where_one_went_back_to():
    show = let_pass(a_town(), 3)
    assert [row[0] for row in show.news()["rows"]] == [0, 1, 2, 3]
    assert [row[0] for row in let_pass(show, 2).news()["rows"]] == [4, 5]
    show.remember()
    let_pass(show, 4).news()
    show.go_back()
    assert show.news()["rows"] == []
    assert [row[0] for row in let_pass(show, 1).news()["rows"]] == [6]


@pytest.mark.parametrize("name", ["town", "opinions", "public_goods", "committed_minority", "axelrod_1997", "may_1977"])
def test_whatever_is_told_is_json_without_undefined_numbers(name):
    show = Show(name, "1", ["ecosystem.organisations=30"] if name in ("town", "opinions") else [])
    programme, news = show.programme(), let_pass(show, 2).news()
    json.dumps([programme, news], allow_nan=False)
    assert len(news["rows"][0]) == 1 + len(programme["columns"])
    assert 1 <= len(programme["panels"]) <= 6
    known = {column["name"] for column in programme["columns"]}
    assert {line["name"] for panel in programme["panels"] for line in panel["lines"]} <= known


@pytest.mark.parametrize("name", names())
def test_a_slider_holds_its_value_within_what_its_parameter_declares(name):
    settings = load(name)
    found = sliders(name, settings)
    for slider in found:
        allowed = declared(settings, slider["key"])
        assert slider["low"] <= slider["value"] <= slider["high"], slider
        assert allowed.low <= slider["low"] < slider["high"] <= allowed.high, slider
        assert slider["meaning"], slider
    assert len(found) > 0 or not settings.dynamics


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("fractured_square", "dynamics.media.fake"),
        ("committed_minority", "ecosystem.committed"),
        ("many_levels", "dynamics.levels.to_members"),
        ("opinions", "dynamics.stance.tolerance"),
        ("matchmaker_arrives", "dynamics.synergist.budget"),
        ("stakeholder_town", "ecosystem.sectors.government.purpose"),
    ],
)
def test_what_a_scenario_speaks_of_and_states_has_a_slider(name, key):
    assert key in [slider["key"] for slider in sliders(name, load(name))]


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ({"do": "shock", "issue": "housng", "add": 1}, "did you mean 'housing'"),
        ({"do": "shock", "issue": "housing"}, "exactly one of add and multiply"),
        ({"do": "shake"}, "do: 'shake'"),
        ({"do": "set", "column": "contribution", "value": 2}, "contribution"),
        ({"do": "set", "column": "threshold", "value": 0.5}, "this world has no threshold"),
        ({"do": "remove", "who": {"sector": "busines"}}, "did you mean 'business'"),
        ({"do": "invite", "sector": "business", "number": 20_000}, "10,000 organisations in all"),
        ({"do": "invite", "sector": "business", "names": ["${oc.env:HOME}"]}, "${"),
        ({"do": "convene", "issue": "climate", "who": {"number": 5}, "file": "x"}, "file"),
    ],
)
def test_a_deed_that_is_refused_is_told_why_and_changes_nothing(deed, told, town):
    before, luck = town.model.settings, town.model._interventions
    with pytest.raises(InputError) as refused:
        town.intervene(deed)
    assert told in str(refused.value)
    assert town.model.settings is before
    assert town.model._interventions is luck


def test_nobody_is_named_who_was_not_there_at_the_start():
    """A repeated run is held against the world of tick 0, which does not know newcomers."""
    show = a_town()
    show.intervene({"do": "invite", "sector": "business", "names": ["Newcomer"]})
    let_pass(show, 1)
    with pytest.raises(InputError, match="Newcomer"):
        show.intervene({"do": "remove", "who": {"names": ["Newcomer"]}})


@pytest.mark.parametrize(
    ("scenario", "change", "told"),
    [
        ("town", "ecosystem.organisations=10001", "allowed on a page: 10,000"),
        ("town", "ecosystem.citizens.count=20001", "allowed on a page: 20,000"),
        ("town", "ecosystem.members.each=1000", "allowed on a page: 50,000"),
        ("town", "dynamics.media.fak=1", "fak"),
        ("town", "measures=[os:getcwd]", "--trust"),
        ("../../etc/passwd", "ticks=5", "no scenario"),
        ("town", "seed=4", "given 2 times"),
    ],
)
def test_what_the_command_line_refuses_and_what_is_too_large_is_no_show(scenario, change, told):
    with pytest.raises(InputError) as refused:
        Show(scenario, "1", [change])
    assert told in str(refused.value)


def test_a_page_is_not_told_of_words_for_the_command_line():
    with pytest.raises(InputError, match=r"100,000,000 ticks would take .*; allowed on a page: .*fewer ticks$"):
        Show("town", "1", ["ticks=100000000"])


def test_a_page_goes_only_so_far(monkeypatch):
    monkeypatch.setattr(module, "MOST_TICKS", 3)
    show = let_pass(Show("opinions", "1", OPINIONS), 3)
    with pytest.raises(InputError, match="goes no further"):
        show.step()
    assert show.tick == 3


def test_the_ledger_counts_every_relationship_once_and_as_the_measures_do(town):
    counts, found = dict(ledger(town.model.world)), series(town)
    total = sum(counts.values())
    assert total == town.model.world.ties
    assert (counts["win-win"] + counts["win-win-win"]) / total == pytest.approx(found["win_win_share"][-1])
    assert counts["win-win-win"] / total == pytest.approx(found["win_win_win_share"][-1])


def test_of_many_organisations_a_sample_is_shown_and_whoever_was_shown_stays():
    show = Show("opinions", "1", ["ecosystem.organisations=600", "ecosystem.network.degree=4"])
    first = show.news()["picture"]
    show.intervene({"do": "remove", "who": {"share": 0.1}})
    later = let_pass(show, 2).news()["picture"]
    assert len(first["id"]) == 400
    assert first["all"] == 600
    assert later["all"] == 540
    there = set(show.model.world.identity.tolist())
    assert {number for number in first["id"] if number in there} <= set(later["id"])
    assert max(later["ties"]) < len(later["id"])
    assert set(later["names"]) == {str(number) for number in set(later["id"]) - set(first["id"])}


def test_a_shock_is_told_in_words_and_marked():
    show = let_pass(a_town(), 12)
    show.intervene({"do": "shock", "issue": "housing", "add": 8})
    news = let_pass(show, 5).news()
    assert [13, "shock to housing"] in [list(mark) for mark in news["marks"]]
    assert news["words"].startswith("Since tick 13 (shock to housing): ")
    assert "got worse" in news["words"]


def test_further_interventions_are_refused_for_ticks_that_are_over(town):
    late = load("town", "interventions=[{at: 4, do: shock, add: 1}]").interventions
    with pytest.raises(InputError, match="allowed: after tick 12"):
        town.model.intervene(*late)

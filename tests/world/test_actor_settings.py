"""A table says how many organisations of which sectors there are, and may bring sectors of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.settings import plain, settings_from
from ecosim.world.actor_settings import settled
from ecosim.world.actors import Actors, read_actors
from ecosim.world.founding import EcosystemSettings

OFFICES = "name,kind\nMayor,City Hall\nWater,City-Hall\nArmy,Federal\nBakery,business\n"


def offices(tmp_path: Path, mapping: dict[str, object] | None = None, text: str = OFFICES) -> Actors:
    """Read a table whose kinds are its sectors."""
    (tmp_path / "organisations.csv").write_text(text, encoding="utf-8")
    given = {"sectors": "as_given", "sector": {"column": "kind"}, **(mapping or {})}
    return read_actors(tmp_path / "organisations.csv", mapping=given)


def test_each_kind_becomes_a_sector_of_that_name(tmp_path):
    actors = offices(tmp_path)
    assert actors.sector == ["city_hall", "city_hall", "federal", "business"]
    ecosystem = settled(EcosystemSettings(), actors)
    assert ecosystem.organisations == {"business": 1, "city_hall": 2, "federal": 1}
    assert ecosystem.sectors["business"].motive == EcosystemSettings().sectors["business"].motive
    assert ecosystem.sectors["federal"].motive == (0.2,) * 5
    assert ecosystem.counts() == (1, 2, 1)


def test_a_sector_of_ones_own_takes_after_one_of_the_scenario(tmp_path):
    like = {"federal": "government"}
    ecosystem = settled(EcosystemSettings(), offices(tmp_path, {"sector": {"column": "kind", "like": like}}))
    assert ecosystem.sectors["federal"].motive == EcosystemSettings().sectors["government"].motive


def test_several_kinds_may_be_one_sector(tmp_path):
    values = {"City Hall": "public", "City-Hall": "public", "Federal": "public"}
    assert offices(tmp_path, {"sector": {"column": "kind", "values": values}}).sector == [*["public"] * 3, "business"]


def test_settings_that_were_settled_stay_as_they_are_and_can_be_read_again(tmp_path):
    actors = offices(tmp_path, {"sector": {"column": "kind", "like": {"federal": "government"}}})
    model = ecosim.Ecosystem(ecosim.load("town", "ticks=0"), actors=actors)
    assert settled(model.settings.ecosystem, actors) == model.settings.ecosystem
    assert settings_from(plain(model.settings)) == model.settings
    assert model.world.labels.sectors == ("business", "city_hall", "federal")


def test_without_a_sector_column_there_is_nothing_to_declare_and_known_sectors_all_stay(tmp_path):
    (tmp_path / "organisations.csv").write_text("name,sector\nMayor,government\n", encoding="utf-8")
    ecosystem = settled(EcosystemSettings(), read_actors(tmp_path / "organisations.csv"))
    assert ecosystem.organisations == {"business": 0, "government": 1, "civil_society": 0}


@pytest.mark.parametrize(
    ("rows", "mapping", "words"),
    [
        ("A,C++\nB,C\n", {}, "'C\\+\\+' and 'C' would both be the sector c"),
        ("A,東\n", {}, "'東' makes no word for a sector"),
        ("A,Army\n", {"like": {"amry": "government"}}, "did you mean 'army'"),
        ("A,Army\n", {"like": {"army": "goverment"}}, "did you mean 'government'"),
        ("A,Army\n", {"values": {"Army": "the army"}}, "'the army' is no name for a sector"),
    ],
)
def test_what_can_be_no_sector_is_refused(tmp_path, rows, mapping, words):
    with pytest.raises(InputError, match=words):
        offices(tmp_path, {"sector": {"column": "kind", **mapping}}, "name,kind\n" + rows)


def test_likeness_to_a_sector_needs_sectors_of_the_tables_own(tmp_path):
    with pytest.raises(InputError, match="needs sectors: as_given"):
        offices(tmp_path, {"sectors": "known", "sector": {"column": "kind", "like": {"federal": "government"}}})


def test_actors_told_as_plain_data_are_the_same_again(tmp_path):
    (tmp_path / "organisations.csv").write_text("name,sector,capital\nA,business,\nB,government,2.5\n")
    (tmp_path / "ties.csv").write_text("source,target,weight\nA,B,\n")
    actors = read_actors(tmp_path / "organisations.csv", tmp_path / "ties.csv")
    again = Actors.of(actors.plain())
    assert again.digest == actors.digest
    assert again.missing == actors.missing == {"capital": 1}
    np.testing.assert_array_equal(again.columns["capital"], actors.columns["capital"])
    np.testing.assert_array_equal(again.ties.weight, actors.ties.weight)


def test_one_number_more_in_a_table_is_another_run(tmp_path):
    path = tmp_path / "organisations.csv"
    numbers = []
    for capital in ("1", "2", "1"):
        path.write_text(f"name,sector,capital\nA,business,{capital}\nB,government,1\n")
        model = ecosim.Ecosystem(ecosim.load("town", "ticks=0"), actors=read_actors(path))
        numbers.append(model.results().run_id)
        with ecosim.branch(model) as twin:
            assert twin.results().run_id == numbers[-1]
    assert numbers[0] == numbers[2] != numbers[1]

"""The ODD description: complete by a check that can fail, and made of the model's own words."""

import re

import numpy as np
import pytest

from ecosim import odd
from ecosim.compose import load, names
from ecosim.dynamics.mechanism import Mechanism
from ecosim.ecosystem import Ecosystem
from ecosim.equations import bibliography, words_of
from ecosim.explain import describe
from ecosim.parameters import allowed
from ecosim.rules import RULES, find_rule
from ecosim.world.attributes import DRAWN
from ecosim.world.columns import COLUMNS, columns_of
from ecosim.world.founding import found
from tests.ecosystems import opinion_settings

HEADINGS = [
    "## 1. Purpose and patterns",
    "## 2. Entities, state variables and scales",
    "## 3. Process overview and scheduling",
    "## 4. Design concepts",
    "## 5. Initialisation",
    "## 6. Input data",
    "## 7. Submodels",
]


@pytest.fixture(scope="module")
def town():
    return describe(load("town"))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_adds_to_the_design_concepts(rule):
    words = words_of(find_rule(rule))
    assert words.concepts, f"the docstring of {rule} has no section 'Concepts:'"
    assert {name for name, _ in words.concepts} <= set(odd.CONCEPTS)
    assert "Concepts:" not in words.text


@pytest.mark.parametrize("scenario", names())
def test_nothing_in_the_schedule_of_any_scenario_is_undescribed(scenario):
    assert odd.undescribed(describe(load(scenario))) == []


@pytest.mark.parametrize("rule", RULES)
def test_every_parameter_of_every_rule_has_a_meaning_and_a_range(rule):
    fields = find_rule(rule).model_fields.values()
    assert [field.description for field in fields if not (field.description and allowed(field))] == []


REFERENCES = sorted(
    {source for rule in RULES for source in words_of(find_rule(rule)).references}
    | {m["source"] for name in names() for m in describe(load(name))["measures"] if "(" in m["source"]}
)


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_begins_with_its_authors_and_year_and_says_where(reference):
    assert re.match(r"(?:[^\W\d_]|[-–, &'.’])+ \(\d{4}\), \S", reference), reference
    assert len(re.findall(r"\(\d{4}\)", reference)) == 1, "one reference a line"


def test_each_work_is_told_once_and_by_author():
    sources = bibliography(REFERENCES)
    works = [re.match(r".*?\(\d{4}\)", source).group() for source in sources]
    assert len(set(works)) == len(works) > 50
    assert works == sorted(works, key=str.casefold)


def test_what_is_remarked_on_a_work_in_several_places_stands_together():
    told = [
        "B (2001), J. 5",
        "a & C (1999), K. 118 (50) e2 (the rule)",
        "B (2001)",
        "a & C (1999), K. 118 (50) e2 (f(x), noise)",
    ]
    assert bibliography(told) == ["a & C (1999), K. 118 (50) e2 (f(x), noise; the rule)", "B (2001), J. 5"]


def test_a_mechanism_without_words_is_missed(town):
    silent = {**town["mechanisms"][0], "concepts": {}, "text": "x", "sentence": "x"}
    odd_word = {**town["mechanisms"][1], "concepts": {"magic": "it happens"}}
    gaps = odd.undescribed({**town, "mechanisms": [silent, odd_word]})
    assert [gap.split(": ")[1].split("'")[0] for gap in gaps] == [
        "its docstring says no more than one sentence",
        "its docstring has no section ",
        "Concepts names ",
    ]


def test_all_seven_elements_come_in_their_order(town):
    page = odd.as_markdown(town)
    places = [page.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    for concept in odd.CONCEPTS:
        assert f"### {concept.capitalize()}" in page


def test_state_tells_who_changes_it_and_what_stays_as_it_began(town):
    page = odd.as_markdown(town).split("## 2. Entities")[1].split("## 3. Process")[0]
    rows = {line.split(" | ")[0][2:]: line for line in page.splitlines() if line.startswith("| ")}
    assert rows["sector"].endswith("| — |")
    assert rows["capital"].endswith("| `ledger`, `turnover` |")


def test_what_a_world_is_drawn_from_is_named_for_the_columns_it_has(town):
    assert "Dirichlet: `motive`, `salience`, `needs`" in odd.as_markdown(town)
    opinions = odd.as_markdown(describe(load("opinions")))
    assert "as set: `stance`" in opinions
    assert "cut at −1 and 1: `affect`" in odd.as_markdown(town)
    assert "Dirichlet" not in opinions


def test_of_every_column_that_founding_fills_the_law_is_told_once():
    settings = load("town", "ecosystem.network.affect_spread=0.3", "ecosystem.network.bond_jitter=0.2").ecosystem
    world = found(settings, 1, tuple(COLUMNS))
    drawn = {column.name for column in columns_of("relationship") if np.ptp(getattr(world, column.name)) > 0} - {"ends"}
    assert {"affect", "bond", "trust"} == drawn
    told = [name for names in odd.LAWS.values() for name in names]
    assert sorted(told) == sorted({*DRAWN, *drawn})


def test_what_acts_every_so_many_ticks_is_said_to_do_so_when_it_does(town):
    acted = []

    class Noting(Mechanism):
        """Note the tick at which it acts."""

        def step(self, world, key):
            acted.append(world.tick)

    model = Ecosystem(opinion_settings(ticks=10), dynamics={"noting": Noting(every=3)})
    model.run()
    assert acted == [3, 6, 9]
    processes = odd.as_markdown(town).split("## 3. Process")[1].split("## 4. Design")[0]
    assert "Ticks are counted from 1" in processes
    assert "does so at those which that number divides: what it wrote" in processes


def test_real_networks_are_named_only_where_networks_are_measured(town):
    for scenario, is_named in ((town, True), (describe(load("opinions")), False)):
        page = odd.as_markdown(scenario)
        assert ("seven networks between organisations" in page) is is_named
        assert ("Drabek, Tamminga" in page.split("## Sources")[1]) is is_named
        assert "ecosim." not in page.split("## Sources")[1]


def test_every_mechanism_of_the_schedule_is_a_process_and_a_submodel(town):
    page = odd.as_markdown(town)
    processes, submodels = page.split("## 4. Design concepts")[0], page.split("## 7. Submodels")[1]
    for entry in town["schedule"]:
        assert f"**{entry['name']}**" in processes
        assert f"### {entry['name']}\n" in submodels


def test_no_tex_is_left_where_none_is_wanted(town):
    assert "\\" not in odd.as_markdown(town, tex=False).replace("\\|", "")

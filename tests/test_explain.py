"""Explain: a scenario described from its own settings."""

from __future__ import annotations

import inspect
import json
import re

import pytest

from ecosim.compose import load, names
from ecosim.dynamics.mechanism import Mechanism
from ecosim.equations import readable, words_of
from ecosim.explain import as_markdown, describe
from ecosim.rules import RULES, find_rule


@pytest.fixture(scope="module")
def opinions():
    return describe(load("opinions"))


def test_the_description_is_plain_data(opinions):
    assert json.loads(json.dumps(opinions, allow_nan=False)) == opinions


def test_every_parameter_of_every_mechanism_is_there_with_value_and_range(opinions):
    told = {entry["name"]: entry for entry in opinions["mechanisms"][0]["parameters"]}
    assert set(told) == set(find_rule("bounded_confidence").model_fields)
    assert told["tolerance"]["value"] == 0.3
    assert told["tolerance"]["allowed"] == "a number from 0 to 4"
    assert all(entry["meaning"] for entry in told.values())


def test_the_order_of_a_tick_is_told(opinions):
    assert opinions["schedule"] == [
        {
            "position": 1,
            "name": "stance",
            "rule": "bounded_confidence",
            "every": 1,
            "reads": "identity, stance",
            "writes": "stance",
        }
    ]
    assert "| | mechanism | rule | reads | writes |" in as_markdown(opinions).replace("|  |", "| |")


def test_what_does_not_act_each_tick_is_told():
    told = as_markdown(describe(load("opinions", "dynamics.stance.every=5")))
    assert "| mechanism | rule | acts every | reads | writes |" in told
    assert "| stance | bounded_confidence | 5 ticks | identity, stance | stance |" in told


def test_only_what_this_world_has_is_told(opinions):
    assert {column["name"] for column in opinions["state"]} == {"identity", "stance"}
    told = {entry["name"] for entry in opinions["founding"]}
    assert {"organisations", "stance.start", "network.degree"} <= told
    assert not any("motive" in name or "capital" in name for name in told)


def test_who_acts_when_is_told_where_it_may_be_chosen_and_where_not():
    told = as_markdown(describe(load("town", "dynamics.stance.activation=sweep")))
    assert "(activation): sweep in `stance`; simultaneous in `imitation`, `learning`. In every other mechanism" in told
    assert "(activation): in every mechanism all act on the state as it stood" in as_markdown(
        describe(load("may_1977"))
    )


@pytest.mark.parametrize("tex", [True, False])
@pytest.mark.parametrize("name", names())
def test_every_scenario_can_be_described_as_markdown(name, tex):
    settings = load(name)
    text = as_markdown(describe(settings), tex=tex)
    for mechanism in settings.schedule:
        assert f"### {mechanism}" in text
    for heading in ("Purpose", "Entities and state", "What happens in a tick", "How it starts", "Sources"):
        assert f"## {heading}" in text
    assert ":math:" not in text
    assert ".. math::" not in text
    assert tex or "$" not in text


@pytest.mark.parametrize("rule", RULES)
def test_every_equation_of_a_mechanism_can_be_read_without_tex(rule):
    words = words_of(find_rule(rule))
    assert words.sentence.endswith((".", "?"))
    for equation in words.equations:
        told = readable(equation)
        assert told
        assert not set(told) & set("\\$‹›"), told
        assert told.count("(") == told.count(")"), told


FUNCTIONS = {"cos", "exp", "log", "max", "min"}
"""Commands of TeX that are read as they are written."""


@pytest.mark.parametrize("rule", RULES)
def test_no_command_of_tex_is_left_in_what_is_read(rule):
    docstring = inspect.getdoc(find_rule(rule))
    commands = set(re.findall(r"\\([A-Za-z]+)", docstring)) - FUNCTIONS
    for equation in [*re.findall(r":math:`(.+?)`", docstring, re.S), *words_of(find_rule(rule)).equations]:
        said = re.sub(r"\\text\{[^{}]*\}", "", equation)
        assert not set(re.findall("[A-Za-z]+", readable(said))) & commands, equation


@pytest.mark.parametrize(
    ("tex", "told"),
    [
        (r"\frac{1}{n}\sum_i x_i", "1/n Σ_i x_i"),
        (r"p_{ij} = \frac{1}{1 + e^{-\beta (\pi_j - \pi_i)}}", "p_ij = 1/(1 + e^(-β (π_j - π_i)))"),
        (r"N_i = \{j \sim i : |x_j - x_i| \le \varepsilon\}", "N_i = {j ∼ i : |x_j - x_i| ≤ ε}"),
        (r"\frac{dh}{dt} = r\,h\left(1 - \frac{h}{H}\right)", "dh/dt = r h(1 - h/H)"),
        (r"p(u_q) = \sqrt{u_q^2}", "p(u_q) = √(u_q^2)"),
        (r"\frac{1 - e^{-2\kappa}}{2\kappa}", "(1 - e^(-2κ))/(2κ)"),
        (r"\tfrac12 + r_i", "1/2 + r_i"),
        (r"\frac12x", "1/2 x"),
        (r"\tfrac 12", "1/2"),
        (r"\frac ab", "a/b"),
        (r"\frac\pi2", "π/2"),
        (r"\frac1{2\kappa}", "1/(2κ)"),
        (r"\dfrac{a + b}{\frac12}", "(a + b)/(1/2)"),
        (r"\dot x = x_1 + \dots", "dx/dt = x_1 + …"),
        (r"S \not\ni i \not\in T", "S ∌ i ∉ T"),
        (r"\sum_i \text{income}_i", "Σ_i income_i"),
        (r"\max_i a_{ik} \max(0, x) e^x", "max_i a_ik max(0, x) e^x"),
    ],
)
def test_an_equation_reads_as_it_would_be_said(tex, told):
    assert readable(tex) == told


def test_a_mechanism_without_equations_or_sources_is_told_too():
    class Rest(Mechanism):
        """Nothing happens.

        Not even here.
        """

    words = words_of(Rest)
    assert words.sentence == "Nothing happens."
    assert words.text == "Nothing happens.\n\nNot even here."
    assert (words.equations, words.references) == ((), ())


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_table_of_a_rule_is_whole(rule):
    """What is laid out in columns in its docstring is a table of Markdown, each row with as many cells as the first."""
    text = words_of(find_rule(rule)).text
    assert "====" not in text
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.M)
    for table in tables:
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()]
        assert len({len(row) for row in rows}) == 1
        assert all(re.fullmatch(r" ?-+ ?", cell) for cell in rows[1])
        assert len(rows) > 3
        assert all(cell.strip() for row in rows[2:] for cell in row)
    assert bool(tables) == (rule in ("citizens", "ledger", "relationship"))


def test_measures_are_named_by_the_columns_that_they_fill():
    text = as_markdown(describe(load("town")))
    for name in (
        "ties_‹sector›_‹sector›",
        "success_‹sector›",
        "severity_‹issue›",
        "esteban_ray_‹axis›",
        "gini_capital",
    ):
        assert text.count(f"| {name} |") == 1

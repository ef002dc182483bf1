"""What is told of rules whose input nothing sets."""

import pytest

from ecosim.compose import load, names
from ecosim.oddities import oddities
from ecosim.unfed import unfed


def told(name, *changes):
    return unfed(load(name, *changes).in_order())


@pytest.mark.parametrize("name", names())
def test_in_what_we_ship_everything_that_is_read_is_set(name):
    assert told(name) == []


def test_without_motivation_nobody_knows_what_work_is_worth():
    (sentence,) = told("town", "~dynamics.motivation")
    assert sentence.startswith(
        "nothing sets worth (what one unit of work on each issue is worth to it, by its own motive)"
    )
    assert sentence.endswith("it stays 0 for coalition and sharing; motivation would set it")


def test_what_one_rule_would_set_is_told_once():
    (sentence,) = told("town", "~dynamics.production")
    assert "more of the kind: they stay 0 for" in sentence
    assert sentence.endswith("joint_work would set them")


@pytest.mark.parametrize("name", ["ripple", "issue", "meeting", "learning", "citizens"])
def test_what_others_do_without_is_not_told(name):
    assert told("town", f"~dynamics.{name}") == []


def test_another_rule_that_sets_the_same_is_as_good():
    assert told("town", "dynamics.stance={rule: bounded_confidence}") == []


def test_what_an_intervention_sets_is_not_told():
    set_worth = "interventions=[{do: set, column: worth, value: 0.4, at: 1}]"
    settings = load("town", "~dynamics.motivation", set_worth)
    assert not [sentence for sentence in oddities(settings) if "nothing sets" in sentence]

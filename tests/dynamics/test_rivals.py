"""Two laws of opinion at once are told, and let be."""

import pytest

from ecosim.compose import load, names
from ecosim.dynamics.rivals import rivals
from ecosim.explain import as_markdown, describe

SECOND = ("+dynamics.second={rule: bounded_confidence}", "schedule=[stance,second]")


def test_two_laws_that_move_the_same_are_told_with_what_to_switch_off():
    (told,) = rivals(load("opinions", *SECOND).in_order())
    assert told.startswith("stance and second are laws of opinion that both move stance, one after the other")
    assert told.endswith("~dynamics.stance")
    assert f"Note: {told}." in as_markdown(describe(load("opinions", *SECOND)))


def test_laws_that_move_different_things_go_together():
    changes = (
        "+dynamics.traits={rule: culture_dissemination}",
        "schedule=[stance,traits]",
        "ecosystem.culture.features=3",
    )
    assert rivals(load("opinions", *changes).in_order()) == []


@pytest.mark.parametrize("name", names())
def test_no_scenario_of_ours_has_rivals(name):
    assert rivals(load(name).in_order()) == []

"""Two laws of opinion, or of coalitions, at once are told, and let be."""

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


CAMPS = "+dynamics.camps={rule: landscape}"


def test_a_landscape_beside_joining_is_told_with_what_it_ends_and_what_to_switch_off():
    """In a town it leaves two coalitions, its camps, of the ninety or so that joining would have."""
    (told,) = rivals(load("town", CAMPS).in_order())
    assert told == (
        "coalition and camps make coalitions, one after the other in each tick; camps (landscape) ends, each time it acts, "
        "all that are not its camps; if one was to replace the other, switch that off: ~dynamics.coalition"
    )
    assert f"Note: {told}." in as_markdown(describe(load("town", CAMPS)))
    assert rivals(load("town", CAMPS, "~dynamics.coalition").in_order()) == []


def test_whatever_makes_coalitions_is_a_landscapes_rival_and_only_a_second_law_is_joinings():
    convening = "+dynamics.strategist={rule: strategist}"
    assert rivals(load("town", convening).in_order()) == []
    (told,) = rivals(load("town", "dynamics.coalition={rule: landscape}", convening).in_order())
    assert told.startswith("coalition and strategist make coalitions")
    assert "coalition (landscape) ends" in told
    (told,) = rivals(load("town", "+dynamics.second={rule: joining}").in_order())
    assert told.startswith("coalition and second make coalitions")
    assert told.endswith("~dynamics.coalition")
    (told,) = rivals(load("town", CAMPS, convening).in_order())
    assert told.startswith("coalition, camps and strategist make coalitions")
    assert told.endswith("~dynamics.coalition")

"""What is the same in all runs of a search: the scenario, its luck, and where the runs are kept."""

from dataclasses import replace

import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.keeping import kept
from ecosim.experiments.sweep import QUICK, Execution
from ecosim.experiments.varied import Varied

FLOOR = "dynamics.issue.floor"


def test_a_point_is_the_scenario_but_for_what_is_varied():
    varied = Varied.of("may_1977", ("ticks=7",), None, (), None)
    plan = varied.plan({FLOOR: [1.0, 2.0]}, replicates=3)
    assert (plan.design.points, plan.design.replicates) == (2, 3)
    for point, floor in enumerate((1.0, 2.0)):
        settings = plan.settings(point)
        assert settings.ticks == 7
        assert settings.dynamics["issue"].floor == floor
    assert varied.settings.ticks == 7


def test_complete_settings_are_varied_as_the_scenario_that_they_came_from_is():
    named, complete = (
        Varied.of(scenario, (), None, (), None).plan({FLOOR: [1.0]}, 2).settings(0)
        for scenario in ("may_1977", ecosim.load("may_1977"))
    )
    for part in ("ecosystem", "dynamics", "schedule", "measures", "ticks", "seed"):
        assert getattr(named, part) == getattr(complete, part)


def test_complete_settings_take_no_further_changes():
    settings = ecosim.load("may_1977")
    for changes, file in ((("ticks=7",), None), ((), "mine.yaml")):
        with pytest.raises(InputError, match="settings are complete"):
            Varied.of(settings, changes, file, (), None)


def test_luck_comes_from_the_seed_that_is_given_or_else_from_the_scenarios():
    assert Varied.of("may_1977", ("seed=5",), None, (), None).luck == 5
    assert Varied.of("may_1977", ("seed=5",), None, (), 8).luck == 8


def test_runs_are_kept_where_the_user_says_and_nowhere_if_nobody_does(tmp_path):
    with kept(tmp_path / "mine") as folder:
        assert folder == tmp_path / "mine"
    with kept(None) as folder:
        folder.mkdir()
        (folder / "run").write_text("")
    assert not folder.exists()


OURS = Varied.of("may_1977", (), None, (), None).plan({FLOOR: [1.0]}, 1)


def test_runs_stay_in_this_process_where_that_is_quicker_and_no_limit_has_to_hold():
    assert Execution().at_its_quickest(OURS, 0.5 * QUICK).workers == 0
    assert Execution().at_its_quickest(OURS, 2.0 * QUICK).workers is None
    for asked in (Execution(workers=2), Execution(timeout=9.0), Execution(memory=500.0)):
        assert asked.at_its_quickest(OURS, 0.0) == asked


@pytest.mark.parametrize("place", ["trusted", "rule", "function", "measure"])
def test_code_from_outside_never_runs_in_this_process_unasked(place):
    """It may end the process that it is in, or hang for ever."""
    (data,) = OURS.configurations.values()
    rule = {"rule": "trouble:Trouble"} if place == "rule" else {"rule": "agent_rules", "function": "trouble:quit"}
    changed = {
        "rule": {"dynamics": {**data["dynamics"], "mine": rule}},
        "function": {"dynamics": {**data["dynamics"], "mine": rule}},
        "measure": {"measures": ["severity", "trouble:loudness"]},
    }.get(place, {})
    trust = ("trouble",) if place == "trusted" else ()
    plan = replace(OURS, configurations={"": {**data, **changed}}, trust=trust)
    assert Execution().at_its_quickest(plan, 0.0).workers is None
    assert Execution(workers=0).at_its_quickest(plan, 0.0).workers == 0

"""Plans: each point of a design is a complete, validated configuration."""

import pytest

import ecosim
from ecosim.compose import plain
from ecosim.errors import InputError
from ecosim.experiments.plan import Plan, plan_of
from ecosim.experiments.ranges import Interval
from ecosim.results.provenance import run_id
from tests.clock import at_most_seconds
from tests.experiments.sweeps import TOLERANCE, tiny


def test_a_point_is_the_scenario_with_its_values():
    plan = plan_of("opinions", {TOLERANCE: [0.2, 0.4], "ticks": [5, 6]}, ("ecosystem.organisations=30",))
    for point, (tolerance, ticks) in enumerate([(0.2, 5), (0.2, 6), (0.4, 5), (0.4, 6)]):
        alone = ecosim.load("opinions", f"{TOLERANCE}={tolerance}", f"ticks={ticks}", "ecosystem.organisations=30")
        settings = plan.settings(point)
        assert settings.dynamics == alone.dynamics
        assert settings.ecosystem == alone.ecosystem
        assert settings.ticks == ticks


def test_whole_mechanisms_are_values():
    rules = [{"rule": "bounded_confidence", "tolerance": 0.2}, {"rule": "attraction_repulsion"}]
    plan = plan_of("opinions", {"dynamics.stance": rules})
    assert [type(plan.settings(point).dynamics["stance"]).__name__ for point in (0, 1)] == [
        "BoundedConfidence",
        "AttractionRepulsion",
    ]


def test_files_of_configuration_are_values():
    plan = plan_of("town", {"ecosystem": ["town"], "ticks": [3, 4]})
    assert plan.settings(0).ecosystem == ecosim.load("town").ecosystem
    assert plan.settings(1).ticks == 4
    with pytest.raises(InputError, match="no file 'twon'"):
        plan_of("town", {"ecosystem": ["town", "twon"]})


def test_settings_can_be_swept_as_they_are():
    settings = ecosim.load("opinions", "ticks=7")
    plan = plan_of(settings, {TOLERANCE: [0.1, 0.2]})
    assert plan.settings(1).dynamics["stance"].tolerance == 0.2
    assert plan.settings(1).ticks == 7
    assert plan.design.seed == settings.seed


def test_the_number_of_a_run_is_the_digest_of_its_configuration_seed_and_code():
    plan = plan_of("opinions", {TOLERANCE: [0.2, 0.4]}, replicates=3)
    numbers = plan.check().run_ids
    assert len(set(numbers)) == 6
    for number, told in enumerate(numbers):
        point, _ = plan.design.place(number)
        assert told == run_id(plain(plan.settings(point)), plan.design.seed_of(number))


def test_the_faults_of_all_points_are_told_at_once_and_each_once():
    with pytest.raises(InputError) as refused:
        plan_of("opinions", {TOLERANCE: [-1, 0.2, "x"], "ticks": [1, -3]}).check()
    assert len(refused.value.faults) == 3
    assert all(any(part in fault for fault in refused.value.faults) for part in ("-1;", "'x';", "-3;"))


def test_a_misspelt_key_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'tolerance'"):
        plan_of("opinions", {"dynamics.stance.tolernace": [1, 2]}).check()


def test_too_many_runs_are_refused_at_once_with_their_number():
    plan_of("opinions", {TOLERANCE: [0.2]})  # the first plan loads what all need, which is not what is held here
    with at_most_seconds(2), pytest.raises(InputError, match="100,000,000 runs"):
        plan_of("opinions", {TOLERANCE: range(10**4), "ticks": range(10**4)})


@pytest.mark.parametrize("kind", ["sequence", "sobol", "morris"])
@pytest.mark.parametrize("luck", ["common", "independent"])
def test_more_samples_and_more_replicates_keep_every_run_that_there_was(kind, luck):
    """So that extending a sweep makes only what is new."""
    axes = {TOLERANCE: Interval(0.1, 0.9), "dynamics.stance.every": Interval(1, 3)}
    few = plan_of("opinions", axes, design=kind, samples=4, replicates=2, luck=luck).check().run_ids
    for more in ({"samples": 8, "replicates": 2}, {"samples": 4, "replicates": 3}, {"samples": 16, "replicates": 5}):
        assert set(few) < set(plan_of("opinions", axes, design=kind, luck=luck, **more).check().run_ids)


def test_a_latin_hypercube_of_another_size_is_another_and_the_plan_says_so():
    axes = {TOLERANCE: Interval(0.1, 0.9)}
    few, many = (plan_of("opinions", axes, design="lhs", samples=samples) for samples in (4, 8))
    assert not set(few.check().run_ids) & set(many.check().run_ids)
    assert "drawn anew" in many.design.drawn_anew(few.design.said())
    assert few.design.drawn_anew(few.design.said()) == ""


def test_what_makes_all_runs_new_is_said_and_what_does_not_is_not():
    def design(kind="sequence", samples=4, high=0.9, **more):
        return plan_of("opinions", {TOLERANCE: Interval(0.1, high)}, design=kind, samples=samples, **more).design

    before = design().said()
    assert design(samples=8).drawn_anew(before) == design(replicates=5).drawn_anew(before) == ""
    assert "other ranges" in design(high=0.8).drawn_anew(before)
    assert "another way" in design(kind="sobol").drawn_anew(before)
    assert "luck is another" in design(luck="independent").drawn_anew(before)
    listed = plan_of("opinions", {TOLERANCE: [0.1, 0.2]}).design
    assert listed.drawn_anew(plan_of("opinions", {TOLERANCE: [0.3]}).design.said()) == ""


def test_a_whole_mechanism_is_put_in_place_before_what_is_varied_inside_it():
    """Whichever of both was named first: else the inner value would be lost with the mechanism that it was in."""
    rules = [{"rule": "bounded_confidence"}, {"rule": "attraction_repulsion"}]
    for axes in ({TOLERANCE: [0.2], "dynamics.stance": rules}, {"dynamics.stance": rules, TOLERANCE: [0.2]}):
        plan = plan_of("opinions", axes)
        assert [plan.settings(point).dynamics["stance"].tolerance for point in (0, 1)] == [0.2, 0.2]


def test_settings_take_further_changes():
    plan = plan_of(ecosim.load("opinions"), {TOLERANCE: [0.1]}, ("ticks=3",))
    assert plan.settings(0).ticks == 3


def test_a_plan_survives_being_handed_on_as_text():
    plan = tiny({TOLERANCE: [0.1, 0.3], "dynamics.trouble": [{"rule": "trouble:Trouble", "how": "none"}]}, replicates=2)
    again = Plan.from_json(plan.to_json())
    assert again.check().run_ids == plan.check().run_ids
    assert [again.settings(point) for point in (0, 1)] == [plan.settings(point) for point in (0, 1)]

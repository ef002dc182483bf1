"""Ranges: what a sampled design draws from, given or declared, and what is refused before anything is drawn."""

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.design import SAMPLED
from ecosim.experiments.factor import Factor
from ecosim.experiments.plan import plan_of
from ecosim.experiments.ranges import Choice, Interval, choices_in, factor_of
from tests.clock import at_most_seconds
from tests.experiments.sweeps import TOLERANCE

SETTINGS, TOWN = ecosim.load("opinions"), ecosim.load("town")
EVERY = "dynamics.stance.every"


def factor(key, *ends, log=False, reaches_ends=False, settings=SETTINGS):
    return factor_of(key, Interval(*ends, log=log), settings, reaches_ends=reaches_ends)


def test_a_range_that_is_not_given_is_the_one_that_the_parameter_declares():
    assert factor(TOLERANCE) == Factor(TOLERANCE, "real", 0.0, 4.0)
    assert factor("ticks") == Factor("ticks", "whole", 0, 10**8)
    assert factor("ecosystem.sectors.business.share") == Factor("ecosystem.sectors.business.share", "real", 0.0, 1.0)


def test_one_end_may_be_given_and_the_other_declared():
    assert factor(TOLERANCE, 0.5) == Factor(TOLERANCE, "real", 0.5, 4.0)
    assert factor(TOLERANCE, None, 0.5) == Factor(TOLERANCE, "real", 0.0, 0.5)


def test_a_parameter_of_a_few_words_takes_each_of_them():
    assert factor("activation").values == ("simultaneous", "random", "sweep")
    assert factor("check").values == (False, True)


def test_a_rule_is_no_range_and_is_told_how_it_is_varied():
    with pytest.raises(InputError) as refused:
        factor("dynamics.stance.rule")
    assert refused.value.faults == (
        "dynamics.stance.rule: is no number; a sweep over rules is written 'dynamics.stance={rule: …},{rule: …}'",
    )


def test_the_parameter_says_whether_its_numbers_are_whole():
    assert factor("ticks", 5.0, 10.0) == Factor("ticks", "whole", 5, 10)
    assert factor(TOLERANCE, 0, 1) == Factor(TOLERANCE, "real", 0.0, 1.0)


def test_a_bound_that_is_not_allowed_itself_is_kept_by_designs_that_do_not_reach_it():
    """The tolerance of a ripple is declared above 0 and below 1; interdependence is a whole number below 20."""
    key = "dynamics.ripple.tolerance"
    assert factor(key, settings=TOWN) == Factor(key, "real", 0.0, 1.0)
    assert factor("dynamics.learning.interdependence", settings=TOWN).high == 19
    with pytest.raises(InputError, match=r"above 0 and below 1, and this design takes the ends.* give a range"):
        factor(key, reaches_ends=True, settings=TOWN)
    assert factor(key, 0.1, 0.9, reaches_ends=True, settings=TOWN).low == 0.1


def test_where_one_end_is_open_a_range_is_asked_for():
    with pytest.raises(InputError, match="a number above 0 with no upper bound; give a range: key=interval"):
        factor("dynamics.issue.ceiling", settings=TOWN)
    assert factor("dynamics.issue.ceiling", None, 5.0, settings=TOWN).high == 5.0


@pytest.mark.parametrize(
    ("key", "ends", "log", "told"),
    [
        ("ecosystem.organisations", (), False, "no bounds; give a range: key=interval"),
        ("dynamics.stance.tolernace", (), False, "did you mean 'tolerance'"),
        ("dynamics.stnace.tolerance", (), False, "did you mean 'stance'"),
        (TOLERANCE, (0.5, 0.2), False, "a low end below the high one"),
        (TOLERANCE, (0.5, 0.5), False, "a low end below the high one"),
        (TOLERANCE, (-1, 2), False, "at least 0 and at most 4"),
        (TOLERANCE, (1, 5), False, "at least 0 and at most 4"),
        (TOLERANCE, (0, 1), True, "a low end above 0"),
        (TOLERANCE, ("a", 1), False, "ends at 'a'; allowed: numbers"),
        (TOLERANCE, (float("nan"), 1), False, "ends at nan"),
        ("ticks", (1.5, 10), False, "whole numbers"),
        ("activation", (0, 1), False, "activation=simultaneous,random,sweep"),
        ("title", (), False, "no number"),
    ],
)
def test_a_range_that_cannot_be_is_refused(key, ends, log, told):
    with pytest.raises(InputError, match=told):
        factor(key, *ends, log=log)


def test_two_numbers_alone_do_not_say_whether_they_are_a_range():
    with pytest.raises(InputError, match=r"Interval\(0.1, 0.9\) for a range, ecosim.Choice\(0.1, 0.9\) for two"):
        choices_in({TOLERANCE: (0.1, 0.9)})
    assert choices_in({TOLERANCE: Choice(0.1, 0.9), "ticks": 5, "b": [1, 2, 3]}) == {
        TOLERANCE: (0.1, 0.9), "ticks": (5,), "b": (1, 2, 3),
    }  # fmt: skip


@pytest.mark.parametrize("kind", SAMPLED)
def test_every_sampled_design_takes_ranges_choices_and_single_values(kind):
    """Whole mechanisms, words, whole numbers and real ones, all drawn; what has one value is the same everywhere."""
    rules = [{"rule": "bounded_confidence"}, {"rule": "attraction_repulsion"}]
    axes = {"dynamics.stance": rules, TOLERANCE: Interval(0.1, 0.9), EVERY: Interval(1, 3)}
    plan = plan_of("opinions", {**axes, "ticks": 7}, design=kind, samples=16)
    settings = [plan.settings(point) for point in range(plan.design.points)]
    assert {type(one.dynamics["stance"]).__name__ for one in settings} == {"BoundedConfidence", "AttractionRepulsion"}
    assert {one.dynamics["stance"].every for one in settings} == {1, 2, 3}
    assert all(0.1 <= one.dynamics["stance"].tolerance <= 0.9 and one.ticks == 7 for one in settings)
    assert plan.design.factors.keys == ("dynamics.stance", TOLERANCE, EVERY)
    assert len(plan.check().run_ids) == plan.design.points


def test_files_of_configuration_are_a_choice():
    plan = plan_of("town", {"measures": ["society", "network"], TOLERANCE: Interval()}, design="lhs", samples=4)
    chosen = [plan.settings(point).measures for point in range(4)]
    assert chosen.count(ecosim.load("town", "measures=network").measures) == 2


def test_values_of_a_point_are_within_a_stratum_of_the_range_given():
    plan = plan_of("opinions", {TOLERANCE: Interval(0.01, 1.0, log=True)}, design="lhs", samples=20)
    tolerance = np.sort([plan.settings(point).dynamics["stance"].tolerance for point in range(20)])
    assert (np.floor(np.log10(tolerance / 0.01) * 10) == np.arange(20)).all()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"design": "lhs"}, "samples: missing; allowed: --samples N"),
        ({"design": "lhs", "samples": 0}, "samples: 0; allowed: a whole number of at least 1"),
        ({"design": "lhs", "samples": True}, "samples: True"),
        ({"design": "sobol", "samples": 100}, "a power of two, such as 64 or 128"),
        ({"design": "morris", "samples": 4, "levels": 5}, "levels: 5; allowed: an even number"),
        ({"design": "lhs", "samples": 4, "levels": 4}, "levels: 4; allowed: with --design morris"),
        ({"design": "lhs", "samples": 4, "second_order": True}, "second order: allowed with --design sobol"),
        ({"design": "lhs", "samples": 4, "luck": "comon"}, "did you mean 'common'"),
        ({"design": "lsh", "samples": 4}, "did you mean 'lhs'"),
        ({"design": "grid"}, "a range, but design grid takes listed values"),
        ({"design": "table"}, "no table"),
        ({"design": "lhs", "samples": 10**8}, "100,000,000 runs; allowed: at most 10,000,000"),
        ({"design": "sobol", "samples": 2**26}, "201,326,592 points"),
    ],
)
def test_designs_that_cannot_be_are_refused_before_anything_is_drawn(more, told):
    with at_most_seconds(2), pytest.raises(InputError, match=told):
        plan_of("opinions", {TOLERANCE: Interval()}, **more)


def test_what_only_sampled_designs_take_is_refused_elsewhere():
    with pytest.raises(InputError, match="samples: 5; allowed: with --design lhs, sequence, sobol, morris"):
        plan_of("opinions", {TOLERANCE: [0.1, 0.2]}, samples=5)
    with pytest.raises(InputError, match="nothing to vary"):
        plan_of("opinions", {"ticks": 5}, design="lhs", samples=5)
    with pytest.raises(InputError, match="at most the 4 levels"):
        plan_of("opinions", {TOLERANCE: [0.1, 0.2, 0.3, 0.4, 0.5]}, design="morris", samples=5)
    with pytest.raises(InputError, match=r"0\.1 twice"):
        plan_of("opinions", {TOLERANCE: Choice(0.1, 0.1)}, design="lhs", samples=5)
    with pytest.raises(InputError, match="seed: the luck is the same"):
        plan_of("opinions", {"seed": Interval(1, 5)}, design="lhs", samples=5)

"""Each shipped scenario runs, and does what it says to watch: told from the plain town under the same luck.

The seeds are fixed, so there are no false alarms: a failure means that the world has changed. A bound asks for about half
of the mean difference that these seeds gave, and for its sign in nearly all of them.
"""

from functools import cache

import numpy as np
import pytest

from ecosim.compose import load, names
from ecosim.ecosystem import Ecosystem

SEEDS = range(1, 7)
LATE = slice(100, None)
MEASURES = (
    "contribution", "contribution_mean", "in_coalition_share", "approval_mean", "success", "severity_mean", "dispersion",
    "citizens_dispersion", "orientation_mean", "cross_sector_share", "translation_mean", "trust_mean", "capital",
)  # fmt: skip
TOLD_FROM_TOWN = (
    "committed_minority", "convening_government", "digital_town", "digital_town_with_care", "fractured_square",
    "learning_town", "many_levels", "matchmaker_arrives", "shareholder_town", "slow_crisis", "stakeholder_town",
    "sudden_shock",
)  # fmt: skip


@cache
def runs(name, *changes, measures=MEASURES):
    """Return the series of one run for each seed."""
    settings = load(name, "record.figures=false", "record.events=false", f"measures=[{','.join(measures)}]", *changes)
    found = []
    for seed in SEEDS:
        model = Ecosystem(settings, rng=seed)
        model.run()
        found.append(model.recorder.series())
    return found


def means(series, measure, ticks=LATE):
    return np.array([np.nanmean(run[measure][ticks]) for run in series])


def above(scenario, measure, *, by, other=None, ticks=LATE, exceptions=1):
    """Assert that a measure lies above (``by`` > 0) or below that of the plain town, on average and in nearly all pairs."""
    here, there = (scenario, runs("town") if other is None else other)
    difference = (means(here, measure, ticks) - means(there, measure, ticks)) * np.sign(by)
    assert difference.mean() > abs(by), f"{measure}: {difference}"
    assert (difference > 0).sum() >= len(difference) - exceptions, f"{measure}: {difference}"


@pytest.mark.parametrize("name", TOLD_FROM_TOWN)
def test_a_scenario_says_what_it_is_and_what_to_watch_and_runs(name):
    settings = load(name, "ticks=12", "ecosystem.organisations=40", "ecosystem.citizens.count=100")
    assert names()[name] == "scenario"
    assert settings.title
    assert settings.description
    assert len(settings.watch) > 80
    model = Ecosystem(settings)
    model.run()
    assert model.tick == 12


def test_every_town_among_the_scenarios_is_held_here():
    others = {"town", "opinions", "public_goods"}
    assert {name for name, kind in names().items() if kind == "scenario"} == {*TOLD_FROM_TOWN, *others}


def test_in_a_shareholder_town_less_is_done_together_and_civil_society_has_its_hour():
    town = runs("shareholder_town")
    above(town, "contribution_business", by=-0.04, exceptions=0)
    above(town, "in_coalition_share", by=-0.04)
    above(town, "approval_mean", by=-0.03)
    above(town, "success_civil_society", by=0.04)


def test_in_a_stakeholder_town_more_is_done_together_and_civil_society_is_needed_less():
    town = runs("stakeholder_town")
    above(town, "contribution_business", by=0.05, exceptions=0)
    above(town, "in_coalition_share", by=0.03)
    above(town, "approval_mean", by=0.06, exceptions=0)
    above(town, "success_civil_society", by=-0.02)


def test_a_square_is_fractured_by_false_news_not_by_reach():
    square, true = runs("fractured_square"), runs("fractured_square", "dynamics.media.fake=0")
    for measure in ("dispersion", "citizens_dispersion"):
        above(square, measure, by=0.12, exceptions=0)
    above(true, "dispersion", by=-0.05)


def test_a_matchmaker_changes_nothing_before_it_arrives_and_joins_sectors_afterwards():
    town, without = runs("matchmaker_arrives"), runs("matchmaker_arrives", "dynamics.synergist.budget=0")
    for one, other in zip(town, without, strict=True):
        assert all(np.array_equal(one[name][:100], other[name][:100], equal_nan=True) for name in one)
    later = slice(150, None)
    above(town, "cross_sector_share", by=0.015, other=without, ticks=later)
    above(town, "translation_mean", by=-0.012, other=without, ticks=later)
    above(town, "trust_mean", by=-0.008, other=without, ticks=later)


def test_in_a_slow_crisis_more_effort_does_not_keep_up():
    town = runs("slow_crisis")
    above(town, "severity_mean", by=1.5, exceptions=0)
    above(town, "contribution_mean", by=0.1, exceptions=0)
    above(town, "severity_mean", by=1.5, ticks=slice(160, None))


def test_a_sudden_shock_mobilises_is_overcome_and_forgotten():
    town = runs("sudden_shock")
    rise = means(town, "contribution_mean", slice(110, 125)) / means(runs("town"), "contribution_mean", slice(110, 125))
    assert rise.mean() > 1.4
    above(town, "success_civil_society", by=0.25, ticks=slice(101, 130), exceptions=0)
    above(town, "approval_mean", by=-0.08, ticks=slice(101, 140), exceptions=0)
    afterwards = slice(160, None)
    severity = means(town, "severity_mean", afterwards) - means(runs("town"), "severity_mean", afterwards)
    assert severity.mean() < 0.3
    effort = means(town, "contribution_mean", slice(170, None)) - means(town, "contribution_mean", slice(110, 125))
    assert effort.mean() < -0.1


def test_a_committed_quarter_tips_the_convention_and_not_the_effort():
    measures = ("convention_share_uncommitted", "contribution_mean")
    quarter = runs("committed_minority", measures=measures)
    tenth = runs("committed_minority", "ecosystem.committed=0.1", measures=measures)
    assert means(quarter, "convention_share_uncommitted").min() > 0.9
    assert means(tenth, "convention_share_uncommitted").max() < 0.3
    plain = means(runs("town"), "contribution_mean")
    added = means(quarter, "contribution_mean") - plain
    assert 0.05 < added.mean() < (0.25 * (1 - plain)).mean() - 0.02


def test_a_government_that_convenes_pays_for_others_and_severity_does_not_fall():
    town = runs("convening_government")
    above(town, "capital_government", by=-0.17, exceptions=0)
    above(town, "capital_civil_society", by=0.03, exceptions=0)
    above(town, "capital_business", by=0.015)
    severity = means(town, "severity_mean") - means(runs("town"), "severity_mean")
    assert severity.mean() > -0.05


def test_technology_eases_understanding_and_divides_and_with_care_it_keeps_citizens_together():
    digital, with_care = runs("digital_town"), runs("digital_town_with_care")
    for town in (digital, with_care):
        above(town, "translation_mean", by=-0.1, exceptions=0)
        above(town, "citizens_dispersion", by=0.015, exceptions=0)
    above(digital, "dispersion", by=0.02, exceptions=0)
    above(with_care, "orientation_mean", by=0.02, other=digital, exceptions=0)
    began = means(digital, "orientation_mean", slice(0, 1))
    assert abs((means(digital, "orientation_mean") - began).mean()) < 0.015
    assert (means(with_care, "orientation_mean") - began).min() > 0.015


def test_where_what_works_changes_those_who_stop_learning_fall_behind():
    measures = ("adapting_advantage",)
    town = runs("learning_town", measures=measures)
    still = runs("learning_town", "dynamics.learning.drift=0", measures=measures)
    assert abs(means(town, "adapting_advantage", slice(1, 61))).max() < 0.05
    assert means(town, "adapting_advantage").min() > 0.15
    assert abs(means(still, "adapting_advantage").mean()) < 0.03


def test_levels_that_move_each_other_keep_members_and_organisations_together():
    measures = ("dispersion", "dispersion_within_organisations")
    none = tuple(
        f"+dynamics.levels.{strength}=0"
        for strength in ("to_members", "from_members", "to_coalitions", "from_coalitions")
    )
    coupled, apart = runs("many_levels", measures=measures), runs("many_levels", *none, measures=measures)
    above(coupled, "dispersion", by=-0.12, exceptions=0)
    within = "dispersion_within_organisations"
    above(coupled, within, by=-0.05, other=apart, exceptions=0)
    above(apart, within, by=0.05, other=[{within: run[within][:1].repeat(201)} for run in apart], exceptions=0)

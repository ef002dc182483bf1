"""Points that are drawn more than once, from lists or few whole numbers, are the same runs and count once."""

import numpy as np
import pandas as pd
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.cases import cases_of
from ecosim.experiments.plan import plan_of
from ecosim.experiments.reading import SweepTables

TOLERANCE, RESPONSE = "dynamics.stance.tolerance", "dynamics.stance.responsiveness"
LISTED = {TOLERANCE: ecosim.Choice(0.1, 0.5)}
OPINIONS = ("ecosystem.organisations=20", "ticks=10", "measures=[dispersion]")


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Forty points drawn from two lists of two values: four runs."""
    out = tmp_path_factory.mktemp("copies")
    axes = {TOLERANCE: ecosim.Choice(0.1, 0.5), RESPONSE: ecosim.Choice(0.2, 0.8)}
    runs = ecosim.sweep("opinions", axes, *OPINIONS, design="lhs", samples=40, workers=0, out=out)
    assert (len(runs), runs["run_id"].nunique()) == (40, 4)
    return out


def test_points_drawn_twice_are_the_same_run_and_count_once(copies):
    tables = SweepTables(copies)
    assert (tables.points, len(tables.made), len(tables.design)) == (4, 4, 40)
    assert tables.laid_out("dispersion").shape == (4, 1)
    assert np.unique(tables.in_blocks("dispersion")).size == 4
    by_run = tables.runs.groupby([TOLERANCE, RESPONSE])["dispersion"].first()
    values = [by_run[tuple(row)] for row in tables.points_table[[TOLERANCE, RESPONSE]].to_numpy()]
    assert tables.laid_out("dispersion")[:, 0].tolist() == values
    assert tables.in_blocks("dispersion")[:, 0].tolist() == tables.runs["dispersion"].tolist()
    assert tables.said_of_copies() == "Of 40 points 4 differ; equal ones are the same runs, and count once."
    assert repr(ecosim.read_sweep(copies)).endswith("4 points × 1)")


def test_nothing_certain_is_told_of_copies(copies):
    """Forty times the same four runs hold no more than the four: no interval of width 0, no rule tested on itself."""
    with pytest.raises(InputError, match=r"too few different points have a value \(4, of at least 8\)"):
        ecosim.read_sweep(copies).sensitivity("dispersion")
    with pytest.raises(InputError, match=r"points: 4 different ones with a value; allowed: at least 20"):
        ecosim.discover(copies, "dispersion", above=0.2)
    page = ecosim.read_sweep(copies).report().read_text(encoding="utf-8")
    assert "Of 40 points 4 differ" in page


@pytest.mark.parametrize("design", ["sobol", "morris"])
def test_blocks_of_copies_of_a_few_runs_carry_no_indices(tmp_path, design):
    axes = {TOLERANCE: ecosim.Choice(0.1, 0.5), RESPONSE: ecosim.Choice(0.2, 0.8)}
    ecosim.sweep("opinions", axes, *OPINIONS, design=design, samples=8, workers=0, out=tmp_path)
    found = ecosim.read_sweep(tmp_path)
    with pytest.raises(InputError, match="only 4 points differ, of at least 8"):
        found.sensitivity("dispersion")
    assert "little of luck" in found.tables.said_of_copies()


def test_of_equal_points_with_luck_of_their_own_all_runs_count_in_one_case():
    points = pd.DataFrame({"a": np.repeat(np.arange(25.0), 2)[::-1], "b": ["x", "y"] * 25})
    holds = np.tile([[1.0, 0.0, np.nan], [0.0, 0.0, 0.0]], (25, 1))
    apart = cases_of(["a", "b"], points, holds)
    assert (apart.share.size, apart.runs.tolist()) == (50, [2.0, 3.0] * 25)
    merged = cases_of(["a"], points, holds)
    assert merged.factors[:, 0].tolist() == list(range(24, -1, -1))
    assert merged.runs.tolist() == [5.0] * 25
    assert merged.share == pytest.approx(np.full(25, 1 / 5))


@pytest.mark.parametrize("luck", ["common", "independent"])
def test_equal_points_are_the_same_runs_whosever_their_luck_is(luck):
    """Luck of a point's own depends on what the point says, so equal points have equal seeds."""
    plan = plan_of("opinions", LISTED, OPINIONS, design="lhs", samples=6, replicates=3, luck=luck)
    assert len(set(plan.check().run_ids)) == 2 * 3
    assert len({plan.design.seed_of(number) for number in range(18)}) == (3 if luck == "common" else 6)


@pytest.mark.parametrize(
    ("design", "axes", "said"),
    [
        ({"design": "lhs", "samples": 40}, LISTED, "Of 40 points only 2 differ: equal ones are the same runs"),
        ({"design": "lhs", "samples": 40, "luck": "independent"}, LISTED, "equal ones are the same runs"),
        ({"design": "lhs", "samples": 40}, {TOLERANCE: ecosim.Interval(0.1, 0.5)}, ""),
        ({"design": "sobol", "samples": 8}, LISTED, ""),
        ({}, LISTED, ""),
    ],
)  # fmt: skip
def test_it_is_said_before_a_sweep_that_few_of_its_points_differ(design, axes, said):
    told = plan_of("opinions", axes, OPINIONS, **design).design.said_of_copies()
    assert said in told
    assert bool(said) == bool(told)

"""The benchmark of sweeps: every tool makes the runs that it is asked for, and what is seen of it is seen rightly."""

import pytest

from benchmarks import sweeps
from benchmarks.sweep_rivals import TOLERANCES, points, run


def test_points_are_as_even_as_a_grid():
    made = points(60)
    assert {tolerance for tolerance, _ in made} == set(TOLERANCES)
    assert len(set(made)) == 60


def test_the_rivals_model_ends_in_one_camp_where_everyone_is_listened_to_and_in_many_where_hardly_anyone_is():
    together, apart = (run(tolerance, 1, n=60, ticks=40)["dispersion"] for tolerance in (2.0, 0.05))
    assert together < 0.01
    assert apart > 0.3


def test_a_program_is_watched_to_its_end():
    made = sweeps.swept("bare", 20)
    assert (made.seen.code, made.results) == (0, 20)
    assert made.seen.processor > 0
    assert made.seen.memory > 20


def test_a_table_is_told_in_markdown():
    assert sweeps._markdown([{"runs": 10_000, "tool": "a"}]) == ["| runs | tool |", "| --- | --- |", "| 10,000 | a |"]


@pytest.mark.slow
@pytest.mark.parametrize("tool", sweeps.TOOLS)
def test_every_tool_makes_all_runs(tool):
    made = sweeps.swept(tool, 20)
    assert (made.seen.code, made.results) == (0, 20)


def test_overhead_is_the_mean_over_rounds_of_what_runs_take_longer_than_bare_ones_of_the_same_round():
    """A machine that is half as fast in the second round shows where both are slower, and not in their difference."""
    bare, ours = ([sweeps.Round(a_run, 0.0, None) for a_run in runs] for runs in ((0.010, 0.020), (0.013, 0.023)))
    assert sweeps._beyond(ours, bare) == "3.00 [3.00, 3.00]"
    noisy = [sweeps.Round(a_run, 0.0, None) for a_run in (0.011, 0.023)]
    half = 12.706 * 1.0  # Student's, with one degree of freedom, of a standard deviation of √2 over √2
    low, high = (float(one) for one in sweeps._beyond(noisy, bare).split("[")[1].rstrip("]").split(","))
    assert (low, high) == pytest.approx((2.0 - half, 2.0 + half), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "runs", "seconds", "ending"),
    [
        (sweeps.ECOSIM, 4000, 6.0, "4,000 of 4,000; finished"),
        ("ProcessPoolExecutor", 400, 5.0, "0 of 400; broke off"),
        ("EMA Workbench", 400, 11.0, "0 of 400; hung"),
    ],
)
def test_a_killed_worker_is_seen_to_break_or_hang_a_pool_and_not_ecosim(tool, runs, seconds, ending):
    assert sweeps._left(sweeps.swept(tool, runs, kill_after=seconds), runs) == ending

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
    seen = sweeps.watch("bare", 20)
    assert (seen.code, seen.results) == (0, 20)
    assert seen.processor > 0
    assert seen.memory > 20


def test_a_table_is_told_in_markdown():
    assert sweeps._markdown([{"runs": 10_000, "tool": "a"}]) == ["| runs | tool |", "| --- | --- |", "| 10,000 | a |"]


@pytest.mark.slow
@pytest.mark.parametrize("tool", sweeps.TOOLS)
def test_every_tool_makes_all_runs(tool):
    seen = sweeps.watch(tool, 20)
    assert (seen.code, seen.results) == (0, 20)


@pytest.mark.slow
def test_a_killed_worker_is_seen_to_break_a_pool_and_not_ecosim():
    pool = sweeps.watch("ProcessPoolExecutor", 400, kill_after=5.0, patience=600)
    assert pool.code != 0
    assert pool.results == 0
    ours = sweeps.watch(sweeps.ECOSIM, 4000, kill_after=6.0, patience=600)
    assert (ours.code, ours.results) == (0, 4000)

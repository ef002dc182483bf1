"""With every rule there is at work at once: the same seed gives the same bytes, however the run is made or interrupted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.branching import branch
from ecosim.ecosystem import Ecosystem
from ecosim.experiments.execute import execute
from ecosim.experiments.making import Limits
from ecosim.experiments.plan import plan_of
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.rules import RULES
from ecosim.world.columns import COLUMNS
from tests.experiments.sweeps import same_tables
from tests.laws.everything import TICKS, everything, everything_settings, rules_of_agents, world_digest

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def ends():
    """Return the digest of the world at the end of an uninterrupted run, by seed."""
    return {seed: world_digest(finished(everything(rng=seed))) for seed in SEEDS}


def finished(model):
    model.run()
    assert model.tick == TICKS
    return model


def test_every_rule_is_in_the_schedule_and_acts():
    model, acts = everything(), set()
    steps = []
    for (name, _), (step, luck, every) in zip(model.schedule, model.schedule._steps, strict=True):

        def watched(world, key, step=step, name=name):
            before = {column: values.tobytes() for column, values in world.arrays().items()}
            step(world, key)
            if world.pending.is_any or any(
                before[column] != values.tobytes() for column, values in world.arrays().items()
            ):
                acts.add(name)

        steps.append((watched, luck, every))
    model.schedule._steps = steps
    model.run()
    assert {mechanism.rule() for _, mechanism in model.schedule} == set(RULES)
    assert acts == {name for name, _ in model.schedule}


def test_every_value_stays_finite_and_within_its_range_with_every_rule_at_work():
    model = everything(rng=3)
    for _ in range(TICKS):
        model.step()
        for name, values in model.world.arrays().items():
            assert np.isfinite(values).all(), name
            if values.size:
                assert COLUMNS[name].low - 1e-9 <= values.min() <= values.max() <= COLUMNS[name].high + 1e-9, name


@settings(max_examples=6)
@given(seed=st.sampled_from(SEEDS), tick=st.integers(0, TICKS - 1))
def test_going_on_from_a_file_of_any_tick_gives_the_same_bytes(ends, tmp_path_factory, seed, tick):
    model = everything(rng=seed)
    model.run(tick)
    file = model.save(tmp_path_factory.mktemp("everything") / "snapshot")
    again = Ecosystem.restore(file, dynamics=rules_of_agents())
    assert world_digest(again) == world_digest(model)
    assert world_digest(finished(again)) == ends[seed]
    assert world_digest(finished(model)) == ends[seed], "saving changes nothing"


@settings(max_examples=6)
@given(seed=st.sampled_from(SEEDS), tick=st.integers(0, TICKS - 1))
def test_a_branch_at_any_tick_gives_the_same_bytes_and_leaves_the_trunk_alone(ends, seed, tick):
    model = everything(rng=seed)
    model.run(tick)
    with branch(model) as twin:
        assert world_digest(finished(twin)) == ends[seed]
    assert model.tick == tick
    assert world_digest(finished(model)) == ends[seed]


def test_two_runs_taken_in_turns_give_the_same_bytes(ends):
    models = {seed: everything(rng=seed) for seed in SEEDS}
    for tick in range(TICKS):
        for model in list(models.values())[:: 1 if tick % 2 else -1]:
            model.step()
    assert {seed: world_digest(model) for seed, model in models.items()} == ends


def test_the_order_of_runs_and_the_number_of_processes_do_not_matter(tmp_path):
    """Three points of two replicates each, in this process, in one other, in two, and here in reverse."""
    settings = everything_settings(measures=["dispersion", "capital"])
    plan = plan_of(settings, {"dynamics.meeting.rate": [0.1, 0.5, 1.0]}, replicates=2, seed=3)
    folders = {workers: tmp_path / f"{workers}" for workers in (0, 1, 2)}
    for workers, folder in folders.items():
        outcome = run_sweep(plan, folder, Execution(workers=workers))
        assert (outcome.ok, outcome.failed) == (6, 0)
    reverse = tmp_path / "reverse"
    reverse.mkdir()
    (reverse / "design.parquet").write_bytes((folders[0] / "design.parquet").read_bytes())
    execute(plan, plan.check().run_ids, list(range(6))[::-1], reverse, 0, Limits(), _Deaf())
    for folder in (folders[1], folders[2], reverse):
        assert same_tables(folders[0], folder)
    assert read_runs(folders[0])["dispersion"].nunique() == 6


class _Deaf:
    def finished(self, numbers):
        pass

    def failed(self, number, failure):
        raise AssertionError(failure)

    def progress(self, done):
        pass

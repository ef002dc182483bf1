"""Every measure, held to the same contract: pure, defined or missing, and blind to the rows of organisations."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.measures.registry import MEASURES, everything_for, find
from ecosim.results.recorder import Recorder
from ecosim.testing import renumbered
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.ecosystems import coupled

FIXED = (
    "clustering", "degree_assortativity", "sector_assortativity", "cross_sector_share", "e_i_index", "modularity",
    "giant_component", "esteban_ray", "bimodality", "dispersion", "spread", "coverage", "divergence", "consensus",
    "success_business", "success_government", "success_civil_society", "success_collective", "gini_capital",
    "superadditive_surplus", "severity_mean", "coalitions", "coalition_size_mean", "win_win_share",
    "win_win_win_share", "stage",
)  # fmt: skip
AGAINST_CHANCE = FIXED[:7]
LABELS = Labels(issues=("housing", "climate"), stance_axes=("economy", "society"), capabilities=("money", "reach"))
KEEP = SimpleNamespace(
    every=1, organisations="never", relationships="never", coalitions="never", events=False, reasons=False, figures=False,
    costly_every=None, costly_at_start=True
)  # fmt: skip


def some_world(seed=0, n=30, ties=60, coalitions=4, sectors=3, columns=tuple(COLUMNS), labels=LABELS):
    """Return a world in which every value is drawn from its range."""
    draw = np.random.default_rng(seed)
    world = World(labels, n, columns)
    world.identity[:] = draw.choice(10_000, n, replace=False)
    world.sector[:] = draw.integers(0, sectors, n)
    world.tick = 7
    if n > 1:
        world.add_ties(draw.integers(0, n, (ties, 2)))
        for founder in range(coalitions):
            world.found_coalition(founder % n, 0, draw.choice(n, min(n, int(draw.integers(2, 6))), replace=False))
    world.commit()
    for column in world.columns:
        if column.always:
            continue
        low, high = max(column.low, -3.0), min(column.high, 5.0)
        values = world.__dict__[column.name]
        values[...] = (
            draw.uniform(low, high, values.shape) if column.dtype == "float64" else draw.integers(0, 2, values.shape)
        )
    if world.has("rung"):
        world.rung[:] = draw.integers(0, 6, world.ties)
    return world


def measured(world, measures=None):
    """Return every column of these measures, as a run's series would hold it."""
    recorder = Recorder(list(MEASURES.values()) if measures is None else measures, world.labels, KEEP, 0)
    recorder._add_row(world, costly=True)
    return {name: float(values[0]) for name, values in recorder.series().items() if name != "tick"}


ODD = {
    "nobody": {"n": 0, "ties": 0, "coalitions": 0},
    "one organisation": {"n": 1, "ties": 0, "coalitions": 0},
    "two tied": {"n": 2, "ties": 3, "coalitions": 1},
    "no ties": {"ties": 0},
    "no coalitions": {"coalitions": 0},
    "neither": {"ties": 0, "coalitions": 0},
    "a sector without organisations": {"sectors": 2},
    "one sector only": {"sectors": 1},
    "everyone tied": {"n": 8, "ties": 500},
    "no columns but those of every world": {"columns": ()},
    "opinions only": {"columns": ("stance",)},
    "rungs only": {"columns": ("rung",)},
    "gains only": {"columns": ("gain", "output")},
    "no issues, no axes": {"labels": Labels()},
}


def test_the_fixed_names_are_there():
    columns = {column for measure in MEASURES.values() for column in measure.columns(LABELS)}
    assert set(FIXED) <= columns
    assert {f"{name}_z" for name in AGAINST_CHANCE} <= columns
    assert {f"esteban_ray_{axis}" for axis in LABELS.stance_axes} <= columns
    assert {f"severity_{issue}" for issue in LABELS.issues} <= columns


def test_the_fixed_names_are_those_of_the_interface():
    page = Path(__file__).parents[3] / "shared" / "design" / "interface.md"
    if not page.is_file():
        pytest.skip(f"{page} is not there")
    said = page.read_text().split("Measure names are fixed words")[1].split("suffix.")[0]
    columns = {column for measure in MEASURES.values() for column in measure.columns(LABELS)}
    assert set(re.findall(r"`([a-z_]{3,})`", said)) <= columns


def test_no_two_measures_fill_the_same_column():
    columns = [column for measure in MEASURES.values() for column in measure.columns(LABELS)]
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_says_what_it_is(name):
    measure = MEASURES[name]
    assert len(measure.meaning) > 10
    assert measure.unit
    assert set(measure.reads) <= set(COLUMNS)
    assert not any(COLUMNS[column].always for column in measure.reads)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_a_number_or_missing_and_leaves_the_world_as_it_is(name):
    for odd, kind in ODD.items():
        world = some_world(**kind)
        before = {key: value.copy() for key, value in world.__dict__.items() if isinstance(value, np.ndarray)}
        with np.errstate(all="raise"):
            values = measured(world, [MEASURES[name]])
        assert not np.isinf(list(values.values())).any(), odd
        for key, value in before.items():
            np.testing.assert_array_equal(world.__dict__[key], value, err_msg=odd)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_missing_in_a_world_without_its_columns(name):
    measure = MEASURES[name]
    for lacking in measure.reads:
        world = some_world(columns=[column for column in COLUMNS if column != lacking])
        assert np.isnan(list(measured(world, [measure]).values())).all()


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_needs_no_column_that_it_does_not_name(name):
    measure = MEASURES[name]
    full, bare = some_world(), some_world(columns=measure.reads)
    for column in measure.reads:
        bare.__dict__[column][...] = full.__dict__[column]
    assert measured(bare, [measure]) == pytest.approx(measured(full, [measure]), nan_ok=True, rel=1e-12)


@given(st.integers(0, 2**32), st.integers(0, 30), st.integers(0, 200), st.integers(1, 3))
def test_every_measure_is_a_number_or_missing_in_any_world(seed, n, ties, sectors):
    values = measured(some_world(seed, n, ties, 3, sectors))
    assert not np.isinf(list(values.values())).any()


@pytest.mark.parametrize("seed", range(3))
def test_measures_do_not_depend_on_the_rows_of_organisations(seed):
    world = some_world(seed, n=40, ties=120, coalitions=8)
    other = renumbered(world, np.random.default_rng(seed).permutation(world.n))
    assert measured(other) == pytest.approx(measured(world), nan_ok=True, rel=1e-9, abs=1e-12)


def test_measures_that_share_a_pass_agree_with_being_measured_alone():
    together = measured(some_world())
    for measure in MEASURES.values():
        for name, value in measured(some_world(), [measure]).items():
            assert value == pytest.approx(together[name], nan_ok=True, rel=0, abs=0)


def test_a_missing_column_is_held_as_missing():
    world = some_world(columns=())
    bond, rung, capital = held(world, "bond", "rung", "capital")
    assert np.isnan(bond).all()
    assert bond.shape == (world.ties,)
    assert not rung.any()
    assert np.isnan(capital).all()


def test_a_measure_is_found_by_its_name_once():
    assert find(["clustering", "stage", "clustering"]) == [MEASURES["clustering"], MEASURES["stage"]]


def test_a_column_finds_the_measure_that_fills_it():
    assert find(["success_business"]) == [MEASURES["success"]]
    assert find(["esteban_ray_economy"], LABELS) == [MEASURES["esteban_ray_by_axis"]]
    assert find(["ties_business_government"], LABELS) == [MEASURES["ties"]]
    assert find(["severity_mean", "severity_housing"], LABELS) == [MEASURES["severity_mean"], MEASURES["severity"]]


def test_every_unknown_name_is_named_with_the_nearest():
    with pytest.raises(InputError) as refused:
        find(["clusterin", "esteban_rai", "success_busines"], LABELS)
    text = str(refused.value)
    assert "'clustering'" in text
    assert "'esteban_ray'" in text
    assert "'success_business'" in text


def test_an_issue_called_mean_cannot_share_a_column():
    with pytest.raises(InputError, match="severity_mean"):
        find(["severity", "severity_mean"], Labels(issues=("mean",)))


def test_everything_for_a_world_of_opinions_has_no_capital():
    names = {measure.name for measure in everything_for({"stance"})}
    assert {"esteban_ray", "clustering"} <= names
    assert not {"gini_capital", "stage", "win_win_share"} & names
    assert len(everything_for(COLUMNS)) == len(MEASURES)
    assert all(isinstance(measure, Measure) for measure in everything_for(()))


def test_success_pay_and_work_are_undefined_before_the_first_tick_and_told_from_then_on():
    """Nobody has succeeded or failed at tick 0: the ledger has not acted yet."""
    flows = {name for name, measure in MEASURES.items() if measure.flow}
    assert flows == {
        "success", "success_collective", "payoff", "payoff_mean", "income", "income_mean", "spillover", "spillover_mean",
        "relief", "total_value", "output_per_effort", "superadditive_surplus", "surplus_ratio", "surplus_share",
        "deficit_share", "collective_intelligence", "citizen_benefit",
        "meetings", "acceptances", "introductions", "introductions_accepted", "contributions", "betrayals",
        "coalition_lose_share", "coalition_win_win_share", "coalition_win_win_win_share", "coalition_synergy_share",
    }  # fmt: skip
    model = coupled(measures=sorted({*flows, "capital", "severity_mean", "coalitions"}))
    model.run(3)
    series = model.results().series
    for name, measure in MEASURES.items():
        for column in measure.columns(model.world.labels):
            if column in series and name in flows:
                assert np.isnan(series[column][0]), column
            elif column in series:
                assert np.isfinite(series[column][0]), column
    for name in ("success_business", "success_collective", "payoff_mean", "income_mean", "total_value"):
        assert np.isfinite(series[name][1:]).all(), name

"""A measure's plain name means its value at the end of a run, ``.mean`` its second half, whoever is asked."""

import numpy as np
import pytest

import ecosim
from ecosim.experiments.columns import column_of
from ecosim.experiments.plan import plan_of
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.sensitivity import sensitivity
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.experiments.targets import targets_of
from ecosim.experiments.until import goals_of

WORLD = ("ticks=6", "ecosystem.organisations=12", "measures=[dispersion,spread]")
TOLERANCE = "dynamics.stance.tolerance"
SETTINGS = ecosim.load("opinions", *WORLD)
COLUMNS = {"dispersion": "dispersion", "dispersion.end": "dispersion", "dispersion.mean": "dispersion.mean"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep") / "out"
    run_sweep(plan_of("opinions", {TOLERANCE: [0.1, 0.3, 0.9]}, WORLD, replicates=4), out, Execution(workers=0))
    return out


@pytest.fixture(scope="module")
def compared():
    def runs(measure):
        arms = {"narrow": ["opinions", f"{TOLERANCE}=0.1"], "wide": ["opinions", f"{TOLERANCE}=0.9"]}
        return ecosim.compare(arms, *WORLD, replicates=4, measures=[measure], workers=0)

    return runs


@pytest.mark.parametrize(("name", "column"), COLUMNS.items())
def test_a_name_is_one_column_wherever_it_is_asked_for(folder, compared, name, column):
    sweep, tables = ecosim.read_sweep(folder), SweepTables(folder)
    assert sweep.effects(name)["measure"].unique().tolist() == [column]
    assert sweep.sensitivity(name).measures["measure"].tolist() == [column]
    assert sensitivity(tables, tables.known([name])).measures["measure"].tolist() == [column]
    assert goals_of([f"{name} ± 0.1"])[0].measure == column
    assert column_of(name, SETTINGS) == column
    assert targets_of([f"{name}=0.3±0.1"], SETTINGS)[0].measure == column
    assert compared(name).differences["measure"].tolist() == [column]


@pytest.mark.parametrize(("name", "column"), COLUMNS.items())
def test_a_figure_shows_the_column_that_is_named(folder, name, column):
    drawn = ecosim.read_sweep(folder).plot(name, against=TOLERANCE)
    means = read_runs(folder).groupby(TOLERANCE)[column].mean().to_numpy()
    assert any(np.allclose(line.get_ydata(), means) for line in drawn.lines if len(line.get_ydata()) == 3)
    assert drawn.get_ylabel().endswith("at the end of a run") == (column == "dispersion")


def test_over_time_end_and_mean_are_the_same_series(folder):
    sweep = ecosim.read_sweep(folder)
    drawn = [sweep.plot(name).lines[0].get_ydata() for name in COLUMNS]
    assert all(np.array_equal(one, drawn[0]) for one in drawn)


def test_one_goal_under_two_names_is_refused():
    with pytest.raises(ecosim.InputError, match="given twice"):
        goals_of(["dispersion ± 0.1", "dispersion.end ± 0.2"])

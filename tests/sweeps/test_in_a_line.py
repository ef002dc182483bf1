"""From Python, in a line each: figures as axes, tables for spreadsheets, short names of results, and how far it is."""

import csv
import io
import sys

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.bar import has_looker, looked_at
from ecosim.experiments.work import Progress
from tests.experiments.fake_sweeps import grid, sampled


@pytest.fixture
def sweep(tmp_path):
    axes = {"dynamics.meeting.rate": [0.1, 0.2, 0.4], "dynamics.stance.tolerance": [0.3, 0.6]}

    def made(columns, draw, n):
        rate, tolerance = (columns[key][:, None] for key in axes)
        return 2 * rate - tolerance + draw.normal(0, 0.01, (6, n))

    return ecosim.read_sweep(grid(tmp_path / "sweep", axes, {"dispersion": made}, replicates=4))


def test_effects_are_drawn_with_their_differences(sweep):
    axes = sweep.plot_effects("dispersion")
    assert [word.get_text() for word in axes.get_yticklabels()] == [
        "meeting.rate = 0.2", "meeting.rate = 0.4", "stance.tolerance = 0.6",
    ]  # fmt: skip
    drawn = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert drawn == pytest.approx(sweep.effects("dispersion")["difference"].to_numpy())


def test_a_map_has_a_cell_for_each_pair_of_values_with_its_mean(sweep):
    axes = sweep.map("dispersion", across="dynamics.meeting.rate", up="dynamics.stance.tolerance")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("meeting.rate", "stance.tolerance")
    means = sweep.runs.groupby(["dynamics.stance.tolerance", "dynamics.meeting.rate"])["dispersion"].mean()
    assert np.asarray(axes.collections[0].get_array()).ravel() == pytest.approx(means.to_numpy())


@pytest.mark.parametrize("kind", ["sobol", "morris", "lhs"])
def test_sensitivity_draws_its_indices(tmp_path, kind):
    samples = {"sobol": 64, "morris": 20, "lhs": 80}[kind]
    found = ecosim.read_sweep(sampled(tmp_path, kind, lambda x: 3 * x[:, 0] + x[:, 1], 3, samples)).sensitivity()
    axes = found.plot()
    assert [word.get_text() for word in axes.get_yticklabels()] == ["rule.x1", "rule.x2", "rule.x3"]
    first = {"sobol": "total", "morris": "mu_star", "lhs": "rank"}[kind]
    own = found.indices[found.indices["index"] == first]
    said = [word.get_text() for word in axes.get_legend().get_texts()]
    assert len(said) == len(set(said)) >= 2
    assert [bar.get_width() for bar in axes.patches][::2] == pytest.approx(own["value"].to_list())


def test_axes_of_the_callers_are_drawn_on(sweep):
    from ecosim.drawing.style import new_figure

    panels = new_figure(9, 4).subplots(1, 3)
    assert sweep.plot_effects("dispersion", axes=panels[0]) is panels[0]
    keys = sweep.keys
    assert sweep.map("dispersion", *keys, axes=panels[1]) is panels[1]
    assert sweep.sensitivity().plot(axes=panels[2]) is panels[2]


def test_what_cannot_be_drawn_is_refused_with_the_nearest_name(sweep):
    with pytest.raises(InputError, match="did you mean 'dispersion'"):
        sweep.plot_effects("dispersoin")
    with pytest.raises(InputError, match=r"did you mean 'dynamics\.meeting\.rate'"):
        sweep.map("dispersion", "dynamics.meeting.rat", "dynamics.stance.tolerance")
    with pytest.raises(InputError, match="stands on both axes"):
        sweep.map("dispersion", "dynamics.meeting.rate", "dynamics.meeting.rate")
    with pytest.raises(InputError, match="did you mean 'dispersion'"):
        sweep.sensitivity().plot("dispersoin")


def test_tables_for_spreadsheets_are_defused(tmp_path):
    axes = {"rule.word": ["=HYPERLINK(1)", "plain"]}
    made = {"dispersion": lambda columns, draw, n: draw.normal(0, 1, (2, n))}
    sweep = ecosim.read_sweep(grid(tmp_path / "sweep", axes, made, replicates=2))
    files = sweep.save_tables(tmp_path / "tables")
    assert {file.name for file in files} == {"runs.csv", "effects.csv"}
    rows = list(csv.DictReader(io.StringIO((tmp_path / "tables" / "runs.csv").read_text())))
    assert rows[0]["rule.word"] == "'=HYPERLINK(1)"
    assert [float(row["dispersion"]) for row in rows] == sweep.runs["dispersion"].tolist()
    with pytest.raises(InputError, match="csv"):
        sweep.save_tables(tmp_path / "tables", kind="cvs")


def test_results_are_named_shortly():
    words = ("ticks=4", "ecosystem.organisations=10", "measures=[dispersion]")
    arms = {"narrow": ["opinions"], "wide": ["opinions", "dynamics.stance.tolerance=0.9"]}
    said, seen = [], []
    found = ecosim.compare(arms, *words, replicates=2, workers=0, say=said.append, progress=seen.append)
    assert repr(found) == "Comparison(narrow, wide: 4 runs, 2 measures)"
    assert any("2 points × 2 replicates = 4 runs" in sentence for sentence in said)
    assert seen[-1] == Progress(4, 4, 0)


def test_a_sweep_tells_what_it_will_do_and_how_far_it_is():
    said, seen = [], []
    axes = {"dynamics.stance.tolerance": [0.1, 0.2]}
    words = ("ticks=4", "ecosystem.organisations=10", "measures=[dispersion]")
    ecosim.sweep("opinions", axes, *words, workers=0, say=said.append, progress=seen.append)
    assert any("2 points × 1 replicate = 2 runs" in sentence for sentence in said)
    assert [one.done for one in seen] == [1, 2]


def test_a_discovery_is_named_shortly(tmp_path):
    folder = sampled(tmp_path, "lhs", lambda x: x[:, 0], 2, 60)
    told = repr(ecosim.discover(folder, "value", above=0.5))
    assert told.startswith(f"Discovery(value > 0.5 in {folder}: 60 points, ")
    assert len(told) < 120 + len(str(folder))


class Screen(io.StringIO):
    """A text that says whether it is a terminal."""

    def __init__(self, is_terminal):
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self):
        return self._is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_shown_at_a_terminal_and_nowhere_else(monkeypatch, is_terminal):
    screen = Screen(is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert has_looker() is is_terminal
    with looked_at(None) as tell:
        tell(Progress(10, 3, 1))
        assert not screen.getvalue(), "within the first second there is none"
        monkeypatch.setattr("ecosim.experiments.bar.time.monotonic", lambda: float("inf"))
        tell(Progress(10, 4, 1))
    assert ("1 failed" in screen.getvalue()) is is_terminal


def test_in_a_notebook_there_is_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen(False))
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert has_looker()


def test_who_listens_is_told_and_sees_no_bar():
    seen = []
    with looked_at(seen.append) as tell:
        tell(Progress(10, 3, 1))
    assert seen == [Progress(10, 3, 1)]

"""The commands on what sweeps, comparisons and runs leave, as a user types them."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

import ecosim
from ecosim.cli import app
from tests.experiments.fake_sweeps import grid, sampled, write


def typed(*words):
    """Run a command within this process and return what came out."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_sensitivity_prints_a_table_and_leaves_table_and_figure(tmp_path):
    folder = sampled(tmp_path / "sweep", "sobol", lambda x: x[:, 0] + 0.5 * x[:, 1], 3, 64)
    done = typed("sensitivity", folder, "--out", tmp_path)
    assert done.exit_code == 0
    assert "rule.x1" in done.stdout
    assert "No effect on any of these measures is seen of: rule.x3." in done.stdout
    assert {path.name for path in tmp_path.glob("sensitivity.*")} == {
        "sensitivity.csv",
        "sensitivity.png",
        "sensitivity.svg",
    }


def test_sensitivity_as_json_is_json_without_nan(tmp_path):
    folder = sampled(tmp_path / "sweep", "morris", lambda x: x[:, 0], 2, 6)
    done = typed("sensitivity", folder, "--out", tmp_path, "--json", "--quiet")
    told = json.loads(done.stdout, parse_constant=lambda word: pytest.fail(word))
    assert told["method"] == "morris"
    assert told["measures"][0]["nothing"] == ["rule.x2"]
    assert told["measures"][0]["luck"] is None


def test_a_grid_whose_differences_are_luck_says_so(tmp_path):
    folder = grid(
        tmp_path / "sweep",
        {"rule.a": [0.0, 1.0], "rule.b": [0.0, 1.0]},
        {"x": lambda columns, draw, n: draw.normal(size=(4, n))},
        replicates=6,
    )
    done = typed("sensitivity", folder)
    assert done.exit_code == 2
    assert "what differs between its points may well be luck" in done.stderr


def bent(slope):
    """Return a measure that rises with one factor, faster at high values of the other, and with luck of its own."""

    def made(columns, draw, n):
        rise = slope * columns["rule.a"] * (1 + columns["rule.b"])
        return rise[:, None] + draw.normal(0, 0.1, (len(rise), n))

    return made


@pytest.mark.parametrize("replicates", [2, 3])
def test_a_grid_has_intervals_from_three_replicates_on_and_says_so_before(tmp_path, replicates):
    axes = {"rule.a": [0.0, 1.0], "rule.b": [0.0, 1.0]}
    folder = grid(tmp_path / "sweep", axes, {"x": bent(5.0)}, replicates=replicates)
    told = " ".join(typed("sensitivity", folder).stdout.split())
    assert ("no interval" in told) is (replicates == 2)
    assert ("From 3 on there are (--replicates)" in told) is (replicates == 2)
    assert bool(re.search(r"rule\.a 0\.\d+ \(\S+ to \S+\)", told)) is (replicates == 3)


def test_the_measures_shown_are_those_of_which_something_can_be_said_each_once(tmp_path):
    """The best known are led by luck alone, one is another's double: four points tell the others apart by their runs."""
    measures = {
        "success_business.mean": lambda columns, draw, n: draw.normal(size=(4, n)),
        "win_win_share.mean": bent(3.0),
        "twin": lambda columns, draw, n: -2.0 * bent(3.0)(columns, draw, n),
        "other": lambda columns, draw, n: columns["rule.b"][:, None] + draw.normal(0, 0.1, (4, n)),
    }
    axes = {"rule.a": [0.0, 1.0], "rule.b": [0.0, 1.0]}
    folder = grid(tmp_path / "sweep", axes, measures, replicates=4)
    told = typed("sensitivity", folder).stdout
    assert told.index("win_win_share.mean") < told.index("other")
    assert "may well be luck (success_business.mean)" in " ".join(told.split())
    assert "success_business.mean  " not in told
    assert "twin" not in told
    assert "1 further measures" not in told


def test_a_measure_whose_end_is_told_and_whose_mean_is_luck_is_named_the_same_in_both_places(tmp_path):
    measures = {"win_win_share": bent(3.0), "win_win_share.mean": lambda columns, draw, n: draw.normal(size=(4, n))}
    folder = grid(tmp_path / "sweep", {"rule.a": [0.0, 1.0], "rule.b": [0.0, 1.0]}, measures, replicates=4)
    told = " ".join(typed("sensitivity", folder).stdout.split())
    assert re.search(r"win_win_share rule\.a .* yes", told)
    assert "may well be luck (win_win_share.mean)" in told


def test_pairs_are_explained_only_where_the_design_has_them(tmp_path):
    for pairs in (False, True):
        folder = sampled(
            tmp_path / f"{pairs}", "sobol", lambda x: x[:, 0] + x[:, 0] * x[:, 1], 2, 64, second_order=pairs
        )
        told = " ".join(typed("sensitivity", folder).stdout.split())
        assert ("(second)" in told) is pairs
        page = tmp_path / f"{pairs}.html"
        assert typed("report", folder, "--out", page).exit_code == 0
        assert ("(second)" in page.read_text()) is pairs


def test_salib_is_named_with_its_extra_where_it_is_not_installed(tmp_path, monkeypatch):
    import sys

    folder = sampled(tmp_path / "sweep", "sobol", lambda x: x[:, 0], 2, 16)
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    done = typed("sensitivity", folder)
    assert done.exit_code == 2
    assert "ecosim[analysis]" in done.stderr


def test_a_page_about_a_comparison_names_its_arms(tmp_path):
    values = np.array([[1.0, 2.0, 3.0], [2.0, 3.1, 4.0]])
    arms = np.array(["town", "opinions"], object)
    folder = write(tmp_path / "arms", {"kind": "grid", "replicates": 3, "seed": 1}, {"scenario": arms}, {"x": values})
    done = typed("report", folder, "--out", tmp_path / "page.html")
    assert done.exit_code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>town · opinions</h1>" in page
    assert "scenario opinions instead of town raises it by 1.03" in page


def test_a_page_about_one_run_tells_its_summary(tmp_path):
    model = ecosim.Ecosystem(ecosim.load("opinions", "ecosystem.organisations=20", "ticks=5"), rng=1)
    model.run()
    model.results().save(tmp_path / "run")
    done = typed("report", tmp_path / "run", "--measure", "dispersion", "--tables", "csv")
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "The measures asked for" in page
    assert "20 organisations" in page
    assert "<b>5</b><span>ticks</span>" in page
    assert "<script" not in page
    assert (tmp_path / "run" / "tables" / "series.csv").is_file()


def test_an_unknown_measure_of_a_run_is_refused(tmp_path):
    model = ecosim.Ecosystem(ecosim.load("opinions", "ecosystem.organisations=20", "ticks=2"), rng=1)
    model.run()
    model.results().save(tmp_path / "run")
    done = typed("report", tmp_path / "run", "--measure", "dispersoin")
    assert done.exit_code == 2
    assert "did you mean 'dispersion'" in done.stderr

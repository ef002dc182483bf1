"""The page about a sweep: it needs nothing else, hides no name's markup, and says what the numbers say."""

import json
import re

import numpy as np
import pytest

import ecosim
from ecosim.commands.report import Order, carry_out
from ecosim.errors import InputError
from ecosim.results.store import read_table
from ecosim.results.table import Table
from ecosim.sweeps.findings import compared
from tests.experiments.fake_sweeps import grid, sampled, write, write_part

EVIL = "<script>alert('x')</script>"
FORMULA = '=HYPERLINK("http://x","y")'


def town(folder, **more):
    """Write a sweep over two factors with measures of collaboration, polarisation, success and the stage."""

    def made(slope, spread):
        def measure(columns, draw, replicates):
            rise = slope * columns["dynamics.stance.tolerance"] + 0.3 * (columns["rule.word"] == EVIL)
            return rise[:, None] + draw.normal(0, 2.0, replicates) + draw.normal(0, spread, (len(rise), replicates))

        return measure

    measures = {
        "win_win_share.mean": made(2.0, 0.05),
        "dispersion.mean": made(-1.0, 0.05),
        "success_business.mean": made(0.0, 0.05),
        "stage": lambda columns, draw, n: np.tile(
            (columns["dynamics.stance.tolerance"] > 0.3)[:, None].astype(float), n
        ),
    }
    axes = {"dynamics.stance.tolerance": [0.2, 0.4, 0.8], "rule.word": ["plain", EVIL]}
    return grid(folder, axes, measures, replicates=6, **more)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page about a sweep in which point 1 failed."""
    folder = town(tmp_path_factory.mktemp("town"), failed=(1,), title=EVIL)
    return ecosim.read_sweep(folder).report().read_text(encoding="utf-8")


def test_the_page_asks_for_nothing_from_elsewhere(page):
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|iframe|object|embed|base)\b", page, re.IGNORECASE)
    assert re.findall(r"(?:src|href)\s*=\s*[\"'](?!#|f\d+-|data:image/)", page) == []
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page


def test_names_are_shown_letter_by_letter(page):
    assert EVIL not in page
    assert "<b>broke</b>" not in page
    assert "&lt;script&gt;" in page
    assert "it &lt;b&gt;broke&lt;/b&gt;" in page


def test_the_page_holds_every_part_and_each_is_in_the_contents(page):
    sections = re.findall(r'<section id="([a-z]+)">', page)
    assert sections == [
        "brief", "failures", "effects", "responses", "maps", "time", "convergence", "measures", "run",
    ] or sections == ["brief", "failures", "effects", "responses", "maps", "convergence", "measures", "run"]  # fmt: skip
    assert re.findall(r'<li><a href="#([a-z]+)">', page) == sections


def test_ids_of_figures_are_those_of_one_each(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = {name for pair in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', page) for name in pair if name}
    assert used <= set(ids)


def test_effects_are_told_with_their_interval_and_what_is_not_seen_is_not(page):
    """The means rise by 2 · .6 from the first value to the last, and luck that points share does not blur it."""
    assert re.search(r"tolerance 0\.8 instead of 0\.2 raises it by 1\.[12]\d* \(1\.\d+ to 1\.[123]\d*\)", page)
    assert "pairs of the same luck" in page


def test_where_every_contrast_lacks_its_partner_a_sentence_stands_for_the_empty_figure(tmp_path):
    """All runs at the first value failed, against which the others would be compared."""
    axes = {"rule.a": [0.0, 1.0, 2.0]}
    folder = grid(
        tmp_path,
        axes,
        {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(size=(3, n))},
        replicates=6,
        failed=(0,),
    )
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert "No difference is known" in page
    assert "Difference from the first value of each factor" not in page


@pytest.mark.parametrize(("replicates", "is_drawn"), [(2, False), (5, False), (6, True)])
def test_how_intervals_narrow_is_drawn_only_where_there_are_replicates_enough(tmp_path, replicates, is_drawn):
    axes = {"rule.a": [0.0, 1.0, 2.0]}
    folder = grid(
        tmp_path, axes, {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(size=(3, n))}, replicates=replicates
    )
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert ("Half width of the interval of a point" in page) is is_drawn
    assert ("is drawn from 6 replicates on" in page) is not is_drawn


def test_a_line_with_a_gap_does_not_bend_the_mean(page):
    """The point that failed is one of two at tolerance .2: the mean over both lines would rise for that alone."""
    assert "Success business rises" not in page


def test_failures_are_counted_and_told_with_an_example(page):
    assert "6 of 36 runs failed" in page
    assert "<td>error</td><td>6</td>" in page


def test_figures_follow_the_page_from_light_to_dark(page):
    assert page.count("var(--fig-soft)") > 20
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_the_page_is_the_same_each_time(tmp_path):
    folder = grid(
        tmp_path,
        {"rule.a": [0.0, 1.0]},
        {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(size=n)},
        replicates=3,
    )
    sweep = ecosim.read_sweep(folder)
    assert sweep.report(tmp_path / "one.html").read_bytes() == sweep.report(tmp_path / "two.html").read_bytes()


def test_factors_of_two_rules_are_told_apart_everywhere(tmp_path):
    measures = {"win_win_share.mean": lambda c, draw, n: c["dynamics.meeting.rate"][:, None] + draw.normal(0, 0.01, n)}
    axes = {"dynamics.meeting.rate": [0.0, 1.0], "dynamics.change.rate": [0.0, 1.0]}
    page = ecosim.read_sweep(grid(tmp_path, axes, measures, replicates=6)).report().read_text(encoding="utf-8")
    assert "A made-up town: meeting.rate, change.rate" in page
    assert re.search(r"<li>Win win share rises[^<]*as meeting\.rate goes from 0 to 1", page)
    assert not re.search(r"(?<!meeting\.)(?<!change\.)\brate\b", re.sub(r"<title>.*?</title>", "", page))


def curve(folder, heights, spread=0.001, count=1):
    """Write a sweep whose measures follow these heights over the values 0, 1, 2 … of one factor."""

    def made(columns, draw, n):
        return np.array(heights)[:, None] + draw.normal(0, spread, (len(heights), n))

    measures = dict.fromkeys(("win_win_share.mean", "dispersion.mean")[:count], made)
    return grid(folder, {"dynamics.meeting.rate": list(range(len(heights)))}, measures, replicates=6)


def test_a_curve_that_comes_back_neither_rises_nor_falls(tmp_path):
    page = ecosim.read_sweep(curve(tmp_path, [0.5, 0.9, 0.51])).report().read_text(encoding="utf-8")
    assert re.search(
        r"share goes from 0\.50?\d* to 0\.51\d* as meeting\.rate goes from 0 to 2, with a peak of 0\.9\d* at 1", page
    )
    assert "share rises" not in page


@pytest.mark.parametrize(("points", "is_told"), [(3, False), (5, False), (6, True)])
def test_ranks_of_a_handful_of_points_tell_nothing(tmp_path, points, is_told):
    """Three points agree fully in rank by chance in one case of three."""
    page = ecosim.read_sweep(curve(tmp_path, list(range(points)), count=2)).report().read_text(encoding="utf-8")
    assert ("rank correlation" in page) is is_told
    assert (f"{points} points are too few to tell whether the two go together" in page) is not is_told


def test_a_difference_that_chance_may_have_made_is_told_as_one_of_many_in_brief(tmp_path):
    """Of 27 differences one is there: by chance alone one or two would seem to be."""

    def none(columns, draw, n):
        luck = draw.normal(0, 1, (10, n))
        return luck - luck.mean(1, keepdims=True)  # no point differs from another

    def one(columns, draw, n):
        return none(columns, draw, n) + 9.0 * (columns["dynamics.meeting.rate"] == 3)[:, None]

    measures = {"win_win_share.mean": none, "dispersion.mean": none, "success_business.mean": one}
    folder = grid(tmp_path, {"dynamics.meeting.rate": list(range(10))}, measures, replicates=6)
    brief = re.search(
        r'id="brief".*?</section>', ecosim.read_sweep(folder).report().read_text("utf-8"), re.DOTALL
    ).group()
    assert "the clearest effect is on success business" in brief
    assert "1 of the 27 differences looked at seem to be there, and by chance alone about 1 would" in brief


def test_effects_beyond_what_chance_makes_are_not_called_little(page):
    assert "little to go by" not in page


def test_the_table_of_luck_is_explained(page):
    table = page.index("s.d. of runs of a point")
    told = page.index("how far the runs of one point lie apart")
    assert page.index('<section id="convergence">') < told < table


@pytest.mark.parametrize("kind", ["lhs", "morris"])
def test_sampled_designs_get_points_bins_and_indices(tmp_path, kind):
    folder = sampled(tmp_path, kind, lambda x: 2 * x[:, 0] - x[:, 1], 3, 70, replicates=2, luck=0.3)
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert 'id="effects"' not in page
    assert "Each dot is a point of the design" in page
    assert "Value at the end: most is due to rule.x1 (" in page
    assert "no effect is seen of rule.x3" in page


def test_points_that_change_together_are_compared_as_points(tmp_path):
    values = np.array([[1.0, 1.1, 0.9], [3.0, 3.1, 2.9]])
    folder = write(
        tmp_path,
        {"kind": "zip", "replicates": 3, "seed": 1},
        {"rule.a": np.array([1.0, 2.0]), "rule.b": np.array([5.0, 6.0])},
        {"x": values},
    )
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert "a=2.0, b=6.0 instead of a=1.0, b=5.0 raises it by 2" in page


def test_points_with_different_numbers_of_replicates_are_told_as_such(tmp_path):
    """A sweep until intervals are narrow is complete with fewer runs than points by the most replicates of one."""
    folder = grid(
        tmp_path,
        {"rule.a": [0.0, 1.0]},
        {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(size=(2, n))},
        replicates=62,
        counts=[8, 62],
    )
    sweep = ecosim.read_sweep(folder)
    page = sweep.report().read_text(encoding="utf-8")
    assert "Only" not in page
    assert "complete: 70 of 70 runs made" in page
    assert "8 to 62" in page
    assert "With 8 to 62 replicates, 0 of 1 measures" in page
    assert repr(sweep).endswith("2 points × 8 to 62)")


def test_runs_that_are_planned_and_not_made_are_missed(tmp_path):
    folder = town(tmp_path)
    (whole,) = (folder / "runs").iterdir()
    runs, notes = read_table(whole)
    whole.unlink()
    write_part(folder / "runs", Table({name: runs[name].to_numpy()[:30] for name in runs}, notes))
    assert "Only 30 of 36 runs have been made" in ecosim.read_sweep(folder).report().read_text(encoding="utf-8")


def test_one_run_of_each_point_is_told_without_intervals(tmp_path):
    folder = grid(tmp_path, {"rule.a": [0.0, 1.0]}, {"x": lambda c, draw, n: c["rule.a"][:, None]})
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert "Each point was run once: differences are shown without intervals" in page


def test_only_the_series_that_are_shown_are_read(tmp_path, monkeypatch):
    """Fifty measures were recorded, one is shown: the others stay on disk."""
    import pyarrow.parquet

    ids = np.repeat(np.array(["000000-0000", "000001-0000"], object), 4)
    columns = {"run_id": ids, "tick": np.tile(np.arange(4), 2), **{f"m{k}": np.arange(8.0) for k in range(50)}}
    measures = {f"m{k}": np.array([[0.0], [1.0]]) for k in range(50)}
    folder = write(
        tmp_path,
        {"kind": "grid", "replicates": 1, "seed": 1},
        {"rule.a": np.array([0.0, 1.0])},
        measures,
        series={"a": Table(columns)},
    )
    read = []
    plain = pyarrow.parquet.ParquetFile.read
    monkeypatch.setattr(
        pyarrow.parquet.ParquetFile,
        "read",
        lambda self, columns=None, **more: read.append(columns) or plain(self, columns=columns, **more),
    )
    ecosim.read_sweep(folder).report(measures=["m7"])
    assert {column for columns in read if columns and "tick" in columns for column in columns} == {
        "run_id",
        "tick",
        "m7",
    }


def test_json_tells_what_the_page_does(tmp_path, capsys):
    folder = grid(
        tmp_path,
        {"rule.a": [0.0, 1.0]},
        {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(size=n)},
        replicates=4,
    )
    carry_out(Order(folder=folder, out=tmp_path / "page.html", quiet=True, as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert told["measures"] == ["x"]
    assert told["effects"][0]["difference"] == pytest.approx(1.0)
    assert told["is_luck_common"] is True


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"folder": "gone"}, "no such folder"),
        ({"folder": "."}, "neither a sweep"),
        ({"out": "page.pdf"}, r"ending in \.html"),
        ({"tables": "ods"}, "csv or xlsx"),
        ({"measures": ("dispersio",)}, "did you mean 'dispersion'"),
    ],
)
def test_wrong_words_are_refused_before_any_work(tmp_path, order, said, monkeypatch):
    from pathlib import Path

    folder = grid(tmp_path / "sweep", {"rule.a": [0.0, 1.0]}, {"dispersion": lambda c, draw, n: c["rule.a"][:, None]})
    monkeypatch.chdir(tmp_path)
    paths = {name: Path(value) for name, value in order.items() if name in ("folder", "out")}
    with pytest.raises(InputError, match=said):
        carry_out(Order(**{"folder": folder, **order, **paths}))
    assert not list(tmp_path.rglob("*.html"))


def test_a_sweep_without_a_single_result_is_refused(tmp_path):
    folder = grid(tmp_path, {"rule.a": [0.0, 1.0]}, {"x": lambda c, draw, n: c["rule.a"][:, None]}, failed=(0, 1))
    with pytest.raises(InputError, match="no run of this sweep has results"):
        ecosim.read_sweep(folder).report()
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder: ecosim.read_sweep(folder).report(),
        lambda folder: ecosim.read_sweep(folder).sensitivity(),
        lambda folder: ecosim.discover(folder, "x", above=0.5),
    ],
)
def test_a_sweep_that_was_stopped_before_its_first_run_was_made_is_refused(tmp_path, ask):
    folder = grid(tmp_path, {"rule.a": [0.0, 1.0]}, {"x": lambda c, draw, n: c["rule.a"][:, None]})
    for part in folder.rglob("part-*.parquet"):
        part.unlink()
    with pytest.raises(InputError, match=r"no run of this sweep has results \(none was made\)"):
        ask(folder)


def test_no_word_acts_as_a_formula_in_a_spreadsheet(tmp_path):
    """Neither a value of the design nor the name of a measure, in CSV or in Excel; numbers stay numbers."""
    import csv

    import openpyxl

    folder = grid(
        tmp_path / "sweep", {"rule.a": [FORMULA, "b"]}, {"@SUM(x)": lambda c, draw, n: -np.ones((2, n))}, replicates=2
    )
    carry_out(Order(folder=folder, out=tmp_path / "page.html", tables="csv", quiet=True))
    carry_out(Order(folder=folder, out=tmp_path / "page.html", tables="xlsx", quiet=True))
    with (tmp_path / "tables" / "runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["rule.a"] == "'" + FORMULA
    assert float(rows[0]["'@SUM(x)"]) == -1
    book = openpyxl.load_workbook(tmp_path / "tables" / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell.value for cell in book["runs"][1]] == list(rows[0])
    assert "'" + FORMULA in [cell.value for cell in cells]


def test_axes_come_back_from_a_plot(tmp_path):
    import matplotlib

    matplotlib.use("agg")
    folder = town(tmp_path)
    sweep = ecosim.read_sweep(folder)
    axes = sweep.plot("win_win_share.mean", against="dynamics.stance.tolerance", by="rule.word")
    assert axes.get_xlabel() == "stance.tolerance"
    assert len(axes.get_lines()) == 2
    means = sweep.runs.groupby(["rule.word", "dynamics.stance.tolerance"])["win_win_share.mean"].mean()
    assert axes.get_lines()[0].get_ydata() == pytest.approx(means["plain"].to_numpy())
    with pytest.raises(InputError, match=r"did you mean 'dynamics\.stance\.tolerance'"):
        sweep.plot("win_win_share.mean", against="dynamics.stance.tolerence")


@pytest.mark.parametrize("points", [30, 31, 500])
def test_many_points_that_change_together_are_shown_as_a_cloud_not_as_a_list(tmp_path, points):
    draw = np.random.default_rng(16)
    axes = {"rule.a": list(draw.random(points)), "rule.b": list(draw.random(points))}
    measures = {
        "dispersion.mean": lambda c, d, n: c["rule.a"][:, None] + d.normal(0, 0.1, (points, n)),
        "win_win_share.mean": lambda c, d, n: c["rule.b"][:, None] + d.normal(0, 0.1, (points, n)),
    }
    sweep = ecosim.read_sweep(grid(tmp_path, axes, measures, kind="zip", replicates=2))
    page = sweep.report().read_text(encoding="utf-8")
    is_listed = points <= 30
    assert ('id="effects"' in page) == is_listed
    assert ("Each dot is a point of the design" in page) != is_listed
    assert (f"The {points:,} points are not compared" in page) != is_listed
    assert len(compared(sweep.tables, ["dispersion.mean"])) == (points - 1 if is_listed else 0)
    assert len(page) < 3e6


def test_a_factor_of_a_grid_with_hundreds_of_values_is_a_curve_and_the_other_is_compared(tmp_path):
    axes = {"rule.a": list(np.linspace(0, 1, 300)), "rule.b": [0.0, 1.0]}
    measures = {"dispersion.mean": lambda c, d, n: (c["rule.a"] + c["rule.b"])[:, None] + d.normal(0, 0.1, (600, n))}
    sweep = ecosim.read_sweep(grid(tmp_path, axes, measures, replicates=2))
    assert list(compared(sweep.tables, ["dispersion.mean"])["factor"]) == ["rule.b"]
    page = sweep.report().read_text(encoding="utf-8")
    assert "300 values of rule.a are not compared" in page
    assert len(page) < 3e6

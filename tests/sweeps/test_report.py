"""The page about a sweep: it needs nothing else, does no harm, and is refused where there is nothing to tell."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import ecosim
from ecosim.commands.report import Order, carry_out
from ecosim.errors import InputError
from ecosim.reports.sweep_page import sweep_page
from ecosim.results.table import Table
from ecosim.sweeps.findings import findings_of
from tests.experiments.fake_sweeps import grid, write
from tests.sweeps.towns import town

FORMULA = '=HYPERLINK("http://x","y")'


def test_the_page_asks_for_nothing_from_elsewhere(page):
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|iframe|object|embed|base)\b", page, re.IGNORECASE)
    assert re.findall(r"(?:src|href)\s*=\s*[\"'](?!#|f\d+-|data:image/)", page) == []
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page


def test_the_page_holds_every_part_and_each_is_in_the_contents(page):
    sections = re.findall(r'<section id="([a-z]+)">', page)
    assert sections == [
        "brief", "names", "failures", "effects", "responses", "maps", "time", "convergence", "measures", "run",
    ] or sections == [
        "brief", "names", "failures", "effects", "responses", "maps", "convergence", "measures", "run",
    ]  # fmt: skip
    assert re.findall(r'<li><a href="#([a-z]+)">', page) == sections


def test_ids_of_figures_are_those_of_one_each(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = {name for pair in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', page) for name in pair if name}
    assert used <= set(ids)


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


def test_seeds_of_64_bits_stand_whole_in_the_tables_and_it_is_said_how_to_read_them(tmp_path, capsys):
    """Bare digits in CSV, as ``--seed`` takes them; text in Excel, whose numbers have 53 bits; and a word of warning."""
    import openpyxl

    folder = grid(tmp_path, {"rule.a": ["b", "c"]}, {"x": lambda columns, draw, n: np.ones((2, n))}, replicates=3)
    seeds = [str(seed) for seed in ecosim.read_sweep(folder).runs["seed"]]
    assert any(int(float(seed)) != int(seed) for seed in seeds), "a floating-point number would not hold them"
    carry_out(Order(folder=folder, tables="csv"))
    assert "Read the column seed as text" in capsys.readouterr().err
    text = pd.read_csv(folder / "tables" / "runs.csv", dtype=str)
    assert text["seed"].tolist() == seeds
    assert f",{seeds[0]}," in (folder / "tables" / "runs.csv").read_text(encoding="utf-8"), "no quotes, no apostrophe"
    carry_out(Order(folder=folder, tables="xlsx"))
    assert "as text" not in capsys.readouterr().err
    rows = list(openpyxl.load_workbook(folder / "tables" / "tables.xlsx")["runs"].values)
    assert [row[rows[0].index("seed")] for row in rows[1:]] == seeds


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


def test_the_page_of_a_comparison_shows_what_was_asked_for_at_the_moment_of_the_table_and_names_titles(tmp_path):
    arms = {"wide": "opinions", "narrow": ["opinions", "dynamics.stance.tolerance=0.1", "title=Closed ears"]}
    words = ("ecosystem.organisations=20", "ticks=6", "measures=[dispersion,spread,opinion_clusters]")
    asked = ["opinion_clusters", "spread.mean"]
    table = ecosim.compare(arms, *words, replicates=3, workers=0, measures=asked, out=tmp_path).differences
    found = findings_of(ecosim.read_sweep(tmp_path).tables)
    assert list(found.measures) == list(dict.fromkeys(table["measure"])) == asked
    assert found.effects["difference"].tolist() == pytest.approx(table["difference"].tolist())
    page = sweep_page(found)
    assert "2 differences are looked at." in page
    assert "narrow: Closed ears." in page
    figures = re.findall(r"<figure>(.*?)</b>", page, re.DOTALL)
    for name in ("What each value changes", "Measures over time"):
        drawn = next(figure for figure in figures if figure.endswith(name))
        assert "Closed ears" in drawn, "beside its row, or in the legend of its line"
    assert list(findings_of(ecosim.read_sweep(tmp_path).tables, ["dispersion"]).measures) == ["dispersion"]
    ecosim.compare(arms, *words, replicates=3, workers=0, out=tmp_path)
    assert "dispersion.mean" in findings_of(ecosim.read_sweep(tmp_path).tables).measures

"""Names that are code to a browser, a spreadsheet or a formula are kept as they are, and harmless wherever they stand."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree

import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.results.run import Run
from ecosim.world.actors import read_actors
from ecosim.world.names import defuse_for_spreadsheet, for_html, for_plot


def ecosim(*words: object):
    """Carry out a command in this process."""
    return CliRunner().invoke(cli.app, [str(word) for word in words])


ODD_NAMES = ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "$\\frac{$", "_Acme", "+1", "@x", "O'Neill & Co"]


def test_names_are_kept_as_they_are(tmp_path):
    rows = "".join('"' + name.replace('"', '""') + '",business\n' for name in ODD_NAMES)
    (tmp_path / "organisations.csv").write_text("name,sector\n" + rows, encoding="utf-8")
    assert read_actors(tmp_path / "organisations.csv").names == ODD_NAMES


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_are_harmless_wherever_they_are_shown(name):
    assert "<" not in for_html(name)
    assert defuse_for_spreadsheet(name)[0] not in "=+-@\t\r"
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.5, 0.5, for_plot(name))
    figure.canvas.draw()


@pytest.fixture(scope="module")
def odd_run(tmp_path_factory):
    """A run by the command line of organisations with odd names, in a scenario with an odd title."""
    folder = tmp_path_factory.mktemp("odd")
    with (folder / "organisations.csv").open("w", newline="", encoding="utf-8") as file:
        sectors = ("business", "government", "civil_society")
        rows = [(name, sectors[k % 3]) for k, name in enumerate(ODD_NAMES)]
        csv.writer(file).writerows([("name", "sector"), *rows])
    with (folder / "ties.csv").open("w", newline="", encoding="utf-8") as file:
        pairs = zip(ODD_NAMES, [*ODD_NAMES[1:], ODD_NAMES[0]], strict=True)
        csv.writer(file).writerows([("source", "target"), *pairs])
    (folder / "odd.yaml").write_text("base: town\nticks: 8\ntitle: '<script>alert(1)</script> --> $\\frac{$'\n")
    done = ecosim(
        *("run", "--scenario", folder / "odd.yaml", "--out", folder / "run"),
        *("--organisations", folder / "organisations.csv", "--ties", folder / "ties.csv"),
    )
    assert done.exit_code == 0, done.output
    assert "<script>alert(1)</script> --> $\\frac{$" in done.stdout, "a terminal is told letter by letter"
    return folder / "run"


def test_summary_and_pictures_of_odd_names_are_harmless(odd_run):
    summary = (odd_run / "summary.md").read_text(encoding="utf-8")
    assert "alert(1)" in summary
    assert "<script" not in summary
    drawn = {file.name for file in (odd_run / "figures").iterdir()}
    assert {"network.svg", "network.png", "success.svg", "success.png"} <= drawn
    for picture in (odd_run / "figures").glob("*.svg"):
        elements = {element.tag.rpartition("}")[2] for element in ElementTree.parse(picture).iter()}
        assert "path" in elements
        assert elements & {"script", "a", "foreignObject"} == set()
    assert all(png.read_bytes().startswith(b"\x89PNG") for png in (odd_run / "figures").glob("*.png"))


def test_odd_names_are_written_in_the_picture_letter_by_letter(odd_run):
    from ecosim.reports.network import network

    actors = read_actors(odd_run.parent / "organisations.csv", odd_run.parent / "ties.csv")
    model = Ecosystem(load("town", "ticks=1"), actors=actors)
    model.run()
    texts = {text.get_text() for axes in network(model.results()).axes for text in axes.texts}
    short = {for_plot(name) for name in ODD_NAMES if len(name) < 20}
    assert len(short) == 5
    assert short <= texts
    assert {text[:8] for text in texts} >= {"<script>", "=HYPERLI"}


def test_tables_keep_odd_names_and_spreadsheets_get_them_defused(odd_run, tmp_path):
    assert parquet.read_table(odd_run / "organisations.parquet")["name"].to_pylist() == ODD_NAMES
    ends = parquet.read_table(odd_run / "relationships.parquet")
    assert set(ends["source"].to_pylist()) | set(ends["target"].to_pylist()) <= set(ODD_NAMES)
    folder = Run.read(odd_run).to_csv(tmp_path)
    with (folder / "organisations.csv").open(newline="", encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    defused = {name: "'" + name for name in ODD_NAMES if name[0] in "=+@"}
    assert len(defused) == 3
    assert names == [defused.get(name, name) for name in ODD_NAMES]
    with (folder / "relationships.csv").open(newline="", encoding="utf-8") as file:
        assert not [row for row in csv.DictReader(file) if row["source"][0] in "=+@" or row["target"][0] in "=+@"]


def test_a_run_of_odd_names_can_be_read_again(odd_run):
    assert Run.read(odd_run).settings["title"] == "<script>alert(1)</script> --> $\\frac{$"

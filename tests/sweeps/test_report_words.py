"""What the page about a sweep says is what its numbers say, and no more."""

import re

import pytest

import ecosim
from ecosim.drawing.meaning import in_words, quantity
from ecosim.experiments.meaning import meanings_in
from ecosim.results.store import read_table
from ecosim.results.table import Table
from ecosim.settings import plain
from tests.experiments.fake_sweeps import grid, write_part
from tests.sweeps.towns import EVIL, curve, town


def test_names_are_shown_letter_by_letter(page):
    assert EVIL not in page
    assert "<b>broke</b>" not in page
    assert "&lt;script&gt;" in page
    assert "it &lt;b&gt;broke&lt;/b&gt;" in page


def test_effects_are_told_with_their_interval_and_what_is_not_seen_is_not(page):
    """The means rise by 2 · .6 from the first value to the last, and luck that points share does not blur it."""
    assert re.search(r"tolerance 0\.8 instead of 0\.2 raises it by 1\.[12]\d* \(1\.\d+ to 1\.[123]\d*\)", page)
    assert "pairs of the same luck" in page


def test_a_line_with_a_gap_does_not_bend_the_mean(page):
    """The point that failed is one of two at tolerance .2: the mean over both lines would rise for that alone."""
    assert "Success business rises" not in page


def test_failures_are_counted_and_told_with_an_example(page):
    assert "6 of 36 runs failed" in page
    assert "<td>error</td><td>6</td>" in page


def test_factors_of_two_rules_are_told_apart_everywhere(tmp_path):
    measures = {"win_win_share.mean": lambda c, draw, n: c["dynamics.meeting.rate"][:, None] + draw.normal(0, 0.01, n)}
    axes = {"dynamics.meeting.rate": [0.0, 1.0], "dynamics.change.rate": [0.0, 1.0]}
    page = ecosim.read_sweep(grid(tmp_path, axes, measures, replicates=6)).report().read_text(encoding="utf-8")
    assert "A made-up town: meeting.rate, change.rate" in page
    assert re.search(r"<li>Win win share rises[^<]*as meeting\.rate goes from 0 to 1", page)
    assert not re.search(r"(?<!meeting\.)(?<!change\.)\brate\b", re.sub(r"<title>.*?</title>", "", page))


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


def test_what_is_one_is_counted_in_the_singular(tmp_path):
    measures = {"x": lambda columns, draw, n: columns["rule.a"][:, None]}
    two = grid(tmp_path / "two", {"rule.a": [0.0, 1.0]}, measures, failed=(0,))
    one = grid(tmp_path / "one", {"rule.a": [1.0]}, measures)
    page = ecosim.read_sweep(two).report().read_text(encoding="utf-8")
    for told in ("1</b><span>replicate,", "1</b><span>run with results", "1</b><span>run failed", "1</b><span>measure<",
                 "1 run failed; it is in none", "1 of 2 runs failed and is left out", "The measure"):  # fmt: skip
        assert told in page
    assert not re.search(r"\b1 (runs failed;|replicates|measures|points)", re.sub(r"<[^>]+>", " ", page))
    assert "1 point × 1)" in repr(ecosim.read_sweep(one))


def test_the_table_of_luck_is_explained(page):
    table = page.index("s.d. of runs of a point")
    told = page.index("how far the runs of one point lie apart")
    assert page.index('<section id="convergence">') < told < table


def test_runs_that_are_planned_and_not_made_are_missed(tmp_path):
    folder = town(tmp_path)
    (whole,) = (folder / "runs").iterdir()
    runs, notes = read_table(whole)
    whole.unlink()
    write_part(folder / "runs", Table({name: runs[name].to_numpy()[:30] for name in runs}, notes))
    assert "Only 30 of 36 runs have been made" in ecosim.read_sweep(folder).report().read_text(encoding="utf-8")


def test_every_factor_and_measure_is_told_with_its_unit_and_what_it_is(page):
    names = re.search(r'<section id="names">.*?</section>', page, re.DOTALL).group()
    assert "<td>stance.tolerance</td><td>0.2, 0.4, 0.8</td>" in names
    assert "<td>dispersion</td><td>share</td><td>what dispersion.mean means</td>" in names
    assert "difference (share)" in page


@pytest.mark.parametrize(("unit", "axis"), [("1", "index"), ("relationships", "relationships"), ("", "")])
def test_a_number_without_a_unit_is_called_an_index_and_an_unknown_unit_nothing(unit, axis):
    assert in_words(unit) == axis


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        ("dispersion", "dispersion of opinion (index),\nat the end of a run"),
        ("win_win_share", "win win share,\nat the end of a run"),
        ("relationships.mean", "relationships,\nmean over the second half of a run"),
        ("capital_business", "capital business (capital),\nat the end of a run"),
        ("somebodys_own", "somebodys own,\nat the end of a run"),
    ],
)
def test_an_axis_tells_what_is_measured_in_which_unit_and_when(measure, told):
    assert quantity(measure) == told


def test_what_a_factor_is_comes_from_its_own_declaration_and_no_code_is_imported_for_it():
    key, foreign = "dynamics.stance.tolerance", {"dynamics": {"gossip": {"rule": "gossip_of_a_stranger:Gossip"}}}
    configuration = plain(ecosim.load("opinions"))
    assert "greatest distance of stance that is listened to" in meanings_in({"": configuration}, [key])[key]
    assert meanings_in({"": configuration}, ["scenario", "dynamics.stance"]) == {"scenario": "", "dynamics.stance": ""}
    assert meanings_in({"": configuration | foreign}, [key]) == {key: ""}
    assert meanings_in({}, [key]) == {key: ""}

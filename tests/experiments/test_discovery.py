"""Scenario discovery: a planted box is found in noise and told with what it is worth elsewhere; noise yields no rule."""

import json
import sys
import warnings

import numpy as np
import pytest
from matplotlib import pyplot
from scipy import stats
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.drawing import discovery as drawing
from ecosim.errors import InputError
from ecosim.experiments import tested_rules
from ecosim.experiments.cart import find_tree
from ecosim.experiments.cases import Box, Cases
from ecosim.experiments.discovery import discovered
from ecosim.experiments.intervals import wilson
from ecosim.experiments.prim import find_box, quality
from ecosim.experiments.rule_words import where
from ecosim.experiments.tested_rules import ALARM
from tests.experiments.sweeps import TINY

KEYS = ("dynamics.meeting.rate", "translation", "c", "d", "rule")
WORDS = ((), (), (), (), ("aspiration", "fermi", "none"))
INSIDE, OUTSIDE = 0.9, 0.1


def space(points, seed, replicates=5, chance=None):
    """Return points of four numbers and a word; it holds by ``chance``, a function of the factors."""
    draw = np.random.default_rng(seed)
    factors = draw.random((points, 5))
    factors[:, 4] = draw.integers(3, size=points)
    p = np.full(points, 0.3) if chance is None else chance(factors)
    share = draw.binomial(replicates, p) / replicates
    return Cases(KEYS, factors, WORDS, share, np.full(points, float(replicates)))


def in_box(factors):
    return (factors[:, 0] > 0.4) & (factors[:, 1] < 0.6) & (factors[:, 4] != 2)


def planted(factors):
    return np.where(in_box(factors), INSIDE, OUTSIDE)


@pytest.fixture(scope="module")
def found():
    return discovered(space(600, 1, chance=planted), "collaboration > 0.5")


def test_the_planted_box_is_found_with_its_bounds_and_words(found):
    box = found.rules[0].box
    assert box.low[0] == pytest.approx(0.4, abs=0.05)
    assert box.high[1] == pytest.approx(0.6, abs=0.06)
    assert box.left_out[4] == {2}
    assert box.restricted() == [0, 1, 4]


def test_the_density_told_is_that_of_points_that_did_not_make_the_rule(found):
    rule = found.rules[0]
    inside = rule.box.holds(found.tested_on.factors)
    assert rule.density.value == pytest.approx(found.tested_on.share[inside].mean())
    assert rule.density.low < INSIDE - 0.05 < rule.density.high + 0.05
    assert rule.p_value < 0.001
    assert {key: p < 0.05 for key, p in rule.quasi.items()} == {0: True, 1: True, 4: True}


def test_the_rule_is_told_in_plain_words(found):
    told = found.says[1]
    assert told.startswith("collaboration > 0.5 in ")
    assert "of runs where meeting.rate > 0.4" in told
    assert "rule is not none" in told
    assert "of all runs and" in told


def test_the_tree_finds_the_same_box_and_its_leaves_are_everything_once(found):
    best = found.leaves.sort_values("density").iloc[-1]
    assert "meeting.rate >" in best["where"]
    assert "translation <" in best["where"]
    assert best["density"] == pytest.approx(INSIDE, abs=0.15)
    inside = np.array([leaf.holds(found.cases.factors) for leaf in found.tree.leaves])
    assert (inside.sum(axis=0) == 1).all()
    assert found.leaves["mass"].sum() == pytest.approx(1.0)


def test_noise_yields_no_rule_more_often_than_is_said(monkeypatch):
    """30 sweeps in which nothing matters, a box and a tree tried in each, 1 % each; false alarm 1e-6."""
    monkeypatch.setattr(tested_rules, "DRAWS", 1000)
    results = [discovered(space(100, 50 + seed), "y", seed=seed) for seed in range(30)]
    alarms = sum(bool(one.rules) or one.tree is not None for one in results)
    assert alarms <= stats.binom.ppf(1 - 1e-6, 30, 2 * ALARM)
    assert "No rule" in results[0].says[1]


def test_a_box_with_a_density_asked_for_is_the_largest_that_reaches_it():
    cases = space(400, 3, chance=lambda factors: factors[:, 0])
    loose, strict = (find_box(cases, density=density) for density in (0.6, 0.85))
    assert loose.quality.density >= 0.55
    assert strict.quality.density >= 0.8
    assert strict.quality.coverage < loose.quality.coverage
    assert strict.box.low[0] > loose.box.low[0]


def test_peeling_only_ever_makes_boxes_smaller():
    path = find_box(space(300, 4, chance=planted)).path
    assert [one.mass for one in path] == sorted((one.mass for one in path), reverse=True)
    assert path[0].coverage == path[0].mass == 1.0
    assert path[-1].mass >= 0.05


def test_points_with_more_runs_count_for_more():
    cases = Cases(("a",), np.array([[0.0], [1.0]]), ((),), np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    assert cases.base == 0.75
    assert quality(Box.whole(1).cut(0, low=0.5), cases) == (1.0, 1.0, 0.75, 1)


def test_halves_hold_about_as_many_cases_and_every_point_once():
    cases = space(101, 5, chance=planted)
    first, second = cases.halves(0)
    assert first.share.size + second.share.size == 101
    assert abs(first.share.sum() - second.share.sum()) < 2.0
    both = np.concatenate([first.factors, second.factors])
    assert (np.sort(both[:, 0]) == np.sort(cases.factors[:, 0])).all()


def test_a_tree_of_noise_is_cut_back_to_its_root():
    sizes = [len(find_tree(space(150, 70 + seed), seed=seed).leaves) for seed in range(10)]
    assert np.median(sizes) == 1


def test_without_scikit_learn_boxes_are_told_and_the_extra_for_trees_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    found = discovered(space(300, 1, chance=planted), "y")
    assert found.rules
    assert found.tree is None
    assert "ecosim[analysis]" in found.says[-1]


def test_where_everything_holds_there_is_nothing_to_tell_apart():
    told = discovered(space(30, 6, chance=lambda factors: np.ones(len(factors))), "y").says
    assert told == ("y in every run of 30 points: nothing to tell apart.",)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_an_interval_of_none_or_all_reaches_exactly_to_the_share(share):
    """By Wilson's score the interval of all n is [n / (n + z²), 1], of none [0, z² / (n + z²)]."""
    for points in range(1, 2000):
        found = wilson(share, points)
        rest = 1.959964**2 / (points + 1.959964**2)
        assert found.low <= found.value <= found.high
        assert (found.high, found.low) == pytest.approx((1.0, 1.0 - rest) if share else (rest, 0.0), abs=1e-12)


@pytest.mark.parametrize("chance", [lambda x: x[:, 0] > 0.5, lambda x: x[:, 0] < 2.0], ids=["perfect", "everywhere"])
def test_a_perfect_rule_and_one_outcome_everywhere_are_drawn_without_a_warning(chance):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for points in (40, 60, 100):
            cases = space(points, 3, chance=lambda factors: chance(factors).astype(float))
            alone = Cases(cases.keys[:1], cases.factors[:, :1], cases.words[:1], cases.share, cases.runs)
            for one in (cases, alone):
                pyplot.close(drawing.discovery(discovered(one, "y")))


def test_words_are_listed_by_the_shorter_list():
    cases = space(30, 7)
    box = Box.whole(5)
    assert where(box, cases) == "anywhere"
    assert where(box.cut(4, out=0), cases) == "where rule is not aspiration"
    assert where(box.cut(4, out=0).cut(4, out=1), cases) == "where rule is none"
    assert where(box.cut(0, low=0.25).cut(0, high=0.5), cases) == "where 0.25 < meeting.rate < 0.5"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sweep of a tiny world: opinions stay apart where tolerance is small."""
    out = tmp_path_factory.mktemp("sweep")
    ecosim.sweep(
        "opinions",
        {"dynamics.stance.tolerance": np.linspace(0.05, 0.95, 20), "dynamics.stance.responsiveness": [0.2, 0.8]},
        *(word for word in TINY if "trouble" not in word), "ticks=20", replicates=3, workers=0, out=out,
    )  # fmt: skip
    return out


def test_the_command_tells_the_rule_of_a_sweep_and_leaves_table_and_figure(folder):
    done = CliRunner().invoke(cli.app, ["discover", str(folder), "--measure", "dispersion", "--above", "0.3", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["rules"][0]["where"][0].startswith("stance.tolerance < 0.")
    assert told["false_alarm_rate"] == ALARM
    assert {"discovery.json", "discovery_boxes.csv", "discovery.svg", "discovery.png"} <= {
        path.name for path in folder.iterdir()
    }


def test_from_python_the_same_gives_tables_and_axes(folder):
    found = ecosim.discover(folder, "dispersion", above=0.3)
    assert next(iter(found.boxes["factor"])) == "dynamics.stance.tolerance"
    assert found.points["share"].between(0, 1).all()
    axes = found.plot()
    assert axes.get_xlabel() == "dynamics.stance.tolerance"


@pytest.mark.parametrize(
    ("measure", "words", "message"),
    [
        ("dispersoin", {"above": 0.3}, "dispersion"),
        ("dispersion", {}, "neither above nor below is given"),
        ("dispersion", {"above": 0.5, "below": 0.3}, "nothing lies there"),
        ("dispersion", {"above": 0.3, "density": 2.0}, "density"),
        ("dispersion", {"above": 0.3, "depth": 0}, "depth"),
    ],
)
def test_what_cannot_be_asked_is_refused(folder, measure, words, message):
    with pytest.raises(InputError, match=message):
        ecosim.discover(folder, measure, **words)


def test_a_folder_without_a_sweep_and_a_sweep_of_few_points_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no sweep"):
        ecosim.discover(tmp_path, "dispersion", above=0.3)
    few = tmp_path / "few"
    words = ("ecosystem.organisations=20", "ticks=2")
    ecosim.sweep("opinions", {"dynamics.stance.tolerance": [0.1, 0.5]}, *words, workers=0, out=few)
    with pytest.raises(InputError, match="at least 20"):
        ecosim.discover(few, "dispersion", above=0.3)


@pytest.mark.parametrize(("design", "samples"), [("sobol", 8), ("morris", 8)])
def test_points_that_share_values_in_blocks_are_refused(tmp_path, design, samples):
    """Rules found in one half would be tested on points that are half the same."""
    box = {
        "dynamics.stance.tolerance": ecosim.Interval(0.1, 0.9),
        "dynamics.stance.responsiveness": ecosim.Interval(0, 1),
    }
    words = ("ecosystem.organisations=10", "ticks=2", "measures=[dispersion]")
    ecosim.sweep("opinions", box, *words, design=design, samples=samples, workers=0, out=tmp_path)
    with pytest.raises(InputError, match=f"a {design} sweep, whose points share values.*lhs, sequence or grid"):
        ecosim.discover(tmp_path, "dispersion", above=0.1)

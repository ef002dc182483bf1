"""Each design, and each number of replicates, has the figures on its page that it can fill."""

import numpy as np
import pytest

import ecosim
from ecosim.sweeps.findings import compared
from tests.experiments.fake_sweeps import grid, sampled, write


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


def test_one_run_of_each_point_is_told_without_intervals(tmp_path):
    folder = grid(tmp_path, {"rule.a": [0.0, 1.0]}, {"x": lambda c, draw, n: c["rule.a"][:, None]})
    page = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert "Each point was run once: differences are shown without intervals" in page


def test_of_one_run_a_point_neither_luck_nor_tests_nor_intervals_are_told(tmp_path):
    """Fourteen differences are enough for a page of several runs a point to count what chance would make of them."""
    axes = {"rule.a": [float(k) for k in range(15)]}
    pages = {}
    for replicates in (1, 2):
        folder = grid(
            tmp_path / str(replicates),
            axes,
            {"x": lambda c, draw, n: c["rule.a"][:, None] + draw.normal(0, 0.01, (15, n))},
            replicates=replicates,
        )
        pages[replicates] = ecosim.read_sweep(folder).report().read_text(encoding="utf-8")
    assert "There is one run a point, so nothing can be told of chance" in pages[1]
    told = (
        "would still seem to be, by chance",
        "the interval reaches across zero",
        "Bands: 95 % intervals",
        ">95 % interval<",
    )
    for words in told:
        assert words not in pages[1]
        assert words in pages[2]
    assert "– to –" not in pages[1]
    assert "luck is in them" not in pages[1]


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

"""The figure of a calibration: what it shades, bars and marks is what the numbers say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ecosim.drawing.calibration import BEST, calibration, draw_parameter, draw_targets


def result(particles=None, *, kind=float, first=0.0, last=1.0, scale="linear"):
    """Return a calibration of one parameter p and two targets, one met by what agrees and one missed."""
    p = np.linspace(first, last, 41).astype(kind)
    share = np.linspace(0.0, 1.0, 41)
    trials = pd.DataFrame({
        "p": p, "met": 2.0 + 0.1 * (share - 0.5), "missed": 7.0, "loss": 100.0 * (share - 0.5) ** 2,
        "agrees": np.abs(share - 0.5) < 0.2, "weight": 1.0,
    })  # fmt: skip
    row = {"parameter": "p", "best": p[20], "low": p[12], "high": p[28], "from": first, "to": last, "scale": scale}
    targets = [("met", 2.0, 0.1, 2.0), ("missed", 5.0, 0.5, 7.0)]
    return SimpleNamespace(
        trials=trials,
        parameters=pd.DataFrame([{**row, "share_of_range": 0.4}]),
        targets=pd.DataFrame(targets, columns=["measure", "target", "sd", "best"]),
        posterior=None if particles is None else pd.DataFrame({"p": particles, "weight": 1.0 / len(particles)}),
        says=("The best is in the middle.",),
        about="What the names mean: a: how much.",
    )


def bars(axes):
    """Return the values and edges of the bars."""
    return next(patch.get_data() for patch in axes.patches if hasattr(patch, "get_data"))


@pytest.mark.parametrize(("scale", "first", "last"), [("linear", 0.0, 1.0), ("log", 0.01, 100.0)])
def test_a_posterior_that_is_as_broad_as_the_range_is_as_likely_as_before_everywhere(scale, first, last):
    shares = np.linspace(0.0, 1.0, 3001)[1:-1]
    particles = first + (last - first) * shares if scale == "linear" else first * (last / first) ** shares
    axes = draw_parameter(result(particles, first=first, last=last, scale=scale), "p")
    heights = bars(axes)[0]
    assert heights == pytest.approx(np.ones(heights.size), rel=0.02)
    assert axes.get_xscale() == scale


def test_bars_tell_how_many_times_as_likely_values_have_become():
    """Their mean over the range is 1, whatever the posterior is."""
    heights, edges, _ = bars(draw_parameter(result(np.linspace(0.4, 0.6, 500)), "p"))
    assert heights.mean() == pytest.approx(1.0)
    assert heights[(edges[:-1] > 0.45) & (edges[1:] < 0.55)] == pytest.approx(5.0, rel=0.05)
    assert not heights[edges[1:] < 0.4].any()


def test_each_of_a_few_whole_numbers_has_its_bar():
    axes = draw_parameter(result(np.array([3, 3, 3, 4]), kind=int, first=1, last=6), "p")
    heights, edges, _ = bars(axes)
    assert edges.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5]
    assert heights == pytest.approx([0, 0, 6 * 0.75, 6 * 0.25, 0, 0])


def test_the_losses_of_a_search_for_the_best_have_their_least_at_it():
    axes = draw_parameter(result(), "p")
    best = next(line for line in axes.lines if line.get_label() == "the best")
    assert best.get_xydata().tolist() == [[0.5, 0.0]]
    shaded = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (shaded.x0, shaded.x1) == pytest.approx((0.3, 0.7))


def test_targets_are_drawn_in_their_own_standard_deviations():
    axes = draw_targets(result())
    marks = [line.get_xydata()[0].tolist() for line in axes.lines if line.get_color() == BEST]
    assert marks == [[0.0, 0.0], [4.0, 1.0]]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["met = 2", "missed = 5"]
    left, right = axes.get_xlim()
    assert left == -right
    assert right > 4.0


def test_the_figure_has_a_panel_for_each_parameter_and_one_for_the_targets():
    figure = calibration(result())
    assert len(figure.axes) == 2
    assert figure.get_suptitle() == "Which values bring the model to its targets"
    assert "The best is in the middle." in figure.get_supxlabel()

"""What the experiments' scripts share: how a level is told at which an outcome goes over."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from ecosim.drawing.style import new_figure

LEVELS = (0.05, 0.1, 0.2, 0.4)


@pytest.fixture(scope="module")
def common():
    path = Path(__file__).parents[2] / "experiments" / "common.py"
    spec = importlib.util.spec_from_file_location("common_of_experiments", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ([0.0, 0.0, 0.0, 0.0], "beyond the grid: above 0.4"),
        ([1.0, 1.0, 1.0, 1.0], "beyond the grid: below 0.05"),
        ([0.0, 0.0, 1.0, 1.0], "between 0.1 and 0.2"),
        ([0.0, 0.0, 0.0, 1.0], "between 0.2 and 0.4"),
    ],
)
def test_where_all_replicates_agree_no_number_is_told_that_nobody_knows(common, outcome, said):
    found = common.crossing(LEVELS, np.tile(outcome, (30, 1)), 0.5)
    assert common.crossed(LEVELS, found) == said


def test_an_interval_that_leaves_the_levels_says_beyond_which(common):
    """Half of the replicates are over from the first level on, half only from the third, and one never."""
    half = np.repeat([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]], 8, axis=0)
    told = common.crossed(LEVELS, common.crossing(LEVELS, half, 0.55))
    assert "[below 0.05, 0." in told
    assert "inf" not in told
    rare = np.repeat([[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]], (9, 7), axis=0)
    assert common.crossed(LEVELS, common.crossing(LEVELS, rare, 0.5), 1).endswith(", above 0.4]")
    assert common.crossed(LEVELS, (-0.1, -0.2, 0.1)) == "−0.10 [−0.20, 0.10]"


def test_a_figure_is_the_same_file_each_time_it_is_drawn(common, tmp_path):
    """Matplotlib gives marks and clipped areas ids by chance, unless it is told where to take them from."""

    def drawn():
        figure = new_figure(4.0, 3.0)
        axes = figure.subplots()
        common.curves(axes, LEVELS, {"one": [(1.0, 0.5, 1.5)] * 4, "other": [(2.0, 1.5, 2.5)] * 4})
        axes.legend()
        return figure

    (tmp_path / "README.md").write_text(f"{common.START}\n{common.END}\n", "utf-8")
    files = []
    for _ in range(2):
        common.publish(tmp_path, "told", drawn, write=True)
        files.append((tmp_path / "figure.svg").read_bytes())
    assert files[0] == files[1]
    assert b"clip-path" in files[0]

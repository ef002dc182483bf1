"""The figure of what to watch shows what a scenario names, in the colours and dashes of the other figures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from ecosim.drawing.style import SECTOR_COLOURS
from ecosim.errors import InputError
from ecosim.reports import plots
from ecosim.reports.run_page import run_page
from ecosim.settings import settings_from
from tests.results.toys import SETTINGS, a_run

NAMED = {**SETTINGS, "watch_measures": ["success", "cross_sector_share", "payoff_mean"]}


@pytest.fixture(scope="module")
def run():
    return a_run(30, ticks=60, settings=NAMED)


@pytest.fixture(scope="module")
def figure(run):
    return plots.watch(run)


def test_each_measure_has_a_panel_that_says_what_it_is_in_which_unit(figure):
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["success", "ties between sectors"]
    assert [axes.get_ylabel() for axes in figure.axes] == ["index", "share"]
    assert {axes.get_xlabel() for axes in figure.axes} == {"tick"}
    assert "share across sectors" in [text.get_text() for text in figure.axes[1].findobj(Text)]


def test_sectors_have_the_colours_and_dashes_of_the_figure_of_success(run, figure):
    def lines(axes):
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        return {line.get_label(): (to_hex(line.get_color()).upper(), line.get_linestyle()) for line in named}

    assert lines(figure.axes[0]) == lines(plots.success(run).axes[0])
    assert [lines(figure.axes[0])[word][0] for word in ("business", "government")] == list(SECTOR_COLOURS[:2])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "business",
        "government",
        "civil society",
        "all together",
    ]


def test_the_caption_tells_first_and_last_values_and_what_was_not_measured(run, figure):
    said = " ".join(figure.get_supxlabel().split())
    assert "ties between sectors: 50 % to" in said
    assert "Not measured in this run: payoff_mean." in said


def test_neither_title_nor_caption_nor_legend_covers_a_panel(figure):
    figure.savefig("/dev/null", format="png")
    boxes = [figure._suptitle, figure._supxlabel, *figure.legends]
    edges = [one.get_window_extent() for one in boxes]
    for axes in figure.axes:
        panel = axes.get_tightbbox()
        assert not any(panel.overlaps(edge) for edge in edges)


def test_it_is_on_the_page_of_a_run_and_not_again_among_what_else_was_measured(run):
    assert "What to watch." in run_page(run)
    assert "cross_sector_share" not in plots.measures(run).get_suptitle()
    bare = a_run(10, settings=SETTINGS | {"watch_measures": ["win_win_share"]})
    assert "win win share" not in [axes.get_title(loc="left") for axes in plots.measures(bare).axes]


def test_without_a_name_and_without_the_usual_measures_it_is_left_out():
    with pytest.raises(InputError, match="figure 'watch' is left out"):
        plots.watch(a_run())


def faults(**given):
    with pytest.raises(InputError) as told:
        settings_from({"ecosystem": {"organisations": 9, "stance": {"axes": ["left", "up"]}}, **given})
    return list(told.value.faults)


def test_what_is_watched_is_held_against_the_list_of_measures_but_need_not_be_measured():
    (told,) = faults(watch_measures=["clustring"])
    assert told.startswith("watch_measures: there is no 'clustring'")
    assert "did you mean 'clustering'?" in told
    assert faults(watch_measures=["clustering", "clustering"]) == ["watch_measures: 'clustering' twice; allowed: once"]
    assert "dispersion_left" in faults(watch_measures=["dispersion_by_axis"])[0]
    settings = settings_from({"watch_measures": ["clustering", "success_business"]})
    assert settings.watch_measures == ("clustering", "success_business")
    assert np.size(settings.measures) == 0

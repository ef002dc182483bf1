"""Figures show what was measured, say what they show, and take any name letter by letter."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from ecosim.drawing import style
from ecosim.drawing.style import ISSUE_COLOURS, RUNG_COLOURS, SECTOR_COLOURS, SECTOR_SHAPES
from ecosim.errors import InputError
from ecosim.measures.registry import find
from ecosim.reports import plots
from ecosim.results.frame import Frame
from ecosim.world.labels import Labels
from tests.results.toys import SETTINGS, Keep, a_run

AWKWARD = (r"$\frac{$", "_Acme", "<script>alert(1)</script>", "=HYPERLINK(1)", "a\nb", "日本", "", "x" * 300)


WATCHED = {**SETTINGS, "watch_measures": ["cross_sector_share", "success"]}


@pytest.fixture(scope="module")
def run():
    return a_run(30, ticks=60, settings=WATCHED)


def texts(figure):
    """Return every text that a figure shows, in the order in which it is drawn."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def legend_of(figure):
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def test_every_figure_is_saved_as_svg_and_png(run, tmp_path):
    written = plots.save_figures(run, tmp_path)
    names = ("network", "watch", "collaboration", "success", "severity", "ladder", "measures")
    assert [path.name for path in written] == [f"{name}.{kind}" for name in names for kind in ("svg", "png")]
    assert all(path.stat().st_size > 10_000 for path in written)
    assert (tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "network.svg").read_bytes()[:2000]


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for folder in ("first", "second"):
        plots.save_figures(a_run(10, settings=WATCHED), tmp_path / folder)
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in sorted(tmp_path.iterdir())
    )
    assert {f"{name}.{kind}" for name in plots.FIGURES for kind in plots.FORMATS} <= first.keys()
    assert [name for name, drawn in first.items() if second[name] != drawn] == []


@pytest.mark.parametrize("name", plots.FIGURES)
def test_a_figure_has_a_title_and_a_sentence_that_explains_it(run, name):
    figure = plots.FIGURES[name](run)
    assert len(figure.get_suptitle()) > 10
    assert figure.get_supxlabel().rstrip().endswith(".")
    assert len(figure.get_supxlabel()) > 60


@pytest.mark.parametrize("name", ["collaboration", "success", "severity", "ladder"])
def test_every_axis_says_what_it_measures_and_starts_at_the_first_tick(run, name):
    for axes in plots.FIGURES[name](run).axes:
        if axes.get_visible():
            assert axes.get_ylabel()
            assert axes.get_xlim() == (0.0, 60.0)
            assert axes.get_xlabel() in ("tick", "")


@pytest.mark.parametrize("name", plots.FIGURES)
def test_nothing_is_drawn_beyond_the_edge_of_the_figure(run, name):
    figure = plots.FIGURES[name](run)
    figure.savefig("/dev/null", format="png")
    edges = figure.bbox
    for text in [figure._suptitle, figure._supxlabel, *figure.legends]:
        box = text.get_window_extent()
        assert box.x0 >= edges.x0
        assert box.x1 <= edges.x1
        assert box.y0 >= edges.y0
        assert box.y1 <= edges.y1


@pytest.mark.parametrize("organisations", [1, 12, 30])
def test_title_legend_panels_and_caption_of_the_network_do_not_overlap(organisations):
    figure = plots.network(a_run(organisations))
    figure.savefig("/dev/null", format="png")
    (legend,) = figure.legends
    highest = max(axes.title.get_window_extent().y1 for axes in figure.axes)
    lowest = min(axes.get_window_extent().y0 for axes in figure.axes)
    assert figure._suptitle.get_window_extent().y0 >= legend.get_window_extent().y1
    assert legend.get_window_extent().y0 >= highest
    assert lowest >= figure._supxlabel.get_window_extent().y1


def test_the_legends_name_sectors_issues_and_rungs(run):
    words = legend_of(plots.network(run))
    assert words[:3] == ["business", "government", "civil society"]
    assert "coalition: housing" in words
    assert legend_of(plots.success(run)) == ["business", "government", "civil society", "all together"]
    assert legend_of(plots.severity(run)) == ["housing", "health", "severity", "urgency"]
    assert legend_of(plots.ladder(run))[0] == "5 synergy"
    assert legend_of(plots.ladder(run))[-1] == "0 contact"


def test_everyone_stands_in_the_same_place_in_all_three_panels(run):
    figure = plots.network(run)
    places = [
        np.concatenate([points.get_offsets() for points in axes.collections if hasattr(points, "get_sizes")])
        for axes in figure.axes
    ]
    assert len(places) == 3
    assert len(places[0]) == 30
    assert np.array_equal(places[0], places[1])
    assert np.array_equal(places[0], places[2])


def test_lines_draw_the_values_that_were_recorded(run):
    (axes, *_) = plots.timeline(run, ["esteban_ray"]).axes
    assert np.array_equal(axes.lines[0].get_ydata(), run.recorded["esteban_ray"])
    assert np.array_equal(axes.lines[0].get_xdata(), run.recorded["tick"])


def test_the_rungs_add_up_to_everything(run):
    (axes,) = plots.ladder(run).axes
    tops = [band.get_paths()[0].vertices[:, 1].max() for band in axes.collections]
    assert tops[-1] == pytest.approx(100.0)
    assert len(tops) == 6


@pytest.mark.filterwarnings("error")
def test_awkward_names_are_drawn_letter_by_letter(tmp_path):
    run = a_run(8, names=AWKWARD)
    assert plots.save_figures(run, tmp_path)
    shown = texts(plots.network(run))
    assert r"\$\frac{\$" in shown
    assert "\u200b_Acme" in shown
    assert b"<script" not in (tmp_path / "network.svg").read_bytes()


def test_awkward_sectors_and_issues_are_in_the_legend(tmp_path):
    labels = Labels(("_public", "$x$", "<b>"), (r"$\frac{$", "_hidden"), ("x",), ("m",))
    run = a_run(12, labels=labels)
    assert plots.save_figures(run, tmp_path)
    assert legend_of(plots.success(run))[:3] == ["\u200b_public", r"\$x\$", "<b>"]
    assert legend_of(plots.severity(run))[:2] == [r"\$\frac{\$", "\u200b_hidden"]


def test_a_figure_that_nothing_was_measured_for_is_left_out_and_said_so(tmp_path):
    (tmp_path / "ladder.svg").write_text("of an earlier run")
    said = []
    assert plots.save_figures(a_run(measured=[], keep=Keep(figures=False)), tmp_path, said.append) == []
    assert [sentence.split("'")[1] for sentence in said] == list(plots.FIGURES)
    assert list(tmp_path.iterdir()) == []


def test_where_no_other_figure_over_time_fits_whatever_was_measured_is_drawn(tmp_path):
    bare = a_run(10, ticks=20, measured=find(["degree_mean", "capital_mean"]))
    (tmp_path / "measures.svg").write_text("of an earlier run")
    assert {path.stem for path in plots.save_figures(bare, tmp_path)} == {"network", "measures"}
    figure = plots.measures(bare)
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()] == ["degree mean", "capital mean"]
    plots.save_figures(a_run(10, ticks=20, measured=find(["clustering"])), tmp_path)  # the others show it all
    assert not (tmp_path / "measures.svg").exists()


def test_a_measure_that_does_not_exist_is_refused_with_the_nearest_name(run):
    with pytest.raises(InputError, match="esteban_ray"):
        plots.timeline(run, ["estebanray"])


@pytest.mark.parametrize("organisations", [0, 1, 2])
@pytest.mark.parametrize("ticks", [0, 1])
def test_the_smallest_worlds_have_their_figures(organisations, ticks, tmp_path):
    run = a_run(organisations, ticks=ticks)
    names = {path.stem for path in plots.save_figures(run, tmp_path)}
    assert {"collaboration", "success", "severity"} <= names
    assert ("network" in names) == (organisations > 0)


def test_of_many_organisations_a_sample_is_shown_and_said_so():
    figure = plots.network(a_run(500, ticks=2))
    shown = sum(len(points.get_offsets()) for points in figure.axes[0].collections if hasattr(points, "get_sizes"))
    assert shown == 400
    assert "sample of 400 of 500" in figure.get_supxlabel().replace("\n", " ")


def test_sectors_differ_by_colour_and_by_shape_and_nearby_colours_by_lightness():
    assert len(set(SECTOR_SHAPES)) == len(SECTOR_SHAPES) >= len(SECTOR_COLOURS)
    for colours in (SECTOR_COLOURS, ISSUE_COLOURS, RUNG_COLOURS):
        assert len(set(colours)) == len(colours)
    light = [np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in RUNG_COLOURS]
    assert np.abs(np.diff(light)).min() > 0.08


def test_the_users_own_style_of_figures_is_left_alone(run):
    import matplotlib

    matplotlib.rcParams["font.size"] = 7.0
    plots.ladder(run)
    assert matplotlib.rcParams["font.size"] == 7.0
    with style.rules():
        assert matplotlib.rcParams["font.size"] == 10.0
    matplotlib.rcParams["font.size"] = 10.0


def test_drawing_needs_neither_pyplot_nor_pandas(tmp_path):
    program = (
        "import sys; from ecosim.reports import plots; from tests.results.toys import a_run\n"
        f"plots.save_figures(a_run(6), {str(tmp_path)!r})\n"
        "assert not {'matplotlib.pyplot', 'pandas', 'networkx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def marks_of(figure):
    """Return the colours that the marks of each panel are filled with (rows, 4)."""
    from matplotlib.collections import PathCollection

    panels = [
        [one.get_facecolors() for one in axes.collections if isinstance(one, PathCollection)] for axes in figure.axes
    ]
    return [np.concatenate(panel) for panel in panels]


def of_opinions(sectors=("business", "government"), axes=("left",)):
    labels = Labels(sectors=sectors, issues=("a", "b"), stance_axes=axes)
    model = a_run(0, columns=("stance",), labels=labels, measured=[])
    frames = []
    for tick in (0, 9):
        n = 12
        ends = np.stack((np.arange(n - 1), np.arange(1, n)), axis=1)
        stance = np.tile(np.linspace(-1, 1, n)[:, None] * (1 if tick == 0 else 0), (1, len(axes)))
        empty = np.empty(0, np.int64)
        sector = (np.arange(n) % len(sectors)).astype(np.int8)
        frames.append(Frame(tick, labels, None, np.arange(n), sector, ends, None, empty, empty, empty, None, stance))
    model.frames = tuple(frames)
    return model


def test_in_a_model_of_opinions_the_colour_tells_the_opinion():
    figure = plots.network(of_opinions())
    first, last = marks_of(figure)
    assert len(np.unique(first, axis=0)) == 12  # everyone thinks otherwise
    assert np.allclose(last[:, :3], to_rgb(style.MIDDLE))  # all think the same
    assert {"opinion −1", "opinion 0", "opinion +1"} <= set(legend_of(figure))
    assert "Colour tells the opinion; shape the sector." in " ".join(figure.get_supxlabel().split())
    assert "what everyone thinks" in figure.get_suptitle()


def test_of_several_axes_of_opinion_the_first_is_shown_and_named():
    figure = plots.network(of_opinions(axes=("left", "up")))
    assert "left: −1" in legend_of(figure)
    assert "on left, the first of 2 axes" in " ".join(figure.get_supxlabel().split())


def test_in_a_model_of_giving_without_opinions_the_colour_tells_what_everyone_gives():
    model = of_opinions()
    given = (np.linspace(0, 1, 12), np.full(12, 0.5))
    model.frames = tuple(
        replace(frame, stance=None, contribution=shares) for frame, shares in zip(model.frames, given, strict=True)
    )
    figure = plots.network(model)
    first, last = marks_of(figure)
    assert len(np.unique(first, axis=0)) == 12
    assert np.allclose(last[:, :3], to_rgb(style.MIDDLE))
    assert {"gives nothing", "gives half", "gives all"} <= set(legend_of(figure))
    assert "what everyone gives" in figure.get_suptitle()
    assert "(on average 50 % to 50 %); shape the sector." in " ".join(figure.get_supxlabel().split())


def test_what_a_model_measures_and_no_other_figure_shows_gets_a_picture_beside_the_others(tmp_path):
    measured = find(["clustering", "relationships", "degree_mean"])
    run = a_run(20, ticks=9, measured=measured)
    assert {path.stem for path in plots.save_figures(run, tmp_path)} == {"network", "collaboration", "measures"}
    assert [axes.get_title(loc="left") for axes in plots.measures(run).axes] == ["relationships", "degree mean"]
    assert plots.measures(run).get_suptitle() == "What else was measured"


def test_where_there_are_bonds_or_coalitions_and_sectors_the_colour_tells_the_sector(run):
    figure = plots.network(run)
    assert {tuple(colour) for panel in marks_of(figure) for colour in np.round(panel[:, :3], 6)} <= {
        tuple(np.round(to_rgb(colour), 6)) for colour in SECTOR_COLOURS
    }
    assert not any(text.startswith("opinion") for text in legend_of(figure))


def test_the_colours_of_opinions_run_evenly_from_one_end_over_the_middle_to_the_other():
    assert style.of_opinion(-1.0) == pytest.approx(to_rgb(style.LOW))
    assert style.of_opinion(0.0) == pytest.approx(to_rgb(style.MIDDLE))
    assert style.of_opinion(1.0) == pytest.approx(to_rgb(style.HIGH))
    light = [sum(style.of_opinion(stance)) for stance in np.linspace(0, 1, 9)]
    assert np.allclose(np.diff(light), (light[-1] - light[0]) / 8)

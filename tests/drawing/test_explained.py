"""Explained: each label has its marks and its interval, and the figure says what it is."""

import pytest

from ecosim.drawing.explained import bands, bars, explained, no_difference

FOUND = {"a": [(1.0, 0.5, 1.5), (2.0, 1.0, 3.0)], "b": [(0.0, -1.0, 1.0), (0.0, -2.0, 2.0)]}


def test_a_figure_has_its_title_and_caption():
    with explained(4.0, 3.0, "A title", "A caption.") as figure:
        figure.subplots()
    assert figure.get_suptitle() == "A title"
    assert figure.get_supxlabel() == "A caption."
    assert tuple(figure.get_size_inches()) == (4.0, 3.0)


def test_a_band_reaches_from_the_low_to_the_high_end_of_each_interval():
    with explained(4.0, 3.0, "", "") as figure:
        axes = figure.subplots()
        bands(axes, (0.0, 1.0), FOUND)
    assert [line.get_label() for line in axes.lines] == list(FOUND)
    for band, values in zip(axes.collections, FOUND.values(), strict=True):
        corners = band.get_paths()[0].vertices
        assert corners[:, 1].min() == min(low for _, low, _ in values)
        assert corners[:, 1].max() == max(high for _, _, high in values)


def test_bars_stand_from_top_to_bottom_around_a_line_at_nothing():
    with explained(4.0, 3.0, "", "") as figure:
        axes = figure.subplots()
        bars(axes, {"first": (1.0, 0.5, 2.0), "second": (-1.0, -1.5, -0.5)})
    names = {label.get_text(): place for place, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)}
    assert names["first"] > names["second"]
    assert [float(x) for x in axes.lines[-1].get_xdata()] == [0.0, 0.0]
    segment = axes.collections[0].get_segments()[0]
    assert sorted(segment[:, 0]) == pytest.approx([0.5, 2.0])


def test_the_line_of_no_difference_lies_at_zero():
    with explained(4.0, 3.0, "", "") as figure:
        axes = figure.subplots()
        no_difference(axes)
    assert list(axes.lines[0].get_ydata()) == [0.0, 0.0]

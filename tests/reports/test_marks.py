"""What was done from outside is marked in figures over time."""

import pytest
from matplotlib.text import Text

from ecosim.ecosystem import Ecosystem
from ecosim.reports import plots
from ecosim.reports.marks import COLOUR, marks_of
from ecosim.results.marks import marks_in
from ecosim.results.run import Run
from ecosim.settings import settings_from
from tests.results.toys import a_run


@pytest.fixture(scope="module")
def run():
    return a_run(30, ticks=60)


INTERVENTIONS = [
    {"do": "shock", "at": 5, "issue": "water", "of": "severity", "add": 2.0},
    {"do": "set", "at": [9, 12], "column": "trust", "value": 0.1},
    {"do": "remove", "at": 9, "who": {}},
    {"do": "convene", "at": 99, "issue": "water", "who": {}},
]


def test_what_was_done_from_outside_is_marked_where_it_was_done_and_said(run):
    done = {
        "interventions": INTERVENTIONS,
        "dynamics": {"world": {"rule": "change", "shocks": [{"at": 30, "on": "demand"}]}},
    }
    shaken = Run({**run.settings, **done}, run.summary, tables=run._tables, frames=run.frames)
    expected = [(5, "shock to water"), (9, "trust set; departures"), (12, "trust set"), (30, "shock to demand")]
    assert marks_of(shaken) == expected
    for draw in (plots.collaboration, plots.success, plots.severity, plots.ladder):
        figure = draw(shaken)
        for axes in (axes for axes in figure.axes if axes.get_visible()):
            at = [line.get_xdata()[0] for line in axes.lines if line.get_color() == COLOUR]
            assert at == [tick for tick, _ in expected]
        words = [text.get_text() for text in figure.findobj(Text) if text.get_text() in dict(map(reversed, expected))]
        assert set(words) == {words for _, words in expected}
        assert "what was done from outside, set shocks, and arrivals" in figure.get_supxlabel().replace("\n", " ")
        assert "from outside" not in draw(run).get_supxlabel().replace("\n", " ")


@pytest.mark.parametrize("every", [1, 4])
def test_a_set_shock_is_marked_at_the_tick_that_shows_it_and_not_where_it_never_strikes(every):
    shocks = [{"at": at, "size": float(size)} for size, at in enumerate((1, 4, 5, 12, 20, 21, 24), 1)]
    world = {"rule": "change", "every": every, "shocks": shocks}
    ecosystem = {"organisations": 4, "issues": 1}
    settings = {"ticks": 20, "ecosystem": ecosystem, "dynamics": {"world": world}, "measures": ["severity_mean"]}
    model = Ecosystem(settings_from(settings))
    model.run()
    series = model.results().series
    struck = series["tick"][series["severity_mean"].diff() > 0].tolist()
    assert struck == ([1, 4, 5, 12, 20] if every == 1 else [4, 12, 20])
    assert [mark.tick for mark in marks_of(model.results())] == struck


def test_shocks_of_a_rule_that_is_not_scheduled_or_set_for_tick_0_are_not_marked():
    """Settings of a run that an earlier version made may hold a shock of tick 0, at which no rule acts."""
    rules = {
        name: {"rule": "change", "shocks": [{"at": at, "on": "demand"}]} for name, at in (("a", 0), ("b", 3), ("c", 5))
    }
    assert marks_in({"dynamics": rules, "schedule": ["a", "b"]}, 9) == [(3, "shock to demand")]
    assert marks_in({"dynamics": rules}, 9) == [(3, "shock to demand"), (5, "shock to demand")]


def test_what_is_done_again_and_again_is_marked_the_first_and_the_last_time(run):
    often = [{"do": "introduce", "at": 3, "every": 2, "until": 50, "number": 1}]
    busy = Run({**run.settings, "interventions": often}, run.summary, tables=run._tables)
    assert [mark.tick for mark in marks_of(busy)] == [3, 49]


@pytest.mark.parametrize(("every", "arrives", "budget", "marked"), [
    (4, 100, 20, [100]), (4, 99, 20, [100]), (1, 7, 1, [7]), (4, 100, 0, []), (4, 0, 20, []), (4, 250, 20, []),
])  # fmt: skip
def test_a_matchmaker_is_marked_at_the_tick_at_which_it_first_acts_unless_it_was_always_there(
    every, arrives, budget, marked
):
    rules = {"synergist": {"rule": "synergist", "every": every, "arrives": arrives, "budget": budget}}
    assert marks_in({"dynamics": rules}, 200) == [(tick, "matchmaker arrives") for tick in marked]

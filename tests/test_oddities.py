"""What is allowed in settings and may be a slip is told once, before anything runs, by whichever command runs it."""

import pytest

from ecosim.compose import load
from ecosim.oddities import oddities
from tests.commands.command_line import SMALL, ecosim

LATE = "+dynamics.world={rule: change, every: 4, shocks: [{at: 5, size: 1.0}, {at: 4, size: 1.0}, {at: 8, size: 1.0}]}"
DONE = "+interventions=[{at: 9, do: remove, who: {number: 1}}]"
SCHEDULE = "schedule=[stance,world]"
TOLD = [
    "interventions[0] (remove) is to act at tick 9, but the run ends at tick 5; it will not",
    "dynamics.world.shocks[0] is to strike at tick 5, but the rule acts every 4 ticks, at 4 and 8; it will not",
    "dynamics.world.shocks[2] is to strike at tick 8, but the run ends at tick 5; it will not",
]


def test_what_is_set_for_ticks_at_which_it_never_happens_is_told_and_so_are_rivals():
    second = "+dynamics.second={rule: bounded_confidence}"
    *missed, rival = oddities(load(*SMALL, LATE, second, DONE, "schedule=[stance,second,world]"))
    assert missed == TOLD
    assert rival.startswith("stance and second are laws of opinion")
    assert oddities(load("town")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", *SMALL, "record.figures=false"),
        ("sweep", *SMALL, "--replicates", "1", "--workers", "0"),
        ("compare", "narrow.yaml", *SMALL, "--replicates", "2", "--workers", "0"),
    ],
)
def test_every_command_that_runs_a_scenario_tells_it(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "narrow.yaml").write_text("base: opinions\ndynamics: {stance: {tolerance: 0.1}}\n")
    done = ecosim(*words, LATE, DONE, SCHEDULE, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert [sentence for sentence in TOLD if f"{sentence}." not in done.stderr] == []

"""A user's rule or measure that raises in a run is told in one sentence, whatever it raises, and nothing is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import happened

RULES = """
from ecosim.dynamics.mechanism import Mechanism


class Gossip(Mechanism):
    raises: str = "RuntimeError('out of hand')"
    reads = ("stance",)
    writes = ("stance",)

    def step(self, world, key):
        if world.tick == 3:
            tell(self.raises)


class Speechless(Exception):
    def __str__(self):
        raise ValueError("not a word")


def tell(what):
    raise eval(what)


def quarrel(agent):
    raise ValueError("no word")


def loudness(world):
    return 1.0 if world.tick < 2 else tell("LookupError('nobody speaks')")


class Late(Gossip):
    def bind(self, schedule):
        raise TypeError("never heard of them")
"""
SMALL = ["opinions", "ecosystem.organisations=20", "ecosystem.network.degree=4", "ticks=5", "measures=[dispersion]"]
LINE = RULES.splitlines().index("    raise eval(what)") + 1


@pytest.fixture(autouse=True)
def _with_the_user_s_own_module(tmp_path, monkeypatch):
    (tmp_path / "hearsay.py").write_text(RULES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hearsay", raising=False)
    yield
    sys.modules.pop("hearsay", None)


def run(*words, rule="{rule: 'hearsay:Gossip'}"):
    given = [*SMALL, "schedule=[stance,gossip]", f"+dynamics.gossip={rule}", "--trust", "hearsay", *words]
    return CliRunner().invoke(cli.app, ["run", *given, "--out", "out"])


@pytest.mark.parametrize(
    ("raises", "told"),
    [
        ("RuntimeError('out of hand')", "RuntimeError in tick 3: out of hand"),
        ("KeyboardInterrupt('no signal')", "KeyboardInterrupt in tick 3: no signal"),
        ("SystemExit(0)", "SystemExit in tick 3: 0"),
        ("ValueError('one\\ntwo')", "ValueError in tick 3: one …"),
        ("FloatingPointError('divided')", "FloatingPointError in tick 3: divided"),
        ("AssertionError()", "AssertionError in tick 3"),
        ("Speechless()", "Speechless in tick 3: (no text: its own __str__ raised ValueError)"),
    ],
)
def test_a_rule_that_raises_is_named_with_tick_kind_text_and_line_and_nothing_is_written(raises, told, tmp_path):
    done = run(rule=f'{{rule: "hearsay:Gossip", raises: "{raises}"}}')
    assert done.exit_code == 1, done.output
    first, second = done.stderr.splitlines()
    assert first == f"Failed: dynamics.gossip (hearsay:Gossip) raised {told} (hearsay.py, line {LINE})."
    assert second.startswith("Nothing was written. The same run with ticks=2 ends before that.")
    assert done.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"hearsay.py", "__pycache__"}


def test_a_rule_that_ends_the_process_at_once_is_told_of_and_leaves_no_folder(tmp_path):
    done = run(rule="""{rule: "hearsay:Gossip", raises: "__import__('os')._exit(0)"}""")
    assert done.exit_code == 1, done.output
    assert "(hearsay:Gossip) raised SystemExit in tick 3: os._exit(0) (" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_rule_that_leaves_the_working_folder_takes_no_results_along(tmp_path):
    away = "__import__('os').chdir('/') or RuntimeError('from afar')"
    done = run(rule=f'{{rule: "hearsay:Gossip", raises: "{away}"}}')
    assert f"RuntimeError in tick 3: from afar (hearsay.py, line {LINE})" in done.stderr
    assert Path.cwd() == tmp_path


def test_with_json_the_failure_is_data():
    failed = json.loads(run("--json").stdout)["failed"]
    assert failed == {
        "in": "dynamics.gossip", "code": "hearsay:Gossip", "tick": 3, "kind": "RuntimeError", "message": "out of hand",
        "file": "hearsay.py", "line": LINE,
    }  # fmt: skip


def test_the_whole_traceback_is_there_for_whoever_asks(monkeypatch):
    assert "Traceback" not in run().stderr
    monkeypatch.setenv("ECOSIM_TRACEBACK", "1")
    told = run().stderr
    assert "Traceback" in told
    assert "This happened in dynamics.gossip, in tick 3." in told
    assert "Failed: dynamics.gossip" in told


def test_rules_of_agents_and_what_comes_before_the_first_tick_are_told_alike():
    agents = run(rule="{rule: agent_rules, function: 'hearsay:quarrel'}").stderr
    assert agents.startswith(
        "Failed: dynamics.gossip (hearsay:quarrel) raised ValueError in tick 1: no word (hearsay.py"
    )
    late = run(rule="{rule: 'hearsay:Late'}").stderr
    assert "(hearsay:Late) raised TypeError before the first tick: never heard of them (hearsay.py" in late
    assert "ticks=" not in late


def test_a_measure_that_raises_is_told_like_a_rule():
    words = [*SMALL[:-1], "measures=[dispersion,'hearsay:loudness']", "--trust", "hearsay", "--out", "out"]
    done = CliRunner().invoke(cli.app, ["run", *words])
    assert done.exit_code == 1
    told = "Failed: measures.loudness (hearsay:loudness) raised LookupError in tick 2: nobody speaks (hearsay.py, line"
    assert done.stderr.startswith(told)


def test_in_python_the_error_stays_what_it_is_and_says_where_it_happened():
    from hearsay import Gossip

    model = ecosim.Ecosystem(ecosim.load(*SMALL), dynamics={"talk": Gossip()})
    with pytest.raises(RuntimeError, match="out of hand") as failed:
        model.run()
    assert failed.value.__notes__ == ["This happened in dynamics.talk, in tick 3."]
    assert (happened(failed.value).key, happened(failed.value).tick) == ("dynamics.talk", 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise ValueError('no budget')", "ValueError: no budget"),
        ("exit(0)", "SystemExit: 0"),
        ("def talk(:", "SyntaxError: invalid syntax (hearsay.py, line 1)"),
    ],
)
@pytest.mark.parametrize("rule", ["{rule: 'hearsay:Gossip'}", "{rule: agent_rules, function: 'hearsay:quarrel'}"])
def test_a_module_that_cannot_be_imported_is_refused_with_what_it_raised(text, told, rule, tmp_path):
    (tmp_path / "hearsay.py").write_text(text)
    done = run(rule=rule)
    assert done.exit_code == 2, done.output
    assert f"cannot be imported: {told}" in done.stderr
    assert "hearsay.py, line" in done.stderr


def test_ctrl_c_in_a_rule_is_a_stop_and_no_failure(tmp_path):
    """A real signal, which the rule sends to its own process in the middle of its step."""
    (tmp_path / "hearsay.py").write_text(RULES.replace("raise eval(what)", "import os; os.kill(os.getpid(), 2)"))
    words = [*SMALL, "schedule=[stance,gossip]", "+dynamics.gossip={rule: 'hearsay:Gossip'}", "--trust", "hearsay"]
    command = [sys.executable, "-c", "from ecosim.cli import main; main()", "run", *words, "--out", "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert done.stderr.strip() == "Stopped: in tick 3 of 5. Nothing was written."

"""The command ``explain``: a scenario in plain text, in Markdown and as JSON."""

from __future__ import annotations

import json

from tests.commands.command_line import ecosim


def test_a_scenario_is_explained_in_three_forms():
    assert json.loads(ecosim("explain", "opinions", "--json").stdout)["ticks"] == 100
    assert "$$" in ecosim("explain", "opinions", "--markdown").stdout
    text = ecosim("explain", "opinions", "ticks=9").stdout
    assert "9 ticks by default" in text
    assert "$" not in text

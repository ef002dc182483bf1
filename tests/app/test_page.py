"""The page's own files: what they name is there, in the page and in what the session tells and takes."""

import re
from pathlib import Path
from typing import get_args

from ecosim.app import messages, server, session, show
from ecosim.app.server import FILES, PAGE
from ecosim.drawing.style import RUNG_COLOURS

HTML, SCRIPT, DRAWING = (
    PAGE.joinpath(name).read_text(encoding="utf-8") for name in ("index.html", "app.js", "draw.js")
)
STYLE = (PAGE / "style.css").read_text(encoding="utf-8")
PYTHON = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (server, session, show))


def test_every_file_of_the_page_is_handed_out_and_there():
    assert {file for file, _ in FILES.values()} == {path.name for path in PAGE.iterdir()}


def test_what_the_script_takes_hold_of_is_in_the_page():
    held = set(re.findall(r'\$\("([\w-]+)"\)', SCRIPT))
    made = {"f-sector", "f-column", "f-issue"}  # by the script itself
    assert len(held) > 20
    assert held - made <= set(re.findall(r'id="([\w-]+)"', HTML))


def test_the_page_hears_all_that_it_is_told_and_asks_what_is_understood():
    told = set(re.findall(r'"kind": "(\w+)"', PYTHON))
    heard = set(
        re.findall(r"^  (\w+)\(told\)|^  (\w+)\(\w+\) \{", SCRIPT.split("const HEAR = {")[1].split("\n};")[0], re.M)
    )
    assert told == {name for pair in heard for name in pair if name}
    asked = set(re.findall(r'ask\((?:\w+ \? )?\{ do: "(\w+)"|\} : \{ do: "(\w+)"', SCRIPT))
    known = {word for kind in get_args(messages.Message) for word in get_args(kind.model_fields["do"].annotation)}
    assert {word for pair in asked for word in pair if word} <= known
    assert asked


def test_what_a_world_has_begun_with_is_taken_from_what_the_session_says():
    """The words on the page may have moved on while the world was founded; then they are due, and are shown so."""
    heard = SCRIPT.split("  begun(told) {")[1].split("\n  },")[0]
    assert "new Map(told.changes.map(" in heard
    assert re.findall(r"\bwords\b(?!`)", heard) == []
    assert len(re.findall(r"\bbegun = ", SCRIPT)) == 2  # there, and empty before


def test_a_slider_that_says_it_acts_at_once_does_so_at_every_tick():
    """Both hang on the same, and on nothing else."""
    assert 'const when = slider.column ? "acts at once" :' in SCRIPT
    assert 'if (slider.column) ask({ do: "intervene"' in SCRIPT


def test_every_colour_that_is_drawn_is_there_in_light_and_in_dark():
    light, dark = STYLE.split(':root[data-theme="dark"] {')
    names = set(re.findall(r'css\("(--[\w-]+)"\)', DRAWING)) | {
        f"--{kind}-0" for kind in ("sector", "issue", "line", "rung")
    }
    for theme in (light, dark.split("}")[0]):
        assert names <= set(re.findall(r"(--[\w-]+):", theme))


def test_every_control_has_a_name_for_those_who_do_not_see_it():
    controls = re.findall(r"<(?:input|select|canvas)[^>]*>", HTML)
    assert len(controls) >= 6
    assert [control for control in controls if "aria-label=" not in control] == []


def test_a_difference_of_two_futures_says_what_is_taken_from_what_in_which_unit_and_what_counts_as_none():
    told = SCRIPT.split("function showFutures() {")[1].split("\n}")[0]
    assert "This future minus ${ghost.label}" in told
    assert re.search(r"brief\(gap\)\} \$\{unitOf\(line\)\}", told)
    assert "within ${100 * HARDLY} %" in told


def test_every_chart_names_the_axis_of_time():
    assert 'pen.fillText("tick", ' in DRAWING.split("function chart(")[1].split("\nfunction ")[0]


def test_sectors_have_the_dashes_of_the_figures_and_all_together_none():
    """There, a sector has the second, third or fourth dash: dashed, dotted, both by turns; all together is solid."""
    listed = DRAWING.split("const DASHES = ")[1].split(";")[0]
    assert re.findall(r"\[([\d, ]*)\]", listed) == ["", "9, 4", "2, 4", "10, 4, 2, 4"]
    rule = DRAWING.split("const dashes = ")[1].split(";")[0]
    assert 'line.kind === "all" ? []' in rule
    assert 'line.kind === "sector" ? DASHES[1 + line.place % 3]' in rule


def test_rungs_have_the_hues_of_the_ladder():
    """Win-win-win is the darkest blue, win-win a lighter one, as in the figure of the ladder."""
    light = STYLE.split(':root[data-theme="dark"] {')[0]
    shades = [re.search(rf"--rung-{k}: #(\w+)", light)[1] for k in range(4)]
    assert f"#{shades[0]}".upper() == RUNG_COLOURS[3]
    for shade in shades[:3]:
        red, green, blue = (int(shade[k : k + 2], 16) for k in (0, 2, 4))
        assert red < green < blue
    brightness = [sum(int(shade[k : k + 2], 16) for k in (0, 2, 4)) for shade in shades]
    assert brightness == sorted(brightness)

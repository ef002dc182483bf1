"""The documents keep their word: every command and every snippet in them runs, in the order in which it stands."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "docs/analysis.md",
    "docs/comparing.md",
    "docs/interventions.md",
    "docs/own-rules.md",
    "docs/public-goods.md",
    "docs/published.md",
    "docs/real-networks.md",
    "docs/series.md",
    "docs/sweeps.md",
    "docs/tipping-discovery-calibration.md",
)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w*)[ ]?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def blocks(document: str) -> list[tuple[str, str, str, int]]:
    """Return each fenced block: its language, the file it is to be saved as, its text, and the line above it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [(found[1], found[2], found[3], text[: found.start()].count("\n") + 1) for found in BLOCK.finditer(text)]


def in_setting_up(text: str) -> bool:
    """Whether a block of commands makes or enters the environment that the tests already run in."""
    return text.startswith(("make ", "source "))


LONG = ("docs/analysis.md", "docs/real-networks.md", "docs/sweeps.md", "docs/tipping-discovery-calibration.md")
"""Documents whose commands take the longest: ``make verify`` types them."""


@pytest.mark.parametrize(
    "document", [pytest.param(one, marks=pytest.mark.slow if one in LONG else ()) for one in DOCUMENTS]
)
def test_everything_that_a_document_tells_its_reader_to_type_works(document, tmp_path):
    """Files are saved and commands run first; then the Python of the document as one script, its lines where they stood."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    place = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": place, "MPLBACKEND": "agg"}
    script: list[str] = []
    for language, name, text, line in blocks(document):
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
        if language == "python":
            script += [""] * (line - len(script)) + text.splitlines()
        elif language == "bash" and not in_setting_up(text):
            run(["bash", "-euo", "pipefail", "-c", text], tmp_path, environment, f"{document}, line {line}")
    if script:
        (tmp_path / "document.py").write_text("\n".join(script) + "\n", encoding="utf-8")
        run([sys.executable, "document.py"], tmp_path, environment, document)


def run(command: list[str], folder: Path, environment: dict[str, str], where: str) -> None:
    """Run a command; should it fail, say which part of which document it stands in."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{where}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_of_code_says_what_it_is(document):
    """A block without a language would be passed over in silence."""
    assert len(blocks(document)) > 0
    assert {language for language, *_ in blocks(document)} <= {"bash", "python", "yaml", "text"}
    assert (ROOT / document).read_text(encoding="utf-8").count("```") == 2 * len(blocks(document))


def test_whoever_follows_one_document_after_another_is_not_refused_for_a_folder_of_the_first():
    """A folder of many runs is continued by the next command that names it, and refused where that asks for others."""
    many = re.compile(r"^ecosim (?:sweep|compare|tip|calibrate)\b.*?--out (\S+)", re.MULTILINE)
    named = {}
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8").replace("\\\n", " ")
        for folder in set(many.findall(text)):
            named.setdefault(folder, []).append(document)
    assert len(named) > 10
    assert {folder: where for folder, where in named.items() if len(where) > 1} == {}


def test_the_make_targets_that_documents_name_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", pages, re.MULTILINE))
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_scenario_has_its_row_in_the_readme_and_its_section_in_the_document():
    shipped = {path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml")} - {"town"}
    readme, told = ((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/scenarios.md"))
    rows = {name for row in re.findall(r"^\|([^|]+)\|", readme, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert shipped - rows == set()
    assert shipped - set(re.findall(r"^## `(\w+)`", told, re.MULTILINE)) == set()


def test_the_readme_and_the_odd_description_agree_on_how_long_a_tick_is():
    said = "stands for no fixed length of calendar time"
    assert said in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert said in re.sub(r'"\s+"', "", (ROOT / "src" / "ecosim" / "odd.py").read_text(encoding="utf-8"))
    assert "a week" not in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_strategist_finds_how_to_ask_why():
    pages = [(ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/real-networks.md")]
    assert all("\necosim why " in page for page in pages)


def test_the_picture_is_small_enough_to_be_looked_at_on_a_telephone():
    assert 10_000 < (ROOT / "docs" / "images" / "town.png").stat().st_size < 300_000


def test_the_package_shows_the_readme():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["readme"] == "README.md"

"""Pages: what each experiment's README tells is what its script gives now, looked at in one arm of each.

Runs are reproduced from their seeds, so a cell of the page is met to its last digit or the page is stale.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd
import pytest

from ecosim.experiments.arms import interval
from ecosim.experiments.in_words import brackets, cells
from ecosim.experiments.intervals import wilson
from tests.experiments_shipped.scripts import EXPERIMENTS, script


class Told(NamedTuple):
    """A row of a page, and what its cells are made of.

    Attributes:
        row: how it begins.
        arms: the arms that it needs.
        cells: column to digits after the point, and whether the sign is written.
        less: whether the cells tell of the first arm less the second.
    """

    row: str
    arms: tuple[str, ...]
    cells: Mapping[str, tuple[int, bool]]
    less: bool = False


PAGES = {
    "adapting": Told(
        "half goes on, drift 0.02", ("drift 0.02",),
        {"performance": (3, True), "success": (3, True), "capital": (3, True)},
    ),
    "information": Told(
        "wide: dispersion of stances", ("wide | 0.3", "none"), {"dispersion": (3, True)}, less=True
    ),
    "levels_bind": Told(
        "uncoupled", ("none | 0.6",),
        dict.fromkeys(("within an organisation", "all members", "organisations", "coalitions"), (2, False)),
    ),
    "living_world": Told(
        "town at tick 200", ("town at tick 200",),
        dict.fromkeys(("cross_sector_share", "cross_sector_share_z", "clustering", "degree_assortativity"), (2, False)),
    ),
    "mixed_coalitions": Told(
        "as in the town, η = 0.5", ("as in the town, η = 0.5 | 0.2",),
        {"against effort": (2, True), "against alone": (2, True), "share mixed": (2, False)},
    ),
    "new_normal": Told(
        "chronic: contribution", ("chronic | 0.45 | scare", "chronic | 0.45 | calm"), {"contribution_mean": (3, True)},
        less=True,
    ),
    "purpose_pays": Told("capital, as in the town", ("as in the town | 0.8",), {"capital": (2, True)}),
    "synergist": Told(
        "dividend less nobody", ("partners scarce | dividend", "partners scarce | nobody"),
        {"z": (2, True), "cross": (3, True), "value": (1, True), "per effort": (3, True), "severity": (2, True)},
        less=True,
    ),
    "tolerance": Told(
        "coalitions that are mixed", ("as in the town | 0.6",), {"coalitions that are mixed": (3, False)}
    ),
    "trade_offs": Told("as it is", ("the town",), {"business ~ civil society": (2, False)}),
}  # fmt: skip


def runs_of(asking, arms: tuple[str, ...], monkeypatch) -> pd.DataFrame:
    """Return the runs of some arms, as the script asks for them: its scenarios, its seed and its number of replicates."""
    run_all: Callable[..., pd.DataFrame] = asking.run_all
    found = []

    def run_some(all_arms, live, *changes, **how):
        lives = live if isinstance(live, Mapping) else dict.fromkeys(all_arms, live)
        some = {label: all_arms[label] for label in arms if label in all_arms}
        if some:
            found.append(run_all(some, {label: lives[label] for label in some}, *changes, **how))

    monkeypatch.setattr(asking, "run_all", run_some)
    asking.measured(asking.REPLICATES, asking.SEED)
    runs = pd.concat(found)
    assert set(runs["scenario"]) == set(arms)
    return runs


def rows_of(name: str, row: str) -> list[str]:
    """Return the rows of a page that begin so."""
    page = (EXPERIMENTS / name / "README.md").read_text("utf-8")
    return re.findall(rf"^\| {re.escape(row)} \|.*$", page, re.M)


def assert_told(name: str, row: str, cells: list[str]) -> None:
    told = " ".join(rows_of(name, row))
    assert told, f"{name}: no row '{row}'"
    for cell in cells:
        assert f"| {cell} " in told, f"{name}, {row}: now {cell}, but the page has {told}"


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_tells_what_its_script_gives(name, monkeypatch):
    row, arms, columns, less = PAGES[name]
    runs = runs_of(script(name), arms, monkeypatch)
    by_arm = {arm: runs[runs["scenario"] == arm].set_index("replicate") for arm in arms}
    now = []
    for column, (digits, signed) in columns.items():
        values = by_arm[arms[0]][column]
        found = interval(values - by_arm[arms[1]][column] if less else values)
        now.append(brackets(*found, digits, signed=signed))
    assert_told(name, row, now)


@pytest.mark.slow
def test_the_page_of_cultivated_bonds_tells_what_its_script_gives(monkeypatch):
    asking, arm = script("cultivated_bonds"), "as in the town, half invest 0.3"
    runs = runs_of(asking, (arm,), monkeypatch)
    now = [
        brackets(*interval(runs[f"{what} most"] - runs[f"{what} few"]), digits, signed=True)
        for what, (_, digits) in asking.OUTCOMES.items()
    ]
    assert_told("cultivated_bonds", arm, now)


@pytest.mark.slow
def test_the_page_of_the_tipping_minority_tells_what_its_script_gives(monkeypatch):
    runs = runs_of(script("tipping_minority"), ("by chance | 0.05",), monkeypatch)
    share = wilson(float(runs["tipped"].mean()), len(runs))
    assert_told("tipping_minority", "by chance", [brackets(*share)])
    for name in ("trust, with them", "contribution, with them", "trust"):
        assert_told("tipping_minority", name, cells(runs[[name]], signed=False))


@pytest.mark.slow
def test_the_page_of_more_than_the_sum_tells_what_its_script_gives(monkeypatch):
    asking, regime = script("more_than_the_sum"), "parts add up, A constant: the sum"
    monkeypatch.setattr(asking, "REGIMES", {regime: asking.REGIMES[regime]})
    text = asking.told(asking.measured(asking.REPLICATES, asking.SEED))
    rows = re.findall(rf"^\| {re.escape(regime)} \|.*$", text, re.M)
    assert rows == rows_of("more_than_the_sum", regime) != []


def test_every_experiment_has_its_page_held_against_its_script():
    shipped = {path.parent.name for path in EXPERIMENTS.glob("*/README.md")}
    apart = {"cultivated_bonds", "tipping_minority", "more_than_the_sum"}
    assert shipped == {*PAGES, *apart}
    for name, told in PAGES.items():
        assert rows_of(name, told.row), name


def test_every_interval_in_the_table_of_claims_stands_in_a_page_that_its_row_links():
    table = (EXPERIMENTS / "README.md").read_text("utf-8").split("## The eleven claims")[1]
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", table, re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 12))
    looked_at = 0
    for number, row in rows:
        pages = [(EXPERIMENTS / page).read_text("utf-8") for page in re.findall(r"\]\((\w+/README\.md)\)", row)]
        assert pages, number
        told = " ".join(" ".join(pages).split())
        for told_there in re.findall(r"[\d.]+(?: %)? \[[−.\d]+, [−.\d]+\]", row):
            assert told_there in told, f"claim {number}: {told_there}"
            looked_at += 1
    assert looked_at >= 6

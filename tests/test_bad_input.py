"""Forty bad inputs, and what is said to each: refused before any run, or warned of, or fine (R, W, OK)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.results.run import Run
from ecosim.settings import plain, settings_from
from ecosim.sizes import check_sweep
from ecosim.world.actors import read_actors
from ecosim.world.founding import found
from tests.clock import at_most_seconds, within

P = "dynamics.stance.responsiveness"
N = "ecosystem.organisations"
BUSINESS = "ecosystem.sectors.business"
ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

# number: (changes, what the message must say, as a pattern)
REFUSED_WORDS = {
    "1 p above 1": ([f"{P}=1.2"], rf"^{P}: 1\.2; allowed: a number from 0 to 1$"),
    "2 p below 0": ([f"{P}=-0.1"], rf"^{P}: -0\.1; allowed: a number from 0 to 1$"),
    "3 p not a number": ([f"{P}=nan"], rf"^{P}: nan; allowed: a number from 0 to 1$"),
    "4 p infinite": ([f"{P}=inf"], rf"^{P}: inf; allowed: a number from 0 to 1$"),
    "5 p as text": ([f'{P}="0.3"'], rf"^{P}: '0\.3'; allowed: a number from 0 to 1, without quotes$"),
    "6 no organisation": ([f"{N}=0"], rf"^{N}: 0.*allowed: a whole number from 1"),
    "8 half an organisation": ([f"{N}=2.5"], rf"^{N}: 2\.5.*allowed: a whole number from 1"),
    "9 true organisations": ([f"{N}=true"], rf"^{N}: [Tt]rue.*allowed: a whole number from 1"),
    "10 ten million organisations": ([f"{N}=10000000"], r"^10,000,000 organisations .* [GM]B .* --yes$"),
    "11 a million million organisations": ([f"{N}=1000000000000"], rf"^{N}: 1000000000000.*allowed"),
    "17 weights that sum to 0": ([f"{BUSINESS}.motive=[0,0,0,0,0]"], rf"^{BUSINESS}.motive: the weights sum to 0"),
    "18 weights that sum to .99": (
        [f"{BUSINESS}.motive=[.7,.05,.05,.1,.09]"],
        rf"^{BUSINESS}.motive: the weights sum to 0\.99; allowed: a sum of 1, for example \[0\.7071, ",
    ),
    "19 a negative weight": (
        [f"{BUSINESS}.motive=[.8,-.1,.1,.1,.1]"],
        rf"^{BUSINESS}.motive\[1\]: -0\.1; allowed: .* 0 to 1",
    ),
    "25 a misspelt key": (["dynamics.stance.tolerence=.1"], r"tolerence: no such key; did you mean 'tolerance'\?"),
    "33 a class to call": (["dynamics.stance._target_=os.system"], r"'_target_' is not allowed here"),
    "33 Hydra's own settings": (["hydra.run.dir=x"], r"'hydra' is not allowed here"),
    "34 the environment": (["title=${oc.env:HOME}"], r"asks to look a value up with '\$\{'"),
    "39 a negative seed": (["seed=-1"], r"^seed: -1; allowed: a whole number from 0 to 18,446,744,073,709,551,615$"),
    "39 a seed that is no number": (["seed=nan"], r"^seed: nan; allowed: a whole number from 0"),
    "39 half a seed": (["seed=1.5"], r"^seed: 1\.5; allowed: a whole number from 0"),
    "39 a seed too large": ([f"seed={2**200}"], r"^seed: 16069.*; allowed: a whole number from 0"),
    "40 too many ticks": (["ticks=1000000000"], r"^ticks: 1000000000; allowed: a whole number from 0 to 100,000,000$"),
}


@pytest.mark.parametrize("case", REFUSED_WORDS)
def test_a_bad_change_is_refused_within_a_second_in_one_message(case):
    words, said = REFUSED_WORDS[case]
    told = within(1, lambda: refusal("opinions", *words))
    assert re.search(said, told, re.M), told


def refusal(*words, **named):
    with pytest.raises(InputError) as refused:
        load(*words, **named)
    return str(refused.value)


# number: (text of the scenario file, line, what the message must say)
REFUSED_FILES = {
    "3 p not a number": ("base: opinions\ndynamics: {stance: {responsiveness: .nan}}\n", 2, "not a finite number"),
    "5 p as text": (
        'base: opinions\ndynamics:\n  stance:\n    responsiveness: "0.3"\n',
        4,
        "'0.3'; allowed: a number from 0 to 1, without quotes",
    ),
    "9 true organisations": ("base: opinions\necosystem: {organisations: true}\n", 2, "allowed: a whole number from 1"),
    "22 no": ("base: opinions\ntitle: no\n", 2, "'no' is read as false .*; quote it"),
    "22 false": ("base: opinions\ntitle: false\n", 2, "title: false; allowed: text; quote it"),
    "23 a time of day": ("ticks: 12:30\n", 1, "read as a number to base 60 .*; quote it"),
    "24 a leading zero": ("base: opinions\nticks: 010\n", 2, "'010' is read to base 8"),
    "25 a misspelt key": ("base: opinions\ntickz: 10\n", 2, "tickz: no such key; did you mean 'ticks'"),
    "26 a key given twice": ("ticks: 10\nseed: 1\nticks: 20\n", 3, "key given twice, first in line 1"),
    "28 two documents": ("ticks: 10\n---\nticks: 20\n", 2, "a second document begins"),
    "29 not UTF-8": (b"title: caf\xe9\n", 1, "byte 0xe9 is not UTF-8"),
    "30 an alias bomb": (ALIAS_BOMB, 1, "anchor '&a'"),
    "31 twenty thousand levels": ("a: " + "\n  ".join(["[" * 200] * 100) + "\n", 1, "nested more than 64 levels deep"),
    "31 twenty thousand levels in a line": ("a: " + "[" * 20_000 + "\n", 1, "longer than 10,000 characters"),
    "32 a tag that runs code": ("a: !!python/object/apply:os.system [ls]\n", 1, "tag '.*python"),
    "33 a class to call": (
        "base: opinions\ndynamics: {stance: {_target_: os.system}}\n",
        2,
        "'_target_' is not allowed",
    ),
    "33 Hydra's own settings": ("hydra: {run: {dir: x}}\n", 1, "'hydra' is not allowed"),
    "34 the environment": ('title: "${oc.env:HOME}"\n', 1, "asks to look a value up"),
    "35 a path for a base": ("base: ../../x\n", 1, "no scenario '../../x'; "),
}


@pytest.fixture(scope="module")
def imported():
    """What reads configuration is loaded before a refusal is timed, whichever test comes first."""
    load("town")


@pytest.mark.parametrize("case", REFUSED_FILES)
@pytest.mark.usefixtures("imported")
def test_a_bad_file_is_refused_within_a_second_naming_file_and_line(case, tmp_path):
    text, line, said = REFUSED_FILES[case]
    file = tmp_path / "mine.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    told = within(1, lambda: refusal(scenario=file))
    assert re.search(rf"mine\.yaml, line {line}\b.*{said}", told), told


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty.yaml").write_text("\n# nothing\n")
    with pytest.raises(InputError, match=r"empty\.yaml: the file is empty"):
        load(scenario=tmp_path / "empty.yaml")


def test_levels_over_many_lines_are_refused_too(tmp_path):
    (tmp_path / "deep.yaml").write_text("\n".join(" " * depth + "a:" for depth in range(600)))
    with pytest.raises(InputError, match="nested more than 64 levels deep"):
        load(scenario=tmp_path / "deep.yaml")


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "scenario/opinions", "opinions.yaml", "opinion", ""])
def test_a_name_is_never_used_as_a_path(name):
    with pytest.raises(InputError, match=re.escape(f"no scenario '{name}'") + ".*valid: "):
        load(name)


def test_a_sweep_of_a_hundred_million_points_is_refused_with_the_count():
    with pytest.raises(InputError, match="100,000,000 points × 1 replicate = 100,000,000 runs; allowed: at most"):
        check_sweep(10**8)


def ecosim(*words: object):
    """Carry out a command in this process."""
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_the_sweep_command_refuses_a_hundred_million_points_at_once_with_the_count(tmp_path):
    axes = (f"{key}=range(0,10000)" for key in ("dynamics.stance.every", N))
    with at_most_seconds(2):
        done = ecosim("sweep", "opinions", *axes, "--out", tmp_path / "sweep")
    assert done.exit_code == 2
    assert "100,000,000 points × 1 replicate = 100,000,000 runs; allowed: at most 10,000,000" in done.stderr
    assert not (tmp_path / "sweep").exists()


def test_a_world_that_would_grow_without_end_is_told_its_size_before_it_begins():
    def grow(more="", ticks=200):
        rule = f"+dynamics.turnover={{rule: turnover, entry: rate, rate: 1.0{more}}}"
        return rule, "schedule=[stance, turnover]", f"{N}=30", f"ticks={ticks}"

    told = within(1, lambda: refusal("opinions", *grow()))
    assert re.search(
        r"^30 organisations \(which dynamics.turnover may make 50,331,648\) for 200 ticks .* GB .* --yes$", told
    ), told
    assert load("opinions", *grow(), yes=True).ticks == 200
    invite = "+interventions=[{at: 1, every: 1, do: invite, sector: business, number: 100000}]"
    told = within(1, lambda: refusal("opinions", invite, f"{N}=30", "ticks=100"))
    assert re.search(
        r"^30 organisations \(which interventions\[0\] \(invite\) may make 10,000,030\) for 100 ticks .* --yes$", told
    ), told
    assert load("opinions", invite, f"{N}=30", "ticks=9").ticks == 9
    assert load("opinions", *grow(", room: 60")).ticks == 200
    assert load("opinions", *grow(ticks=5)).ticks == 5


class WentThrough(Exception):
    """The run would have begun."""


def test_ten_million_organisations_go_through_when_the_user_says_yes(tmp_path, monkeypatch):
    begun = []

    def begin(settings, *_):
        begun.append(sum(settings.ecosystem.counts()))
        raise WentThrough

    monkeypatch.setattr("ecosim.commands.run._run", begin)
    words = ("run", "opinions", f"{N}=10000000", "--out", tmp_path / "run")
    refused = ecosim(*words)
    assert (refused.exit_code, begun) == (2, [])
    assert refused.stderr.rstrip().endswith("say --yes")
    agreed = ecosim(*words, "--yes")
    assert isinstance(agreed.exception, WentThrough), agreed.output
    assert begun == [10_000_000]


def test_a_run_of_no_ticks_leaves_the_world_as_it_was_founded(tmp_path):
    done = ecosim("run", "town", f"{N}=30", "ticks=0", "--out", tmp_path / "run", "--quiet")
    assert done.exit_code == 0, done.output
    run = Run.read(tmp_path / "run")
    assert run.series["tick"].tolist() == [0]
    assert len(run.organisations) == 30
    assert (run.organisations["success"] == 0).all()


# number: (organisations.csv, ties.csv, what the message must say)
REFUSED_TABLES = {
    "14 a tie to itself": ("name,sector\nAcme,business\n", "source,target\nAcme,Acme\n", "line 2.*itself"),
    "16 a tie to a stranger": (
        "name,sector\nAcme,business\nBolt,business\n",
        "source,target\nAcme,Blot\n",
        "line 2.*'Blot'.*did you mean 'Bolt'",
    ),
    "17 ties whose weights sum to 0": (
        "name,sector\nAcme,business\nBolt,business\n",
        "source,target,weight\nAcme,Bolt,0\n",
        "the weights sum to 0",
    ),
    "19 a negative weight": (
        "name,sector\nAcme,business\nBolt,business\n",
        "source,target,weight\nAcme,Bolt,-1\n",
        "line 2.*-1",
    ),
    "20 an organisation named twice": (
        "name,sector\nAcme,business\nBolt,business\nAcme,government\n",
        None,
        "line 4.*'Acme'.*line 2",
    ),
    "21 an unknown sector": (
        "name,sector\nAcme,busines\n",
        None,
        "line 2.*'busines'.*did you mean 'business'.*civil_society, government",
    ),
}


def tables(folder: Path, organisations: str, ties: str | None = None):
    (folder / "organisations.csv").write_text(organisations)
    if ties is not None:
        (folder / "ties.csv").write_text(ties)
    return read_actors(folder / "organisations.csv", folder / "ties.csv" if ties is not None else None)


@pytest.mark.parametrize("case", REFUSED_TABLES)
def test_a_bad_table_is_refused_naming_the_line(case, tmp_path):
    organisations, ties, said = REFUSED_TABLES[case]
    with pytest.raises(InputError) as refused:
        tables(tmp_path, organisations, ties)
    assert re.search(said, str(refused.value), re.S), str(refused.value)


def test_a_tie_given_twice_is_warned_of_and_counts_once(tmp_path):
    ties = "source,target\nAcme,Bolt\nAcme,Bolt\n"
    actors = tables(tmp_path, "name,sector\nAcme,business\nBolt,business\n", ties)
    assert actors.ties.a.size == 1
    assert len(actors.warnings) == 1
    assert "line 3" in actors.warnings[0]


def test_a_sector_that_yaml_would_take_for_false_is_to_be_quoted(tmp_path):
    file = tmp_path / "organisations.yaml"
    file.write_text("organisations:\n  - {name: Acme, sector: no}\n")
    with pytest.raises(InputError, match=r"line 2.*'no' is read as false .*quote it"):
        read_actors(file)


FINE = {
    "7 one organisation": [f"{N}=1", "ecosystem.network.kind=none"],
    "12 a sector with nobody in it": [
        N + "={business: 3, government: 0, civil_society: 2}",
        "ecosystem.network.kind=none",
    ],
    "13 no ties": ["ecosystem.network.kind=none"],
    "40 no ticks": ["ticks=0"],
}


@pytest.mark.parametrize("case", FINE)
def test_an_odd_world_is_fine(case):
    settings = load("opinions", *FINE[case])
    world = found(settings.ecosystem, settings.seed, {"stance"})
    assert world.n == sum(settings.ecosystem.counts())
    for mechanism in settings.dynamics.values():
        mechanism.step(world, (1, 2, 1))
    assert world.stance.shape == (world.n, 1)
    assert settings_from(plain(settings)) == settings


OF_TIES = {
    *("cross_sector_share", "e_i_index", "sector_assortativity", "modularity", "clustering", "degree_assortativity"),
    *("trust_mean", "affect_mean", "bond_mean", "translation_mean", "win_win_share", "lose_share", "synergy_share"),
    *("ties_business_government", "rung_share_contact", "cross_sector_share_z", "modularity_z", "clustering_z"),
}
OF_COALITIONS = {"coalition_size_mean", "coalition_mixed_share", "surplus_ratio"}
OUTCOMES = ("success", "capital", "contribution", "reputation")
ALONE = ["~dynamics.meeting", "~dynamics.coalition", "ecosystem.network.kind=none"]

# number: (changes to town, measures that are undefined at every tick, measures that are not)
UNDEFINED = {
    "7 one organisation": (
        [f"{N}=1", "ecosystem.network.kind=none"],
        OF_TIES
        | OF_COALITIONS
        | {"bimodality", "divergence", "sector_divergence"}
        | {f"{what}_{sector}" for what in OUTCOMES for sector in ("government", "civil_society")},
        {"success_business", "success_collective", "giant_component", "dispersion", "gini_capital", "severity_mean"},
    ),
    "12 a sector with nobody in it": (
        [N + "={business: 30, government: 0, civil_society: 20}"],
        {f"{what}_government" for what in OUTCOMES},
        {f"{what}_{sector}" for what in OUTCOMES for sector in ("business", "civil_society")}
        | {"success_collective", "cross_sector_share", "trust_mean", "divergence"},
    ),
    "13 no ties": (
        [f"{N}=30", *ALONE],
        OF_TIES | OF_COALITIONS,
        {f"{what}_{sector}" for what in OUTCOMES for sector in ("business", "government", "civil_society")}
        | {"relationships", "coalitions", "giant_component", "divergence", "gini_capital"},
    ),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_what_is_undefined_is_missing_and_nothing_else_is(case, tmp_path):
    """Missing is null in the table that is left, neither 0 nor NaN; what is defined is a number after every tick."""
    words, undefined, defined = UNDEFINED[case]
    model = Ecosystem(load("town", *words, "ticks=8"))
    model.run()
    model.results().save(tmp_path)
    series = parquet.read_table(tmp_path / "series.parquet")
    assert series.num_rows == 9
    assert {name for name in undefined if series[name].null_count != 9} == set()
    assert {name for name in defined if series[name].slice(1).null_count} == set()
    numbers = np.concatenate([column.drop_null().to_numpy().astype(float) for column in series.columns])
    assert np.isfinite(numbers).all()

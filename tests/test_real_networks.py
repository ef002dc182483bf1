"""Seven real networks between organisations go the whole way of a user's own table, and look as they are known to.

Drabek, Tamminga, Kilijanek & Adams (1981), Managing Multiorganizational Emergency Responses. Their tables may not be
copied here: the folder ``ECOSIM_SHARED_DATA`` (or ``shared/data`` beside this repository) holds them, or tests skip.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.measures.null_model import z_scores
from ecosim.rng import stream
from ecosim.world.actors import read_actors

SHARED = Path(os.environ.get("ECOSIM_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
EMON = SHARED / "emon"
MAPPINGS = Path(__file__).parent / "data"
NETWORKS = ("cheyenne", "hurr_frederic", "lake_pomona", "mt_si", "mt_st_helens", "texas", "wichita")

pytestmark = pytest.mark.skipif(
    not EMON.is_dir(), reason=f"{EMON} is not there; say where the tables are with ECOSIM_SHARED_DATA"
)


def tables(network: str, mapping: str = "sponsorship_mapping") -> list[str]:
    """Return the options that name a network's tables."""
    files = {"organisations": EMON / f"{network}_organisations.csv", "ties": EMON / f"{network}_ties.csv"}
    files["mapping"] = MAPPINGS / f"{mapping}.yaml"
    return [word for option, path in files.items() for word in (f"--{option}", str(path))]


def command(*words: str):
    return CliRunner().invoke(cli.app, list(words))


def rows(network: str, part: str) -> list[dict[str, str]]:
    with (EMON / f"{network}_{part}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_real_network_runs_with_all_mechanisms_of_the_town(network, tmp_path):
    out = tmp_path / "run"
    done = command("run", *tables(network), "ticks=5", "--out", str(out), "--quiet")
    assert done.exit_code == 0, done.output
    run = ecosim.read(out)
    organisations, ties = rows(network, "organisations"), rows(network, "ties")
    start = run.summary["counts"]["start"]
    assert start["organisations"] == len(organisations)
    assert start["relationships"] == len({frozenset((tie["source"], tie["target"])) for tie in ties})
    private = sum(row["sponsorship"] == "Private" for row in organisations)
    assert start["by_sector"] == {
        "business": 0,
        "government": len(organisations) - private,
        "civil_society": private,
    }
    unpaid = sum(not row["paid_staff"] for row in organisations)
    unranked = sum(not row["command_rank"] for row in organisations)
    drawn = run.summary["missing_values_drawn"]["columns"]
    assert (drawn["capital"], drawn["reputation"]) == (unpaid, unranked)
    assert not unpaid or f"{unpaid} of {len(organisations)} of capital" in run.words
    assert (out / "figures" / "network.svg").stat().st_size > 10_000


@pytest.mark.parametrize("network", NETWORKS)
def test_before_the_first_tick_the_measures_are_those_of_the_real_network(network, tmp_path):
    out = tmp_path / "run"
    done = command(
        "run", *tables(network, "sponsorship_as_given"), "ticks=0", "record.figures=false", "--out", str(out), "--quiet"
    )
    assert done.exit_code == 0, done.output
    run = ecosim.read(out)
    start = {name: values["start"] for name, values in run.summary["measures"].items()}
    assert -0.495 < start["degree_assortativity"] < -0.165
    assert 0.445 < start["clustering"] < 0.795
    sponsor = {row["name"]: row["sponsorship"] for row in rows(network, "organisations")}
    pairs = {frozenset((tie["source"], tie["target"])) for tie in rows(network, "ties")}
    across = np.mean([len({sponsor[name] for name in pair}) == 2 for pair in pairs])
    assert start["cross_sector_share"] == pytest.approx(across)
    assert 0.545 < start["cross_sector_share"] < 0.865
    assert "**The network as it is:**" in run.words


@pytest.mark.parametrize("network", NETWORKS)
def test_sponsors_mix_about_as_much_as_chance_would_have_them(network):
    """z against 4,000 networks of the same degrees, from a fixed seed: standard error of z at most .05."""
    actors = read_actors(
        EMON / f"{network}_organisations.csv", EMON / f"{network}_ties.csv", MAPPINGS / "sponsorship_as_given.yaml"
    )
    world = ecosim.Ecosystem(ecosim.load("town", "ticks=0"), actors=actors).world
    partner, sector = world.partner.astype(np.int64), world.sector.astype(np.int64)
    key = stream(0, "real networks").key(0)
    score = z_scores(world.first_tie, partner, sector, 4000, key, statistics=("cross_sector_share",))
    assert -3.35 < score["cross_sector_share"].z < 0.85


def test_what_is_drawn_differs_by_seed_and_what_is_given_does_not(tmp_path):
    for seed in ("1", "2"):
        done = command(
            "run",
            *tables("texas"),
            "ticks=0",
            "record.figures=false",
            "--seed",
            seed,
            "--out",
            str(tmp_path / seed),
            "--quiet",
        )
        assert done.exit_code == 0, done.output
    one, two = (ecosim.read(tmp_path / seed).organisations for seed in ("1", "2"))
    recorded = np.array([bool(row["paid_staff"]) for row in rows("texas", "organisations")])
    assert (one["capital"] == two["capital"])[recorded].all()
    assert not (one["capital"] == two["capital"])[~recorded].any()


def test_a_coalition_of_named_organisations_is_convened_and_one_of_them_taken_away(tmp_path):
    said = (
        "+interventions=[{at: 1, do: convene, issue: housing, names: [Red.Cross, Texas.Rangers, Salvation.Army]}, "
        "{at: 3, do: remove, names: [Salvation.Army]}]"
    )
    done = command(
        "run", *tables("texas"), said, "ticks=3", "record.figures=false", "--out", str(tmp_path / "run"), "--quiet"
    )
    assert done.exit_code == 0, done.output
    run = ecosim.read(tmp_path / "run")
    kinds = run.events.groupby("kind")["organisation"].nunique()
    assert kinds["convene"] == 3
    assert kinds["remove"] == 1
    assert "Salvation.Army" not in set(run.organisations["name"])


def test_a_misspelt_name_is_refused_with_the_nearest(tmp_path):
    said = "+interventions=[{at: 1, do: remove, names: [Red.Cros]}]"
    done = command("run", *tables("texas"), said, "--out", str(tmp_path / "run"))
    assert done.exit_code == 2
    assert "did you mean 'Red.Cross'" in done.output


def test_the_mapping_that_a_refusal_prints_can_be_used_as_it_is(tmp_path):
    bare = tables("wichita")[:4]
    done = command("run", *bare, "--out", str(tmp_path / "run"))
    assert done.exit_code == 2
    assert "line 2, column 'sponsorship': none of the values is a sector" in done.output
    pasted = tmp_path / "mapping.yaml"
    pasted.write_text(done.output[done.output.index("name:") :], encoding="utf-8")
    done = command(
        "run",
        *bare,
        "--mapping",
        str(pasted),
        "ticks=1",
        "record.figures=false",
        "--out",
        str(tmp_path / "run"),
        "--json",
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["tables"]["ties"]["weighed"] > 0

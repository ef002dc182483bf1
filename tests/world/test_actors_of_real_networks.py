"""Tables of real emergency networks are read as other software reads them (left out where they are not there)."""

from __future__ import annotations

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.world.actor_mapping import mapping_of
from ecosim.world.actor_suggestion import suggest_mapping
from ecosim.world.actors import read_actors

EMON = Path(os.environ.get("ECOSIM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "emon"
NETWORKS = ["cheyenne", "hurr_frederic", "lake_pomona", "mt_si", "mt_st_helens", "texas", "wichita"]
GOVERNMENT = ["City", "County", "County/City", "State", "Federal"]
EMON_MAPPING = {
    "sector": {
        "column": "sponsorship",
        "values": {**dict.fromkeys(GOVERNMENT, "government"), "Private": "civil_society"},
    },
    "columns": {"capital": "paid_staff", "reputation": {"column": "command_rank", "transform": "rank"}},
    "ties": {"weight": {"column": "frequency", "means": "distance", "from": 1, "to": 4}},
}
needs_emon = pytest.mark.skipif(not EMON.is_dir(), reason=f"the networks of {EMON} may not be copied and are not there")


@needs_emon
@pytest.mark.parametrize("network", NETWORKS)
def test_a_real_network_has_the_organisations_and_merged_ties_that_networkx_counts(network: str) -> None:
    import pandas as pd

    organisations = pd.read_csv(EMON / f"{network}_organisations.csv")
    reports = pd.read_csv(EMON / f"{network}_ties.csv")
    directed = nx.from_pandas_edgelist(reports, edge_attr="frequency", create_using=nx.DiGraph)
    directed.add_nodes_from(organisations["name"])
    merged = directed.to_undirected()
    actors = read_actors(EMON / f"{network}_organisations.csv", EMON / f"{network}_ties.csv", mapping_of(EMON_MAPPING))
    assert len(actors.names) == directed.number_of_nodes() == len(organisations)
    assert actors.ties.a.size == merged.number_of_edges()
    assert actors.ties.rows_read == directed.number_of_edges() == actors.ties.reports.sum()
    assert actors.ties.directed_merged == directed.number_of_edges() - merged.number_of_edges()
    assert actors.sector.count("government") == organisations["sponsorship"].isin(GOVERNMENT).sum()
    assert actors.missing["capital"] == organisations["paid_staff"].isna().sum()
    np.testing.assert_array_equal(actors.columns["capital"], organisations["paid_staff"].to_numpy(dtype=float))
    ranks = organisations["command_rank"].rank().to_numpy()
    np.testing.assert_allclose(
        actors.columns["reputation"], (ranks - 1) / (np.nanmax(ranks.size - np.isnan(ranks).sum()) - 1)
    )
    for a, b, weight in zip(actors.ties.a, actors.ties.b, actors.ties.weight, strict=True):
        ends = (actors.names[a], actors.names[b])
        said = [directed.edges[way]["frequency"] for way in (ends, ends[::-1]) if directed.has_edge(*way)]
        assert weight == pytest.approx(np.mean([{1: 1.0, 2: 0.75, 3: 0.5, 4: 0.25}[word] for word in said]))


@needs_emon
@pytest.mark.parametrize("network", NETWORKS)
def test_a_real_network_without_a_mapping_is_refused_with_one_that_works(network: str, tmp_path: Path) -> None:
    organisations, ties = EMON / f"{network}_organisations.csv", EMON / f"{network}_ties.csv"
    with pytest.raises(InputError) as refused:
        read_actors(organisations, ties)
    message = str(refused.value)
    assert "column 'sponsorship': none of the values is a sector; valid: business, government, civil_society" in message
    assert "'Private' (" in message
    pasted = tmp_path / "mapping.yaml"
    pasted.write_text(message.split("--mapping mapping.yaml\n\n")[1])
    assert len(read_actors(organisations, ties, pasted).sector) > 0
    pasted.write_text(suggest_mapping(organisations, ties))
    assert not np.isnan(read_actors(organisations, ties, pasted).ties.weight).all()

"""Stylised facts of real networks between organisations: seven search-and-rescue networks (Drabek et al. 1981).

Sectors are their sponsorships here (city, county, city and county, state, federal, private). The networks may not be
copied into the project, so these tests skip where they are not at hand.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from ecosim.measures.null_model import z_scores
from ecosim.measures.pattern import SAMPLES
from ecosim.measures.registry import MEASURES
from ecosim.rng import stream
from ecosim.world.actor_mapping import mapping_of
from ecosim.world.actors import read_actors
from ecosim.world.founding import EcosystemSettings, found

EMON = Path(os.environ.get("ECOSIM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "emon"
NETWORKS = ("cheyenne", "hurr_frederic", "lake_pomona", "mt_si", "mt_st_helens", "texas", "wichita")
SPONSORS = {
    "City": "city", "County": "county", "County/City": "county_and_city", "State": "state", "Federal": "federal",
    "Private": "private",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not EMON.is_dir(), reason=f"the networks of {EMON} may not be copied and are not there: set ECOSIM_SHARED_DATA"
)


def real_world(network):
    """Return the world of a real network, its organisations' sponsorships as sectors."""
    actors = read_actors(
        EMON / f"{network}_organisations.csv",
        EMON / f"{network}_ties.csv",
        mapping_of({"sector": {"column": "sponsorship", "values": SPONSORS}}),
        sectors=tuple(SPONSORS.values()),
    )
    settings = EcosystemSettings.model_validate(
        {"sectors": {sector: {} for sector in SPONSORS.values()}, "organisations": 100}
    )
    return found(settings, 1, set(), actors)


def value(world, name):
    measure = MEASURES[name]
    return measure.compute(world)[measure.part]


def values(name):
    return np.array([value(real_world(network), name) for network in NETWORKS])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("degree_assortativity", -0.49, -0.17), ("clustering", 0.45, 0.79), ("cross_sector_share", 0.55, 0.86)],
)
def test_real_networks_lie_in_the_published_range_and_reach_both_of_its_ends(name, low, high):
    found_here = values(name)
    assert round(found_here.min(), 2) == low
    assert round(found_here.max(), 2) == high


def test_partners_of_another_sponsor_are_about_as_many_as_chance_gives():
    """With 2,000 networks z has a standard error of .07 where it is −3.2, .04 where it is .7; five are the margins."""
    z = [z_of_many(real_world(network), "cross_sector_share") for network in NETWORKS]
    assert min(z) == pytest.approx(-3.2, abs=0.35)
    assert max(z) == pytest.approx(0.7, abs=0.2)


def test_the_few_networks_of_a_look_give_the_z_of_many():
    """The standard error of z with 50 independent networks is √((1 + z²/2)/50).

    Successive networks of a chain are not quite independent where nearly everyone is tied, as here: over 200 keys their
    mean scattered up to 1.7 times as widely. Five such errors are exceeded by chance once in 2 million.
    """
    for network in NETWORKS:
        world = real_world(network)
        for name in ("cross_sector_share", "clustering"):
            z = z_of_many(world, name)
            assert abs(value(world, f"{name}_z") - z) < 5 * 1.7 * np.sqrt((1 + z * z / 2) / SAMPLES)


def z_of_many(world, name):
    key = stream(1, "test").key(0)
    return z_scores(world.first_tie, world.partner, world.sector, 2000, key, statistics=[name])[name].z

"""Founding: what is drawn follows its law and its owner's identity, and what cannot be is refused in plain words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.world.actor_ties import Ties, no_ties
from ecosim.world.actors import Actors
from ecosim.world.apportionment import apportion
from ecosim.world.attributes import capability_profiles
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import EcosystemSettings, estimated_bytes, found
from ecosim.world.names import identity_of_names

EVERYTHING = frozenset(COLUMNS)
PER_ORGANISATION = [
    "capital", "capability", "stance", "salience", "motive", "purpose", "culture", "contribution", "invest",
    "reputation",
]  # fmt: skip


def world(columns=EVERYTHING, seed=1, actors=None, **settings):
    return found(EcosystemSettings.model_validate(settings), seed, columns, actors)


def assert_mean(numbers, expected, spread):
    """Hold a mean to 5.3 standard errors: false alarm 1e-7."""
    assert abs(np.mean(numbers) - expected) < 5.3 * spread / np.sqrt(np.size(numbers))


@pytest.mark.parametrize("sector", ["business", "government", "civil_society"])
def test_one_more_organisation_changes_nobody_elses_draws(sector):
    counts = {"business": 50, "government": 20, "civil_society": 30}
    network = {"kind": "groups"}
    before = world(organisations=counts, network=network)
    after = world(organisations=counts | {sector: counts[sector] + 1}, network=network)
    stays = np.isin(after.identity, before.identity)
    assert stays.sum() == after.n - 1
    for column in before.columns:
        if column.axis in ("organisation", "issue"):
            seen = getattr(after, column.name)
            np.testing.assert_array_equal(
                seen[stays] if column.axis == "organisation" else seen, getattr(before, column.name), column.name
            )
    assert shared_ties(before, after) > 100


def shared_ties(one, other):
    """Return how many ties two worlds share, after checking that these are alike in all."""
    rows = [{tuple(sorted(w.identity[ends])): t for t, ends in enumerate(w.ends)} for w in (one, other)]
    shared = rows[0].keys() & rows[1].keys()
    for column in one.columns:
        if column.axis == "relationship" and column.name != "ends":
            values = getattr(one, column.name), getattr(other, column.name)
            for names in shared:
                np.testing.assert_array_equal(values[0][rows[0][names]], values[1][rows[1][names]])
    return len(shared)


@pytest.mark.parametrize("name", PER_ORGANISATION)
def test_a_column_is_drawn_alike_whether_or_not_others_are(name):
    np.testing.assert_array_equal(getattr(world({name}), name), getattr(world(), name))


def test_a_world_has_only_the_columns_asked_for():
    opinions = world({"stance"})
    assert {column.name for column in opinions.columns} == {"stance"} | {c.name for c in COLUMNS.values() if c.always}


def test_seeds_draw_different_worlds_and_one_seed_the_same():
    one, same, other = world(seed=1), world(seed=1), world(seed=2)
    for name in [*PER_ORGANISATION, "needs"]:
        assert (getattr(one, name) == getattr(same, name)).all()
        assert (getattr(one, name) != getattr(other, name)).any()


@given(
    counts=st.lists(st.integers(0, 8), min_size=3, max_size=3).filter(sum),
    jitter=st.sampled_from([0.0, 0.1, 0.9, 0.999]),
    start=st.sampled_from(["uniform", "normal", "camps"]),
    kind=st.sampled_from(["none", "complete", "random", "groups", "scale_free", "lattice"]),
    numbers=st.integers(1, 6),
    seed=st.integers(0, 50),
)
def test_everything_drawn_lies_within_its_range(counts, jitter, start, kind, numbers, seed):
    drawn = world(
        seed=seed,
        organisations=dict(zip(["business", "government", "civil_society"], counts, strict=True)),
        issues=numbers, capabilities=numbers, motive_jitter=jitter, salience_jitter=jitter, needs_jitter=jitter,
        purpose_jitter=jitter, stance={"axes": numbers, "start": start, "spread": 4 * jitter, "centre": 0.9},
        network={"kind": kind, "degree": 4, "trust_jitter": jitter, "bond_jitter": jitter, "affect_spread": jitter},
    )  # fmt: skip
    for column in drawn.columns:
        values = getattr(drawn, column.name)
        assert np.isfinite(values).all(), column.name
        if column.name != "works_on":
            assert ((values >= column.low) & (values <= column.high)).all(), column.name
    for name in ("motive", "salience", "needs"):
        np.testing.assert_allclose(getattr(drawn, name).sum(axis=1), 1, rtol=1e-12)
    assert drawn.n == sum(counts)


def test_identities_are_the_sectors_number_and_one_within_it():
    drawn = world(organisations={"business": 2, "government": 0, "civil_society": 1})
    assert drawn.identity.tolist() == [0, 1, 2 << 24]
    assert drawn.sector.tolist() == [0, 0, 2]
    assert drawn.name(2) == "civil_society 0"


def test_motives_scatter_around_their_sectors():
    """Mean m and variance j² m (1 - m) of a Dirichlet law; false alarm 1e-7 each."""
    drawn = world({"motive"}, organisations=15_000, motive_jitter=0.2)
    for s, mean in enumerate([(0.7, 0.05, 0.05, 0.1, 0.1), (0.1, 0.45, 0.1, 0.05, 0.3), (0.1, 0.2, 0.5, 0.1, 0.1)]):
        motive = drawn.motive[drawn.sector == s]
        for k, m in enumerate(mean):
            deviation = 0.2 * np.sqrt(m * (1 - m))
            assert_mean(motive[:, k], m, deviation)
            assert motive[:, k].std() == pytest.approx(deviation, rel=0.12)


@pytest.mark.parametrize(("mean", "jitter"), [(0.3, 0.2), (0.5, 0.6), (0.05, 0.9)])
def test_numbers_around_a_mean_follow_the_beta_law(mean, jitter):
    """Kolmogorov–Smirnov of 50,000, false alarm 1e-7."""
    from scipy import stats

    drawn = world(
        {"reputation"}, organisations=50_000, reputation={"value": mean, "jitter": jitter}, network={"kind": "none"}
    )
    concentration = (1 - jitter**2) / jitter**2
    law = stats.beta(mean * concentration, (1 - mean) * concentration)
    assert stats.kstest(drawn.reputation, law.cdf).pvalue > 1e-7
    assert law.std() == pytest.approx(jitter * np.sqrt(mean * (1 - mean)))


def test_capital_and_capabilities_are_lognormal_around_their_sectors_mean():
    """Kolmogorov–Smirnov of the logarithms of 20,000 each, false alarm 1e-7."""
    from scipy import stats

    sectors = {"big": {"capital": 3.0, "capability": [2.0, 0.0]}}
    settings = {"sectors": sectors, "capabilities": 2, "capital": {"spread": 0.8}, "capability": {"spread": 0.2}}
    drawn = world({"capital", "capability"}, organisations=20_000, network={"kind": "none"}, **settings)
    assert stats.kstest(np.log(drawn.capital / 3), stats.norm(-0.32, 0.8).cdf).pvalue > 1e-7
    assert stats.kstest(np.log(drawn.capability[:, 0] / 2), stats.norm(-0.02, 0.2).cdf).pvalue > 1e-7
    assert (drawn.capability[:, 1] == 0).all()


@given(kinds=st.integers(1, 9), sectors=st.integers(1, 6), specialisation=st.floats(0, 1))
def test_each_sector_is_strong_in_kinds_of_its_own_and_all_are_equal_in_sum(kinds, sectors, specialisation):
    names = {f"sector{s}": {} for s in range(sectors)}
    settings = EcosystemSettings.model_validate(
        {"sectors": names, "capabilities": kinds, "capability": {"specialisation": specialisation}}
    )
    profiles = capability_profiles(settings)
    np.testing.assert_allclose(profiles.mean(axis=1), 1)
    if 1 < sectors <= kinds and specialisation > 0.01:
        assert len(set(profiles.argmax(axis=1))) == sectors
        assert (profiles.argmax(axis=0) == np.arange(kinds) % sectors).all()


def test_uniform_stances_are_uniform_and_camps_stand_apart():
    """Kolmogorov–Smirnov of 30,000, false alarm 1e-7; the share of a camp is held to 5.3 standard errors."""
    from scipy import stats

    network = {"kind": "none"}
    flat = world({"stance"}, organisations=30_000, stance={"axes": 2}, network=network).stance
    for axis in (0, 1):
        assert stats.kstest(flat[:, axis], stats.uniform(-1, 2).cdf).pvalue > 1e-7
    assert abs(np.corrcoef(flat.T)[0, 1]) < 5.3 / np.sqrt(30_000)
    camps = {"axes": ["trade", "climate"], "start": "camps", "separation": 0.5, "spread": 0.1, "share": 0.3}
    stance = world({"stance"}, organisations=30_000, stance=camps, network=network).stance
    upper = stance[:, 0] > 0
    assert abs(upper.mean() - 0.3) < 5.3 * np.sqrt(0.21 / 30_000)
    assert ((stance[:, 1] > 0) == upper).all()
    assert stats.kstest(stance[upper, 1], stats.norm(0.5, 0.1).cdf).pvalue > 1e-7


def test_a_sector_leans_and_what_lies_beyond_the_border_is_reflected():
    """A normal law at the very border folds into a half-normal one: Kolmogorov–Smirnov, false alarm 1e-7."""
    from scipy import stats

    sectors = {"left": {"stance": [-1.0]}, "right": {"stance": [0.5]}}
    drawn = world({"stance"}, organisations=20_000, sectors=sectors, stance={"start": "normal", "spread": 0.2},
                  network={"kind": "none"})  # fmt: skip
    left, right = drawn.stance[drawn.sector == 0, 0], drawn.stance[drawn.sector == 1, 0]
    assert stats.kstest(left + 1, stats.halfnorm(0, 0.2).cdf).pvalue > 1e-7
    assert_mean(right, 0.5, 0.25)


def test_culture_is_more_alike_within_a_sector():
    """Two share a trait with probability l² + (1 - l²)/q within a sector; 200 features pooled, to within .05."""
    sectors = {"one": {}, "other": {}}
    culture = {"features": 64, "traits": 4, "likeness": 0.7}
    drawn = world({"culture"}, organisations=400, sectors=sectors, culture=culture, network={"kind": "none"})
    alike = (drawn.culture[:, None] == drawn.culture[None]).mean(axis=2)
    same = drawn.sector[:, None] == drawn.sector
    assert alike[same & ~np.eye(400, dtype=bool)].mean() == pytest.approx(0.49 + 0.51 / 4, abs=0.05)
    assert alike[~same].mean() < 0.49
    assert set(np.unique(drawn.culture)) == {0, 1, 2, 3}


def test_contributions_start_as_asked():
    def start(**settings):
        return world(
            {"contribution"}, organisations=10_000, contribution=settings, network={"kind": "none"}
        ).contribution

    assert (start(start="fixed", value=0.3) == 0.3).all()
    half = start(start="half", share=0.25)
    assert set(half) == {0.0, 1.0}
    assert_mean(half, 0.25, np.sqrt(0.25 * 0.75))
    assert_mean(start(start="uniform"), 0.5, np.sqrt(1 / 12))
    sectors = {"lazy": {"contribution": 0.2, "share": 0.5}, "eager": {"contribution": 0.9, "share": 0.5}}
    drawn = world(
        {"contribution"}, organisations=1000, sectors=sectors, contribution={"start": "sector", "jitter": 0.0}
    )
    assert drawn.contribution.tolist() == [0.2] * 500 + [0.9] * 500


def test_investment_is_everyones_or_the_sectors_own():
    sectors = {"one": {"share": 0.5}, "other": {"share": 0.5, "invest": 0.4}}
    drawn = world({"invest"}, organisations=4, sectors=sectors, invest={"value": 0.1, "jitter": 0.0})
    assert drawn.invest.tolist() == [0.1, 0.1, 0.4, 0.4]


def test_salience_follows_the_sector_and_issues_their_own_word():
    issues = [{"name": "water", "severity": 3.0, "needs": [0.5, 0.5]}, {"name": "air"}]
    sectors = {"one": {"salience": [0.9, 0.1]}}
    drawn = world(issues=issues, sectors=sectors, capabilities=["money", "trust"], salience_jitter=0.0, organisations=3)
    assert drawn.labels.issues == ("water", "air")
    assert drawn.labels.capabilities == ("money", "trust")
    assert drawn.severity.tolist() == drawn.urgency.tolist() == [3.0, 1.5]
    assert drawn.needs[0].tolist() == [0.5, 0.5]
    assert drawn.needs[1].tolist() != [0.5, 0.5]
    assert (drawn.salience == [0.9, 0.1]).all()


def test_trust_differs_by_side_and_bond_does_not():
    drawn = world(network={"trust": 0.6, "trust_jitter": 0.2, "bond": 0.3, "degree": 20}, organisations=2000)
    assert_mean(drawn.trust, 0.6, 0.2 * np.sqrt(0.24))
    assert_mean(drawn.bond, 0.3, 0.1 * np.sqrt(0.21))
    assert abs(np.corrcoef(drawn.trust.T)[0, 1]) < 5.3 / np.sqrt(drawn.ties)
    assert drawn.bond.shape == (drawn.ties,)


@given(total=st.integers(0, 500), parts=st.lists(st.integers(0, 20), min_size=1, max_size=8).filter(sum))
def test_sectors_are_filled_like_seats_and_nobody_loses_one(total, parts):
    shares = tuple(part / sum(parts) for part in parts)
    before, after = apportion(total, shares), apportion(total + 1, shares)
    assert sum(before) == total
    assert sorted(b - a for a, b in zip(before, after, strict=True)) == [0] * (len(parts) - 1) + [1]
    # Webster: no transfer of one seat brings two parts nearer to their shares.
    assert all(before[a] == 0 or shares[a] / (before[a] - 0.5) >= shares[b] / (before[b] + 0.5) - 1e-9
               for a in range(len(parts)) for b in range(len(parts)))  # fmt: skip


def test_the_default_shares_are_kept():
    assert EcosystemSettings().counts() == (100, 40, 60)
    assert EcosystemSettings.model_validate({"sectors": {"a": {"share": 0.5}, "b": {}, "c": {}}}).shares() == (
        0.5,
        0.25,
        0.25,
    )


# -- named organisations ----------------------------------------------------------------------------------------------


def town(columns=None, ties=None):
    names = ["Acme", "Beta", "City", "Dove"]
    sector = ["business", "business", "government", "civil_society"]
    columns = {word: np.array(numbers, float) for word, numbers in (columns or {}).items()}
    return Actors(names, sector, columns, {}, ties or no_ties())


def test_what_actors_give_goes_before_what_would_be_drawn():
    nan = np.nan
    drawn = world(actors=town())
    given = world(
        actors=town({"capital": [5, nan, 0, nan], "stance_trade": [nan, nan, 0.25, nan]}),
        stance={"axes": ["trade", "sea"]},
    )
    assert given.names == ("Acme", "Beta", "City", "Dove")
    assert given.capital[[0, 2]].tolist() == [5, 0]
    assert (given.capital[[1, 3]] == drawn.capital[[1, 3]]).all()
    assert given.stance[2, 0] == 0.25
    assert given.drawn == {"capital": 2, "stance_trade": 3}
    assert given.sector.tolist() == [0, 0, 1, 2]
    assert (given.identity == identity_of_names(given.names)).all()


def test_what_is_given_of_opinions_and_what_is_drawn_is_what_organisations_and_members_start_with():
    nan = np.nan
    given = world(
        {"stance", "prejudice", "member_stance", "member_prejudice"},
        actors=town({"stance_sea": [0.5, nan, nan, -1.0], "member_stance_2_trade": [nan, -0.75, nan, nan]}),
        stance={"axes": ["trade", "sea"]}, members={"each": 3},
    )  # fmt: skip
    assert given.prejudice[0, 1] == 0.5
    assert given.member_prejudice[1, 2] == -0.75
    assert np.array_equal(given.prejudice, given.stance)
    assert np.array_equal(given.member_prejudice, given.member_stance)


def test_what_is_given_of_shares_is_kept_and_the_rest_fills_up():
    nan = np.nan
    actors = town({"motive_financial": [0.6, nan, 0.0, nan], "motive_mission": [0.4, 0.5, nan, nan]})
    given = world(actors=actors)
    np.testing.assert_allclose(given.motive.sum(axis=1), 1)
    assert given.motive[0].tolist() == [0.6, 0, 0.4, 0, 0]
    assert given.motive[1, 2] == pytest.approx(0.5)
    assert given.motive[2, 0] == 0


def test_actors_ties_are_the_network_and_their_weight_the_bond():
    ties = Ties(np.array([0, 1]), np.array([2, 3]), np.array([0.75, np.nan]), np.array([1, 2]))
    given = world(actors=town(ties=ties), network={"kind": "file", "bond": 0.2, "bond_jitter": 0.0})
    assert given.ends.tolist() == [[0, 2], [1, 3]]
    assert given.bond.tolist() == [0.75, 0.2]
    assert given.drawn["bond"] == 1


def test_actors_without_ties_are_tied_by_the_network_or_not_at_all():
    assert world(actors=town(), network={"kind": "complete"}).ties == 6
    assert world(actors=town(), network={"kind": "file"}).ties == 0


def test_an_actors_draws_follow_its_name_not_its_row():
    actors = town()
    turned = Actors(actors.names[::-1], actors.sector[::-1], {}, {}, no_ties())
    one, other = world(actors=actors), world(actors=turned)
    for name in PER_ORGANISATION:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name)[::-1])


def test_an_actors_sector_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"no sector 'government'; .*valid: business, civil_society"):
        world(actors=town(), sectors={"business": {}, "civil_society": {}})


def test_a_network_from_a_file_needs_a_file():
    with pytest.raises(InputError, match="kind is 'file', but no file"):
        world(network={"kind": "file"})


# -- sizes, citizens and members -------------------------------------------------------------------------------------


def test_the_estimate_of_memory_holds_the_world():
    settings = EcosystemSettings(organisations=50_000)
    made = found(settings, 1, EVERYTHING)
    held = sum(values.nbytes for values in made.arrays().values())
    held += made.partner.nbytes + made.tie.nbytes + made.first_tie.nbytes
    assert held < estimated_bytes(settings, EVERYTHING) < 4 * held
    assert estimated_bytes(settings, {"stance"}) < estimated_bytes(settings)


def test_one_citizen_more_changes_no_other():
    few = world({"orientation", "citizen_stance", "buys_from"}, citizens={"count": 50}, stance={"axes": 2})
    more = world({"orientation", "citizen_stance", "buys_from"}, citizens={"count": 51}, stance={"axes": 2})
    assert few.citizen_stance.shape == (50, 2)
    assert (more.orientation[:50] == few.orientation).all()
    assert (more.citizen_stance[:50] == few.citizen_stance).all()
    assert (few.buys_from == -1).all()


def test_citizens_are_orientated_around_their_mean():
    drawn = world({"orientation"}, citizens={"count": 20_000, "orientation": 0.3, "orientation_jitter": 0.4})
    assert_mean(drawn.orientation, 0.3, 0.4 * np.sqrt(0.3 * 0.7))


def test_members_stand_around_their_organisation():
    """Within one organisation as far apart as asked; 200 organisations of 50 members, to within three parts in a hundred."""
    drawn = world(
        {"stance", "member_stance"}, organisations=200, stance={"axes": 2, "start": "normal", "spread": 0.1},
        members={"each": 50, "spread": 0.05},
    )  # fmt: skip
    apart = drawn.member_stance.reshape(200, 50, 2) - drawn.stance[:, None]
    assert apart.std() == pytest.approx(0.05, rel=0.03)
    assert abs(apart.mean(axis=1)).max() < 0.05


def test_a_worlds_members_do_not_depend_on_how_many_organisations_there_are():
    settings = {"members": {"each": 4}, "stance": {"axes": 1}, "sectors": {"one": {}}}
    few, more = (world({"stance", "member_stance"}, organisations=n, **settings) for n in (10, 11))
    assert (more.member_stance[:10] == few.member_stance).all()

"""Synergy seen three ways: exactly none where parts only add up, and where they need each other all of it is told."""

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.synergy import LARGEST, RELATIONAL, _told, adding_up, apart, dividends_of, synergy

SMALL = ("ecosystem.organisations=40", "ticks=30")
ADDING_UP = (
    "dynamics.production.complementarity=1", "dynamics.production.bond_gain=0", "dynamics.production.pool_gain=0",
    "dynamics.production.translation=0", "dynamics.production.coordination=0",
)  # fmt: skip


def world_of(*overrides):
    model = ecosim.Ecosystem(ecosim.load("town", *SMALL, *overrides), rng=3)
    model.run()
    return model


def test_where_parts_only_add_up_there_is_none():
    found = synergy("town", *SMALL, *ADDING_UP, replicates=3)
    rows = found.table.set_index("way")
    assert rows.loc["ledger", "mean"] == pytest.approx(0.0, abs=1e-12)
    assert rows.loc["dividends", "mean"] == pytest.approx(0.0, abs=1e-9)
    assert rows.loc["ledger", "says"] in ("none", "undefined")
    assert found.dividends["share"][0] == pytest.approx(1.0)
    assert rows.loc["excess", "says"] == "none"


def test_what_relationships_bring_without_synergy_is_no_vote_for_it():
    """Whether relationships help is told as such; of synergy, what goes beyond a world whose parts only add up speaks."""
    settings = ecosim.load("town", *SMALL)
    neutral = ecosim.load("town", *SMALL, *ADDING_UP)
    assert adding_up(settings) == neutral
    found, plain_sum = (synergy(one, replicates=3, seed=5).table.set_index("way") for one in (settings, neutral))
    assert plain_sum.loc["excess", "mean"] == 0.0
    assert set(found.loc["counterfactual", ["says"]]) <= {"helps", "harms", "none"}
    brings = found.loc["counterfactual", "mean"] - plain_sum.loc["counterfactual", "mean"]
    assert found.loc["excess", "mean"] == pytest.approx(brings)


@pytest.mark.parametrize(("helps", "agree"), [(20.0, True), (-20.0, True)])
def test_only_ways_that_tell_of_synergy_can_contradict_each_other(helps, agree):
    """Where coalitions make less than their parts, relationships may help all the same: nothing is contradicted."""
    rows = [
        {"ledger": -0.1 + e, "dividends": -0.1 + e, "information": e, "excess": -3 + e, "counterfactual": helps + e}
        for e in (-0.01, 0.0, 0.01)
    ]
    found = _told(rows, [np.full(LARGEST + 1, np.nan)] * 3)
    assert found.agree is agree
    assert found.table.set_index("way")["says"].to_dict() == {
        "ledger": "the opposite", "dividends": "the opposite", "information": "none", "excess": "the opposite",
        "counterfactual": "helps" if helps > 0 else "harms",
    }  # fmt: skip
    against = [{**row, "ledger": 0.1} for row in rows]
    assert not _told(against, [np.full(LARGEST + 1, np.nan)] * 3).agree


def test_where_parts_add_up_there_are_no_dividends_even_when_they_learn_after_work():
    """Absorption acts at tick 32, after production: what one makes alone is then told of what it can do now, too."""
    model = world_of(*ADDING_UP, "ticks=32")
    by_size = dividends_of(model.world, model.schedule.mechanisms["production"])
    assert by_size[1] > 0
    assert by_size[2:] == pytest.approx(0.0, abs=1e-9 * by_size[1])


@pytest.mark.parametrize(
    ("good", "sign"),
    [("rule: public_goods, multiplication: 1.5", 0), ("rule: synergy_goods, benefit: 1.0, synergy: 1.3", 1),
     ("rule: synergy_goods, benefit: 1.5, synergy: 0.7", -1)],
)  # fmt: skip
def test_dividends_of_a_good_are_what_coalitions_make_beyond_their_members(good, sign):
    model = world_of(f"dynamics.production={{{good}, groups: coalitions}}", "ticks=29")
    model.schedule.bound["production"].step(model.world, (1, 2, 30))
    by_size = dividends_of(model.world, model.schedule.mechanisms["production"])
    assert by_size.sum() == pytest.approx(model.world.output.sum())
    assert by_size[1] == pytest.approx(model.world.output_alone.sum())
    beyond = by_size[2:].sum() / by_size[1]
    assert np.sign(round(beyond, 9)) == sign


def test_dividends_sum_to_what_coalitions_make():
    """Without a pool, what coalitions made is v of their members, which is the sum of all their dividends."""
    model = world_of("dynamics.production.pool_gain=0", "ticks=29")
    work = model.schedule.mechanisms["production"]
    # The effort of the last tick made the output of the last tick; bonds have moved since, so production acts once more.
    model.schedule.mechanisms["production"].step(model.world, (1, 2, 30))
    by_size = dividends_of(model.world, work)
    assert model.world.coalitions
    assert by_size.sum() == pytest.approx(model.world.output.sum())
    assert by_size[1] == pytest.approx(model.world.output_alone.sum())


def test_without_relationships_nobody_is_tied_or_joined():
    settings = apart(ecosim.load("town", *SMALL))
    model = ecosim.Ecosystem(settings, rng=1)
    model.run()
    assert (model.world.ties, model.world.coalitions) == (0, 0)
    assert not {rule.rule() for _, rule in model.schedule} & RELATIONAL


def test_neither_government_nor_newcomers_nor_interventions_make_ties_there():
    ties = (
        "dynamics.policy.convening=0.5", "dynamics.turnover.floor=0.6",
        "+interventions=[{at: 5, do: introduce, one: {number: 5}, other: {number: 5}},"
        "{at: 5, do: convene, issue: health, who: {number: 4}}]",
    )  # fmt: skip
    settings = ecosim.load("town", *SMALL, *ties)
    model, other = (ecosim.Ecosystem(arm, rng=1) for arm in (apart(settings), settings))
    for tick in range(30):
        model.step()
        assert (model.world.ties, model.world.coalitions) == (0, 0), tick
    other.run()
    assert other.world.ties > 0


def test_both_worlds_begin_with_the_same_organisations():
    settings = ecosim.load("town", *SMALL)
    one, other = (ecosim.Ecosystem(arm, rng=4).world for arm in (settings, apart(settings)))
    assert np.array_equal(one.capital, other.capital)
    assert np.array_equal(one.stance, other.stance)


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [("opinions", {}, "coalitions make nothing"), ("town", {"replicates": 2}, "at least 3")],
)
def test_what_makes_nothing_in_coalitions_or_too_few_runs_is_refused(name, words, message):
    with pytest.raises(InputError, match=message):
        synergy(name, *SMALL[1:], **words)

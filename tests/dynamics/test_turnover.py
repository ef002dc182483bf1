"""Turnover: the insolvent go for good, newcomers come as said, and nothing is left behind."""

import numpy as np
import pytest

from ecosim.dynamics.turnover import Turnover, acquainted, poisson
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.rng import stream
from ecosim.settings import settings_from
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from tests.dynamics.worlds import live, some_tied, unite, world_for
from tests.ecosystems import coupled_settings, differing


def town(rule, n=30, capital=1.0, ties=True, columns=()):
    world = world_for(rule, n=n, ties=some_tied(n) if ties else [], issues=1, columns=columns)
    world.sector[:] = np.arange(n) % 3
    world.identity[:] = world.sector.astype(np.int64) * MOST_OF_A_SECTOR + np.arange(n)
    world.capital[:] = capital
    return world


def sectors(world):
    return np.bincount(world.sector, minlength=3).tolist()


def test_whoever_is_insolvent_for_long_enough_on_end_leaves():
    rule = Turnover(floor=0.2, patience=3, entry="rate", rate=0.0)
    world = town(rule, 4, [0.1, 0.3, 0.1, 0.2])
    first = world.identity.tolist()
    live(world, rule, ticks=2)
    assert world.n == 4
    world.capital[2] = 1.0
    live(world, rule)
    assert world.identity.tolist() == first[1:]  # the third was solvent for a tick
    world.capital[1] = 0.1
    live(world, rule, ticks=2)
    assert world.n == 3
    live(world, rule)
    assert world.identity.tolist() == [first[1], first[3]]


def test_patience_is_counted_in_ticks_however_often_it_acts():
    rule = Turnover(patience=6, entry="rate", rate=0.0, every=3)
    world = town(rule, 2, [0.0, 1.0])
    assert live(world, rule, ticks=3).n == 2
    assert live(world, rule, ticks=3).n == 1


def test_where_all_are_solvent_and_nobody_enters_nothing_changes():
    rule = Turnover()
    world = town(rule)
    before = {name: values.copy() for name, values in world.arrays().items()}
    live(world, rule, ticks=20)
    assert world.changes == 0
    assert all(np.array_equal(values, before[name]) for name, values in world.arrays().items())


def test_replacement_keeps_the_number_of_each_sector_and_gives_nobody_an_old_number():
    rule = Turnover(patience=1, acquaintances=3)
    world = town(rule)
    seen = set(world.identity.tolist())
    draw = np.random.default_rng(1)
    for _ in range(30):
        world.capital[:] = np.where(draw.random(world.n) < 0.2, 0.01, 1.0)
        before, old = sectors(world), set(world.identity.tolist())
        live(world, rule)
        came = set(world.identity.tolist()) - old
        assert sectors(world) == before
        assert not came & seen
        assert len(world.gone) == len(set(world.gone.tolist()))
        seen |= came
    assert len(seen) > 100


def test_no_tie_and_no_membership_is_left_behind():
    rule = Turnover(patience=1)
    world = unite(town(rule, columns=("coalition_issue",)), (0, (0, 1, 2)), (0, (3, 4)), (0, (0, 5, 6)))
    ties = {tuple(world.identity[e]) for e in world.ends}
    gone = set(world.identity[[0, 3, 9]].tolist())
    world.capital[[0, 3, 9]] = 0.0
    live(world, rule)
    assert not gone & set(world.identity.tolist())
    assert world.ends.min() >= 0
    assert max(world.ends.max(), world.partner.max()) < world.n
    assert world.first_tie[-1] == 2 * world.ties
    kept = {pair for pair in ties if not gone & set(pair)}
    assert kept <= {tuple(sorted(world.identity[e], key=list(world.identity).index)) for e in world.ends}
    assert sorted(map(len, np.split(world.identity[world.member], world.first_member[1:-1]))) == [2, 2]


def test_newcomers_know_so_many_different_ones_of_those_who_stayed():
    rule = Turnover(patience=1, acquaintances=4, first_bond=0.3)
    world = town(rule, 12, ties=False)
    world.capital[:3] = 0.0
    stayed = set(world.identity[3:].tolist())
    live(world, rule)
    assert world.ties == 12
    assert np.all(world.bond == 0.3)
    for row in range(9, 12):
        partners = world.partner[world.first_tie[row] : world.first_tie[row + 1]]
        assert len(set(partners.tolist())) == 4
        assert set(world.identity[partners].tolist()) <= stayed


def test_whom_one_newcomer_knows_does_not_depend_on_whom_the_one_before_it_knows():
    # Which two of four the second of two knows, 3,000 times: each pair 500, six standard deviations (six times 2e-9).
    identity, rows, staying = np.arange(6), np.array([4, 5]), np.arange(4)
    counts = np.zeros((4, 4))
    for tick in range(3000):
        one, other = sorted(acquainted(identity, rows, staying, 2, (1, 2, tick))[2:, 1].tolist())
        counts[one, other] += 1
    assert counts[np.triu_indices(4, 1)] == pytest.approx(500, abs=6 * np.sqrt(500 * 5 / 6))


def test_each_is_equally_likely_to_be_known():
    # Two of six, 1,500 times: each 500, six standard deviations (six times 2e-9).
    rule = Turnover(patience=1, acquaintances=2)
    counts = np.zeros(6)
    for seed in range(1500):
        world = town(rule, 7, [1.0] * 6 + [0.0], ties=False)
        live(world, rule, seed=seed)
        counts += np.diff(world.first_tie)[:6]
    assert counts.sum() == 3000
    assert np.all(np.abs(counts - 500) < 6 * np.sqrt(1500 * (1 / 3) * (2 / 3)))


@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0, 2000.0])
def test_numbers_of_newcomers_are_poisson(mean):
    """Mean and variance of 20,000 numbers, six standard errors each (false alarm 4e-9; variance of the variance ≈ 3 m²)."""
    key = stream(3, "test").key(1)
    numbers = np.array([poisson(mean, key, k) for k in range(20_000)])
    assert abs(numbers.mean() - mean) < 6 * np.sqrt(mean / 20_000)
    assert abs(numbers.var() - mean) < 6 * np.sqrt((mean + 2 * mean**2) / 20_000)


def test_more_come_from_a_higher_mean_by_the_same_luck():
    key = stream(3, "test").key(1)
    for entity in range(200):
        numbers = [poisson(mean, key, entity) for mean in (0.0, 0.1, 1.0, 5.0, 50.0, 499.0)]
        assert numbers == sorted(numbers)


def test_entry_is_proportional_to_the_sector_and_to_the_room_left():
    """200 seeds, 300 organisations (100 a sector), room 600: .1 · 100 · ½ = 5 a sector; 6 standard errors (1e-8)."""
    rule = Turnover(entry="rate", rate=0.1, room=600)
    came = []
    for seed in range(200):
        world = town(rule, 300, ties=False)
        came.append(np.array(sectors(live(world, rule, seed=seed))) - 100)
    assert np.all(np.abs(np.mean(came, axis=0) - 5) < 6 * np.sqrt(5 / 200))
    full = town(rule := Turnover(entry="rate", rate=10.0, room=30), 30)
    assert live(full, rule, ticks=5).n == 30


def test_who_comes_in_one_tick_is_the_same_whatever_happens_elsewhere():
    """One more business that goes leaves the luck of those that come to other sectors as it was."""
    rule = Turnover(entry="rate", rate=0.5, patience=1, acquaintances=0, born="recombined")
    one, other = town(rule, 60), town(rule, 60)
    for world in (one, other):
        world.success[:] = np.arange(60)
    other.capital[0] = 0.0
    live(one, rule), live(other, rule)
    for sector in (1, 2):
        mine, theirs = (w.identity[60:][w.sector[60:] == sector] for w in (one, other))
        theirs = other.identity[(other.sector == sector) & ~np.isin(other.identity, one.identity[:60])]
        assert mine.tolist() == theirs.tolist() != []


@pytest.mark.parametrize("born", ["founded", "imitating", "recombined"])
def test_newcomers_are_small_and_have_achieved_nothing(born):
    rule = Turnover(born=born, patience=1, size=0.25, floor=0.1)
    world = town(rule, 30, 2.0)
    world.success[:], world.insolvency[:] = 5.0, 0
    world.capital[4] = 0.0
    live(world, rule)
    assert world.capital[-1] == 0.5  # a world that nobody founded has nothing to draw the founded from
    assert world.success[-1] == 0
    assert world.insolvency[-1] == 0
    assert world.sector[-1] == 1


def test_the_imitating_take_after_the_better_of_two():
    """Success is 0…9 in one sector: the mean of the better of two is 6.15 (with replacement); 6 standard errors."""
    rule = Turnover(entry="rate", rate=10.0, born="imitating", acquaintances=0, size=1.0)
    models = []
    for seed in range(40):
        twin = town(rule, 10)
        twin.sector[:], twin.success[:], twin.capital[:] = 0, np.arange(10), 1 + np.arange(10)
        models.append(live(twin, rule, seed=seed).capital[10:] - 1)
    models = np.concatenate(models)
    assert abs(models.mean() - 6.15) < 6 * 2.35 / np.sqrt(models.size)


def test_the_recombined_have_each_attribute_from_somebody_else():
    rule = Turnover(entry="rate", rate=10.0, born="recombined", acquaintances=0, size=1.0)
    world = town(rule, 12, columns=("reputation", "purpose"))
    world.sector[:] = 0
    world.capital[:] = 1 + np.arange(12)
    world.reputation[:] = world.purpose[:] = np.arange(12) / 12
    live(world, rule)
    assert world.n > 60
    new = slice(12, None)
    assert set(world.purpose[new]) <= set(world.purpose[:12])
    # Two attributes come from the same one in a twelfth of cases; that more than half do has chance below 1e-20.
    assert np.mean(world.purpose[new] == world.reputation[new]) < 0.5


def whole(ticks=40, **rule):
    settings = coupled_settings(60, ticks)
    turnover = {"rule": "turnover", "patience": 2, "floor": 0.6, **rule}
    data = {"dynamics": {**{n: {"rule": m.rule(), **m.model_dump(mode="json")} for n, m in settings.dynamics.items()}}}
    data["dynamics"]["turnover"] = turnover
    return settings_from({"ticks": ticks, "ecosystem": settings.ecosystem.model_dump(mode="json"), **data})


def test_the_founded_are_as_they_would_have_been_at_founding():
    model = Ecosystem(whole(acquaintances=0, size=1.0, floor=0.0, entry="rate", rate=0.1), rng=3)
    model.run(3)
    counts = {"business": 300, "government": 100, "civil_society": 100}
    larger = whole().ecosystem.model_copy(update={"organisations": counts})
    reference = Ecosystem(whole().model_copy(update={"ecosystem": larger}), rng=3).world
    world = model.world
    rows = np.flatnonzero(np.arange(world.n) >= 60)
    assert rows.size > 5
    for row in rows:
        there = np.flatnonzero(reference.identity == world.identity[row])[0]
        for name in ("motive", "culture", "salience"):
            np.testing.assert_array_equal(getattr(world, name)[row], getattr(reference, name)[there], name)


def test_how_many_there_may_be_is_told_beforehand():
    """Without room nobody is more than (1 + r)ᵗ on average: 40 worlds of 60, six standard errors (a branching process)."""
    assert Turnover().organisations_after(30, 10**8) == 30
    assert Turnover(entry="rate", rate=1.0).organisations_after(30, 3) == pytest.approx(240)
    assert Turnover(entry="rate", rate=1.0, every=2).organisations_after(30, 5) == pytest.approx(120)
    assert Turnover(entry="rate", rate=1.0, room=100).organisations_after(30, 10**8) == 100
    assert Turnover(entry="rate", rate=1.0, room=10).organisations_after(30, 10**8) == 30
    rule = Turnover(entry="rate", rate=0.2, floor=0.0, acquaintances=0)
    ends = [live(town(rule, 60, ties=False), rule, ticks=5, seed=seed).n for seed in range(40)]
    spread = np.sqrt(60 * 1.2**4 * (1.2**5 - 1) * 0.2 / 0.2 / 40)
    assert abs(np.mean(ends) - rule.organisations_after(60, 5)) < 6 * spread


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0, 10.0])
def test_where_room_is_filled_there_are_hardly_more_than_said(rate):
    """The number after one step is Poisson about at most the bound; six standard deviations."""
    rule = Turnover(entry="rate", rate=rate, room=400, floor=0.0, acquaintances=0)
    most = 0
    for start in (30, 150, 220, 399):
        world = town(rule, start, ties=False)
        for _ in range(6):
            most = max(most, live(world, rule).n)
    bound = rule.organisations_after(399, 10**6)
    assert most < bound + 6 * np.sqrt(bound)
    assert most > 0.5 * bound


ALL_GO = {"patience": 1, "floor": 1000.0}
"""Nobody has so much capital, so every tick all leave, and newcomers find every sector empty."""


def test_where_all_go_others_come_who_know_nobody():
    model = Ecosystem(whole(**ALL_GO), rng=3)
    before = sectors(model.world)
    model.step()
    assert sectors(model.world) == before
    assert model.world.gone.size == model.world.n
    assert model.world.ties == 0
    assert np.all(model.world.capital >= 1000.0)


@pytest.mark.parametrize("born", ["imitating", "recombined"])
def test_a_sector_in_which_nobody_stays_comes_back_as_it_would_have_been_founded(born):
    one, founded = (Ecosystem(whole(born=word, **ALL_GO), rng=3) for word in (born, "founded"))
    for model in (one, founded):
        model.run(2)
    for name in ("motive", "salience", "capability"):
        assert getattr(one.world, name).sum(axis=1).min() > 0.1, name
    assert np.allclose(one.world.motive.sum(axis=1), 1.0)
    assert np.allclose(one.world.salience.sum(axis=1), 1.0)
    assert differing(one.world, founded.world) == []


@pytest.mark.parametrize("born", ["founded", "imitating", "recombined"])
def test_newcomers_with_nobody_to_take_after_in_a_world_that_nobody_founded_are_refused(born):
    rule = Turnover(patience=1, born=born)
    with pytest.raises(InputError, match="'business' have nobody to take after, and this world does not know what"):
        live(town(rule, 9, 0.0), rule)


@pytest.mark.parametrize("born", ["founded", "imitating", "recombined"])
def test_a_run_goes_on_from_a_snapshot_bit_for_bit_across_turnover(tmp_path, born):
    settings = whole(born=born)
    straight = Ecosystem(settings, rng=5)
    straight.run(24)
    assert straight.world.gone.size > 3
    broken = Ecosystem(settings, rng=5)
    broken.run(11)
    broken = Ecosystem.restore(broken.save(tmp_path / "model.npz"))
    broken.run(13)
    assert differing(straight.world, broken.world) == []
    assert np.array_equal(straight.world.gone, broken.world.gone)


def test_agents_see_who_came_and_who_went():
    model = Ecosystem(whole(), rng=5)
    first = set(model.organisations)
    model.run(24)
    assert model.world.gone.size > 3
    assert len(model.agents) == model.world.n == 60
    assert set(model.organisations) != first
    names = [agent.unique_id for agent in model.agents]
    assert sorted(names) == sorted(model.world.identity.tolist())
    kinds = set(model.results().events["kind"])
    assert {"gone", "came"} <= kinds


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)floor.*patience.*entry.*born"):
        Turnover(floor=-1.0, patience=0, entry="never", born="rich")

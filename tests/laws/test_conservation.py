"""Nothing is made of nothing, and nothing is lost, at any tick of a whole run."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.rules import find_rule
from ecosim.world.columns import COLUMNS
from tests.ecosystems import coupled


def town(seed):
    return Ecosystem(load("town", "ticks=40"), rng=seed)


def run_of(kind, seed):
    """Yield the model after each tick of a run of the town, or of a small coupled ecosystem."""
    model = town(seed) if kind == "town" else coupled(rng=seed, ticks=60)
    for _ in range(40 if kind == "town" else 60):
        model.step()
        yield model


RUNS = pytest.mark.parametrize(("kind", "seed"), [("town", 1), ("coupled", 1), ("coupled", 2)])


def rule(model, name):
    return next(mechanism for _, mechanism in model.schedule if mechanism.rule() == name)


@RUNS
def test_what_is_shared_equals_what_was_made(kind, seed):
    seen = 0
    for model in run_of(kind, seed):
        world = model.world
        parts = np.bincount(world.member_coalition, world.member_share, minlength=world.coalitions)
        assert parts == pytest.approx(world.output, rel=1e-12)
        seen += world.coalitions
    assert seen > 10


@RUNS
def test_effort_is_spent_once(kind, seed):
    for model in run_of(kind, seed):
        world = model.world
        member = np.isin(np.arange(world.n), world.member)
        spent = np.bincount(world.member, world.member_effort, minlength=world.n)
        assert spent[member] == pytest.approx(world.effort[member], rel=1e-12)
        assert np.array_equal(world.works_on >= 0, ~member)
        assert world.effort_total == pytest.approx(
            np.bincount(world.member_coalition, world.member_effort, minlength=world.coalitions)
        )


@RUNS
def test_relief_is_all_work_done_and_nothing_else(kind, seed):
    for model in run_of(kind, seed):
        world, issues = model.world, len(model.world.labels.issues)
        lone = world.works_on >= 0
        together = np.bincount(world.coalition_issue, world.output, minlength=issues)
        apart = np.bincount(world.works_on[lone], world.alone[lone], minlength=issues)
        assert world.relief == pytest.approx(together + apart, rel=1e-12)


@RUNS
def test_all_payoffs_together_are_what_relief_was_paid_less_the_cost_of_effort(kind, seed):
    for model in run_of(kind, seed):
        world, joining = model.world, rule(model, "joining")
        cost = rule(model, "sharing").cost / 2 * world.contribution @ world.effort + joining.upkeep * world.memberships
        assert world.payoff.sum() == pytest.approx(world.price @ world.relief - cost)


def after_each(monkeypatch, rule, look):
    """Let ``look(mechanism, before, world)`` be called whenever a mechanism of this rule has acted."""
    kind = find_rule(rule)
    step = kind.step

    def watched(self, world, key):
        before = {name: values.copy() for name, values in world.arrays().items()}
        step(self, world, key)
        look(self, before, world)

    monkeypatch.setattr(kind, "step", watched)


@RUNS
def test_all_incomes_together_are_what_customers_and_donors_gave_less_what_relief_was_paid(kind, seed, monkeypatch):
    seen = []

    def look(market, before, world):
        counts = np.bincount(world.sector, minlength=3)
        hardship = pressing(world.severity, market.pressing_at)
        appeal = pressing(world.urgency, market.pressing_at)
        turnover = market.spending * counts[0] * (1 - market.loss * hardship)
        gifts = market.giving * counts[2] * (0.25 + 0.75 * appeal)
        if world.labels.citizens and before["customers"].sum():  # they buy and give where they have chosen
            turnover *= before["customers"].sum() / world.labels.citizens
            gifts = market.giving * counts[2] * before["supporters"].sum() / world.labels.citizens
        # Government gives of its taxes what it owes for last tick's relief, at most half of them.
        owed = min(market.public_share * (before["price"] @ before["relief"]), market.tax * turnover / 2)
        assert world.income.sum() == pytest.approx(turnover - owed + gifts)
        seen.append(owed)

    after_each(monkeypatch, "market", look)
    for _ in run_of(kind, seed):
        pass
    assert len(seen) >= 40
    assert max(seen) > 0


def test_government_pays_out_what_it_has_collected_but_for_waste_and_invitations(monkeypatch):
    """Subsidies and fines only change hands: incomes fall by what is wasted and by whole invitations."""
    lost = []

    def look(policy, before, world):
        means = np.maximum(before["income"], 0)[world.sector == 1].sum()
        wasted, invited = policy.waste * policy.subsidies * means, policy.convening * means / policy.invitation
        gone = before["income"].sum() - world.income.sum()
        options = [waste + k * policy.invitation for waste in (0.0, wasted) for k in (int(invited), int(invited) + 1)]
        assert np.min(np.abs(np.array(options) - gone)) < 1e-9 * max(1.0, means)
        lost.append(gone)

    after_each(monkeypatch, "policy", look)
    words = ("ticks=40", "dynamics.policy.convening=0.1", "dynamics.policy.least=0.4", "dynamics.policy.waste=0.3")
    Ecosystem(load("town", *words), rng=1).run()
    assert len(lost) == 40
    assert np.ptp(lost) > 0.1


def test_every_citizen_is_counted_where_it_buys_works_and_gives_and_nowhere_else():
    model = town(2)
    for _ in range(12):
        model.step()
        world = model.world
        for counted, place in (("customers", "buys_from"), ("workers", "works_for"), ("supporters", "supports")):
            rows = getattr(world, place)
            assert np.array_equal(getattr(world, counted), np.bincount(rows[rows >= 0], minlength=world.n)), counted
    assert world.workers.sum() == world.labels.citizens


def pressing(levels, half):
    return float(np.mean(levels**2 / (levels**2 + half**2)))


@RUNS
def test_no_more_ripples_outward_than_gains_can_carry(kind, seed):
    for model in run_of(kind, seed):
        world, spread = model.world, rule(model, "ripple").spread
        gain = np.bincount(world.member, world.member_share - world.member_alone, minlength=world.n)
        assert np.all(world.spillover >= 0)
        assert world.spillover.sum() <= spread / (1 - spread) * np.maximum(gain, 0).sum() * (1 + 1e-9)


@RUNS
def test_ties_and_memberships_stay_consistent(kind, seed):
    for model in run_of(kind, seed):
        world = model.world
        ends = [tuple(pair) for pair in world.ends.tolist()]
        assert len(set(ends)) == len(ends)
        assert all(i < j < world.n for i, j in ends)
        pairs = list(zip(world.member_coalition.tolist(), world.member.tolist(), strict=True))
        assert pairs == sorted(set(pairs))
        assert np.array_equal(np.bincount(world.member_coalition), np.diff(world.first_member))
        assert np.all(np.diff(world.first_member) >= 2)
        assert len(set(world.coalition_identity.tolist())) == world.coalitions
        for i in range(world.n):
            mine = world.membership[world.first_membership[i] : world.first_membership[i + 1]]
            assert np.all(world.member[mine] == i)
        assert np.bincount(world.member).max(initial=0) <= rule(model, "joining").most


@RUNS
def test_every_value_stays_finite_and_within_its_range(kind, seed):
    for model in run_of(kind, seed):
        for name, values in model.world.arrays().items():
            assert np.isfinite(values).all(), name
            if values.size:
                assert COLUMNS[name].low - 1e-9 <= values.min() <= values.max() <= COLUMNS[name].high + 1e-9, name


@RUNS
def test_shares_of_attention_and_motive_still_add_up_to_one(kind, seed):
    for model in run_of(kind, seed):
        assert model.world.salience.sum(axis=1) == pytest.approx(1)
        assert model.world.motive.sum(axis=1) == pytest.approx(1)
        assert model.world.success == pytest.approx((model.world.motive * model.world.ledger).sum(axis=1))

"""Public goods of coalitions: what members put in makes the coalition's output, by the formula of the game."""

from itertools import permutations

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.coalition.proposals import terms_of_founding, terms_of_joining
from ecosim.dynamics.convening import answers
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.public_goods import PublicGoods
from ecosim.dynamics.production.ripple import Ripple
from ecosim.dynamics.production.sharing import Sharing
from ecosim.dynamics.production.synergy_goods import SynergyGoods
from ecosim.dynamics.production.threshold_goods import ThresholdGoods
from ecosim.dynamics.schedule import Schedule
from ecosim.rng import stream
from ecosim.testing import check_mechanism
from tests.dynamics.worlds import live, some_tied, unite, world_for

HERE = {"groups": "coalitions", "cost_per": "individual"}
LINEAR = PublicGoods(multiplication=2.5, cost=0.7, **HERE)
RISING, FALLING = (SynergyGoods(benefit=1.5, synergy=w, cost=0.7, **HERE) for w in (1.8, 0.6))
LEAST = ThresholdGoods(multiplication=2.5, threshold=1.0, cost=0.7, **HERE)
LEAST_EACH = ThresholdGoods(multiplication=2.5, threshold_share=0.45, cost=0.7, **HERE)
GOODS = (LINEAR, RISING, FALLING, SynergyGoods(benefit=1.5, synergy=0.0, **HERE), LEAST, LEAST_EACH)
COALITIONS = ((0, (0, 1, 2)), (1, (2, 3, 4, 5)))
EQUAL, FAIR = Sharing(by="equal", cost=0.9), Sharing(by="proportional", cost=0.9)


def society(*rules, coalitions=COALITIONS, n=8, seed=0):
    """Return eight of usual means, of whom six are in coalitions; one is in both."""
    draw = np.random.default_rng(seed)
    columns = {*JointWork.reads, *JointWork.writes, *Sharing.reads, *Sharing.writes, *Joining.reads}
    world = world_for(
        *rules, n=n, ties=some_tied(n, 0.6, seed), issues=2, axes=2, capabilities=3, culture=3, columns=columns
    )  # fmt: skip
    unite(world, *coalitions)
    world.sector[:], world.stance[:] = draw.integers(0, 3, n), draw.uniform(-1, 1, (n, 2))
    world.capability[:], world.needs[:] = draw.random((n, 3)), draw.dirichlet(np.ones(3), 2)
    world.contribution[:], world.salience[:], world.worth[:] = draw.random(n), draw.dirichlet(np.ones(2), n), 1.0
    world.bond[:], world.pool[:] = draw.random(world.ties), 0.5
    return world


def of_all(good, total, members):
    """Return what a good comes to for all members, by the game's own rule of what each gets."""
    return members * good.shares(np.array([total]), np.array([members]))[0]


def inputs(world):
    """Return what each membership puts in, by hand: means are usual, and split over one's coalitions."""
    return (world.contribution / np.maximum(1, np.diff(world.first_membership)))[world.member]


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("seed", range(3))
def test_a_coalition_makes_what_its_members_would_get_in_all_and_that_relieves_its_issue(good, seed):
    world = live(society(good, seed=seed), good, EQUAL)
    put_in = inputs(world)
    for c, (issue, members) in enumerate(COALITIONS):
        rows = world.member_coalition == c
        assert world.output[c] == pytest.approx(of_all(good, put_in[rows].sum(), len(members)))
        assert world.effort_total[c] == pytest.approx(put_in[rows].sum())
        assert world.coalition_issue[c] == issue
    alone = [of_all(good, x, 1) for x in world.contribution[6:]]
    assert world.alone[6:] == pytest.approx(alone)
    assert set(world.works_on[6:]) <= {0, 1}
    assert set(world.works_on[:6]) == {-1}
    assert world.relief.sum() == pytest.approx(world.output.sum() + sum(alone))
    assert world.member_alone == pytest.approx([of_all(good, x, 1) for x in put_in])


@pytest.mark.parametrize("good", GOODS)
def test_shared_equally_it_pays_what_the_game_pays_by_itself_but_for_what_effort_costs(good):
    """Gross of cost, two ways: the game that pays by itself, and output split equally at a price of 1."""
    by_itself = live(society(good), good)
    shared = live(society(good), good, EQUAL)
    gross = by_itself.payoff + good.cost * by_itself.contribution
    ours = shared.payoff + 0.5 * EQUAL.cost * shared.contribution * shared.effort
    assert ours[:6] == pytest.approx(gross[:6])


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("by", ["equal", "proportional", "shapley", "need"])
def test_payoffs_sum_to_output_less_what_effort_costs_whoever_gets_it(good, by):
    sharing = Sharing(by=by, cost=0.9)
    world = live(society(good), good, sharing)
    cost = 0.5 * 0.9 * (world.contribution * world.effort).sum()
    made = world.output.sum() + world.alone[6:].sum()
    assert world.member_share.sum() == pytest.approx(world.output.sum())
    assert world.payoff.sum() == pytest.approx(made - cost)


def test_a_linear_good_worked_out_by_hand():
    """Three put in .2, .4 and .6: 1.2 in all, worth 2.5 × .7 each: 2.1, a third each. Effort costs ½ · .9 · x²."""
    world = society(LINEAR, coalitions=((0, (0, 1, 2)),), n=3)
    world.contribution[:] = [0.2, 0.4, 0.6]
    live(world, LINEAR, EQUAL)
    assert world.output[0] == pytest.approx(2.1)
    assert world.payoff == pytest.approx([0.7 - 0.018, 0.7 - 0.072, 0.7 - 0.162])
    # In a group above r it pays each to put in nothing: a bit more brings r/N · c = .58 of it, and costs .9 x.
    assert LINEAR.multiplication / 3 * LINEAR.cost == pytest.approx(0.583, abs=1e-3)


def test_means_and_practices_make_what_is_put_in_and_what_bonds_take_is_not_there():
    world = society(LINEAR)
    world.capital[:], world.performance[:], world.invest[:] = 4.0, 0.75, 0.1
    live(world, LINEAR, EQUAL)
    assert world.effort == pytest.approx(world.contribution * 0.9 * 2.0 * 1.25)
    assert world.output == pytest.approx(2.5 * 0.7 * world.effort_total)


@pytest.mark.parametrize("synergy", [0.0, 0.6, 1.0, 1.8])
def test_members_of_large_means_are_contributors_of_more_and_not_more_contributors(synergy):
    """Three who put in two units each make twice what three make who put in one each: the series is of contributors."""
    good = SynergyGoods(benefit=1.5, synergy=synergy, **HERE)
    world = society(good, coalitions=((0, (0, 1, 2)),))
    world.contribution[:] = 1.0
    made, alone = (live(world, good, EQUAL).output[0], world.alone[7])
    assert made == pytest.approx(1.5 * sum(synergy**k for k in range(3)))
    assert alone == pytest.approx(1.5)
    world.capital[:] = 4.0
    assert live(world, good, EQUAL).output[0] == pytest.approx(2 * made)
    assert world.alone[7] == pytest.approx(2 * alone)


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_synergy_of_one_is_the_linear_good(share):
    ones = (
        SynergyGoods(benefit=2.5 * 0.7, synergy=1.0, **HERE),
        SynergyGoods(benefit=2.5 * 0.7, synergy=1.0 + 1e-12, **HERE),
        ThresholdGoods(multiplication=2.5, threshold=0.0, cost=0.7, **HERE),
    )
    linear, *others = (live(society(good), good, Sharing(by="need", cost=share)) for good in (LINEAR, *ones))
    for world in others:
        for name in ("output", "output_alone", "relief", "payoff", "achieved"):
            assert getattr(world, name) == pytest.approx(getattr(linear, name), rel=1e-9)


@pytest.mark.parametrize(("each", "made"), [(0.33, 0.0), (1 / 3, 2.5 * 0.7), (0.5, 1.5 * 2.5 * 0.7)])
def test_below_the_threshold_nothing_is_made_and_at_it_all_of_it(each, made):
    world = society(LEAST, coalitions=((0, (0, 1, 2)),))
    world.contribution[:] = each
    live(world, LEAST, EQUAL)
    assert world.output[0] == pytest.approx(made)
    assert world.alone[6:] == pytest.approx(0.0)


def test_a_threshold_for_each_member_asks_as_much_of_one_alone():
    world = society(LEAST_EACH, coalitions=((0, (0, 1, 2)),))
    world.contribution[:] = [0.3, 0.5, 0.5, 0, 0, 0, 0.44, 0.46]
    live(world, LEAST_EACH, EQUAL)
    assert world.output[0] == pytest.approx(0.0)
    assert list(world.alone[6:] > 0) == [False, True]
    world.contribution[0] = 0.35
    assert live(world, LEAST_EACH, EQUAL).output[0] == pytest.approx(1.35 * 2.5 * 0.7)


@pytest.mark.parametrize("seed", range(5))
def test_the_whole_is_exactly_the_sum_of_a_linear_good_more_with_synergy_and_less_with_discounting(seed):
    linear, more, less = (live(society(good, seed=seed), good, EQUAL) for good in (LINEAR, RISING, FALLING))
    assert linear.output.tolist() == linear.output_alone.tolist()
    assert np.all(more.output > more.output_alone)
    assert np.all(less.output < less.output_alone)


def shapley_by_hand(good, put_in):
    """Return the mean of what each adds over every order of coming."""
    value = lambda members: of_all(good, put_in[list(members)].sum(), len(members)) if members else 0.0  # noqa: E731
    orders = list(permutations(range(put_in.size)))
    added = np.zeros(put_in.size)
    for order in orders:
        for place, member in enumerate(order):
            added[member] += (value(order[: place + 1]) - value(order[:place])) / len(orders)
    return added


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("exact_to", [12, 1])
def test_shapley_shares_are_those_of_every_order_walked_through(good, exact_to):
    """Drawn orders: 4,000 of them; five standard errors, bounded by half the range, rate 6e-7 × 7 shares = 4e-6 at most
    were the seed not fixed; the fixed one is held to it."""
    world = live(society(good), good, Sharing(by="shapley", exact_to=exact_to, samples=4000))
    near = 1e-9 if exact_to > 1 else 5 * 0.5 * max(1e-9, world.output.max()) / np.sqrt(4000)
    for c in range(2):
        rows = world.member_coalition == c
        by_hand = shapley_by_hand(good, inputs(world)[rows])
        assert world.member_share[rows] == pytest.approx(by_hand, abs=near)


def foresight(good, world):
    """Return what joining looks at under a good."""
    return Joining(openness=1.0).bind({"production": good}).look(world)


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("seed", range(3))
def test_what_a_newcomer_foresees_is_what_it_then_gets(good, seed):
    world = live(society(good, coalitions=COALITIONS[:1], seed=seed), good, FAIR)
    look = foresight(good, world)
    gain, present, _, chance = terms_of_joining(
        np.array([5]), np.array([0]), look.graph, look.groups, look.kind, look.state, look.yields, look.made,
        world.needs, look.choice, look.joint, look.gap,
    )[:, 0]  # fmt: skip
    assert 0 < chance <= 1
    assert present == pytest.approx(world.achieved[5])
    world.join(np.array([5]), np.array([0]))
    world.commit()
    live(world, good, FAIR)
    assert gain == pytest.approx(world.member_share[world.member == 5][0])


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("seed", range(3))
def test_what_founders_foresee_is_what_they_then_get(good, seed):
    world = live(society(good, coalitions=(), seed=seed), good, FAIR)
    look, pair = foresight(good, world), world.ends[:1].astype(np.int64)
    terms = terms_of_founding(
        pair, np.array([1]), look.graph, look.groups, look.kind, look.state, world.needs, look.choice, look.joint,
        look.gap,
    )  # fmt: skip
    world.found_coalition(int(pair[0, 0]), 1, pair[0])
    world.commit()
    live(world, good, FAIR)
    assert terms[0] == pytest.approx(world.member_share)


@pytest.mark.parametrize("good", GOODS)
def test_what_the_convened_foresee_is_what_they_then_get(good):
    world = live(society(good, coalitions=()), good, FAIR)
    look, invited = foresight(good, world), np.array([0, 3, 4, 6])
    gain = answers(
        invited, 1, world.identity, look.graph, look.groups, look.kind, look.state, world.needs, look.choice, look.joint,
        look.gap, stream(1, "strategist").key(0),
    )[0]  # fmt: skip
    world.found_coalition(0, 1, invited)
    world.commit()
    live(world, good, FAIR)
    assert gain == pytest.approx(world.member_share)


def test_what_a_good_gives_beyond_going_alone_ripples_outward():
    ripple = Ripple()
    quiet, loud = (live(society(good, ripple), good, EQUAL.model_copy(update={"by": "proportional"}), ripple)
                   for good in (LINEAR, RISING))  # fmt: skip
    assert quiet.spillover == pytest.approx(0.0, abs=1e-12)
    assert loud.spillover.sum() > 0.01


@pytest.mark.parametrize("good", [LINEAR, RISING, LEAST])
def test_a_good_of_coalitions_keeps_the_contract_of_a_mechanism(good):
    check_mechanism(good, schedule={"sharing": Sharing()})


def test_a_schedule_says_what_a_good_reads_and_writes_as_it_stands_there():
    shared = Schedule({"production": LINEAR, "sharing": Sharing()}, 1)
    by_itself = Schedule({"production": LINEAR}, 1)
    assert shared.bound["production"].writes == JointWork.writes
    assert "relief" in shared.columns()
    assert by_itself.columns() == {"identity", "contribution", "payoff"}
    assert shared.mechanisms["production"] is LINEAR
    assert LINEAR.writes == ("payoff",)

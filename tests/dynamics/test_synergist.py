"""A synergist introduces those who would make more together than apart, and translates for them."""

import numpy as np
import pytest

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.public_goods import PublicGoods
from ecosim.dynamics.synergist import Synergist
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.rng import stream
from ecosim.settings import settings_from
from ecosim.world.reasons import Reasons
from tests.dynamics.worlds import everyone_tied, some_tied, world_for

WELCOME = Meeting(reserve=-10.0, selectivity=1000.0, attention=8)
WORK = JointWork(translation=0.2, coordination=0.02)
RULES = ("dividend", "random", "most_connected", "most_alike", "peripheral")


def society(n, ties=(), seed=0, issues=2):
    draw = np.random.default_rng(seed)
    world = world_for(Synergist(), n=n, ties=ties, issues=issues, axes=2, capabilities=3, culture=3)
    world.sector[:], world.culture[:] = draw.integers(0, 3, n), draw.integers(0, 3, (n, 3))
    world.capability[:], world.stance[:] = draw.random((n, 3)) ** 3, draw.uniform(-1, 1, (n, 2))
    world.salience[:], world.needs[:] = draw.dirichlet(np.ones(issues), n), draw.dirichlet(np.ones(3), issues)
    return world


def bound(meeting=WELCOME, work=WORK, **more):
    return Synergist(**more).bind({"meeting": meeting, "production": work})


def act(world, synergist, seed=1):
    """Let a synergist act that is bound already."""
    synergist.step(world, stream(seed, "synergist").key(world.tick))
    world.commit()


def introduced(world, synergist, seed=1):
    """Return the pairs that a synergist ties in one action."""
    before = {tuple(pair) for pair in world.ends.tolist()}
    act(world, synergist, seed)
    return {tuple(pair) for pair in world.ends.tolist()} - before


def ranked(world, rule, attention, remaining):
    """Return the untied pairs with attention to spare, the best first: the plain reading of the docstring."""
    tied = {tuple(pair) for pair in world.ends.tolist()}
    ties = np.diff(world.first_tie)
    scores = {}
    for i, j in map(tuple, everyone_tied(world.n).tolist()):
        if (i, j) in tied or max(ties[i], ties[j]) >= attention:
            continue
        gap = remaining * (
            0.4 * (world.sector[i] != world.sector[j])
            + 0.4 * np.mean(world.culture[i] != world.culture[j])
            + 0.6 * 0.5 * np.sqrt(np.mean((world.stance[i] - world.stance[j]) ** 2))
        )
        common = world.salience[i] * world.salience[j]
        q = int(common.argmax())
        makes = lambda able, q=q: (world.needs[q] @ able**0.4) ** 2.5  # noqa: E731
        together = np.exp(-0.2 * gap) / 1.02 * makes(world.capability[i] + world.capability[j])
        dividend = np.sqrt(common[q]) * (together - makes(world.capability[i]) - makes(world.capability[j]))
        spare = (1 - ties[i] / attention) * (1 - ties[j] / attention)
        score = {
            "dividend": spare * dividend if dividend > 0 else -np.inf,
            "most_connected": ties[i] + ties[j],
            "most_alike": -gap,
            "peripheral": -ties[i] - ties[j],
        }[rule]
        if score > -np.inf:
            scores[i, j] = score
    return sorted(scores, key=lambda pair: -scores[pair]), scores


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rule", ["dividend", "most_alike", "most_connected", "peripheral"])
def test_where_all_pairs_are_looked_at_the_best_are_introduced_each_organisation_once(rule, seed):
    world = society(12, some_tied(12, 0.25, seed), seed)
    order, scores = ranked(world, rule, 8, 0.7)
    found = introduced(world, bound(introduces=rule, candidates=12, budget=4, bridging=0.3))
    taken, best = set(), []
    for pair in order:
        if not taken & set(pair) and len(best) < 4:
            best.append(pair)
            taken |= set(pair)
    assert sorted((scores[pair] for pair in found), reverse=True) == pytest.approx([scores[pair] for pair in best])
    if rule in ("dividend", "most_alike"):  # no two pairs score the same
        assert found == set(best)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("candidates", [8, 60])
def test_every_rule_has_the_same_budget_and_introduces_nobody_twice(rule, candidates):
    world = society(60, some_tied(60, 0.05))
    found = introduced(world, bound(introduces=rule, budget=3, candidates=candidates))
    assert len(found) == 3
    assert len({who for pair in found for who in pair}) == 6
    assert world.introductions.sum() == world.introductions_accepted.sum() == 6


@pytest.mark.parametrize("rule", RULES)
def test_nobody_is_introduced_beyond_its_attention(rule):
    narrow = WELCOME.model_copy(update={"attention": 3})
    world = society(60)
    for tick in range(60):
        act(world, bound(narrow, introduces=rule, budget=20), seed=tick)
        assert np.diff(world.first_tie).max() <= 3
    assert np.diff(world.first_tie).mean() > (1.5 if rule == "dividend" else 2.5)


def test_a_new_tie_begins_translated_and_with_a_share_of_the_societys_trust():
    world = society(20, [(0, 1)])
    world.trust[:] = [0.8, 0.4]
    introduced(world, bound(bridging=0.4, introduces="random"))
    new = world.translation != 1.0
    assert new.sum() == 5
    assert world.translation[new] == pytest.approx(0.6)
    assert world.trust[new] == pytest.approx(0.8 * 0.6)
    assert np.all(world.bond[new] == WELCOME.first_bond)


def test_translation_makes_the_willing_of_those_the_gap_kept_apart():
    # All pairs of opposite stances: gain 1 with complementing capabilities, gap .6; 1 − 2 · .6 is below the reserve.
    wary = Meeting(cost=2.0, concern=0.0, reserve=0.3, selectivity=1000.0, gap=Gap(sector=0.0, culture=0.0, stance=0.6))
    for bridging, ties in ((0.0, 0), (0.3, 0), (0.6, 1)):
        world = society(2)
        world.capability[:], world.stance[:] = [[1, 0, 0], [0, 1, 0]], [[1, 1], [-1, -1]]
        act(world, bound(wary, introduces="random", bridging=bridging))
        assert (world.ties, world.introductions.sum()) == (ties, 2)


def test_both_say_yes_by_the_logistic_law():
    # 2,000 pairs of alike strangers, gain 0 + .5 · 1 and no gap: each pair p². 5 s.e.: false alarm 6e-7.
    meeting = Meeting(concern=0.5, reserve=0.4, selectivity=5.0, attention=2, gap=Gap(sector=0, culture=0, stance=0))
    world = society(4000, issues=1)
    world.capability[:] = 1.0
    act(world, bound(meeting, introduces="random", budget=1000, candidates=4))
    assert world.introductions.sum() == 2000
    p = 1 / (1 + np.exp(-5 * 0.1))
    assert abs(world.ties / 1000 - p**2) < 5 * np.sqrt(p**2 * (1 - p**2) / 1000)


def test_where_parts_add_up_and_understanding_costs_nothing_no_dividend_is_seen():
    adding = JointWork(complementarity=1.0, coordination=0.0, translation=0.0)
    world = society(30)
    assert introduced(world, bound(work=adding)) == set()
    assert len(introduced(world, bound(work=adding, introduces="random"))) == 5


def test_means_do_not_matter_to_a_dividend_at_equal_means():
    assert "capital" not in Synergist.reads
    assert "contribution" not in Synergist.reads


def test_sectors_matter_through_the_gap_alone():
    flat = WELCOME.model_copy(update={"gap": Gap(sector=0.0)})
    for rule in RULES:
        found = []
        for sectors in (0, np.arange(40) % 3):
            world = society(40, some_tied(40, 0.1))
            world.sector[:] = sectors
            found.append(introduced(world, bound(flat, introduces=rule)))
        assert found[0] == found[1]
        assert found[0]


@pytest.mark.parametrize("candidates", [3, 50])
def test_friends_of_friends_have_a_friend_in_common(candidates):
    world = society(40, some_tied(40, 0.06, seed=2))
    partners = [set(world.partner[world.first_tie[i] : world.first_tie[i + 1]].tolist()) for i in range(40)]
    found = introduced(world, bound(among="friends_of_friends", introduces="random", budget=10, candidates=candidates))
    assert found
    assert all(partners[i] & partners[j] for i, j in found)


def test_looking_at_more_candidates_finds_higher_dividends():
    _, scores = ranked(society(200), "dividend", 8, 0.7)
    reached = []
    for candidates in (1, 6, 64):
        found = introduced(society(200), bound(candidates=candidates, budget=10))
        reached.append(np.mean([scores[pair] for pair in found]))
    assert reached[0] < reached[1] < reached[2] <= max(scores.values())


def test_random_introductions_favour_no_row():
    # 2,000 actions of one introduction among 10: each row 400 ± 18 times. 5.5 s.e. for 10 rows: false alarm 4e-7.
    synergist = bound(introduces="random", budget=1, candidates=10)
    world, times = society(10), np.zeros(10)
    for seed in range(2000):
        for pair in introduced(world, synergist, seed):
            times[list(pair)] += 1
        world.end_ties(np.arange(world.ties))
        world.commit()
    assert times.sum() == 4000
    assert np.all(np.abs(times - 400) < 5.5 * np.sqrt(2000 * 0.2 * 0.8))


def test_an_introduction_that_is_declined_counts_as_one_but_ties_nobody():
    world = society(30)
    reluctant = Meeting(reserve=10.0, selectivity=1000.0)
    assert introduced(world, bound(reluctant, budget=4, introduces="random")) == set()
    assert (world.introductions.sum(), world.introductions_accepted.sum()) == (8, 0)


def test_why_they_were_introduced_is_told():
    world = society(30)
    world.reasons = Reasons()
    act(world, bound(budget=2))
    (noted,) = world.reasons.take()
    assert list(noted.why) == ["introduced"] * 2


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("arrives", [0, 1, 4, 6, 8, 9, 11])
def test_of_a_synergist_that_comes_too_late_it_is_told_beforehand(arrives, every):
    rules = {"meeting": {"rule": "meeting", "rate": 0.0}, "production": {"rule": "joint_work"}}
    rules["synergist"] = {"rule": "synergist", "every": every, "arrives": arrives, "introduces": "random"}
    network = {"kind": "random", "degree": 2}
    ecosystem = {"organisations": 20, "network": network}
    model = Ecosystem(settings_from({"ticks": 10, "ecosystem": ecosystem, "dynamics": rules}))
    told = model.schedule.mechanisms["synergist"].never_acting(10)
    model.run()
    assert (model.world.introductions.sum() == 0) == bool(told)
    assert not Synergist(every=every, arrives=arrives, budget=0).never_acting(10)


def test_when_a_synergist_would_have_come_is_said():
    assert Synergist(every=4, arrives=9).never_acting(10) == [
        "arrives is 9, so it is to act from tick 12 on, but the run ends at tick 10; it will not"
    ]


def test_without_budget_or_strangers_nobody_is_introduced():
    assert introduced(society(30), bound(budget=0)) == set()
    for n in (0, 1):
        assert introduced(society(n), bound()) == set()
    assert introduced(society(5, everyone_tied(5)), bound()) == set()


def test_what_a_synergist_needs_to_know_must_be_of_its_kind():
    with pytest.raises(InputError, match="public_goods; allowed: joint_work"):
        Synergist().bind({"production": PublicGoods()})
    with pytest.raises(InputError, match=r"synergist.meeting names 'meting'; did you mean 'meeting'"):
        Synergist(meeting="meting").bind({"meeting": Meeting()})
    assert Synergist().bind({})._meeting == Meeting()


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)introduces.*budget.*candidates.*bridging"):
        Synergist(introduces="everyone", budget=-1, candidates=0, bridging=2.0)

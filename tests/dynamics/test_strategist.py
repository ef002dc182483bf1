"""A strategist sees what parties have in common and what each lacks, and convenes those who gain together."""

from itertools import combinations

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.gap import Gap
from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.sharing import Sharing
from ecosim.dynamics.strategist import Strategist, members_of_pools
from ecosim.errors import InputError
from ecosim.rng import stream
from ecosim.world.reasons import Reasons
from tests.clock import at_most_seconds
from tests.dynamics.worlds import live, some_tied, unite, world_for

WORK = JointWork(translation=0.3, coordination=0.04)
AGREED = Joining(hurdle=-10.0)


def society(n, ties=(), coalitions=(), seed=0, issues=2):
    draw = np.random.default_rng(seed)
    world = world_for(
        Strategist(), WORK, Sharing(), n=n, ties=ties, issues=issues, axes=2, capabilities=3, culture=3
    )  # fmt: skip
    unite(world, *coalitions)
    world.sector[:], world.culture[:] = draw.integers(0, 3, n), draw.integers(0, 3, (n, 3))
    world.capability[:], world.stance[:] = draw.random((n, 3)) ** 3, draw.uniform(-1, 1, (n, 2))
    world.contribution[:], world.worth[:] = 0.2 + 0.5 * draw.random(n), 1
    world.salience[:], world.needs[:] = draw.dirichlet(np.ones(issues), n), draw.dirichlet(np.ones(3), issues)
    world.bond[:], world.translation[:] = draw.random(world.ties), draw.random(world.ties)
    return live(world, WORK, Sharing())


def act(world, joining=AGREED, work=WORK, seed=0, meeting=None, **more):
    schedule = {"coalition": joining, "production": work, **({"meeting": meeting} if meeting else {})}
    Strategist(**more).bind(schedule).step(world, stream(seed, "strategist").key(world.tick))
    world.commit()
    return world


def newest(world):
    return set(world.member[world.first_member[world.coalitions - 1] :].tolist())


def value(world, q, rows, work=WORK):
    """Return what a set gains together on an issue at equal means, weighed by the concern they share: the plain equation."""
    rows, bonds, gaps = sorted(rows), [], []
    tie = {tuple(pair): t for t, pair in enumerate(world.ends.tolist())}
    for i, j in combinations(rows, 2):
        gap = (
            0.4 * (world.sector[i] != world.sector[j])
            + 0.4 * np.mean(world.culture[i] != world.culture[j])
            + 0.3 * np.sqrt(np.mean((world.stance[i] - world.stance[j]) ** 2))
        )
        t = tie.get((i, j))
        bonds.append(0.0 if t is None else world.bond[t])
        gaps.append(gap * (1.0 if t is None else world.translation[t]))
    eta = work.complementarity
    makes = lambda able: (world.needs[q] @ able**eta) ** (1 / eta)  # noqa: E731
    bond, gap = np.mean(bonds), np.mean(gaps)
    growth = (1 + work.bond_gain * bond) * np.exp(-work.translation * gap * (1 - bond))
    together = growth / (1 + work.coordination * (len(rows) - 1)) * makes(world.capability[rows].sum(axis=0))
    return world.salience[rows, q].min() * (together - sum(makes(able) for able in world.capability[rows]))


def greedy(world, q, largest):
    """Return the set that greed finds on an issue: the plain reading of the docstring."""
    pairs = {pair: value(world, q, pair) for pair in combinations(range(world.n), 2)}
    chosen = list(max(pairs, key=lambda pair: pairs[pair]))
    best = max(pairs.values())
    while len(chosen) < largest:
        rest = [i for i in range(world.n) if i not in chosen]
        values = [value(world, q, [*chosen, i]) for i in rest]
        if max(values) <= best:
            break
        best = max(values)
        chosen.append(rest[int(np.argmax(values))])
    return set(chosen), best


@pytest.mark.parametrize("seed", range(8))
def test_where_all_are_seen_greed_finds_what_the_plain_equation_does(seed):
    world = society(14, some_tied(14, 0.3, seed), seed=seed)
    world.urgency[:] = [0.5, 1.5]
    pressing = 0.01 + world.urgency**2 / (world.urgency**2 + 1)
    found = [greedy(world, q, 4) for q in range(2)]
    q = int(np.argmax([pressing[q] * found[q][1] for q in range(2)]))
    act(world, candidates=100, largest=4)
    assert newest(world) == found[q][0]
    assert world.coalition_issue.tolist() == [q]


def test_those_who_lack_what_others_have_are_brought_together():
    world = society(12, issues=1)
    world.capability[:] = np.eye(3)[np.arange(12) % 3] + 0.05
    world.needs[:] = 1 / 3
    act(world, candidates=100, largest=3)
    assert {i % 3 for i in newest(world)} == {0, 1, 2}


def test_those_who_care_about_the_issue_are_preferred():
    world = society(20)
    world.capability[:] = np.eye(3)[np.arange(20) % 3] + 0.2
    world.salience[:] = np.where(np.arange(20)[:, None] < 10, [0.95, 0.05], [0.1, 0.9])
    world.needs[:], world.urgency[:] = 1 / 3, [2.0, 0.0]
    act(world, candidates=100)
    assert world.coalition_issue.tolist() == [0]
    assert max(newest(world)) < 10


def test_sectors_matter_through_gaps_and_capabilities_alone():
    flat = JointWork(translation=0.3, coordination=0.04, gap=Gap(sector=0.0))
    found = []
    for sectors in (0, np.arange(30) % 3):
        world = society(30)
        world.sector[:] = sectors
        found.append(newest(act(world, work=flat)))
    assert found[0] == found[1]


def test_means_decide_acceptance_not_who_is_invited():
    found = []
    for means in (1.0, np.linspace(0.1, 9.0, 20)):
        world = society(20)
        world.effort[:] = means
        found.append(newest(act(world, candidates=100)))
    assert found[0] == found[1]


@pytest.mark.parametrize("budget", [1, 3])
def test_it_plans_as_many_as_its_budget_and_invites_nobody_twice(budget):
    world = act(society(60), budget=budget, largest=4)
    assert world.coalitions == budget
    assert np.bincount(world.member).max() == 1
    assert np.diff(world.first_member).max() <= 4


@pytest.mark.parametrize(("n", "budget"), [(0, 2), (1, 1), (50, 1), (200, 7), (30, 60)])
def test_the_members_of_pools_are_those_that_a_look_at_everyone_finds_for_each(n, budget):
    pool = np.random.default_rng(n).integers(-1, budget, n)
    found = members_of_pools(pool, budget)
    assert [rows.tolist() for rows in found] == [np.flatnonzero(pool == each).tolist() for each in range(budget)]


def test_the_members_of_a_thousand_pools_are_found_without_a_look_at_everyone_for_each():
    """A look each would read 2 × 10⁹ numbers, which takes more than a second."""
    pool = np.full(2_000_000, -1)
    pool[::500] = np.arange(4000) % 1000
    with at_most_seconds(0.5):
        assert sum(rows.size for rows in members_of_pools(pool, 1000)) == 4000


def test_nobody_without_a_free_slot_is_invited():
    joining = AGREED.model_copy(update={"most": 1})
    world = society(12, coalitions=[(0, (0, 1, 2)), (1, (3, 4))])
    act(world, joining, candidates=100)
    assert world.coalitions == 3
    assert min(newest(world)) >= 5


def test_nobody_is_convened_anew_with_whom_it_works_on_the_issue_already():
    world = society(6, coalitions=[(0, tuple(range(6)))], issues=1)
    assert act(world, candidates=100).coalitions == 1


@pytest.mark.parametrize("net", [-0.3, 0.0, 0.4])
def test_each_invited_accepts_by_the_utility_of_joining(net):
    # A pair of strangers, 4,000 times: both accept with p². 5 s.e.: false alarm 6e-7.
    joining = Joining(selectivity=3.0, hurdle=0.0, upkeep=1.0)
    world = society(2, issues=1)
    world.capability[:], world.needs[:], world.effort[:], world.achieved[:] = np.eye(3)[:2], [[0.5, 0.5, 0]], 1.0, 0.0
    world.sector[:], world.culture[:], world.stance[:] = 0, 0, 0
    share = 0.5 * 1 / 1.04 * (0.5 + 0.5) ** 2.5  # each part of Y with η = .4
    world.worth[:] = (1 + net) / share  # then the advantage is (1 + net − 1) / 1
    formed, trials = 0, 4000
    for seed in range(trials):
        world.tick += 1  # an organisation founds few coalitions a tick
        formed += act(world, joining, seed=seed).coalitions
        world.leave(np.arange(world.memberships))
        world.end_ties(np.arange(world.ties))
        world.commit()
    p = 1 / (1 + np.exp(-3 * net))
    assert abs(formed / trials - p**2) < 5 * np.sqrt(p**2 * (1 - p**2) / trials)


def test_members_become_acquainted_as_far_as_their_attention_goes():
    world = act(society(12, seed=1), candidates=100, largest=4)
    size = len(newest(world))
    assert size > 2
    assert world.ties == size * (size - 1) / 2
    narrow = act(society(12, seed=1), candidates=100, largest=4, meeting=Meeting(attention=1))
    assert np.diff(narrow.first_tie).max() == 1


def test_where_parts_only_add_up_nobody_is_convened():
    adding = JointWork(complementarity=1.0, bond_gain=0.0, coordination=0.0)
    assert act(society(20), work=adding).coalitions == 0


def test_why_they_came_is_told():
    world = society(12)
    world.reasons = Reasons()
    act(world)
    (noted,) = [noted for noted in world.reasons.take() if noted.kind == "founded"]
    assert set(noted.why) == {"convened"}
    assert set(noted.organisation.tolist()) == set(world.identity[list(newest(world))].tolist())
    advantage = (noted.terms["gain"] - noted.terms["present"] - 0.03) / (noted.terms["present"] + 0.03)
    assert noted.terms["chance"] == pytest.approx(1 / (1 + np.exp(-4 * (advantage + 10))))


def test_without_budget_nothing_is_planned():
    assert act(society(20), budget=0).coalitions == 0
    for n in (0, 1):
        assert act(society(n), budget=1).coalitions == 0


def test_the_joining_that_is_named_must_be_one():
    with pytest.raises(InputError, match="sharing; allowed: joining"):
        Strategist(joining="sharing").bind({"sharing": Sharing()})


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)budget.*candidates.*largest"):
        Strategist(budget=-1, candidates=1, largest=1)

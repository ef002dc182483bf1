"""Organisations find partners where they expect more from each other than understanding costs them."""

import numpy as np
import pytest

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.meeting import Meeting
from ecosim.world.reasons import Reasons
from tests.chance import deviations_allowed
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

CLOSE = Gap(sector=0.0, culture=0.0, stance=0.0)


def strangers(meeting, n, seed=0, ties=(), capabilities=3):
    draw = np.random.default_rng(seed)
    world = world_for(meeting, n=n, ties=ties, issues=2, axes=2, capabilities=capabilities, culture=3)
    world.sector[:] = draw.integers(0, 3, n)
    world.capability[:] = draw.random((n, capabilities))
    world.salience[:] = draw.dirichlet(np.ones(2), n)
    world.culture[:] = draw.integers(0, 3, (n, 3))
    world.stance[:] = draw.uniform(-1, 1, (n, 2))
    return world


def tied(world):
    return {tuple(ends) for ends in world.ends.tolist()}


def eager(**more):
    """Return a meeting in which everyone looks, and whoever is looked at is welcome."""
    return Meeting(**{"rate": 1.0, "reserve": -10.0, "selectivity": 1000.0, "attention": 1000, "friends": 0.0, **more})


@pytest.mark.parametrize("net_gain", [-0.2, 0.0, 0.3])
def test_a_tie_is_made_when_both_say_yes_by_the_logistic_law(net_gain):
    # Two with nothing in common: g = 1. Each looks at itself or the other; a look becomes a tie with probability p².
    # 20,000 meetings, 5 standard errors: false alarm 6e-7; an error of .01 in p would be seen.
    meeting = Meeting(rate=1.0, friends=0.0, concern=0.0, gap=CLOSE, selectivity=4.0, reserve=1.0 - net_gain)
    world = strangers(meeting, 2, capabilities=2)
    world.capability[:] = [[1, 0], [0, 2]]
    made, trials = 0, 20_000
    for _ in range(trials):
        made += live(world, meeting).ties
        world.end_ties(np.arange(world.ties))
        world.commit()
    p = 1 / (1 + np.exp(-4 * net_gain))
    expected = 1 - (1 - p**2 / 2) ** 2
    assert abs(made / trials - expected) < 5 * np.sqrt(expected * (1 - expected) / trials)


def test_gain_is_how_well_two_complete_each_other_on_what_both_care_about():
    draw = np.random.default_rng(3)
    for _ in range(20):
        meeting = eager(reserve=0.0, gap=CLOSE, concern=0.7, cost=0.0)
        world = strangers(meeting, 2)
        world.capability[:], world.salience[:] = draw.random((2, 3)), draw.dirichlet(np.ones(2), 2)
        a, b = world.capability
        gain = 1 - a @ b / np.sqrt((a @ a) * (b @ b)) + 0.7 * np.minimum(*world.salience).sum()
        for reserve, agree in ((gain - 0.05, 1), (gain + 0.05, 0)):
            sharp = meeting.model_copy(update={"reserve": float(reserve)})
            assert live(world, sharp, ticks=20).ties == agree
            world.end_ties(np.arange(world.ties))
            world.commit()


def test_a_share_of_the_organisations_looks_each_tick():
    # 20,000 strangers, everyone welcome: each look is a tie but for those at oneself and double ones. 5 s.e.: 6e-7.
    meeting = eager(rate=0.3)
    world = live(strangers(meeting, 20_000), meeting)
    assert abs(world.ties / 20_000 - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 20_000) + 1e-4


@pytest.mark.parametrize("friends", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("attention", [0, 1, 4])
def test_nobody_gets_more_ties_than_it_can_attend_to_and_nobody_is_tied_to_itself_or_twice(friends, attention):
    meeting = eager(friends=friends, attention=attention)
    world = strangers(meeting, 60, ties=[(0, 1), (2, 3), (1, 2)] if attention > 1 else ())
    for _ in range(30):
        live(world, meeting)
        assert np.diff(world.first_tie).max() <= attention
        assert len(tied(world)) == world.ties
        assert np.all(world.ends[:, 0] < world.ends[:, 1])
    if attention == 4 and friends < 1:
        assert np.diff(world.first_tie).mean() > 3.5


@pytest.mark.parametrize("seed", range(4))
def test_with_the_same_luck_a_dearer_or_wider_gap_makes_some_of_the_same_ties_and_no_others(seed):
    world_of = {}
    for name, meeting in {
        "near": Meeting(rate=1.0, attention=10_000),
        "dear": Meeting(rate=1.0, attention=10_000, cost=2.0),
        "wide": Meeting(rate=1.0, attention=10_000, gap=Gap(sector=0.8, culture=0.8, stance=1.2)),
        "reserved": Meeting(rate=1.0, attention=10_000, reserve=1.0),
    }.items():
        world_of[name] = live(strangers(meeting, 600, ties=some_tied(600, 0.01, seed)), meeting, seed=seed)
    for other in ("dear", "wide", "reserved"):
        assert tied(world_of[other]) < tied(world_of["near"])
    assert tied(world_of["dear"]) == tied(world_of["wide"])


def test_a_friend_of_a_friend_is_the_only_one_met_through_friends():
    meeting = eager(friends=1.0)
    path = [(0, 1), (1, 2), (2, 3)]
    world = live(strangers(meeting, 4, ties=path), meeting, ticks=1)
    assert tied(world) <= {*path, (0, 2), (1, 3)}
    islands = strangers(meeting, 9, ties=[(0, 1), (1, 2), (3, 4), (4, 5), (5, 6)])
    live(islands, meeting, ticks=60)
    assert tied(islands) == {*map(tuple, everyone_tied(3).tolist()), *map(tuple, (everyone_tied(4) + 3).tolist())}


def test_without_ties_nobody_is_met_through_friends():
    assert live(strangers(eager(friends=1.0), 50), eager(friends=1.0), ticks=20).ties == 0
    assert live(strangers(eager(friends=0.9), 50), eager(friends=0.9), ticks=20).ties > 0


def test_those_who_can_do_the_same_and_care_for_nothing_together_have_no_reason_to_meet():
    meeting = Meeting(rate=1.0, concern=0.0, selectivity=1000.0, reserve=0.05, gap=CLOSE)
    world = strangers(meeting, 100)
    world.capability[:] = np.random.default_rng(1).random((100, 1)) * [1, 2, 3]
    assert live(world, meeting, ticks=10).ties == 0


def test_a_new_tie_starts_with_a_share_of_the_societys_trust_and_a_thread_of_a_bond():
    meeting = eager(prior_trust=0.6, first_bond=0.07)
    world = strangers(meeting, 40, ties=[(0, 1)])
    world.trust[:], world.bond[:] = [0.9, 0.5], 0.8
    live(world, meeting)
    fresh = world.bond != 0.8
    assert fresh.sum() > 10
    assert world.trust[fresh] == pytest.approx(0.6 * 0.7)
    assert np.all(world.bond[fresh] == 0.07)
    assert world.trust[~fresh].tolist() == [[0.9, 0.5]]


def test_where_nobody_looks_nothing_is_found():
    meeting = eager(rate=0.0)
    assert live(strangers(meeting, 50), meeting, ticks=10).ties == 0


def test_a_world_of_nobody_or_of_one_makes_no_ties():
    for n in (0, 1):
        assert live(strangers(eager(), n), eager(), ticks=5).ties == 0


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)rate.*friends.*cost.*attention"):
        Meeting(rate=2.0, friends=-0.1, cost=-1.0, attention=-1)


def test_the_ways_to_meet_are_shares_of_one_whole():
    with pytest.raises(ValueError, match=r"sum to 1.2; allowed: at most 1"):
        Meeting(friends=0.4, likeness=0.4, forums=0.4)
    assert Meeting(friends=0.4, likeness=0.3, complementarity=0.2, forums=0.1).upto()[-1] == pytest.approx(1.0)


def looked_at(meeting, n=40, seeds=300):
    """Return a world of strangers, and how often each pair met over so many ticks' luck."""
    world = strangers(meeting, n)
    counts = np.zeros((n, n), int)
    for seed in range(seeds):
        live(world, meeting, seed=seed)
        np.add.at(counts, tuple(world.ends.T), 1)
        world.end_ties(np.arange(world.ties))
        world.commit()
    return world, counts + counts.T


def test_whoever_looks_for_likeness_finds_the_most_alike_of_all_if_it_looks_at_enough():
    # 200 draws among 10: one is missed with probability .9^200 = 7e-10; everyone's partner is known beforehand.
    meeting = eager(friends=0.0, likeness=1.0, sample=200, gap=Gap(sector=0.3, culture=0.5, stance=0.7))
    world = strangers(meeting, 10, seed=4)
    gap = np.zeros((10, 10))
    for i, j in everyone_tied(10):
        gap[i, j] = gap[j, i] = (
            0.3 * (world.sector[i] != world.sector[j])
            + 0.5 * np.mean(world.culture[i] != world.culture[j])
            + 0.7 * 0.5 * np.sqrt(np.mean((world.stance[i] - world.stance[j]) ** 2))
        )
    np.fill_diagonal(gap, np.inf)
    live(world, meeting)
    assert tied(world) == {tuple(sorted((i, int(gap[i].argmin())))) for i in range(10)}


def test_whoever_looks_for_complementarity_finds_who_completes_it_best():
    meeting = eager(friends=0.0, complementarity=1.0, sample=200)
    world = strangers(meeting, 10, seed=5)
    angle = world.capability / np.linalg.norm(world.capability, axis=1)[:, None]
    live(world, meeting)
    assert tied(world) == {tuple(sorted((i, int((angle @ angle[i]).argmin())))) for i in range(10)}


@pytest.mark.parametrize("way", ["likeness", "complementarity"])
def test_a_sample_of_one_is_meeting_at_random(way):
    # Everyone looks at one of all n by chance, 300 times: the 780 pairs' counts are near Poisson, so their index of
    # dispersion is 1 ± sqrt(2 / 780). 5 standard errors and .05 for double looks: false alarm below 6e-7.
    _, counts = looked_at(eager(**{"friends": 0.0, way: 1.0, "sample": 1}))
    pairs = counts[np.triu_indices(40, 1)]
    assert abs(pairs.var() / pairs.mean() - 1) < 5 * np.sqrt(2 / 780) + 0.05


def test_the_more_a_seeker_of_likeness_looks_at_the_narrower_the_gaps_it_bridges():
    # Widths were 1.04, .55 and .27, with standard errors of .01, .007 and .004: thirteen of a difference, and more.
    widths = []
    for sample in (1, 4, 16):
        meeting = eager(friends=0.0, likeness=1.0, sample=sample, gap=Gap(sector=0.0, culture=0.0, stance=1.0))
        world = live(strangers(meeting, 2000), meeting)
        widths.append(np.linalg.norm(world.stance[world.ends[:, 0]] - world.stance[world.ends[:, 1]], axis=1).mean())
    assert widths[0] > 1.5 * widths[1] > 2 * widths[2]


def at_forums(**more):
    return eager(**{"friends": 0.0, "forums": 1.0, "convening": 1.0, "seats": 1000, **more})


def test_those_at_a_forum_care_about_its_issue():
    # Two camps, each of which cares about one issue only, and hosts of both: nobody meets the other camp.
    meeting = at_forums()
    world = strangers(meeting, 200)
    world.salience[:] = np.eye(2)[np.arange(200) % 2]
    live(world, meeting, ticks=5)
    assert world.ties > 200
    assert np.all(world.ends[:, 0] % 2 == world.ends[:, 1] % 2)


def test_at_a_forum_of_few_seats_only_so_many_meet():
    meeting = at_forums(seats=5)
    world = strangers(meeting, 300)
    world.sector[:] = 0
    world.sector[:3] = 1
    for seed in range(10):
        live(world, meeting, seed=seed)
        assert 0 < world.ties <= 15
        assert np.unique(world.ends).size <= 15
        world.end_ties(np.arange(world.ties))
        world.commit()


def test_guests_are_let_in_by_luck_not_by_row():
    # One host, 99 guests and 9 further seats, 2,000 ticks: each guest is let in with probability 1/11, and then meets
    # someone. 99 guests: false alarm 1e-6 in all; a bias of 45 % would be seen.
    meeting = at_forums(seats=10)
    world = strangers(meeting, 100)
    world.sector[:], world.salience[:] = 0, 0.5
    world.sector[50] = 1
    seated = np.zeros(100)
    for seed in range(2000):
        live(world, meeting, seed=seed)
        seated[np.flatnonzero(world.meetings.sum(axis=1))] += 1
        world.end_ties(np.arange(world.ties))
        world.commit()
    guests = np.delete(seated, 50)
    mean = guests.mean()
    assert 0 < mean < 2000 / 11 + 1
    assert np.all(np.abs(guests - mean) < deviations_allowed(99) * np.sqrt(mean))


def test_nobody_but_a_host_convenes():
    meeting = at_forums(convening=0.0)
    assert live(strangers(meeting, 50), meeting, ticks=5).ties == 0
    nobody = at_forums()
    world = strangers(nobody, 50)
    world.sector[:] = 0
    assert live(world, nobody, ticks=5).ties == 0


def test_a_convener_that_is_no_sector_is_refused():
    world = strangers(at_forums(), 3)
    assert at_forums().faults(world.labels) == []
    (fault,) = at_forums(convener="goverment").faults(world.labels)
    assert "did you mean 'government'" in fault


def test_meetings_and_acceptances_are_counted_on_both_sides_by_sector():
    meeting = Meeting(rate=1.0)
    world = live(strangers(meeting, 400, ties=some_tied(400, 0.01)), meeting)
    before = some_tied(400, 0.01)
    assert np.all(world.acceptances <= world.meetings)
    assert 0 < world.acceptances.sum() == 2 * (world.ties - len(before)) < world.meetings.sum()
    of = np.zeros((3, 3), int)
    np.add.at(of, world.sector, world.meetings)
    assert np.array_equal(of, of.T)
    live(world, meeting.model_copy(update={"rate": 0.0}))
    assert not world.meetings.any()


def test_why_two_became_partners_is_told_in_the_terms_of_their_choice():
    meeting = Meeting(rate=1.0, friends=0.2, likeness=0.4)
    world = strangers(meeting, 2000)
    world.reasons = Reasons()
    live(world, meeting)
    (noted,) = world.reasons.take()
    assert noted.kind == "tie_made"
    assert set(noted.why) == {"likeness", "random"}  # nobody has friends yet
    assert len(noted.why) == world.ties > 10
    terms = noted.terms
    logistic = 1 / (1 + np.exp(-meeting.selectivity * (terms["gain"] - terms["cost"] - terms["threshold"])))
    assert terms["chance"] == pytest.approx(logistic)
    assert terms["cost"] == pytest.approx(meeting.cost * terms["gap"])
    assert world.reasons.take() == []

"""A relationship is cultivated or neglected: trust, bond, language, and the ladder that is read off them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.relationship import Relationship
from ecosim.dynamics.schedule import Schedule
from ecosim.testing import small_world
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from tests.dynamics.worlds import live, unite, world_for

CONTACT, TRANSACTION, WIN_WIN, WIN_WIN_WIN, CO_CREATION, SYNERGY = range(6)


def related(relationship, pairs=1, together=True, **columns):
    """Return a world of so many separate pairs, each tied and, if together, each in a coalition of its own."""
    ends = np.arange(2 * pairs).reshape(-1, 2)
    world = world_for(relationship, n=2 * pairs, ties=ends, issues=1, columns=("coalition_issue",))
    if together:
        world.found_coalitions(ends[:, 0], np.zeros(pairs, int), ends)
        world.commit()
    for name, values in columns.items():
        world.__dict__[name][:] = values
    return world


def lasting(**more):
    """Return a rule under which no tie ends."""
    return Relationship(**{"forgetting": 0.0, **more})


@pytest.mark.parametrize(("start", "conduct", "rate"), [(0.2, 0.4, 0.06), (0.9, 0.1, 0.18), (0.3, 0.9, 0.06)])
def test_trust_approaches_conduct_seen_exponentially_and_faster_down_than_up(start, conduct, rate):
    relationship = lasting(general_trust=0.0)
    world = related(relationship, contribution=conduct, trust=start)
    seen = min(1, 2 * conduct)
    for tick in range(1, 40):
        live(world, relationship)
        assert world.trust == pytest.approx(seen + (start - seen) * (1 - rate) ** tick)


@pytest.mark.parametrize("general", [0.0, 0.3, 0.9])
def test_where_everyone_is_alike_generalised_trust_slows_trust_but_does_not_move_where_it_settles(general):
    relationship = lasting(general_trust=general)
    world = related(relationship, pairs=5, contribution=0.4, trust=0.2)
    for tick in range(1, 30):
        live(world, relationship)
        assert world.trust == pytest.approx(0.8 - 0.6 * (1 - 0.06 * (1 - general)) ** tick)


def test_trust_in_a_trustworthy_partner_settles_between_its_conduct_and_the_societys_trust():
    # Many pairs that know of no coalition keep the society's mean trust; one pair works together.
    relationship = lasting(general_trust=0.25)
    world = related(relationship, pairs=400, together=False, contribution=0.5, trust=0.2)
    unite(world, (0, (0, 1)))
    live(world, relationship, ticks=600)
    society = world.trust.mean()
    assert world.trust[0] == pytest.approx(0.75 * 1 + 0.25 * society, abs=1e-6)
    assert society == pytest.approx(0.2, abs=0.01)


def test_each_side_trusts_by_what_it_sees_of_the_other():
    relationship = lasting(general_trust=0.0)
    world = live(related(relationship, contribution=[0.5, 0.05], trust=0.5), relationship, ticks=200)
    in_the_idle, in_the_busy = world.trust[0]
    assert in_the_idle == pytest.approx(0.1)
    assert in_the_busy == pytest.approx(1.0, abs=1e-5)


def test_those_who_do_not_work_together_learn_nothing_of_each_other():
    relationship = lasting()
    world = live(related(relationship, together=False, contribution=1, trust=[0.3, 0.7]), relationship, ticks=50)
    assert world.trust.tolist() == [[0.3, 0.7]]
    assert world.translation == 1
    assert world.gain.tolist() == [[0, 0]]


@pytest.mark.parametrize("together", [True, False])
def test_a_bond_settles_where_what_is_invested_makes_up_for_what_fades(together):
    relationship = lasting(growth=1.2, fading=0.03, contact=0.1, general_trust=0.0)
    columns = {"contribution": [0.35, 0.35], "invest": [0.2, 0.4], "trust": 0.7, "bond": 0.1}
    world = related(relationship, together=together, **columns)
    grows = 1.2 * (1.0 if together else 0.1) * np.sqrt(0.35 * 0.2 * 0.35 * 0.4) * 0.7
    settled = grows / (grows + 0.03)
    for tick in range(1, 30):
        live(world, relationship)
        assert world.bond[0] == pytest.approx(settled + (0.1 - settled) * (1 - grows - 0.03) ** tick)
    assert live(world, relationship, ticks=3000).bond[0] == pytest.approx(settled)


def test_a_bond_grows_by_the_geometric_mean_of_trust_so_one_who_distrusts_is_enough_to_stop_it():
    relationship = lasting(fading=0.0)
    columns = {"contribution": 0.5, "invest": 0.2, "bond": 0.2}
    mutual = live(related(relationship, trust=[0.4, 0.4], together=False, **columns), relationship).bond[0]
    uneven = live(related(relationship, trust=[0.8, 0.2], together=False, **columns), relationship).bond[0]
    betrayed = live(related(relationship, trust=[1.0, 0.0], together=False, **columns), relationship).bond[0]
    assert mutual == pytest.approx(uneven)
    assert betrayed == 0.2


def test_whoever_has_more_ties_than_it_can_cultivate_spreads_itself_thinner():
    relationship = lasting(circle=4.0, fading=0.0, growth=1.0, contact=1.0)
    star = world_for(relationship, n=17, ties=[(0, j) for j in range(1, 17)])
    star.contribution[:], star.invest[:], star.trust[:] = 0.5, 0.5, 1
    live(star, relationship)
    assert star.bond == pytest.approx(0.25 * np.sqrt(4 / 16))


def test_a_neglected_tie_fades_exponentially_and_ends_once_below_neglect():
    relationship = Relationship(fading=0.1, neglect=0.2, forgetting=1.0)
    world = related(relationship, together=False, invest=0, trust=0.6, bond=0.9)
    tick = 0
    while 0.9 * 0.9 ** (tick + 1) >= 0.2:
        tick += 1
        assert live(world, relationship).bond[0] == pytest.approx(0.9 * 0.9**tick)
    assert live(world, relationship).ties == 0


def test_a_neglected_tie_stays_until_it_is_reviewed():
    relationship = Relationship(forgetting=1.0, review=5)
    world = related(relationship, together=False, invest=0, trust=0.6, bond=0.0)
    world.tick = 1
    assert live(world, relationship, ticks=4).ties == 1
    assert live(world, relationship).ties == 0


def test_reviews_count_the_times_the_rule_acts():
    relationship = Relationship(forgetting=1.0, review=3, every=4)
    world = related(relationship, together=False, invest=0, trust=0.6, bond=0.0)
    schedule = Schedule({"relationship": relationship}, seed=1)
    tied = {}
    for world.tick in range(1, 13):
        schedule.step(world)
        tied[world.tick] = world.ties
    assert tied == dict.fromkeys(range(1, 12), 1) | {12: 0}


def test_a_share_of_neglected_ties_ends_each_tick():
    # 20,000 pairs: 5 standard errors, false alarm 6e-7.
    relationship = Relationship(forgetting=0.3)
    world = live(related(relationship, pairs=20_000, together=False, invest=0, trust=0.6, bond=0.0), relationship)
    assert abs(world.ties / 20_000 - 0.7) < 5 * np.sqrt(0.3 * 0.7 / 20_000)


@pytest.mark.parametrize("trust", [[0.05, 0.9], [0.9, 0.05]])
def test_a_tie_in_which_either_side_feels_betrayed_ends(trust):
    relationship = Relationship(forgetting=1.0, betrayal=0.1)
    assert live(related(relationship, together=False, trust=trust, bond=0.9), relationship).ties == 0


def test_a_cultivated_tie_never_ends():
    relationship = Relationship(forgetting=1.0)
    world = related(relationship, pairs=50, contribution=0.6, invest=0.2, trust=0.6, bond=0.3)
    assert live(world, relationship, ticks=200).ties == 50


def test_affect_follows_mutual_trust():
    relationship = lasting(liking=0.1)
    world = related(relationship, together=False, trust=[0.9, 0.5], affect=-0.8)
    for tick in range(1, 30):
        live(world, relationship)
        assert world.affect[0] == pytest.approx(0.4 - 1.2 * 0.9**tick)


def test_working_together_teaches_the_others_language():
    relationship = lasting(learning=0.02)
    world = live(related(relationship), relationship, ticks=35)
    assert world.translation[0] == pytest.approx(0.98**35)


def test_gains_are_running_means_of_what_joint_work_gave_beyond_working_alone():
    relationship = lasting(window=20.0)
    world = related(relationship, member_share=[3.0, 1.0], member_alone=[1.0, 1.5], sent=[0.6, 0.2])
    live(world, relationship, ticks=15)
    share = 1 - (1 - 1 / 20) ** 15
    assert world.gain[0] == pytest.approx([2 * share, -0.5 * share])
    assert world.outside_gain[0] == pytest.approx(0.4 * share)
    world.leave(np.arange(2))
    world.commit()
    faded = live(world, relationship, ticks=10).gain[0]
    assert faded == pytest.approx(np.array([2, -0.5]) * share * 0.95**10)


def test_a_gain_is_divided_among_all_partners_who_made_it_and_adds_up_over_coalitions():
    relationship = lasting(window=1.0)
    world = world_for(relationship, n=4, ties=[(0, 1), (0, 2), (1, 2), (2, 3)], issues=2, columns=("coalition_issue",))
    unite(world, (0, (0, 1, 2)), (1, (0, 1)))
    world.member_share[:] = [4, 6, 8, 1, 2]
    live(world, relationship)
    gain = {tuple(ends): world.gain[t].tolist() for t, ends in enumerate(world.ends.tolist())}
    assert gain == {(0, 1): [2 + 1, 3 + 2], (0, 2): [2, 4], (1, 2): [3, 4], (2, 3): [0, 0]}


@pytest.mark.parametrize(
    ("rung", "together", "shares", "sent", "bond", "translation"),
    [
        (CONTACT, False, 0, 0.0, 0.9, 0.1),
        (TRANSACTION, True, [1, 1], 0.0, 0.9, 0.1),
        (TRANSACTION, True, [1, 5], 1.0, 0.9, 0.1),
        (WIN_WIN, True, [3, 2], 0.0, 0.9, 0.1),
        (WIN_WIN, True, [3, 2], 0.19, 0.9, 0.1),
        (WIN_WIN_WIN, True, [3, 2], 1.0, 0.2, 0.1),
        (CO_CREATION, True, [3, 2], 1.0, 0.5, 0.9),
        (SYNERGY, True, [3, 2], 1.0, 0.5, 0.4),
    ],
)
def test_each_rung_is_read_off_what_happened(rung, together, shares, sent, bond, translation):
    relationship = lasting(deep_bond=0.35, third_win=0.2, window=1.0)
    columns = {"contribution": 0.5, "sent": sent, "bond": bond, "translation": translation}
    world = related(relationship, together=together, **columns)
    if together:
        world.member_alone[:], world.member_share[:] = 1, shares
    assert live(world, relationship).rung.tolist() == [rung]


def test_a_pair_that_parts_falls_back_to_contact_when_the_window_has_passed():
    relationship = lasting(window=5.0)
    world = related(relationship, member_share=2.0, contribution=0.5)
    assert live(world, relationship, ticks=5).rung[0] == WIN_WIN
    world.leave(np.arange(2))
    world.commit()
    assert live(world, relationship, ticks=5).rung[0] == WIN_WIN
    assert live(world, relationship).rung[0] == CONTACT


RATES = st.floats(0, 1)


@given(RATES, RATES, RATES, RATES, RATES, st.floats(0, 100), st.integers(0, 1000))
def test_every_relationship_stays_within_its_ranges_whatever_the_rates(up, down, general, fading, liking, growth, seed):
    relationship = lasting(
        trust_up=up, trust_down=down, general_trust=general, fading=fading, liking=liking, growth=growth, learning=up
    )  # fmt: skip
    labels = Labels(issues=("water", "waste"), stance_axes=("one",))
    world = small_world(labels, (12, 20, 4), [*relationship.reads, *relationship.writes[:-1]], seed)
    live(world, relationship, ticks=5)
    for name in ("trust", "affect", "bond", "translation", "rung"):
        values = world.__dict__[name]
        assert np.isfinite(values).all()
        assert COLUMNS[name].low <= values.min() <= values.max() <= COLUMNS[name].high


def test_a_world_without_ties_has_no_relationships_to_change():
    relationship = Relationship()
    world = world_for(relationship, n=3, issues=1)
    assert live(world, relationship, ticks=3).ties == 0


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)trust_up.*circle.*window"):
        Relationship(trust_up=2.0, circle=0.0, window=0.5)


@pytest.mark.parametrize("every", [1, 4])
def test_ages_and_windows_are_ticks_however_often_it_acts(every):
    relationship = lasting(every=every, window=8.0)
    world = live(related(relationship, together=False, apart=0, gain=1.0), relationship, ticks=8)
    assert world.tie_age.tolist() == world.apart.tolist() == [8]
    assert world.rung.tolist() == [WIN_WIN]  # still within the window
    assert world.gain == pytest.approx((1.0 - every / 8.0) ** (8 // every))
    assert live(world, relationship, ticks=every).rung.tolist() == [CONTACT]


def test_what_acts_less_often_than_it_remembers_keeps_the_last_only():
    relationship = lasting(every=20, window=8.0)
    world = live(related(relationship, together=False, gain=1.0), relationship)
    assert world.gain.tolist() == [[0.0, 0.0]]

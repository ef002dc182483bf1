"""What is told moves names and opinions: true and wide unites, false and wide divides, what reaches nobody does nothing."""

import math

import numpy as np
import pytest
from scipy import stats

from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.media import Media, conduct_shown, hear, publish, respond
from ecosim.dynamics.schedule import Schedule, columns_named
from ecosim.rng import stream
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.dynamics.worlds import live, world_for

KEY = stream(3, "media").key(5)


def square(media, n=100, citizens=400, spread=0.2, **rules):
    """Return a world in which stances lie around the middle."""
    draw = np.random.default_rng(1)
    labels = Labels(issues=("water",), stance_axes=("left",), citizens=citizens)
    world = World(labels, n, columns_named([media, *rules.values()]))
    world.sector[:] = 2 * (np.arange(n) % 2)
    world.stance[:] = np.clip(spread * draw.standard_normal((n, 1)), -1, 1)
    world.citizen_stance[:] = np.clip(spread * draw.standard_normal((citizens, 1)), -1, 1)
    world.contribution[:], world.purpose[:] = draw.random(n), draw.random(n)
    world.urgency[:] = 0
    return world


def signals(n=50_000, technology=(1.0, 1.0, 1.0), stance=0.4, conduct=0.8, **rates):
    media = Media(**rates)
    return publish(
        np.arange(n), np.full((n, 1), stance), np.full(n, conduct), tuple(np.full(n, level) for level in technology),
        (media.news, media.fake, media.transparency, media.reach, media.exaggeration), KEY,
    )  # fmt: skip


def is_share(count, of, share):
    """Return whether a count is a draw of this share: binomial, false alarms 1e-6; finds 3 % more of 15,000."""
    return stats.binomtest(int(count), of, share).pvalue > 1e-6


def test_all_that_is_false_and_a_share_of_what_is_true_gets_out():
    source, shown, told, heard = signals(news=0.3, fake=0.2, transparency=0.4, exaggeration=0.5)
    is_fake = shown[:, 0] > 0.5
    assert is_share(is_fake.sum(), 50_000, 0.3 * 0.2)
    assert is_share((~is_fake).sum(), 50_000, 0.3 * 0.8 * 0.4)
    assert np.all(np.diff(source) > 0)
    assert shown[~is_fake] == pytest.approx(0.4)
    assert shown[is_fake] == pytest.approx(0.4 + 0.5 * 0.6)
    assert told[~is_fake] == pytest.approx(0.8)
    assert stats.kstest(told[is_fake], "uniform").pvalue > 1e-6
    assert np.all(heard == 0.4)


def test_exaggeration_keeps_sides_and_the_middle_has_none():
    for stance, shown in ((-0.4, -0.76), (0.0, 0.0), (1.0, 1.0)):
        assert signals(stance=stance, fake=1.0, exaggeration=0.6)[1] == pytest.approx(shown)


def test_technology_carries_further_shows_more_and_distorts():
    reach = signals(technology=(2.0, 1.0, 1.0))[3]
    assert np.all(reach == 0.8)
    open_ = signals(technology=(1.0, 2.0, 1.0), news=1.0, fake=0.0, transparency=0.3)[0]
    assert is_share(open_.size, 50_000, 0.6)
    _, shown, _, heard = signals(technology=(1.0, 1.0, 1.5), news=1.0, fake=0.2, transparency=1.0)
    is_fake = shown[:, 0] > 0.5
    assert is_share(is_fake.sum(), 50_000, 0.3)
    assert heard[~is_fake] == pytest.approx(0.4 * (1 + 0.5 * 0.4))


def test_a_signal_gets_to_the_share_that_its_reach_says_and_never_to_its_source():
    rows = np.arange(40_000)
    room = (np.empty((4, 40_000)), np.empty((3, 40_001), np.uint64))
    who, said, _ = hear(rows, rows, np.array([7, 9]), np.array([0.2, 0.7]), 1, room, KEY)
    heard = said[who]
    assert is_share((heard == 0).sum(), 40_000, 0.1)
    assert is_share((heard == 1).sum(), 40_000, 0.35)
    assert np.all(np.diff(who.astype(int)) > 0)
    alone, said, _ = hear(rows[:5], rows[:5], np.array([3]), np.ones(1), 1, room, KEY)
    assert alone.tolist() == [0, 1, 2, 4]
    assert not said.any()


def test_who_is_moved_is_decided_as_by_the_full_exponential_however_close_the_number_comes():
    """Chances at the probability to interact, and 1, 2 or 1,000 neighbouring numbers and up to 10⁻³ from it."""
    away = np.linspace(0.0, 1.9, 500)
    chance = np.array([math.exp(-math.log(2.0) / 0.3 * distance) for distance in away])
    steps = [0.0, *(sign * size for sign in (-1, 1) for size in (1.0, 2.0, 1e3, 1e6, 5e9, 9e12))]
    for step in steps:
        drawn = chance + step * np.spacing(chance)
        stance, everyone = np.column_stack((np.zeros(500), away - 0.95)), np.arange(500, dtype=np.uint64)
        room = (np.empty((4, 500)), np.empty((3, 501), np.uint64))
        law = (4.0, 0.3, 0.5, 0.0, 0.0, 0.0)
        before = stance.copy()
        respond(stance, np.empty(0), everyone, 0 * everyone, np.array([[0.0, -0.95]]), drawn, law, room)
        apart = np.abs(before[:, 1] + 0.95)
        expected = np.array([math.exp(-math.log(2.0) / 0.3 * d) for d in apart])
        assert np.array_equal((stance != before).any(axis=1), (drawn < expected) & (apart > 0))


def test_conduct_is_contribution_beside_the_usual_mixed_with_purpose():
    contribution, purpose = np.array([0.2, 0.4, 0.6]), np.array([1.0, 0.0, 0.5])
    found = conduct_shown(
        np.array([0, 1, 0]), np.array([False, True]), contribution, purpose, np.array([2.0, 20.0]), 10.0, 0.25
    )
    beside = contribution / (contribution + 0.4)
    assert found == pytest.approx(0.75 * np.array([beside[0], 0.5 * (beside[1] + 0.4), beside[2]]) + 0.25 * purpose)


@pytest.mark.parametrize(("severity", "wellbeing"), [([], 1.0), ([4.0], 0.6), ([20.0], 0.0), ([2.0, 20.0, 6.0], 0.4)])
def test_the_answerable_are_judged_by_how_well_things_are_however_many_issues_there_are(severity, wellbeing):
    contribution = np.array([0.5, 0.5])
    found = conduct_shown(
        np.array([0, 1]), np.array([False, True]), contribution, np.zeros(2), np.array(severity), 10.0, 0.0
    )
    assert found == pytest.approx([0.5, 0.5 * (0.5 + wellbeing)])


def names_after(fake):
    """Return names and true conduct after a long time of the same news."""
    media = Media(news=1.0, fake=fake, transparency=1.0, reach=1.0, impression=0.2, responsiveness=0.0)
    world = live(square(media, n=2_000, citizens=0), media, ticks=80)
    conduct = conduct_shown(
        world.sector, np.array([False, True, False]), world.contribution, world.purpose, world.severity, 10.0, 0.2
    )
    return world.reputation, conduct


def test_names_tend_to_conduct_where_all_is_true():
    names, conduct = names_after(0.0)
    assert names == pytest.approx(conduct, abs=1e-6)


@pytest.mark.parametrize("fake", [0.4, 1.0])
def test_a_share_of_a_name_is_noise_where_a_share_is_made_up(fake):
    """Mean and slope on conduct by the law (1 − f) k + f / 2, within 5 s.e. of 2,000: finds a share of .43 for .4."""
    names, conduct = names_after(fake)
    slope, _, _, _, error = stats.linregress(conduct, names)
    assert abs(slope - (1 - fake)) < 5 * error
    expected = (1 - fake) * conduct.mean() + fake / 2
    assert abs(names.mean() - expected) < 5 * names.std() / np.sqrt(2_000)
    assert names.std() > 0.05


def test_what_media_tell_is_all_that_moves_a_name():
    rules = {"ledger": Ledger(), "media": Media(reach=0.0)}
    world = square(rules["media"], ledger=rules["ledger"])
    Schedule(rules, 1).step(world)
    assert np.all(world.reputation == 0.5)
    Schedule({"ledger": Ledger()}, 1).step(world)
    assert not np.any(world.reputation == 0.5)


def spread_after(ticks=150, seed=1, **media):
    """Return how much wider opinions of organisations and citizens lie afterwards."""
    rule = Media(news=0.3, transparency=1.0, responsiveness=0.1, tolerance=0.6, exposure=0.7, **media)
    world = square(rule)
    before = world.stance.std(), world.citizen_stance.std()
    live(world, rule, ticks=ticks, seed=seed)
    return world.stance.std() / before[0], world.citizen_stance.std() / before[1]


def test_wide_and_true_unites_wide_and_false_divides_and_what_reaches_nobody_does_nothing():
    """Over seeds 1 to 20 the ratios were at most 0.61 and at least 4.9."""
    assert max(spread_after(fake=0.0, reach=0.9)) < 0.8
    assert min(spread_after(fake=0.6, reach=0.9, exaggeration=0.9)) > 3
    assert spread_after(fake=0.6, reach=0.0) == (1, 1)


def test_a_common_goal_weakens_what_divides():
    media = Media(fake=1.0, exaggeration=1.0, superordinate=1e3, responsiveness=0.1, reach=1.0, tolerance=0.0)
    calm, urgent = square(media), square(media)
    urgent.urgency[:] = 100
    before = calm.stance.copy()
    moved = [abs(live(world, media).stance - before).mean() for world in (calm, urgent)]
    assert moved[0] > 100 * moved[1] > 0


@pytest.mark.parametrize(("tolerance", "to"), [(4.0, 1.0), (0.0, 0.0)])
def test_what_attracts_makes_citizens_and_what_repels_makes_consumers(tolerance, to):
    media = Media(
        news=1.0, reach=1.0, tolerance=tolerance, exposure=1000.0, responsiveness=0.0, identity=0.1, narrowing=0.0
    )
    world = live(square(media), media, ticks=150)
    assert world.orientation == pytest.approx(to, abs=1e-4)


def test_partners_hear_of_each_other_and_strangers_are_not_trusted_for_it():
    media = Media(news=1.0, fake=0.0, transparency=1.0, reach=1.0, hearsay=0.5, values=1.0)
    world = world_for(media, n=3, ties=[(0, 1)])
    world.purpose[:] = [1.0, 0.0, 0.3]
    live(world, media, ticks=60)
    assert world.trust[0] == pytest.approx([0.0, 1.0], abs=1e-3)  # source in target, target in source


def test_nobody_says_anything_in_an_empty_world():
    live(world_for(Media(), n=0, issues=1), Media())


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)news.*fake.*exposure"):
        Media(news=2.0, fake=-1.0, exposure=0.0)


def test_news_that_moves_nobody_leaves_every_citizen_its_own_orientation():
    media = Media(news=1.0, reach=1.0, responsiveness=0.0, identity=0.0, narrowing=0.0)
    world = square(media, n=20, citizens=300)
    world.orientation[:] = before = np.linspace(0.0, 1.0, 300)
    assert live(world, media, ticks=3).orientation == pytest.approx(before, abs=1e-12)

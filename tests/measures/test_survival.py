"""How long coalitions last: values worked out by hand, a published example, and runs."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.measures.survival import coalition_survival, survival
from ecosim.results.run import Run
from ecosim.world.coalitions import numbers


def test_four_that_end_and_two_that_still_stand_by_hand():
    # Lengths 1, 2, 2+, 3, 5+, 8: at risk 6, 5, 3 and 1 when one each ends.
    found = survival([1, 2, 2, 3, 5, 8], [True, True, False, True, False, True])
    assert found.lasting.tolist() == [1, 2, 3, 8]
    assert found.at_risk.tolist() == [6, 5, 3, 1]
    assert found.share == pytest.approx([5 / 6, 5 / 6 * 4 / 5, 5 / 6 * 4 / 5 * 2 / 3, 0])
    assert found.error[1] == pytest.approx(2 / 3 * np.sqrt(1 / (6 * 5) + 1 / (5 * 4)))
    assert np.isnan(found.error[-1])
    assert found.hazard == 4 / 21
    assert [found.at(0.5), found.at(1), found.at(2.9), found.at(99)] == pytest.approx([1, 5 / 6, 2 / 3, 0])
    assert found.median == 3


def test_remissions_under_6_mercaptopurine_as_every_textbook_has_them():
    """Freireich et al. (1963), Blood 21, 699: twenty-one patients, S at 6, 7, 10, 13, 16, 22 and 23 weeks."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    still = {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20}
    found = survival(weeks, [k not in still for k in range(21)])
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.median == 23


def test_where_all_have_ended_it_is_the_share_that_lasted_longer():
    lengths = np.random.default_rng(0).integers(1, 30, 200)
    found = survival(lengths, np.ones(200, bool))
    assert found.share == pytest.approx([(lengths > t).mean() for t in found.lasting])
    assert found.hazard == pytest.approx(1 / lengths.mean())


def test_a_constant_chance_to_end_is_found_although_most_are_cut_off():
    # 20,000 with a chance of .05 a tick, seen for at most 10: hazard and S(10) within five standard errors (6e-7 each).
    chance, seen, n = 0.05, 10, 20_000
    lasts = np.random.default_rng(1).geometric(chance, n)
    found = survival(np.minimum(lasts, seen), lasts <= seen)
    assert abs(found.at(seen) - (1 - chance) ** seen) < 5 * found.error[-1]
    assert abs(found.hazard - chance) < 5 * chance / np.sqrt((lasts <= seen).sum())
    assert found.median == np.inf


@pytest.mark.parametrize(
    ("lasted", "ended", "told"),
    [([1, 2], [True], "shape"), ([-1], [True], "negative"), ([np.nan], [True], "missing")],
)
def test_impossible_lengths_are_refused(lasted, ended, told):
    with pytest.raises(InputError, match=told):
        survival(lasted, ended)


def test_nothing_seen_is_nothing_told():
    found = survival([], [])
    assert np.isnan(found.hazard)
    assert found.lasting.size == 0


def test_lifetimes_are_read_off_events():
    one, two, three = (int(numbers(tick, np.array([7]))[0]) for tick in (0, 5, 8))
    events = {
        "tick": np.array([5, 9, 8, 3]),
        "kind": np.array(["founded", "dissolved", "founded", "joined"], object),
        "coalition": np.array([two, one, three, -1]),
    }
    found = coalition_survival(events, last=10)  # one lasted 9 and ended; two was seen for 5, three for 2
    assert (found.lasting.tolist(), found.at_risk.tolist()) == ([9], [1])
    assert found.hazard == 1 / 16


def test_a_run_tells_how_long_its_coalitions_lasted_and_so_does_what_it_saved(tmp_path):
    model = Ecosystem(load("town", "ticks=40", "ecosystem.organisations=60", "measures=[coalitions]"), rng=4)
    model.run()
    results = model.results()
    found = results.survival()
    assert 0 < found.hazard < 1
    assert np.all(np.diff(found.share) < 0)
    assert found.lasting.max() <= 40
    assert "Counting those that still stood as long as they were seen, " in results.words
    again = Run.read(results.save(tmp_path / "run"))
    for ours, theirs in zip(again.survival(), found, strict=True):
        assert np.array_equal(ours, theirs, equal_nan=True)


def test_a_run_without_events_cannot_tell(tmp_path):
    model = Ecosystem(
        load("town", "ticks=2", "ecosystem.organisations=20", "record.events=false", "measures=[]"), rng=4
    )
    model.run()
    with pytest.raises(InputError, match=r"record\.events=true"):
        model.results().survival()

"""Points that share most of their parts: what is remembered of the last point changes nothing but the time it takes."""

import copy

import numpy as np
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

import ecosim
from ecosim.compose import plain
from ecosim.errors import InputError
from ecosim.experiments.numbering import Numbering
from ecosim.experiments.plan import plan_of
from ecosim.merging import Change, changed
from ecosim.results.provenance import run_ids
from ecosim.settings import Seen, Settings, settings_from
from tests.clock import at_most_seconds
from tests.experiments.sweeps import TOLERANCE, tiny

CHANGES = st.sampled_from(
    [
        (TOLERANCE, 0.3),
        (TOLERANCE, 1),
        (TOLERANCE, -1.0),
        ("dynamics.stance", {"rule": "attraction_repulsion"}),
        ("dynamics.stance.steps", 3),
        ("dynamics.stance.every", 3),
        ("dynamics.second", {"rule": "bounded_confidence"}),
        ("dynamics.stance.nonsense", 3),
        ("ticks", 7),
        ("ticks", 7.0),
        ("ticks", -7),
        ("activation", "random"),
        ("ecosystem.organisations", 30),
        ("ecosystem.organisations", -30),
        ("ecosystem.sectors.business.share", 0.9),
        ("measures", ["dispersion"]),
        ("measures", ["disperson"]),
        ("record.every", 5),
        ("schedule", ["stance"]),
        ("check", True),
        ("seed", 9),
    ]
)
BASE = plain(ecosim.load("opinions"))


@limits(max_examples=60, deadline=None)
@given(st.lists(st.lists(CHANGES, max_size=3), min_size=2, max_size=6))
def test_settings_and_numbers_are_those_that_would_be_made_without_remembering(points):
    """Whatever points come one after the other, valid ones and others, in whatever order."""
    seen, numbering, before = Seen(), Numbering(), copy.deepcopy(BASE)
    for given_changes in points:
        changes = [Change(key, tuple(key.split(".")), "set", value) for key, value in given_changes]
        expected = settings_or_faults(changes)
        found = settings_or_faults(changes, sharing=True, seen=seen)
        assert found == expected
        if isinstance(expected, Settings):
            assert plain(found) == plain(expected)
            assert numbering.run_ids(found, (1, 2)) == run_ids(plain(expected), (1, 2))
    assert before == BASE, "what is shared was changed"


def settings_or_faults(changes, *, sharing=False, seen=None):
    """Return the settings that changes lead to, or what is wrong with them."""
    try:
        return settings_from(changed(BASE, changes, {}, sharing=sharing), seen=seen)
    except InputError as error:
        return error.faults


def test_tables_of_the_user_are_part_of_the_number():
    settings = ecosim.load("opinions")
    assert Numbering("digest").run_ids(settings, (1,)) == run_ids(plain(settings), (1,), "digest")
    assert Numbering("digest").run_ids(settings, (1,)) != Numbering().run_ids(settings, (1,))


def test_ten_thousand_points_are_checked_in_seconds():
    """Each in about a sixth of a millisecond of a quiet machine's time."""
    axes = {TOLERANCE: np.linspace(0, 1, 100), "dynamics.stance.responsiveness": np.linspace(0.01, 1, 100)}
    plan = plan_of("opinions", axes)
    with at_most_seconds(15):
        assert len(set(plan.check().run_ids)) == 10**4


def test_numbers_of_runs_with_a_rule_of_the_users_own_are_those_of_their_configuration():
    plan = tiny({TOLERANCE: [0.1, 0.3]})
    for point, number in enumerate(plan.check().run_ids):
        assert number == run_ids(plain(plan.settings(point)), [plan.design.seed_of(point)])[0]

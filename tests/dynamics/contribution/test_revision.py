"""Whom an organisation may copy, and each of them as likely as another."""

from itertools import product

import numpy as np
import pytest

from ecosim.dynamics.contribution.imitation import FermiImitation
from ecosim.dynamics.contribution.revision import (
    by_sector,
    choose_afresh,
    choose_models,
    greatest_difference,
    one_of_circle,
)
from ecosim.rng import stream
from tests.dynamics.worlds import some_tied, world_for

KEY = stream(1, "revision").key(0)
TIES = some_tied(15, 0.3)
SECTORS = np.array([0, 1, 2, 1, 0, 1, 2, 0, 0, 1, 2, 2, 1, 0, 5], np.int8)  # the last is alone in its sector


def circle(among, within):
    rule = FermiImitation(among=among, within=within)
    world = world_for(rule, n=15, ties=TIES)
    world.sector[:] = SECTORS
    return rule.circle(world)


def allowed(i, among, within):
    """Return whom organisation i may copy: the plain rule."""
    partners = {b if a == i else a for a, b in TIES.tolist() if i in (a, b)}
    there = partners if among == "partners" else set(range(15)) - {i}
    return {j for j in there if within == "anyone" or SECTORS[i] == SECTORS[j]}


WAYS = list(product(("partners", "everyone"), ("anyone", "sector")))


@pytest.mark.parametrize(("among", "within"), WAYS)
def test_everyone_who_may_be_copied_has_an_equal_part_of_the_draw_and_nobody_else_has_any(among, within):
    ours = circle(among, within)
    lists = by_sector(ours)
    for i in range(15):
        may = allowed(i, among, within)
        shares = (np.arange(len(may)) + 0.5) / max(len(may), 1)
        assert sorted(one_of_circle(i, share, ours, lists) for share in shares) == sorted(may)
        if not may:
            assert one_of_circle(i, 0.5, ours, lists) == -1


@pytest.mark.parametrize(("among", "within"), WAYS)
def test_all_who_look_see_somebody_they_may_copy_and_the_others_themselves(among, within):
    ours = circle(among, within)
    models, chances = choose_models(ours, 1.0, KEY)
    for i, j in enumerate(models):
        assert j in (allowed(i, among, within) or {i})
    assert np.all((chances >= 0) & (chances < 1))
    assert np.array_equal(choose_models(ours, 0.0, KEY)[0], np.arange(15))


def test_rows_are_listed_by_sector_and_each_finds_its_place():
    order, start_of, place = by_sector(circle("everyone", "sector"))
    assert np.all(np.diff(SECTORS[order]) >= 0)
    assert np.array_equal(order[place], np.arange(15))
    for sector in range(6):
        assert np.all(SECTORS[order[start_of[sector] : start_of[sector + 1]]] == sector)


def test_nobody_trembles_without_a_chance_to_and_all_do_with_certainty():
    identity = np.arange(500, dtype=np.int64)
    for all_or_nothing in (False, True):
        contribution = np.full(500, 0.5)
        choose_afresh(contribution, identity, 0.0, all_or_nothing, KEY)
        assert np.all(contribution == 0.5)
        choose_afresh(contribution, identity, 1.0, all_or_nothing, KEY)
        assert not np.any(contribution == 0.5)
        assert set(contribution) == {0.0, 1.0} if all_or_nothing else np.all((contribution >= 0) & (contribution < 1))


def test_the_greatest_difference_is_that_of_the_ends():
    payoff = np.random.default_rng(0).normal(size=40)
    assert greatest_difference(payoff) == payoff.max() - payoff.min()
    assert greatest_difference(np.full(3, 2.0)) == 0.0
    assert greatest_difference(np.empty(0)) == 0.0

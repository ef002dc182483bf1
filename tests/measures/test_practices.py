"""Practices: means over those they are said to be over."""

import math

import pytest

from ecosim.measures.registry import find
from ecosim.world.labels import Labels
from ecosim.world.world import World


def world(n=4):
    made = World(Labels(practices=2), n, {"performance", "adapts", "solution", "purpose", "adopted"})
    if n:
        made.performance[:] = [0.1, 0.3, 0.6, 0.8]
        made.adapts[:], made.adopted[:], made.sector[:] = [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 1, 1]
        made.solution[:], made.purpose[:] = [[0, 1], [1, 0], [0, 1], [1, 1]], [0.0, 0.2, 0.4, 0.8]
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("performance_mean", 0.45),
        ("adapting_advantage", 0.55 - 0.35),
        ("solutions", 3),
        ("purpose_mean", 0.35),
        ("purpose_government", 0.6),
        ("adopted_share", 0.25),
    ],
)
def test_a_mean_is_over_those_it_says(name, value):
    (measure,) = find([name], Labels())
    assert measure.of(world(), name) == pytest.approx(value)


def test_without_organisations_means_are_missing():
    for name in ("performance_mean", "adapting_advantage", "purpose_mean", "adopted_share"):
        (measure,) = find([name], Labels())
        assert math.isnan(measure.of(world(0)))
    one_kind = world()
    one_kind.adapts[:] = 1
    (measure,) = find(["adapting_advantage"], Labels())
    assert math.isnan(measure.of(one_kind))

"""A survey finds many numbers in one pass, for all measures that share it."""

import numpy as np

import ecosim
from ecosim.measures.registry import MEASURES
from ecosim.measures.survey import Survey


def test_a_survey_and_its_measures_name_the_same_numbers():
    """Every part that a measure asks for is there, one number or as many as the measure has columns."""
    world = ecosim.Ecosystem(ecosim.load("town", "ecosystem.organisations=30"), rng=1).world
    surveyed = [measure for measure in MEASURES.values() if isinstance(measure.compute, Survey)]
    assert len(surveyed) > 80
    for measure in surveyed:
        numbers = np.ravel(measure.compute(world)[measure.part])
        assert numbers.size == len(measure.columns(world.labels)), measure.name

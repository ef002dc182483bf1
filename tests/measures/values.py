"""What a measure of the registry says of a world, as tests ask for it."""

from ecosim.measures.registry import MEASURES


def value(world, name):
    """Return a measure of a world by its name: a number, or one for each sector, issue or axis."""
    measure = MEASURES[name]
    found = measure.compute(world)
    return found if measure.part is None else found[measure.part]

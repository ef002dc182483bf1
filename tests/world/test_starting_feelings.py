"""What organisations remember of their start, and feelings that settings give one by one."""

import numpy as np
import pytest
from pydantic import ValidationError

from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.settings import settings_from
from ecosim.world.networks import NetworkSettings

FEELINGS = [[0.5, 0.1, -0.2], [0.1, 0.0, 0.3], [-0.2, 0.3, -1.0]]


def founded(rule, **ecosystem):
    dynamics = {"stance": {"rule": rule}}
    return Ecosystem(settings_from({"ecosystem": {"organisations": 40, **ecosystem}, "dynamics": dynamics})).world


def test_what_is_remembered_is_the_stance_at_founding():
    world = founded("friedkin_johnsen", stance={"axes": 2, "start": "camps"})
    assert np.array_equal(world.prejudice, world.stance)


def test_newcomers_remember_what_they_came_with():
    settings = settings_from(
        {
            "ecosystem": {"organisations": 20},
            "dynamics": {"stance": {"rule": "friedkin_johnsen"}},
            "interventions": [{"at": 5, "do": "invite", "sector": "business", "number": 4}],
            "ticks": 5,
        }
    )
    model = Ecosystem(settings)
    old = set(model.world.identity.tolist())
    model.run(4)
    before = model.world.stance.copy()
    model.run(1)
    is_new = ~np.isin(model.world.identity, list(old))
    assert is_new.sum() == 4
    for first in model.world.prejudice[is_new]:
        assert (np.abs(before - first).max(axis=1) == 0).any()


def test_susceptibility_has_the_mean_that_is_set():
    """200 numbers of standard deviation .1 · √(.3 · .7): the mean within 5.3 standard errors, false alarm 1e-7."""
    world = founded("friedkin_johnsen", organisations=200, susceptibility={"value": 0.3, "jitter": 0.1})
    spread = 0.1 * np.sqrt(0.3 * 0.7)
    assert abs(world.susceptibility.mean() - 0.3) < 5.3 * spread / np.sqrt(200)
    assert world.susceptibility.std() == pytest.approx(spread, rel=0.3)


def test_feelings_that_are_given_are_those_of_the_ties_and_towards_oneself():
    world = founded("structural_balance", organisations=3, network={"kind": "complete", "affects": FEELINGS})
    given = np.array(FEELINGS)
    assert np.array_equal(world.affect, given[world.ends[:, 0], world.ends[:, 1]])
    assert np.array_equal(world.self_affect, given.diagonal())


def test_feelings_that_do_not_fit_are_refused_in_words():
    with pytest.raises(InputError, match=r"network\.affects has 3 rows; allowed: 40, one for each organisation"):
        founded("structural_balance", network={"affects": FEELINGS})
    with pytest.raises(ValidationError, match="not the same both ways at \\(2, 1\\)"):
        NetworkSettings(affects=((0.0, 0.1), (0.2, 0.0)))
    with pytest.raises(ValidationError, match="allowed: 2 numbers in each row"):
        NetworkSettings(affects=((0.0, 0.1), (0.1,)))

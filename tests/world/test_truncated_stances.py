"""Stances of a truncated law: drawn again where they would lie beyond, and the same luck where they would not."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from ecosim.world.founding import EcosystemSettings, found

MANY = 40_000


def stances(beyond: str, organisations: int | dict[str, int] = MANY, **more) -> np.ndarray:
    settings = EcosystemSettings.model_validate(
        {
            "organisations": organisations,
            "network": {"kind": "none"},
            "stance": {"start": "normal", "spread": 0.8, "centre": 0.3, "beyond": beyond, **more},
        }
    )
    return found(settings, 3, ["stance"]).stance


def test_moments_are_those_of_the_truncated_normal_law():
    """Mean and variance within 5 standard errors: false alarm 1e-6 together; a reflected law misses by 30."""
    law = truncnorm((-1 - 0.3) / 0.8, (1 - 0.3) / 0.8, loc=0.3, scale=0.8)
    drawn = stances("drawn_again")[:, 0]
    error = law.std() / np.sqrt(MANY)
    fourth = float(law.expect(lambda x: (x - law.mean()) ** 4))
    variance_error = np.sqrt((fourth - law.var() ** 2) / MANY)
    assert abs(drawn.mean() - law.mean()) < 5 * error
    assert abs(drawn.var() - law.var()) < 5 * variance_error
    assert abs(stances("reflected")[:, 0].var() - law.var()) > 20 * variance_error


def test_nobody_lies_beyond_and_nobody_piles_up_at_the_border():
    drawn = stances("drawn_again", axes=2)
    assert np.abs(drawn).max() < 1.0


def test_whoever_lies_within_at_once_has_the_same_stance_either_way():
    again, reflected = stances("drawn_again", axes=3), stances("reflected", axes=3)
    same = np.isclose(again, reflected, rtol=0, atol=1e-12)
    within = np.abs(np.random.default_rng(1).normal(0.3, 0.8, 100_000)) <= 1
    assert same.mean() == pytest.approx(within.mean(), abs=0.02)


def test_one_more_organisation_changes_nobody_elses_stance():
    drawn = [stances("drawn_again", organisations={"business": count}) for count in (30, 31)]
    np.testing.assert_array_equal(drawn[0], drawn[1][:30])


def test_a_law_about_the_border_itself_is_cut_in_half():
    """A spread of almost nothing about the border itself: half of all draws lie within, so none fails a hundred times."""
    drawn = stances("drawn_again", centre=1.0, spread=1e-9)
    assert np.all(np.abs(drawn - 1.0) < 1e-6)
